"""Quotes are found by their words, speakers and roles, as the judge finds them."""

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from indexer import documents, query
from indexer.archive import Article, Quote, Speaker
from indexer.search import SearchRequest, Sort, response_json
from indexer.whoosh_engine import WhooshEngine, open_engine
from tests.judged_quotes import judged

WORDS = ["江城", "大桥", "通车", "医院", "产业链", "改革", "袁和", "的"]
SPEAKERS = [("袁和", "市长"), ("兰钧", "大桥指挥长"), ("方芸", None), (None, None)]


def article(number: int, *, seed: int = 3) -> Article:
    """An article of three sentences, some of which somebody says."""
    chooser = random.Random(number * 31 + seed)
    id, body = f"jiang-bao.2024-12-{1 + number % 9:02}.01.{number}", ""
    quotes: list[Quote] = []
    for _ in range(3):
        said = "，".join(chooser.choices(WORDS, k=chooser.randint(1, 6))) + "。"
        name, role = chooser.choice(SPEAKERS)
        start = len(body) + 4
        body += f"有人说“{said}”\n"
        if chooser.random() < 0.7:
            by = (Speaker(name, name, role),) if name else ()
            place = (said, start, start + len(said))
            key = f"{id}.q{len(quotes) + 1}"
            quotes.append(Quote(key, "direct", *place, name, role, "说", by))
    return Article(
        id=id,
        kind="article",
        headline="".join(chooser.choices(WORDS, k=3)),
        body=body.strip(),
        paper="jiang-bao",
        date=dt.date(2024, 12, 1 + number % 9),
        page="01",
        quotes=tuple(quotes),
    )


ARTICLES = tuple(article(number) for number in range(1, 31))
DOCUMENTS = tuple(documents.of(unit) for unit in ARTICLES)
JUDGE = judged(ARTICLES, DOCUMENTS)


@pytest.fixture(scope="module", params=["one segment", "many", "over others"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WhooshEngine]:
    engine = open_engine(tmp_path_factory.mktemp("index"), writable=True)
    if request.param == "many":
        for end in (7, 13, 22):
            engine.update(DOCUMENTS[:end])
    if request.param == "over others":
        old = (article(number, seed=5) for number in range(10, 45))
        engine.replace(documents.of(unit) for unit in old)
    engine.update(DOCUMENTS)
    yield engine
    engine.close()


leaves: st.SearchStrategy[query.Node] = st.one_of(
    st.sampled_from([*WORDS[:-1], "江城大桥", "市长"]).map(query.Words),
    st.sampled_from([*WORDS, "城，大桥", "桥通"]).map(query.Phrase),
    st.sampled_from(
        [
            query.Filter("speaker", "袁和"),
            query.Filter("speaker", "不明"),
            query.Filter("role", "大桥"),
            query.Within("title", query.Words("大桥")),
            query.Dates(dt.date(2024, 12, 3), dt.date(2024, 12, 5)),
        ]
    ),
)
trees: st.SearchStrategy[query.Node] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(query.negated),
        st.tuples(inner, inner).map(lambda two: query.all_of(two) or two[0]),
        st.tuples(inner, inner).map(lambda two: query.any_of(two) or two[0]),
    ),
    max_leaves=4,
)


@settings(max_examples=40)
@given(tree=trees)
def test_quotes_are_those_of_the_judge(engine: WhooshEngine, tree: query.Node) -> None:
    text = query.render(tree)
    asked = SearchRequest(text, kind="quote", exact=True, limit=200)
    response = engine.search(asked)
    expected = JUDGE.of(query.parse(text).tree)
    found = {hit.id: hit.score for hit in response.hits}
    assert found == pytest.approx(expected, abs=2e-3)
    assert response.total == len(expected)
    scores = [hit.score for hit in response.hits]
    assert scores == sorted(scores, reverse=True)


def test_what_has_no_word_finds_no_quote(engine: WhooshEngine) -> None:
    mark = "\uff9e"  # searchable by its class, but no character is left when folded
    for text, found in (
        (mark, False),
        (f"大桥 {mark}", False),
        (f"大桥 或 {mark}", True),
    ):
        assert bool(engine.search(SearchRequest(text, kind="quote")).total) == found


def test_units_are_as_without_quotes(engine: WhooshEngine, tmp_path: Path) -> None:
    silent = open_engine(tmp_path, writable=True)
    silent.replace(documents.of(replace(unit, quotes=())) for unit in ARTICLES)
    for text in ("大桥", "江城大桥 改革", "“医院”", ""):
        with_quotes = engine.search(SearchRequest(text, limit=50))
        without = silent.search(SearchRequest(text, limit=50))
        assert with_quotes.hits == without.hits
        assert {hit.kind for hit in with_quotes.hits} == {"article"}


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
def test_quotes_come_in_the_order_of_their_articles(
    engine: WhooshEngine, sort: Sort
) -> None:
    asked = SearchRequest(kind="quote", sort=sort, limit=200)
    ids = [hit.id for hit in engine.search(asked).hits]
    units = engine.search(SearchRequest(sort=sort, limit=200)).hits
    said = {unit.id: unit.quotes for unit in ARTICLES}
    assert ids == [quote.id for unit in units for quote in said[unit.id]]


def test_a_speaker_asks_for_quotes_and_is_counted(engine: WhooshEngine) -> None:
    every = [quote for unit in ARTICLES for quote in unit.quotes]
    response = engine.search(SearchRequest(speaker="袁和"))
    assert response.total == sum(quote.speaker == "袁和" for quote in every) > 0
    facets = {facet.field: facet for facet in response.facets}
    assert [item.value for item in facets["speaker"].values] == ["袁和"]
    whole = engine.search(SearchRequest(kind="quote")).facets
    counts = {v.value: v.count for f in whole if f.field == "speaker" for v in f.values}
    assert counts["不明"] == sum(quote.speaker is None for quote in every)


def test_filters_of_quotes(engine: WhooshEngine) -> None:
    day = dt.date(2024, 12, 4)
    dated = engine.search(SearchRequest(kind="quote", since=day, until=day, limit=99))
    assert {hit.date for hit in dated.hits} == {day}
    assert engine.search(SearchRequest(role="指挥长")).total > 0
    assert engine.search(SearchRequest(speech="indirect")).total == 0
    assert engine.search(SearchRequest(kind="article", speaker="袁和")).total == 0
    assert engine.search(SearchRequest("类型:引语 或 类型:文章")).total == len(
        ARTICLES
    ) + sum(len(unit.quotes) for unit in ARTICLES)


def test_a_quote_shows_its_place_and_its_speaker(engine: WhooshEngine) -> None:
    (hit, *_) = engine.search(SearchRequest("产业链", speaker="袁和")).hits
    assert hit.spoken is not None
    assert "".join(piece.text for piece in hit.snippet) == hit.spoken.quote.text
    assert any(piece.mark for piece in hit.snippet)
    assert (hit.spoken.before, hit.spoken.after) == ("有人说“", "”")
    record = response_json(engine.search(SearchRequest(speaker="袁和")))["hits"][0]
    assert (record["speaker"], record["kind"]) == ("袁和", "quote")
    assert record["article"] == record["id"].rpartition(".q")[0]
    assert record["url"].startswith(f"/articles/{record['article']}#p")


def test_quotes_change_and_go_with_their_article(tmp_path: Path) -> None:
    engine = open_engine(tmp_path, writable=True)
    engine.replace(DOCUMENTS[:2])
    other = replace(ARTICLES[1], quotes=ARTICLES[1].quotes[:1])
    engine.update([documents.of(other)])
    response = engine.search(SearchRequest(kind="quote"))
    assert [hit.id for hit in response.hits] == [quote.id for quote in other.quotes]
    status = engine.status()
    assert status.documents == 1
    assert {item.value: item.count for item in status.kinds}["quote"] == 1


def test_who_said_what_asks_the_ledger(engine: WhooshEngine) -> None:
    for text in ("袁和 说 大桥", "袁和表示 大桥", "市长 谈 大桥", "谁 说 大桥"):
        response = engine.search(SearchRequest(text))
        assert {hit.kind for hit in response.hits} == {"quote"}
        assert "引语" in response.rewrites[0].zh
    plain = engine.search(SearchRequest("袁和 说 大桥", exact=True))
    assert {hit.kind for hit in plain.hits} <= {"article"}
    unknown = engine.search(SearchRequest("赵无人 说 大桥"))
    assert not any(hit.kind == "quote" for hit in unknown.hits)
