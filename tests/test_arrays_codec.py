"""The codec of arrays against Whoosh's own: the same documents, the same answers."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from whoosh import analysis, columns, fields, query, sorting
from whoosh.filedb.filestore import RamStorage
from whoosh.reading import TermNotFound
from whoosh.searching import Searcher

from indexer.arrays.codec import ArraysIndex, reader_of
from indexer.arrays.deletions import write_deletions
from indexer.arrays.entries import Entry
from indexer.arrays.gather import Gatherer
from indexer.arrays.index_writer import IndexWriter
from indexer.arrays.layout import Layout
from indexer.arrays.segment import Segment
from indexer.arrays.stored import packed
from indexer.arrays.toc import SegmentEntry, read_toc, write_toc
from indexer.errors import ConfigurationError

WORDS = ("铁路", "通车", "县长", "学校", "米价", "米市", "a", "ab")
DAY = datetime(1931, 9, 18)
DOCUMENTS = settings(max_examples=25)

# Any: whoosh has no types, and a document is what its schema makes of it.
Document = dict[str, Any]


def printed() -> dict[str, Any]:
    """Fields whose terms are text, which the gatherer takes too."""
    words = analysis.SpaceSeparatedTokenizer()
    return {
        "id": fields.ID(stored=True, unique=True, sortable=True),
        "text": fields.TEXT(analyzer=words, stored=True),
        "title": fields.TEXT(analyzer=words, phrase=False),
        "tags": fields.KEYWORD(lowercase=False),
        "rank": fields.COLUMN(columns.NumericColumn("i")),
        "front": fields.COLUMN(columns.BitColumn()),
        "kind": fields.COLUMN(columns.RefBytesColumn()),
        "page": fields.NUMERIC(sortable=True, default=0),
    }


PRINTED = fields.Schema(**printed())
FULL = fields.Schema(
    **printed(),
    date=fields.DATETIME(stored=True, sortable=True),
    price=fields.NUMERIC(Decimal, decimal_places=2, stored=True),
    weight=fields.NUMERIC(float),
    signed=fields.BOOLEAN(stored=True),
)

lines = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join)
printed_documents = st.fixed_dictionaries(
    {
        "id": st.uuids().map(str),
        "rank": st.integers(-9, 9),
        "front": st.booleans(),
    },
    optional={
        "page": st.integers(-2, 300),
        "text": lines,
        "title": lines,
        "tags": st.sets(st.sampled_from(WORDS), min_size=1).map(" ".join),
        "kind": st.sampled_from((b"news", b"roster", b"")),
    },
)
full_documents = st.builds(
    dict.__or__,
    printed_documents,
    st.fixed_dictionaries(
        {},
        optional={
            "date": st.integers(0, 3).map(lambda n: DAY + timedelta(n, 0, n)),
            "price": st.sampled_from((Decimal("1.50"), Decimal("-2"))),
            "weight": st.floats(-9, 9),
            "signed": st.booleans(),
        },
    ),
)
words_of = st.sampled_from((*WORDS, "米", "无"))
simple = st.one_of(
    st.builds(query.Term, st.sampled_from(("text", "title", "tags")), words_of),
    st.builds(
        query.Phrase,
        st.just("text"),
        st.lists(words_of, min_size=2, max_size=3),
        st.integers(1, 3),
    ),
    st.builds(query.Prefix, st.just("text"), st.sampled_from(("米", "a", "无"))),
    st.builds(query.Wildcard, st.just("title"), st.sampled_from(("*价", "?b", "*"))),
    st.builds(query.FuzzyTerm, st.just("text"), words_of),
    st.builds(query.Every, st.sampled_from((None, "text", "tags"))),
    st.builds(
        lambda a, b: query.NumericRange("page", min(a, b), max(a, b)),
        st.integers(-2, 300),
        st.integers(-2, 300),
    ),
)
others = st.one_of(
    st.builds(
        lambda a, b: query.DateRange("date", DAY, DAY + timedelta(a), b),
        st.integers(0, 4),
        st.booleans(),
    ),
    st.builds(query.Term, st.just("signed"), st.booleans()),
)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Queries of those, and of and, or, not and maybe over them."""
    return st.recursive(
        leaves,
        lambda parts: st.one_of(
            st.builds(query.And, st.lists(parts, min_size=1, max_size=3)),
            st.builds(query.Or, st.lists(parts, min_size=1, max_size=3)),
            st.builds(query.AndMaybe, parts, parts),
            st.builds(query.AndNot, parts, parts),
            st.builds(query.Not, parts),
        ),
        max_leaves=5,
    )


class Case:
    """Documents in segments, and the numbers of those that are deleted."""

    def __init__(self, parts: list[list[Document]], deleted: set[int]) -> None:
        self.parts = parts
        self.deleted = {n for n in deleted if n < sum(map(len, parts))}

    def __repr__(self) -> str:
        return f"Case({self.parts}, {self.deleted})"


def cases(documents: st.SearchStrategy[Document]) -> st.SearchStrategy[Case]:
    segments = st.lists(
        st.lists(documents, min_size=1, max_size=6), min_size=1, max_size=3
    )
    return st.builds(Case, segments, st.sets(st.integers(0, 12)))


def stock(case: Case, schema: fields.Schema) -> Any:
    """The case in an index of Whoosh's own codec."""
    # Whoosh names a folder of /tmp after the index, for all processes.
    index = RamStorage().create_index(schema, indexname=uuid4().hex)
    for part in case.parts:
        add(index.writer(), part)
    with index.writer() as writer:
        writer.merge = False
        for number in case.deleted:
            writer.delete_document(number)
    return index.reader()


def add(writer: Any, documents: list[Document]) -> None:
    with writer:
        writer.merge = False
        for document in documents:
            writer.add_document(**document)


@contextmanager
def by_whoosh(case: Case, schema: fields.Schema) -> Iterator[Any]:
    """The case written into arrays by Whoosh's writer."""
    with tempfile.TemporaryDirectory() as name:
        index = ArraysIndex(Path(name), schema)
        for part in case.parts:
            add(index.writer(), part)
        delete(Path(name), case.deleted)
        yield index.reader()


@contextmanager
def by_gatherer(case: Case, schema: fields.Schema) -> Iterator[Any]:
    """The case written into arrays in bulk."""
    with tempfile.TemporaryDirectory() as name:
        for number, part in enumerate(case.parts):
            gather(Path(name) / f"s{number}", part, schema)
        entries = (SegmentEntry(f"s{number}") for number in range(len(case.parts)))
        write_toc(Path(name), tuple(entries))
        delete(Path(name), case.deleted)
        yield ArraysIndex(Path(name), schema).reader()


def gather(stem: Path, documents: list[Document], schema: fields.Schema) -> None:
    gatherer = Gatherer(Layout.of(schema), stem)
    for document in documents:
        gatherer.add(
            Entry(
                terms={
                    name: "\n".join(document[name].split(" "))
                    for name in ("id", "text", "title", "tags")
                    if name in document
                },
                stored=packed(
                    {n: document[n] for n in ("id", "text") if n in document}
                ),
                numbers={
                    name: schema[name].to_column_value(document[name])
                    for name in ("rank", "front", "page")
                    if name in document
                },
                values={
                    "id": (document["id"],),
                    "kind": (document.get("kind", b"").decode(),),
                },
            )
        )
    gatherer.write()


def delete(folder: Path, deleted: set[int]) -> None:
    """Mark documents of an index as deleted."""
    entries, first = [], 0
    for entry in read_toc(folder):
        segment = Segment(folder / entry.name)
        numbers = np.arange(first, first + segment.size)
        live = ~np.isin(numbers, list(deleted))
        name = f"{entry.name}.deletions"
        write_deletions(folder / name, segment, live)
        entries.append(SegmentEntry(entry.name, None if live.all() else name))
        first += segment.size
    write_toc(folder, tuple(entries))


def terms_of(reader: Any) -> list[Any]:
    """All terms with what is known of them, and their postings."""
    return [
        (
            *term,
            info.weight(),
            info.doc_frequency(),
            (info.min_length(), info.max_length(), info.max_weight()),
            (info.min_id(), info.max_id()),
            list(postings(reader, *term)),
        )
        for term, info in reader
    ]


def postings(reader: Any, field: str, text: bytes) -> Iterator[tuple[Any, ...]]:
    matcher = reader.postings(field, text)
    format_ = reader.schema[field].format
    kinds = [k for k in ("frequency", "positions") if format_.supports(k)]
    while matcher.is_active():
        values = [matcher.value_as(kind) for kind in kinds]
        yield matcher.id(), matcher.weight(), bytes(matcher.value() or b""), values
        matcher.next()


def documents_of(reader: Any) -> list[Any]:
    """All documents: stored fields, columns as they sort, and lengths. By segment:
    Whoosh's column of several forgets those that lack it."""
    return [
        document
        for leaf, _ in reader.leaf_readers()
        for document in _documents_of(leaf)
    ]


def _documents_of(reader: Any) -> Iterator[Any]:
    names = [name for name, field in reader.schema.items() if field.column_type]
    read = {name: reader.column_reader(name, translate=False) for name in names}
    for number in range(reader.doc_count_all()):
        yield (
            number,
            reader.is_deleted(number),
            reader.stored_fields(number),
            [read[name][number] for name in names],
            [reader.doc_field_length(number, name) or 0 for name in ("text", "title")],
        )


def statistics_of(reader: Any) -> list[Any]:
    counts = (reader.doc_count(), reader.doc_count_all(), list(reader.all_doc_ids()))
    return [*counts, reader.field_length("text"), reader.has_deletions()]


def results(reader: Any, asked: Any) -> dict[int, Any] | None:
    """Scores by document; None where Whoosh's AndNot within another reads past its own
    end, which some matchers suffer and others tell."""
    try:
        found = Searcher(reader).search(asked, limit=None)
    except IndexError:
        return None
    return {hit.docnum: pytest.approx(hit.score, rel=1e-6) for hit in found}


def assert_same_results(reader: Any, stock: Any, asked: list[Any]) -> None:
    for each in asked:
        expected = results(stock, each)
        assert expected is None or results(reader, each) == expected


@DOCUMENTS
@given(cases(full_documents))
def test_whoosh_writes_into_arrays_what_it_writes_elsewhere(case: Case) -> None:
    expected = stock(case, FULL)
    with by_whoosh(case, FULL) as reader:
        assert terms_of(reader) == terms_of(expected)
        assert documents_of(reader) == documents_of(expected)
        assert statistics_of(reader) == statistics_of(expected)


@DOCUMENTS
@given(cases(printed_documents))
def test_whoosh_reads_what_was_gathered_in_bulk(case: Case) -> None:
    expected = stock(case, PRINTED)
    with by_gatherer(case, PRINTED) as reader:
        assert terms_of(reader) == terms_of(expected)
        assert documents_of(reader) == documents_of(expected)
        assert statistics_of(reader) == statistics_of(expected)


@DOCUMENTS
@given(cases(full_documents), st.lists(nested(simple | others), min_size=5, max_size=9))
def test_any_query_finds_and_scores_the_same(case: Case, asked: list[Any]) -> None:
    expected = stock(case, FULL)
    with by_whoosh(case, FULL) as reader:
        assert_same_results(reader, expected, asked)


@DOCUMENTS
@given(cases(printed_documents), st.lists(nested(simple), min_size=5, max_size=9))
def test_any_query_runs_on_gathered_arrays(case: Case, asked: list[Any]) -> None:
    expected = stock(case, PRINTED)
    with by_gatherer(case, PRINTED) as reader:
        assert_same_results(reader, expected, asked)


@settings(max_examples=30)
@given(
    cases(full_documents),
    st.sampled_from(("id", "page", "rank", "date", "front", "kind")),
    st.booleans(),
)
def test_columns_sort_as_whoosh_sorts(case: Case, name: str, reverse: bool) -> None:
    # Whoosh can't sort by a column that no document has, unless it is indexed too.
    assume(name != "kind" or all(any(name in d for d in part) for part in case.parts))
    order = sorting.FieldFacet(name, reverse=reverse)
    with by_whoosh(case, FULL) as reader:
        found, expected = (
            Searcher(each).search(query.Every(), limit=None, sortedby=order)
            for each in (reader, stock(case, FULL))
        )
        assert [h.docnum for h in found] == [h.docnum for h in expected]


def test_a_cursor_walks_the_terms_of_its_field(tmp_path: Path) -> None:
    add(ArraysIndex(tmp_path, PRINTED).writer(), [a_document(text="a 米市 铁路 b")])
    reader = ArraysIndex(tmp_path, PRINTED).reader()
    cursor = reader.cursor("text")
    assert [cursor.text(), cursor.next(), cursor.find("c")] == ["a", "b", "米市"]
    assert cursor.term_info().doc_frequency() == 1
    assert [cursor.next(), cursor.next(), cursor.is_valid()] == ["铁路", None, False]
    assert [cursor.first(), reader.cursor("tags").text()] == ["a", None]


def test_terms_and_what_is_known_of_them_from_one_on(tmp_path: Path) -> None:
    add(ArraysIndex(tmp_path, PRINTED).writer(), [a_document(text="a 米市 铁路 b")])
    found = ArraysIndex(tmp_path, PRINTED).reader().iter_from("text", "b")
    known = [(text.decode(), info.weight()) for (_, text), info in found]
    assert known == [("b", 1), ("米市", 1), ("铁路", 1)]


def test_a_copy_of_a_matcher_goes_its_own_way(tmp_path: Path) -> None:
    documents = [a_document(text="米市")] * 3
    add(ArraysIndex(tmp_path, PRINTED).writer(), documents)
    matcher = ArraysIndex(tmp_path, PRINTED).reader().postings("text", "米市")
    matcher.skip_to(1)
    copy = matcher.copy()
    matcher.next()
    assert [matcher.id(), copy.id(), list(copy.all_ids())] == [2, 1, [1, 2]]
    matcher.reset()
    assert matcher.id() == 0


def test_terms_that_no_document_has(tmp_path: Path) -> None:
    add(ArraysIndex(tmp_path, PRINTED).writer(), [a_document(text="米市")])
    reader = ArraysIndex(tmp_path, PRINTED).reader()
    assert ("text", "铁路") not in reader
    assert reader.doc_frequency("text", "铁路") == reader.frequency("text", "铁路") == 0
    with pytest.raises(TermNotFound):
        reader.term_info("text", "铁路")


def test_columns_can_be_read_whole(tmp_path: Path) -> None:
    documents = [a_document(kind=b"news", rank=3), a_document(front=False)]
    add(ArraysIndex(tmp_path, PRINTED).writer(), documents)
    reader = ArraysIndex(tmp_path, PRINTED).reader()
    read = {n: reader.column_reader(n).load() for n in ("kind", "rank", "front")}
    assert read == {"kind": [b"news", b""], "rank": [3, 0], "front": [True, False]}


def test_nothing_of_an_index_is_pickled(tmp_path: Path) -> None:
    add(ArraysIndex(tmp_path, PRINTED).writer(), [a_document(text="米市 开张")])
    read = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert [name for name, data in read.items() if b"whoosh" in data.lower()] == []
    assert not any(data.startswith(b"\x80") for data in read.values())


def test_segments_of_both_writers_stand_in_one_index(tmp_path: Path) -> None:
    gather(tmp_path / "bulk", [a_document(text="米市 开张")], PRINTED)
    write_toc(tmp_path, (SegmentEntry("bulk"),))
    index = ArraysIndex(tmp_path, PRINTED)
    add(index.writer(), [a_document(text="学校 开张")])
    with index.searcher() as searcher:
        assert len(searcher.search(query.Term("text", "开张"))) == 2


def test_the_index_writer_deletes_and_merges_what_whoosh_wrote(tmp_path: Path) -> None:
    index = ArraysIndex(tmp_path, FULL)
    for page in range(4):
        add(index.writer(), [a_document(text="米市 开张", page=page, date=DAY)])
    writer = IndexWriter(tmp_path, Layout.of(FULL))
    writer.delete(1)
    writer.add(Entry({"text": "米市"}, packed({"page": 9})))
    writer.commit()
    with index.searcher() as searcher:
        opened = searcher.search(query.Phrase("text", ["米市", "开张"]))
        assert sorted(hit["page"] for hit in opened) == [0, 2, 3]
        found = searcher.search(query.Term("text", "米市"))
        assert sorted(hit["page"] for hit in found) == [0, 2, 3, 9]
        days = searcher.search(query.DateRange("date", DAY, DAY))
        assert sorted(hit["page"] for hit in days) == [0, 2, 3]


def test_an_index_without_segments_answers(tmp_path: Path) -> None:
    index = ArraysIndex(tmp_path, PRINTED)
    assert index.is_empty()
    assert index.reader().doc_count() == 0
    assert index.doc_count_all() == 0


def test_a_commit_of_nothing_leaves_nothing(tmp_path: Path) -> None:
    ArraysIndex(tmp_path, PRINTED).writer().commit()
    assert [path.name for path in tmp_path.iterdir()] == ["arrays_WRITELOCK"]


def test_a_cancelled_writer_leaves_nothing(tmp_path: Path) -> None:
    writer = ArraysIndex(tmp_path, PRINTED).writer()
    writer.add_document(**a_document(text="米市 开张"))
    writer.cancel()
    assert [path.name for path in tmp_path.iterdir()] == ["arrays_WRITELOCK"]


def test_deleting_and_merging_are_refused(tmp_path: Path) -> None:
    index = ArraysIndex(tmp_path, PRINTED)
    add(index.writer(), [a_document(id="a")])
    writer = index.writer()
    with pytest.raises(ConfigurationError, match="index_writer"):
        writer.update_document(**a_document(id="a"))
    with pytest.raises(ConfigurationError, match="index_writer"):
        writer.add_field("more", fields.ID())
    with pytest.raises(ConfigurationError, match="index_writer"):
        writer.remove_field("text")
    with pytest.raises(ConfigurationError, match="index_writer"):
        writer.commit(optimize=True)
    assert len(read_toc(tmp_path)) == 1


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        (fields.TEXT(chars=True), "Characters"),
        (fields.TEXT(field_boost=2.0), "boosts"),
        (fields.TEXT(vector=True), "vectors"),
        (fields.COLUMN(columns.PickleColumn(columns.VarBytesColumn())), "PickleColumn"),
    ],
    ids=["offsets", "boosts", "vectors", "pickles"],
)
def test_fields_that_arrays_cannot_hold_are_refused(field: Any, asked: str) -> None:
    with pytest.raises(ConfigurationError, match=asked):
        ArraysIndex(Path(), fields.Schema(text=field)).writer()


def test_terms_at_one_position_are_refused(tmp_path: Path) -> None:
    grams = analysis.NgramTokenizer(1, 2)
    schema = fields.Schema(text=fields.TEXT(analyzer=grams))
    with pytest.raises(ConfigurationError, match="同一位置"):
        add(ArraysIndex(tmp_path, schema).writer(), [{"text": "米市"}])
    assert ArraysIndex(tmp_path, schema).is_empty()


def test_dynamic_fields_are_refused(tmp_path: Path) -> None:
    schema = fields.Schema(**printed())
    schema.add("note_*", fields.ID(), glob=True)
    with pytest.raises(ConfigurationError, match="动态字段"):
        add(ArraysIndex(tmp_path, schema).writer(), [{"note_a": "米"}])


def test_boosted_documents_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="加权"):
        add(ArraysIndex(tmp_path, PRINTED).writer(), [{"text": "米", "_boost": 1.5}])


def test_a_stop_word_leaves_its_place_empty(tmp_path: Path) -> None:
    kept = analysis.SpaceSeparatedTokenizer() | analysis.StopFilter(
        ["的"], minsize=1, renumber=False
    )
    schema = fields.Schema(text=fields.TEXT(analyzer=kept))
    add(ArraysIndex(tmp_path, schema).writer(), [{"text": "米 的 价"}])
    reader = ArraysIndex(tmp_path, schema).reader()
    assert reader.postings("text", "价").value_as("positions") == [2]


def test_frequent_terms_are_rounded_but_not_their_positions(tmp_path: Path) -> None:
    gather(tmp_path / "s", [a_document(text=" ".join(["米"] * 300))], PRINTED)
    reader = reader_of([Segment(tmp_path / "s")], PRINTED)
    matcher = reader.postings("text", "米")
    assert matcher.weight() == 288
    assert matcher.value_as("positions") == list(range(300))


def test_documents_of_another_whoosh_index_can_be_added(tmp_path: Path) -> None:
    expected = stock(Case([[a_document(text="米市 开张", title="米")]], set()), PRINTED)
    with ArraysIndex(tmp_path, PRINTED).writer() as writer:
        writer.add_reader(expected)
    reader = ArraysIndex(tmp_path, PRINTED).reader()
    assert terms_of(reader) == terms_of(expected)
    assert documents_of(reader) == documents_of(expected)


def a_document(**given: Any) -> Document:
    return {"id": "id", "rank": 0, "front": True, **given}
