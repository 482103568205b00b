"""What people say in articles: spans, kinds, speakers."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.archive import Article, Quote
from indexer.names import find_persons
from indexer.quotes import extract


def said(body: str, *, reporters: tuple[str, ...] = ()) -> tuple[Quote, ...]:
    persons = tuple(dict.fromkeys(found.name for found in find_persons(body)))
    day = dt.date(2024, 12, 25)
    return extract(
        Article(
            "qx.2024-12-25.01.1",
            "article",
            None,
            body,
            date=day,
            persons=persons,
            reporters=reporters,
        )
    )


def direct(body: str) -> list[tuple[str, str | None]]:
    return [(q.text, q.speaker) for q in said(body) if q.kind == "direct"]


def test_speaker_stands_before_the_marks() -> None:
    body = "青浔市水利局局长方静说：“今年的堤防都加固过了。”"
    assert direct(body) == [("今年的堤防都加固过了。", "方静")]


def test_speaker_stands_behind_the_marks() -> None:
    body = "“今年的堤防都加固过了，请大家放心。”青浔市水利局局长方静说。"
    assert direct(body) == [("今年的堤防都加固过了，请大家放心。", "方静")]


def test_speech_is_split_by_its_speaker() -> None:
    body = "“水位还在涨，”护堤员方静说，“我们一夜没有睡。”"
    assert [speaker for _, speaker in direct(body)] == ["方静", "方静"]


@pytest.mark.parametrize(
    "body",
    [
        "青浔市实施“清水入城”工程，居民受益。",
        "展馆里挂着“节约用水，人人有责”的标语。",
        "他们建成了“一站式”服务厅和“老街坊”食堂。",
        "构建“分片分级、全域一体”的管护体系。",
    ],
)
def test_terms_and_slogans_are_no_speech(body: str) -> None:
    assert direct(body) == []


def test_pronoun_means_who_was_named() -> None:
    body = "社区医生王岚来到老街。她说：“雨季要早防，大家放心。”"
    quote = said(body)[0]
    assert (quote.speaker, quote.speakers[0].how) == ("王岚", "pronoun")


@settings(max_examples=60, deadline=None)
@given(st.text('“”‘’「」"：，。\n他说王岚表示记者的局长、等 问这位') | st.text())
def test_any_text_is_read_and_spans_are_true(body: str) -> None:
    quotes = said(body)
    assert all(quote.text == body[quote.start : quote.end] for quote in quotes)
    numbers = [int(quote.id.rsplit(".q", 1)[1]) for quote in quotes]
    assert numbers == list(range(1, len(quotes) + 1))
    assert [q.start for q in quotes] == sorted(q.start for q in quotes)
