"""Units as documents: zones, titles, and the JSON that is stored."""

import datetime as dt

import msgspec
import pytest
from msgspec.structs import replace

from indexer import documents
from indexer.archive import (
    Article,
    Audit,
    Caption,
    Credit,
    FieldSpans,
    Notice,
    Quote,
    Roster,
    RosterEntry,
    RosterGroup,
    Span,
    Speaker,
    Unit,
)
from indexer.documents import Zone
from indexer.messages import Message

NOTICE = Notice("encoding", Message("有一个字无法识别", "One character is unreadable"))
ARTICLE = Article(
    "p.2024-12-25.01.1",
    "article",
    "大桥通车",
    "云州大桥今日通车。",
    paper="p",
    date=dt.date(2024, 12, 25),
    page="01",
    deck="",
    reporters=("兰钧",),
    credits=(Credit("兰钧", "记者"), Credit("文江南", "摄")),
    captions=(Caption("车队驶过大桥。", "方芸"),),
    quotes=(Quote("p.2024-12-25.01.1.q1", "direct", "通车", 6, 8, "兰钧"),),
    persons=("兰钧",),
    warnings=(NOTICE,),
    spans=(FieldSpans("body", (Span(4, 9), Span(12, 16))),),
)
ROSTER = Roster(
    "p.2024-12-25.01.2",
    None,
    (
        RosterGroup(
            (RosterEntry("兰钧", "兰　钧"), RosterEntry("方芸", "方芸(女)", "女")),
            "委员",
        ),
    ),
    ("共2名",),
    date=dt.date(2024, 12, 25),
    audits=(Audit("count", True, Message("人数相符", "The count is right")),),
    warnings=(NOTICE,),
)


@pytest.mark.parametrize("unit", [ARTICLE, ROSTER], ids=["article", "roster"])
def test_json_gives_the_same_unit_again(unit: Unit) -> None:
    assert documents.decode(documents.of(unit).stored) == unit


def test_a_quote_comes_back_with_all_that_is_known_of_it() -> None:
    whole = Quote(
        *("elsewhere.q9", "indirect", "“通车”了", 4, 8, "局长", "局长", "称"),
        speakers=(Speaker("这位局长", "兰钧", "局长", "noun"), Speaker("方芸")),
        said_on=dt.date(2024, 12, 24),
        place="江城",
        occasion="发布会",
        unknown="两人都可能",
        evidence=(
            FieldSpans("speaker", (Span(0, 2), Span(3, 4))),
            FieldSpans("cue", (Span(8, 9),)),
        ),
    )
    unit = replace(ARTICLE, quotes=(whole, *ARTICLE.quotes))
    assert documents.decode(documents.of(unit).stored) == unit


@pytest.mark.parametrize("unit", [ARTICLE, ROSTER], ids=["article", "roster"])
def test_what_is_shown_is_what_the_unit_says(unit: Unit) -> None:
    shown = documents.shown(documents.of(unit).stored)
    assert (shown.id, shown.kind, shown.date) == (unit.id, unit.kind, unit.date)
    assert shown.title == documents.title_of(unit)
    assert shown.zones == documents.zones_of(unit) == documents.of(unit).zones


def test_zones_of_an_article() -> None:
    assert documents.zones_of(ARTICLE) == (
        Zone("headline", ("大桥通车",)),
        Zone("body", ("云州大桥今日通车。",)),
        Zone("captions", ("车队驶过大桥。", "方芸")),
        Zone("bylines", ("兰钧", "文江南")),
    )


def test_zones_of_a_roster() -> None:
    assert documents.zones_of(ROSTER) == (
        Zone("body", ("共2名", "委员")),
        Zone("names", ("兰　钧", "方芸(女)")),
    )


@pytest.mark.parametrize(
    ("unit", "title"),
    [
        (ARTICLE, "大桥通车"),
        (ROSTER, "兰钧、方芸"),
        (Article("1", "article", None, "今日\n通车", kicker="交通"), "交通"),
        (Article("1", "article", "", "今日\n通车"), "今日"),
        (Article("1", "article", None, "早" * 99), "早" * 30),
        (Article("1", "article", None, ""), "1"),
    ],
    ids=["headline", "names", "kicker", "first line", "long line", "nothing printed"],
)
def test_title_is_one_line_that_names_the_unit(unit: Unit, title: str) -> None:
    assert documents.title_of(unit) == title


def test_other_json_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        documents.shown(b'{"id": 1}')
