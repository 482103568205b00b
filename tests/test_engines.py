"""Every engine answers as the brute-force judge does, on any query."""

import datetime as dt
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indexer import documents, query
from indexer.archive import Article, Roster, RosterEntry, RosterGroup, Unit
from indexer.asking import CLOSEST
from indexer.documents import Document
from indexer.errors import IndexDamaged, IndexMissing, SearchTooSlow
from indexer.search import SearchRequest, Sort
from indexer.vocabulary import Vocabulary
from indexer.whoosh_engine import WhooshEngine, check_index, open_engine
from tests.brute_force import BruteForce

WORDS = [
    "江城",
    "大桥",
    "通车",
    "医院",
    "互联网",
    "文江南",
    "方芸",
    "产业链",
    "的",
    "和",
    "AI工厂",
    "2024年",
    "改革",
    "开放",
]
NAMES = ("文江南", "方 芸(女)", "兰 钧", "袁和")


def article(number: int, chooser: random.Random) -> Article:
    sentence = "".join(chooser.choices(WORDS, k=chooser.randint(3, 25)))
    return Article(
        id=f"jiang-bao.2024-12-{1 + number % 9:02}.{number % 3 + 1:02}.{number}",
        kind="ad" if number % 13 == 0 else "article",
        headline="".join(chooser.choices(WORDS, k=3)) if number % 7 else None,
        body=sentence + "。\n" + "，".join(chooser.choices(WORDS, k=8)),
        paper="jiang-bao",
        date=dt.date(2024, 12, 1 + number % 9) if number % 11 else None,
        page=f"{number % 3 + 1:02}",
        section=chooser.choice([None, "要闻", "民生 健康"]),
        kicker=chooser.choice([None, "市人大代表袁和"]),
        reporters=tuple(chooser.sample(["孙静", "旷红"], number % 3)),
        persons=tuple(chooser.sample(["袁和", "兰钧"], number % 2)),
    )


def roster(number: int, chooser: random.Random) -> Roster:
    entries = (RosterEntry(s.split("(")[0].replace(" ", ""), s) for s in NAMES)
    group = RosterGroup(tuple(chooser.sample(list(entries), 3)), role="委员")
    return Roster(
        f"jiang-bao.2024-12-01.04.{number}", "委员会委员名单", (group,), page="04"
    )


def units() -> tuple[Unit, ...]:
    chooser = random.Random(7)
    articles = [article(number, chooser) for number in range(1, 61)]
    return (*articles, *(roster(number, chooser) for number in range(1, 6)))


DOCUMENTS = tuple(documents.of(unit) for unit in units())
VOCABULARY = Vocabulary(
    ("江城市",), (("大桥", "通车"), ("网院", "互联网医院"), ("改革", "开放", "产业链"))
)
JUDGE = BruteForce(DOCUMENTS, VOCABULARY)


@pytest.fixture(
    scope="module", params=["one segment", "spills", "many segments", "deletions"]
)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WhooshEngine]:
    """The same documents, written in one go, bit by bit, or over others."""
    folder = tmp_path_factory.mktemp("index")
    engine = open_engine(folder, writable=True, vocabulary=VOCABULARY)
    match request.param:
        case "spills":
            engine.close()
            engine = open_engine(
                folder, writable=True, memory=20_000, vocabulary=VOCABULARY
            )
        case "many segments":
            for end in range(5, len(DOCUMENTS), 20):
                engine.update(DOCUMENTS[:end])
        case "deletions":
            engine.replace(documents.of(unit) for unit in old_units())
    engine.update(DOCUMENTS)
    yield engine
    engine.close()


def old_units() -> Iterator[Article]:
    """Some that will be removed and some that will be changed."""
    chooser = random.Random(8)
    yield from (article(number, chooser) for number in range(30, 90))


def answers(engine: WhooshEngine, request: SearchRequest) -> list[tuple[str, float]]:
    return [(hit.id, hit.score) for hit in engine.search(request).hits]


FORMS = ["网院", "江城大桥", "改革方芸", "2024-12-03", "袁和说大桥", "开放的网院"]
leaves: st.SearchStrategy[query.Node] = st.one_of(
    st.sampled_from(FORMS).map(query.Words),
    st.sampled_from(WORDS).map(query.Words),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=3).map(
        lambda words: query.Words("".join(words))
    ),
    st.sampled_from([*WORDS, "桥通", "南方", "钧袁", "城，大桥"]).map(query.Phrase),
    st.builds(
        query.Within,
        st.sampled_from(["title", "body", "names", "kicker", "caption"]),
        st.sampled_from(WORDS).map(query.Words),
    ),
    st.sampled_from(
        [
            query.Filter("reporter", "孙静"),
            query.Filter("person", "兰钧"),
            query.Filter("page", "2"),
            query.Filter("section", "民生"),
            query.Filter("kind", "ad"),
            query.Dates(dt.date(2024, 12, 3), dt.date(2024, 12, 5)),
        ]
    ),
)
trees: st.SearchStrategy[query.Node] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(query.Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda n: query.And(tuple(n))),
        st.lists(inner, min_size=2, max_size=3).map(lambda n: query.Or(tuple(n))),
    ),
    max_leaves=6,
)
requests = st.builds(
    SearchRequest,
    trees.map(query.render),
    kind=st.sampled_from([None, None, "article", "roster", "ad", "all", "none"]),
    page=st.sampled_from([None, None, None, "02", "9"]),
    person=st.sampled_from([None, None, None, "袁和", "无此人"]),
    since=st.sampled_from([None, None, dt.date(2024, 12, 4)]),
    until=st.sampled_from([None, None, dt.date(2024, 12, 6)]),
    sort=st.sampled_from(list(Sort)),
    limit=st.just(100),
    exact=st.booleans(),
)


def assume_keywords(engine: WhooshEngine, request: SearchRequest) -> None:
    """Leave out what reads as a sentence: test_relevance has another judge for it."""
    assume(not set(engine.search(request).rewrites) & set(CLOSEST))


def check(engine: WhooshEngine, request: SearchRequest) -> None:
    """Hold an answer against the judge's."""
    assume_keywords(engine, request)
    expected = JUDGE.search(request)
    found = answers(engine, request)
    assert {id for id, _ in found} == {id for id, _ in expected}
    assert engine.search(request).total == len(expected)
    assert dict(found) == pytest.approx(dict(expected), abs=1e-4)
    if request.sort is not Sort.RELEVANCE:
        assert [id for id, _ in found] == [id for id, _ in expected]


@settings(max_examples=30)
@given(request=requests)
def test_any_query_is_answered_as_by_scanning(
    engine: WhooshEngine, request: SearchRequest
) -> None:
    check(engine, request)


@pytest.mark.long
@settings(max_examples=400)
@given(request=requests)
def test_any_query_of_many_is_answered_as_by_scanning(
    engine: WhooshEngine, request: SearchRequest
) -> None:
    check(engine, request)


@settings(max_examples=25)
@given(request=requests, offset=st.integers(0, 70), limit=st.integers(0, 20))
def test_a_screen_is_a_cut_of_the_whole_list(
    engine: WhooshEngine, request: SearchRequest, offset: int, limit: int
) -> None:
    whole = answers(engine, request)
    cut = replace(request, limit=limit, offset=offset)
    assert answers(engine, cut) == whole[offset : offset + limit]


@settings(max_examples=25)
@given(request=requests)
def test_facets_count_all_hits(engine: WhooshEngine, request: SearchRequest) -> None:
    assume_keywords(engine, request)
    matched = {id for id, _ in JUDGE.search(request)}
    kinds = [d.kind for d in DOCUMENTS if d.id in matched]
    facets = {facet.field: facet.values for facet in engine.search(request).facets}
    counts = {item.value: item.count for item in facets["kind"]}
    assert counts == {kind: kinds.count(kind) for kind in set(kinds)}
    years = sum(item.count for item in facets["year"])
    assert years == sum(1 for d in DOCUMENTS if d.id in matched and d.date)


def test_a_timeline_counts_all_dated_hits(engine: WhooshEngine) -> None:
    for request in (SearchRequest("大桥"), SearchRequest("", kind="ad")):
        told = engine.search(replace(request, timeline=True, limit=0)).timeline
        hits = engine.search(replace(request, limit=200)).hits
        dates = Counter(str(hit.date) for hit in hits if hit.date)
        assert told
        assert {each.value: each.count for each in told.counts} == dates
        assert engine.search(request).timeline is None


def test_a_phrase_does_not_cross_from_one_name_to_the_next(
    engine: WhooshEngine,
) -> None:
    assert engine.search(SearchRequest("名单:南方")).total == 0
    assert engine.search(SearchRequest("“文江南” 类型:名单")).total > 0


def test_marks_taken_away_give_the_printed_text(engine: WhooshEngine) -> None:
    for hit in engine.search(SearchRequest("互联网医院 OR 兰钧", limit=50)).hits:
        unit = engine.get(hit.id)
        assert "".join(piece.text for piece in hit.marked_title) == hit.title
        assert unit is not None
        printed = "".join(z for zone in documents.zones_of(unit) for z in zone.passages)
        marked = [piece.text for piece in hit.snippet if piece.mark]
        assert all(text in printed for text in marked)


def test_a_unit_comes_back_as_it_was(engine: WhooshEngine) -> None:
    assert [engine.get(unit.id) for unit in units()] == list(units())
    assert engine.get("no.such.id") is None


def test_holdings_are_all_articles_and_rosters_each_once(engine: WhooshEngine) -> None:
    held = {d.id: d.kind for d in DOCUMENTS if d.kind in ("article", "roster")}
    found: list[tuple[str, str]] = []
    while units := engine.holdings(limit=7, offset=len(found)).units:
        found += [(unit.id, unit.kind) for unit in units]
    assert engine.holdings(limit=0).total == len(found) == len(held)
    assert dict(found) == held


def test_limits_are_clamped(engine: WhooshEngine) -> None:
    response = engine.search(SearchRequest("", limit=10**9, offset=-5))
    assert (response.request.limit, response.request.offset) == (200, 0)
    assert engine.search(SearchRequest("", offset=10**9)).hits == ()


@pytest.mark.parametrize("sort", Sort)
def test_batches_are_the_screens_of_a_search(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch, sort: Sort
) -> None:
    monkeypatch.setattr("indexer.whoosh_engine.BATCH", 7)
    asked = SearchRequest("大桥 OR 2024年", sort=sort, limit=100, offset=3)
    whole = engine.search(asked)
    batches = list(engine.batches(replace(asked, limit=1000)))
    assert [len(batch.hits) for batch in batches[:-1]] == [7] * (len(batches) - 1)
    assert tuple(hit for batch in batches for hit in batch.hits) == whole.hits
    assert {batch.total for batch in batches} == {whole.total}


def test_one_batch_says_that_nothing_is_found(engine: WhooshEngine) -> None:
    (batch,) = engine.batches(SearchRequest("“没有的词”", limit=1000))
    assert (batch.total, batch.hits) == (0, ())


def test_a_phrase_asks_for_nothing_but_its_characters(engine: WhooshEngine) -> None:
    plain = engine.search(SearchRequest("“江城大桥”")).total
    assert engine.search(SearchRequest("“江 城，大．桥”")).total == plain > 0


# Generations, as seen through an engine.


def test_batches_stay_with_the_generation_they_began_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.whoosh_engine.BATCH", 20)
    every = [documents.of(unit) for unit in units()]
    with open_engine(tmp_path, writable=True) as engine:
        engine.replace(every)
        batches = engine.batches(SearchRequest(limit=1000))
        first = next(batches)
        engine.replace(every[:1])
        assert engine.search(SearchRequest()).total == 1
        rest = list(batches)
    assert sum(len(batch.hits) for batch in (first, *rest)) == first.total > 20
    assert {batch.generation for batch in rest} == {first.generation}


def numbered(count: int, body: str = "正文") -> list[Document]:
    return [
        documents.of(Article(f"p.{n}", "article", f"第{n}篇", body))
        for n in range(count)
    ]


def test_a_search_ends_at_its_deadline(tmp_path: Path) -> None:
    open_engine(tmp_path, writable=True).replace(numbered(2))
    engine = open_engine(tmp_path, seconds=-1)
    with pytest.raises(SearchTooSlow, match="请减少检索词"):
        engine.search(SearchRequest("正文"))


def test_a_quick_search_waits_for_no_new_generation(tmp_path: Path) -> None:
    writer = open_engine(tmp_path, writable=True)
    writer.replace(numbered(1))
    reader = open_engine(tmp_path)
    assert reader.search(SearchRequest(""), seconds=1).total == 1
    writer.replace(numbered(2))
    with pytest.raises(SearchTooSlow):
        reader.search(SearchRequest(""), seconds=1)
    assert reader.search(SearchRequest("")).total == 2
    assert reader.search(SearchRequest(""), seconds=1).total == 2


def test_no_index_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        open_engine(tmp_path)


def test_an_update_writes_only_what_differs(tmp_path: Path) -> None:
    engine = open_engine(tmp_path, writable=True)
    engine.replace(numbered(5))
    report = engine.update([*numbered(3), *numbered(5, "改过的正文")[4:]])
    assert (report.added, report.changed, report.removed) == (0, 1, 1)
    assert report.unchanged == 3
    assert engine.search(SearchRequest("改过")).total == 1
    assert engine.search(SearchRequest("")).total == 4


def test_an_update_without_a_difference_publishes_nothing(tmp_path: Path) -> None:
    engine = open_engine(tmp_path, writable=True)
    before = engine.replace(numbered(3)).generation
    assert engine.update(numbered(3)).generation == before


def test_a_reader_sees_what_another_process_publishes(tmp_path: Path) -> None:
    writer = open_engine(tmp_path, writable=True)
    writer.replace(numbered(1))
    reader = open_engine(tmp_path)
    assert reader.search(SearchRequest("")).total == 1
    writer.replace(numbered(2))
    assert reader.search(SearchRequest("")).total == 2


def test_a_source_that_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    engine = open_engine(tmp_path, writable=True)
    engine.replace(numbered(2))

    def failing() -> Iterator[Document]:
        yield from numbered(1)
        raise OSError("disk gone")

    for write in (engine.replace, engine.update):
        with pytest.raises(OSError, match="disk gone"):
            write(failing())
    assert engine.search(SearchRequest("")).total == 2


def test_a_damaged_new_generation_leaves_the_open_one_serving(tmp_path: Path) -> None:
    engine = open_engine(tmp_path, writable=True)
    engine.replace(numbered(2))
    assert engine.search(SearchRequest("")).total == 2
    other = open_engine(tmp_path, writable=True)
    generation = other.replace(numbered(3)).generation
    segment = next((tmp_path / generation).glob("*.docs"))
    segment.write_bytes(segment.read_bytes()[:-1] + b"?")
    assert engine.search(SearchRequest("")).total == 2
    assert engine.status().degraded is not None
    assert open_engine(tmp_path).search(SearchRequest("")).total == 2
    assert "损坏" in check_index(tmp_path)[0].zh


def spoil_file(index: Path, generation: str) -> None:
    segment = next((index / generation).glob("*.docs"))
    segment.write_bytes(segment.read_bytes()[:-1] + b"?")


def spoil_manifest(index: Path, generation: str) -> None:
    (index / generation / "MANIFEST.json").write_bytes(b"{}")


def lose_generation(index: Path, generation: str) -> None:
    shutil.rmtree(index / generation)


@pytest.mark.parametrize("spoil", [spoil_file, spoil_manifest, lose_generation])
def test_the_generation_before_stands_in_for_a_damaged_one(
    tmp_path: Path, spoil: Callable[[Path, str], None]
) -> None:
    writer = open_engine(tmp_path, writable=True)
    writer.replace(numbered(2))
    spoil(tmp_path, writer.replace(numbered(3)).generation)
    reader = open_engine(tmp_path)
    assert reader.search(SearchRequest("")).total == 2
    degraded = reader.status().degraded
    assert degraded is not None
    assert "损坏" in degraded.zh
    assert "--full" in degraded.en
    writer.update(numbered(4))
    assert reader.search(SearchRequest("")).total == 4
    assert reader.status().degraded is None


def test_without_a_readable_pointer_the_newest_whole_generation_answers(
    tmp_path: Path,
) -> None:
    writer = open_engine(tmp_path, writable=True)
    writer.replace(numbered(2))
    newest = writer.replace(numbered(3)).generation
    (tmp_path / "CURRENT").write_bytes(b"")
    reader = open_engine(tmp_path)
    assert reader.search(SearchRequest("")).total == 3
    assert reader.status().degraded is not None
    lose_generation(tmp_path, newest)
    assert open_engine(tmp_path).search(SearchRequest("")).total == 2


def test_a_whole_generation_of_another_version_stands_in_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = open_engine(tmp_path, writable=True)
    with monkeypatch.context() as patched:
        patched.setattr("indexer.whoosh_index.fingerprint", lambda: {"schema": "0"})
        writer.replace(numbered(2))
    spoil_file(tmp_path, writer.replace(numbered(3)).generation)
    with pytest.raises(IndexDamaged):
        open_engine(tmp_path)


def test_status_tells_what_the_index_holds(tmp_path: Path) -> None:
    engine = open_engine(tmp_path, writable=True)
    engine.replace(DOCUMENTS)
    status = engine.status()
    assert status.documents == len(DOCUMENTS)
    assert (status.oldest, status.newest) == (
        dt.date(2024, 12, 1),
        dt.date(2024, 12, 9),
    )
    assert status.bytes > 0
    assert check_index(tmp_path) == ()
