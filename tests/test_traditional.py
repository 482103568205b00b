"""Texts in traditional characters: read by the rules of simplified ones, and names,
bylines and quotations as they are printed.
"""

import datetime as dt
import io
from pathlib import Path

import msgspec
import pytest

from indexer import documents, jsonl, pages
from indexer.archive import Article, Credit, Page, Roster, RosterEntry
from indexer.occasions import with_occasions
from indexer.persons import person_of
from indexer.search import SearchRequest
from indexer.traditional import Print
from indexer.whoosh_engine import open_engine

PAGE = """第3版 要聞 1951年3月8日 星期四

大橋修復通車

本報訊（記者王嵐）昨日，鎮長龔小舟在青潯市召開的座談會上說：「大橋通車，餘下的事要抓緊。」

教授沈一鳴、醫生陳麗華等參加。她建議，衞生站也要修。

籌備委員會名單

主任委員：龔小舟
副主任委員：陳麗華（女，滿族）　方　寧
委　　員：（按姓氏筆劃為序）
王　嵐　沈一鳴　張啟河　錢　鈞
"""


def split() -> list[Article | Roster]:
    return list(pages.split(Page("p", dt.date(1951, 3, 8), "03", PAGE)).units)


def read(**record: object) -> Article | Roster:
    row = msgspec.json.encode({"title": "消息", **record})
    (lines,) = jsonl.read_lines(io.BytesIO(row), "a.jsonl", "a", None)
    assert isinstance(lines, jsonl.Lines)
    ((_, unit),) = jsonl.units_of(lines)
    assert isinstance(unit, Article | Roster)
    return unit


def test_an_article_has_its_byline_people_and_section_as_printed() -> None:
    article, _ = split()
    assert isinstance(article, Article)
    assert article.section == "要聞"
    assert article.headline == "大橋修復通車"
    assert article.source == "本報訊"
    assert article.credits == (Credit("王嵐", "記者"),)
    assert article.persons == ("龔小舟", "沈一鳴", "陳麗華")


def test_speech_has_its_speaker_and_occasion_as_printed() -> None:
    article = with_occasions(split()[0])
    assert isinstance(article, Article)
    said = article.quotes[0]
    assert said.text == "大橋通車，餘下的事要抓緊。"
    assert (said.speaker, said.role, said.cue) == ("龔小舟", "鎮長", "說")
    assert (said.place, said.occasion) == ("青潯市", "座談會")
    assert said.said_on == dt.date(1951, 3, 7)
    spans = {item.field: item.spans[0] for item in said.evidence}
    where = spans["speaker"]
    assert article.body[where.start : where.end] == "龔小舟"


def test_a_roster_is_read_as_printed() -> None:
    roster = split()[1]
    assert isinstance(roster, Roster)
    assert [group.role for group in roster.groups] == [
        "主任委員",
        "副主任委員",
        "委員",
    ]
    listed = [[entry.name for entry in group.entries] for group in roster.groups]
    assert listed[2] == ["王嵐", "沈一鳴", "張啟河", "錢鈞"]
    assert roster.groups[1].entries[0].ethnicity == "满族"


def test_a_name_is_printed_as_it_is_in_its_own_unit() -> None:
    first = "鐘錶廠開工\n\n本報訊（記者王嵐）廠長鐘小龍說，廠好。\n\n"
    text = f"{first}茶館開張\n\n本報訊（記者王嵐）教授鍾小龍說，茶好。\n"
    units = pages.split(Page("p", dt.date(1951, 3, 8), "03", text)).units
    assert [unit.persons for unit in units if isinstance(unit, Article)] == [
        ("鐘小龍",),
        ("鍾小龍",),
    ]


def test_articles_of_jsonl_are_read_too() -> None:
    body = "鎮長龔小舟說，大橋通車。記者劉鈞攝"
    article = read(body=body, reporters=["劉鈞", "钟鸣"])
    assert isinstance(article, Article)
    assert article.body == body
    assert article.reporters == ("劉鈞", "钟鸣")
    assert article.persons == ("龔小舟",)
    assert [(said.text, said.speaker) for said in article.quotes] == [
        ("大橋通車。", "龔小舟")
    ]


def test_rosters_of_jsonl_are_read_too() -> None:
    roster = read(
        title="籌委會第二次會議名單", kind="roster", body="副主任委員：\n陳麗華 龔小舟"
    )
    assert isinstance(roster, Roster)
    assert roster.meeting == "籌委會第二次會議"
    assert roster.groups[0].role == "副主任委員"


def test_forms_of_older_print_are_read_too() -> None:
    article = read(body="鄕長方小靑說，鐡路要修。")
    assert isinstance(article, Article)
    assert [(said.speaker, said.role) for said in article.quotes] == [
        ("方小靑", "鄕長")
    ]


def test_one_character_of_a_simplified_text_changes_nothing() -> None:
    article = read(body="镇长龚小舟说，教授沈昇明来过。")
    assert isinstance(article, Article)
    assert article.persons == ("龚小舟", "沈昇明")


@pytest.mark.parametrize("name", ["龔小舟", "龚小舟"])
def test_a_person_of_both_writings_is_one(name: str) -> None:
    old = read(id="1", body="鎮長龔小舟說，大橋通車。", date="1951-03-08")
    new = read(id="2", body="镇长龚小舟说，大桥通车。", date="1965-03-08")
    person = person_of(name, [old, new])
    assert [role.text for role in person.roles] == ["镇长", "鎮長"]
    assert [each.units for each in person.people] == [2]
    assert len(person.quotes) == 2


def test_what_is_printed_nowhere_is_given_back_by_characters() -> None:
    printed = Print("钟表厂", "鐘錶廠")
    entry = RosterEntry("钟厂", "钟厂", ethnicity="满族")
    assert printed.of(entry) == RosterEntry("鐘廠", "鐘廠", ethnicity="满族")


@pytest.mark.parametrize(
    "text", ["人物:龚小舟", "人物:龔小舟", "說話人:龚小舟", "卫生"]
)
def test_either_writing_finds_it(tmp_path: Path, text: str) -> None:
    with open_engine(tmp_path, writable=True) as engine:
        engine.update(documents.all_of(split()))
        found = engine.search(SearchRequest(text))
        assert found.hits
        assert found.hits[0].id.startswith("p.1951-03-08.03.1")
