"""Questions: what answers them, in which order, and what the order is made of."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from indexer import documents, terms
from indexer.archive import Article
from indexer.arrays import Closeness, Grain, Sought, counts, postings, standing_in
from indexer.documents import Document
from indexer.relevance import GRAINS
from indexer.search import SearchRequest, Sort
from indexer.whoosh_engine import WhooshEngine, open_engine

WORDS = (
    *("浔江", "大桥", "通车", "加固", "工程", "何时", "完工"),
    *("鳜鱼", "渔歌", "市民", "代表", "建议", "医院", "公交"),
)
PAPER = (
    ("浔江大桥通车", "浔江大桥昨日正式通车，全长一千二百米。"),
    ("大桥加固工程", "浔江老桥的加固工程由城建集团承担，预计年底完工。"),
    ("鳜鱼丰收", "养殖户说，今年鳜鱼价格比去年好。"),
    ("公交改线", "因桥面施工，15路公交车绕行滨江路。"),
)
GRAIN = Grain(0.3, 0.75, 0.1, ((4, 0.5), (9, 0.25)), near=0.4)


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhooshEngine]:
    with open_engine(tmp_path_factory.mktemp("paper"), writable=True) as engine:
        engine.replace(documents.of(unit) for unit in _articles(PAPER))
        yield engine


@pytest.fixture(scope="module", params=["whole", "in parts"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WhooshEngine]:
    """The same documents, written at once, or in parts and over others."""
    with open_engine(tmp_path_factory.mktemp("many"), writable=True) as engine:
        if request.param == "in parts":
            engine.replace(DOCUMENTS[20:50])
            engine.update([_changed(document) for document in DOCUMENTS[:30]])
        engine.update(DOCUMENTS)
        yield engine


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("谁承担老桥的加固工程？", "大桥加固工程"),
        ("大桥什么时候通车", "浔江大桥通车"),
        ("哪路公交车要绕行", "公交改线"),
        ("鳜鱼的价格是多少", "鳜鱼丰收"),
    ],
)
def test_a_question_is_answered(paper: WhooshEngine, question: str, first: str) -> None:
    assert paper.search(SearchRequest(question)).hits[0].title == first


def test_a_question_says_how_it_was_read_and_exact_switches_that_off(
    paper: WhooshEngine,
) -> None:
    asked = SearchRequest("大桥什么时候通车")
    assert "提问" in paper.search(asked).rewrites[0].zh
    exact = paper.search(replace(asked, exact=True))
    assert (exact.total, exact.rewrites) == (0, ())


def test_keywords_must_all_be_printed(paper: WhooshEngine) -> None:
    assert paper.search(SearchRequest("大桥 鳜鱼")).total == 0
    assert paper.search(SearchRequest("大桥 通车")).total == 1


def test_a_sentence_that_is_nowhere_finds_what_comes_close(
    paper: WhooshEngine,
) -> None:
    response = paper.search(SearchRequest("浔江大桥正式开通仪式昨日举行"))
    assert response.hits[0].title == "浔江大桥通车"


def test_what_is_printed_as_typed_is_no_question(paper: WhooshEngine) -> None:
    response = paper.search(SearchRequest("今年鳜鱼价格比去年好"))
    assert [hit.title for hit in response.hits] == ["鳜鱼丰收"]
    assert response.rewrites == ()


def test_what_prints_all_words_of_a_phrase_stands_above_what_comes_close(
    paper: WhooshEngine,
) -> None:
    asked = SearchRequest("浔江大桥通车")
    response = paper.search(asked)
    assert [hit.title for hit in response.hits] == ["浔江大桥通车", "大桥加固工程"]
    assert "在前" in response.rewrites[0].zh
    assert response.hits[1].why[-1].zh == "其他写法"
    assert response.total == 2
    assert response.hits[0].score > response.hits[1].score
    second = paper.search(replace(asked, limit=1, offset=1)).hits
    assert [hit.title for hit in second] == ["大桥加固工程"]
    for alone in (replace(asked, exact=True), replace(asked, sort=Sort.NEWEST)):
        assert [hit.title for hit in paper.search(alone).hits] == ["浔江大桥通车"]


def test_no_word_of_a_phrase_is_left_out_that_is_printed_nowhere(
    paper: WhooshEngine,
) -> None:
    assert paper.search(SearchRequest("鳜鱼 加固工程")).total > 0
    assert paper.search(SearchRequest("鳜鱼 钢索工程")).total == 0


def test_a_part_of_a_sentence_finds_it_above_a_headline_of_its_words(
    tmp_path: Path,
) -> None:
    rows = (
        ("公交改线", "滨江路封闭期间，浔江大桥加固工程的工人每天换班。"),
        ("浔江大桥", "大桥的加固，工程的验收，工人的浔江，都在年底。"),
        *((f"第{n}版", "鳜鱼价格比去年好。") for n in range(9, 20)),
    )
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace(documents.of(unit) for unit in _articles(rows))
        hits = engine.search(SearchRequest("浔江大桥加固工程的工人")).hits
    assert [hit.title for hit in hits] == ["公交改线", "浔江大桥"]


def test_of_several_words_a_headline_counts_most_that_has_all(tmp_path: Path) -> None:
    rows = (
        ("鳜鱼", "渔歌里的养殖户说，今年的雨水比去年好，塘里的水一直是满的。"),
        ("丰收", "鳜鱼渔歌，渔歌鳜鱼。"),
        ("渔歌与鳜鱼", "今年的雨水比去年好，塘里的水一直是满的。"),
        *((f"第{n}版", "养殖户说，价格比去年好。") for n in range(9, 20)),
    )
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace(documents.of(unit) for unit in _articles(rows))
        hits = engine.search(SearchRequest("鳜鱼 渔歌")).hits
    assert [hit.title for hit in hits] == ["渔歌与鳜鱼", "丰收", "鳜鱼"]


def test_what_prints_the_rest_of_a_question_in_a_row_comes_first(
    tmp_path: Path,
) -> None:
    rows = (
        ("大桥加固", "大桥的加固，今年的大事，谁强调？头等的加固是大桥的大事。"),
        ("代表热议", "雨水比去年好。" * 30 + "李一鸣说，大桥加固是今年的头等大事。"),
        *((f"第{n}版", "鳜鱼价格比去年好。") for n in range(9, 20)),
    )
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace(documents.of(unit) for unit in _articles(rows))
        asked = SearchRequest("谁说大桥加固是今年的头等大事？")
        hits = engine.search(asked).hits
        newest = engine.search(replace(asked, sort=Sort.NEWEST)).hits
    assert [hit.title for hit in hits] == ["代表热议", "大桥加固"]
    assert {hit.title for hit in newest} == {"代表热议", "大桥加固"}


def test_a_run_that_begins_within_a_number_is_found(paper: WhooshEngine) -> None:
    response = paper.search(SearchRequest("5路公交车绕行滨江路"))
    assert response.hits[0].title == "公交改线"


def test_a_figure_that_is_cut_off_is_found_unless_it_is_short(
    tmp_path: Path,
) -> None:
    rows = (("通车", "将于2019年11月25日至12月20日试行，路面115路改线。"),)
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace(documents.of(unit) for unit in _articles(rows))
        for cut in ("于2019年11月2", "19年11月25日至1", "5日至12月20日"):
            assert engine.search(SearchRequest(cut)).total == 1
            assert engine.search(SearchRequest(cut, exact=True)).total == 0
        for other in ("15路", "1月25日"):
            assert engine.search(SearchRequest(other)).total == 0


def test_what_a_question_quotes_must_be_printed(paper: WhooshEngine) -> None:
    response = paper.search(SearchRequest("谁承担“加固工程”？"))
    assert [hit.title for hit in response.hits] == ["大桥加固工程"]
    assert paper.search(SearchRequest("谁承担“亮化工程”？")).total == 0


def test_marks_amid_a_pasted_headline_are_print(paper: WhooshEngine) -> None:
    """What stands in them need not be printed so, as marks beside keywords ask."""
    pasted = paper.search(SearchRequest("浔江“新大桥”昨日正式通车典礼"))
    assert pasted.hits[0].title == "浔江大桥通车"
    assert pasted.rewrites
    assert (
        paper.search(SearchRequest("浔江“新大桥”昨日正式通车", exact=True)).total == 0
    )
    assert paper.search(SearchRequest("浔江 “新大桥” 通车")).total == 0


def test_single_characters_among_words_are_no_quote(paper: WhooshEngine) -> None:
    response = paper.search(SearchRequest("浔江 大桥 日 午 正式 通车"))
    assert response.hits[0].title == "浔江大桥通车"


def test_filters_and_dates_hold_for_questions(paper: WhooshEngine) -> None:
    asked = SearchRequest("大桥什么时候通车", since=dt.date(2025, 1, 2))
    assert "浔江大桥通车" not in [hit.title for hit in paper.search(asked).hits]
    newest = paper.search(SearchRequest("大桥什么时候通车", sort=Sort.NEWEST)).hits
    days = [hit.date or dt.date.min for hit in newest]
    assert days == sorted(days, reverse=True)


def test_words_of_asking_are_not_marked(paper: WhooshEngine) -> None:
    (hit, *_) = paper.search(SearchRequest("鳜鱼的价格是多少")).hits
    marked = {piece.text for piece in hit.snippet if piece.mark}
    assert "鳜鱼价格" in marked
    assert "的" not in marked


def test_closeness_is_what_reading_every_document_gives(engine: WhooshEngine) -> None:
    single = {text: 1 + n / 7 for n, text in enumerate("浔桥通民龘")}
    pairs = {text: 1 + n / 5 for n, text in enumerate([*WORDS[:9], "桥通", "桥龘"])}
    sought = [Sought(GRAIN, single), Sought(replace(GRAIN, b=1.0), pairs)]
    with engine._reading() as (_, snapshot):
        numbers = snapshot.numbers()
        docs = np.array([numbers[document.id] for document in DOCUMENTS])
        found = Closeness(snapshot.pool).scores(docs[::-1], sought)
    assert found[::-1] == pytest.approx(_closeness(DOCUMENTS, sought))


def test_a_word_is_counted_in_all_zones_together(engine: WhooshEngine) -> None:
    with engine._reading() as (_, snapshot):
        numbers = snapshot.numbers()
        words = (*WORDS, "无此")
        pooled = [snapshot.pool.word(word) for word in words]
        found = postings(pooled, snapshot.collection.size)
        rows = np.stack((found.words, found.docs, found.counts), axis=1).tolist()
        assert sorted(rows) == sorted(
            [row, numbers[id], n]
            for row, word in enumerate(words)
            for id, n in _printed_words(word).items()
            if n
        )
        none = postings([snapshot.pool.word("无此")], snapshot.collection.size)
        assert none.docs.tolist() == []
        asked = np.array([numbers[document.id] for document in DOCUMENTS], np.uint32)
        printed = [_printed_words(word) for word in words]
        expected = [[each[document.id] for document in DOCUMENTS] for each in printed]
        assert counts(pooled, asked).tolist() == expected
        assert counts([], asked).tolist() == []


def test_a_headline_that_is_asked_whole_comes_first(tmp_path: Path) -> None:
    """Before what prints more of the question under a longer name."""
    rows = (
        ("浔鳜", "浔江特产，浔鳜鱼鳍有十二根硬刺。"),
        ("黑尾浔鳜", "黑尾浔鳜产于外海，鱼鳍有几根硬刺不一。"),
        *PAPER,
    )
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace(documents.of(unit) for unit in _articles(rows))
        hits = engine.search(SearchRequest("浔鳜的鱼鳍有几根硬刺？")).hits
    assert [hit.title for hit in hits[:2]] == ["浔鳜", "黑尾浔鳜"]


def test_headlines_that_stand_in_a_text_are_those_that_do(engine: WhooshEngine) -> None:
    chooser = random.Random(5)
    longest = "".join(chooser.choices(WORDS, k=200))
    text = longest + "".join(_headline(d) for d in DOCUMENTS[::5])
    headlines = {d.id: _headline(d) for d in DOCUMENTS}
    with engine._reading() as (_, snapshot):
        numbers = snapshot.numbers()
        asked = np.array([numbers[id] for id in headlines], np.uint32)
        found = standing_in(text, snapshot.collection, asked, 0)
        names = list(headlines)
        held = {names[place]: printed for place, printed in found}
    assert held == {id: h for id, h in headlines.items() if h in text}
    assert 0 < len(held) < len(headlines)


def test_answers_are_the_same_however_the_index_was_written(
    engine: WhooshEngine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    asked = SearchRequest("浔江大桥何时完工，市民代表有什么建议", limit=200)
    with open_engine(tmp_path_factory.mktemp("again"), writable=True) as other:
        other.replace(DOCUMENTS)
        expected = other.search(asked)
    response = engine.search(asked)
    assert response.total == expected.total > 10
    scores = [(hit.id, hit.score) for hit in expected.hits]
    assert [(hit.id, hit.score) for hit in response.hits] == scores


@pytest.mark.parametrize("bounds", [{"READ_AGAIN": 5}, {"_SURELY": 5, "_NEAR": 0.99}])
def test_scores_fall_past_what_was_read_again(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch, bounds: dict[str, float]
) -> None:
    for name, value in bounds.items():
        monkeypatch.setattr(f"indexer.relevance.{name}", value)
    asked = SearchRequest("浔江大桥何时完工，市民代表有什么建议", limit=200)
    hits = engine.search(asked).hits
    scores = [hit.score for hit in hits]
    assert len(scores) > 5
    assert scores == sorted(scores, reverse=True)


def test_a_grain_left_out_adds_nothing() -> None:
    left = GRAINS.without("pairs", "characters").without_lead()
    assert left.words == GRAINS.words
    assert (left.pairs.presence, left.characters.lead) == (0, ())
    assert {p.weight for p in replace(GRAINS, learnt=False).parts_of("谁").words} == {1}


def _articles(rows: tuple[tuple[str, str], ...]) -> Iterator[Article]:
    for number, (headline, body) in enumerate(rows, 1):
        day = dt.date(2025, 1, number)
        yield Article(f"a.{number}", "article", headline, body, date=day)


def _headline(document: Document) -> str:
    unit = documents.decode(document.stored)
    assert unit.headline
    return unit.headline


def _many() -> Iterator[Article]:
    chooser = random.Random(11)
    for number in range(80):
        headline = "".join(chooser.choices(WORDS, k=3))
        body = "，".join(
            "".join(chooser.choices(WORDS, k=chooser.randint(1, 12))) for _ in range(3)
        )
        yield Article(f"b.{number}", "article", headline, body)


def _changed(document: Document) -> Document:
    unit = documents.decode(document.stored)
    assert isinstance(unit, Article)
    return documents.of(structs.replace(unit, body=unit.body + "浔江大桥的旧闻。"))


def _closeness(given: tuple[Document, ...], sought: list[Sought]) -> list[float]:
    """The judge: every document read character by character."""
    printed = [
        "".join(
            terms.characters(passage).text + "\x00"
            for zone in document.zones
            for passage in zone.passages
        )
        for document in given
    ]
    average = sum(map(len, printed)) / len(printed)
    return [
        sum(
            weight * _added(text, wanted, one.grain, len(text) / average)
            for one in sought
            for wanted, weight in one.weights.items()
        )
        + sum(one.grain.near * _nearest(text, one.weights) for one in sought)
        for text in printed
    ]


def _nearest(text: str, weights: Mapping[str, float]) -> float:
    """What stands in two blocks in a row, where most does; a text by its beginning."""
    return max(
        sum(
            weight
            for wanted, weight in weights.items()
            if any(text.startswith(wanted, at) for at in range(start, start + 60))
        )
        for start in range(0, len(text), 30)
    )


def _added(text: str, wanted: str, grain: Grain, length: float) -> float:
    places = [at for at in range(len(text)) if text.startswith(wanted, at)]
    norm = 1.2 * (1 - grain.b + grain.b * length)
    score = grain.frequency * len(places) * 2.2 / (len(places) + norm)
    score += grain.presence * bool(places)
    return score + sum(
        worth * any(at < end for at in places) for end, worth in grain.lead
    )


def _printed_words(word: str) -> dict[str, int]:
    """How often each document has a word, by its id."""
    return {
        document.id: sum(
            [term.text for term in terms.index_terms(passage)].count(word)
            for zone in document.zones
            for passage in zone.passages
        )
        for document in DOCUMENTS
    }


DOCUMENTS = tuple(documents.of(unit) for unit in _many())
