"""What an index offers beside results, from build to answer."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import Article, Engine, SearchRequest, open_engine
from indexer.archive import Caption, Credit
from indexer.documents import of

DAY = dt.date(2024, 5, 1)


def article(
    number: int,
    headline: str | None,
    persons: tuple[str, ...] = (),
    reporters: tuple[str, ...] = (),
    section: str | None = None,
) -> Article:
    return Article(
        f"a{number}",
        "article",
        headline,
        "、".join((*persons, "等到场。")),
        date=DAY + dt.timedelta(number),
        section=section,
        persons=persons,
        reporters=reporters,
    )


ARTICLES = (
    article(1, "古桥重修工程开工", persons=("龚云舟", "覃海"), section="要闻"),
    article(2, "龚滩古镇迎客", persons=("龚云舟",), reporters=("仇 远",)),
    article(3, "产业链招商", reporters=("仇远",)),
    article(4, None),
    article(5, "图片：老街“非遗”或上新 -组图"),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_engine(tmp_path_factory.mktemp("index"), writable=True) as engine:
        engine.replace(map(of, ARTICLES))
        yield engine


def offered(engine: Engine, typed: str) -> list[tuple[str, str, int]]:
    return [(o.text, o.kind, o.count) for o in engine.suggest(typed)]


def test_people_come_with_the_units_that_name_or_sign_them(engine: Engine) -> None:
    assert offered(engine, "龚") == [
        ("龚云舟", "person", 2),
        ("龚滩古镇迎客", "headline", 1),
    ]
    assert [o[2] for o in offered(engine, "qiuyuan")] == [2]


def test_who_took_a_picture_is_one_of_the_people(tmp_path: Path) -> None:
    """Whom a unit names or who signs it as a reporter counts once for it."""
    pictured = (Caption("大桥。", "季小川"), Caption("桥头。", "受访者"))
    credits = (Credit("季小川", "摄"), Credit("仇远", "记者"))
    units = [
        Article(
            id,
            "article",
            "大桥通车",
            "今日通车。",
            reporters=("仇远",),
            credits=credits,
            captions=pictured,
        )
        for id in ("p1", "p2")
    ]
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace(map(of, units))
        assert offered(engine, "季") == [("季小川", "person", 2)]
        assert offered(engine, "qiuyuan") == [("仇远", "person", 2)]
        assert offered(engine, "受访") == []
        assert engine.search(SearchRequest("季小穿")).suggestion == "季小川"
        assert engine.search(SearchRequest("jixiaochuan")).total == 2


def test_headlines_are_offered_for_words_inside_them(engine: Engine) -> None:
    assert [o[0] for o in offered(engine, "重修")] == ["古桥重修工程开工"]
    assert [o[0] for o in offered(engine, "古")] == ["古桥重修工程开工"]


def test_every_offer_has_results(engine: Engine) -> None:
    for typed in ("龚", "古桥", "要", "q", "th", "招商", "图片", "l"):
        for offer in engine.suggest(typed):
            total = engine.search(SearchRequest(offer.query)).total
            assert total >= offer.count, offer


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("龚芸舟", "龚云舟"), ("产业琏", "产业链"), ("人物:覃每", "人物：覃海")],
)
def test_what_finds_nothing_gets_a_suggestion(
    engine: Engine, typed: str, meant: str
) -> None:
    answer = engine.search(SearchRequest(typed))
    assert (answer.total, answer.suggestion) == (0, meant)


def test_words_of_text_are_meant_where_headlines_have_few(tmp_path: Path) -> None:
    texts = Article(
        "t1", "article", "要闻", "硬质合金刀具产量上升。", kicker="市人大代表"
    )
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace([of(texts)])
        assert engine.search(SearchRequest("硬质合斤")).suggestion == "硬质合金"
        assert engine.search(SearchRequest("人大带表")).suggestion == "人大代表"


def test_what_has_results_gets_none(engine: Engine) -> None:
    assert engine.search(SearchRequest("龚云舟")).suggestion is None


def test_what_is_gone_is_not_offered(tmp_path: Path) -> None:
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace(map(of, ARTICLES))
        engine.update(map(of, ARTICLES[2:]))
        assert offered(engine, "龚") == offered(engine, "古") == []
        assert [o[0] for o in offered(engine, "cyl")] == ["产业链招商"]
        assert engine.search(SearchRequest("龚芸舟")).suggestion is None


@pytest.mark.parametrize("typed", ["gongyunzhou", "gong yun zhou", "GYZ"])
def test_letters_find_people_by_their_pinyin(engine: Engine, typed: str) -> None:
    answer = engine.search(SearchRequest(typed))
    assert {hit.id for hit in answer.hits} == {"a1", "a2"}
    assert "龚云舟" in answer.rewrites[0].zh
    assert engine.search(SearchRequest(typed, exact=True)).total == 0


def test_letters_find_headlines_by_how_they_begin(engine: Engine) -> None:
    found = engine.search(SearchRequest("guqiaochongxiu")).hits
    assert [hit.id for hit in found] == ["a1"]


def test_a_name_is_suggested_as_printed(tmp_path: Path) -> None:
    """No other character and no mark of it is lost in how it is folded."""
    people = ("陸 乾元", "艾尔肯·吐尼亚孜")
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace([of(article(1, "古桥重修", persons=people))])
        for typed, meant in (
            ("陆干圆", "陸乾元"),
            ("陸乾圆", "陸乾元"),
            ("艾尔肯·吐尼亚兹", "艾尔肯·吐尼亚孜"),
            ("“陸乾圆”", "“陆干元”"),
        ):
            assert engine.search(SearchRequest(typed)).suggestion == meant


def test_an_operator_in_a_name_or_headline_is_a_character(tmp_path: Path) -> None:
    units = (
        article(1, "古桥重修", persons=("陆非云",)),
        article(2, "江上 非 寻常一日"),
        article(3, "陆上交通"),
    )
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace(map(of, units))
        for typed, id in (("陆 非 云", "a1"), ("江上 非 寻常一日", "a2")):
            answer = engine.search(SearchRequest(typed))
            assert [hit.id for hit in answer.hits] == [id]
        assert engine.search(SearchRequest("陆 非 桥")).total == 1
