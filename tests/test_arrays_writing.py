"""Indexes of several segments: what they answer does not depend on how they came to be
in the parts that they are."""

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import arrays
from indexer.arrays.codes import frequencies
from indexer.arrays.container import Array, open_arrays
from indexer.arrays.entries import Entry
from indexer.arrays.gather import Gatherer
from indexer.arrays.index_writer import IndexWriter
from indexer.arrays.layout import Layout
from indexer.arrays.lexicon import NO_TERM
from indexer.arrays.merge import merge
from indexer.arrays.postings import ranges_of
from indexer.arrays.segment import Segment
from indexer.arrays.tiers import MOST_ELEMENTS, MOST_IN_TIER, Part, grouped
from indexer.arrays.toc import TOC, open_segments, read_toc
from indexer.errors import IndexDamaged, IndexMissing, IndexOfOtherVersion

LAYOUT = Layout(
    terms=("id", "title", "words"),
    scored=frozenset({"title", "words"}),
    positions=frozenset({"title", "words"}),
    numbers=("day",),
    values=("name", "section"),
    text=True,
)

SAMPLE = (
    Entry(
        {"id": "a", "title": "县城\n水", "words": "县城\n水\n县城"},
        b"a",
        ((0, "县城大水\0"), (1, "船\0县\0")),
        {"day": 3},
        {"name": ("张文", "李四"), "section": ("本埠",)},
    ),
    Entry({"id": "b", "words": "电报\n水"}, b"b", ((0, "电报\0"),), {"day": 1}),
    Entry({"id": "c", "title": "船"}, b"c", (), {}, {"name": ("王五",)}),
)

WORDS = st.lists(
    st.sampled_from(["县城", "水", "火", "电报", "𠀀", "船"]), max_size=6
).map("\n".join)
PASSAGE = st.text("县城水火电报船𠀀a", min_size=1, max_size=8).map("{}\0".format)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    passages = draw(st.lists(PASSAGE, max_size=3))
    names = draw(st.sets(st.sampled_from(["张文", "李四", "王五"])))
    return Entry(
        {
            "id": f"d{draw(st.integers(0, 9))}",
            "title": draw(WORDS),
            "words": draw(WORDS),
        },
        draw(st.binary(max_size=3000)),
        tuple((draw(st.integers(0, 2)), passage) for passage in passages),
        {"day": draw(st.integers(0, 9))},
        {
            "name": tuple(sorted(names)),
            "section": draw(st.sampled_from([(), ("本埠",)])),
        },
    )


@dataclass(frozen=True, slots=True)
class Commit:
    """What one writer does: numbers (modulo how many there are) of documents that it
    deletes, and documents that it adds."""

    deleted: tuple[int, ...]
    added: tuple[Entry, ...]


COMMITS = st.lists(
    st.builds(
        Commit,
        st.lists(st.integers(0, 99), max_size=4).map(tuple),
        st.lists(entries(), max_size=5).map(tuple),
    ),
    min_size=1,
    max_size=6,
)


class Index:
    """An index in the making, and what should be in it."""

    def __init__(self, folder: Path, *, memory: int = 1 << 20) -> None:
        self.folder = folder
        self.memory = memory
        self.expected: dict[bytes, Entry] = {}
        self.added = 0

    def commit(self, commit: Commit) -> None:
        writer = IndexWriter(self.folder, LAYOUT, memory=self.memory)
        every = [(s, n) for s in self.segments() for n in range(s.size)]
        for number in commit.deleted if every else ():
            segment, own = every[number % len(every)]
            writer.delete(number % len(every))
            self.expected.pop(segment.stored(own), None)
        for entry in commit.added:
            self.added += 1
            named = replace(entry, stored=b"%d " % self.added + entry.stored)
            writer.add(named)
            self.expected[named.stored] = named
        writer.commit()

    def segments(self) -> tuple[Segment, ...]:
        present = (self.folder / TOC).exists()
        return open_segments(self.folder) if present else ()

    def live(self) -> list[bytes]:
        """The stored documents, in the order of their numbers."""
        kept = [(s, np.flatnonzero(live_of(s)).tolist()) for s in self.segments()]
        return [segment.stored(n) for segment, numbers in kept for n in numbers]

    def merged(self, stem: Path) -> Segment:
        merge(stem, LAYOUT, [(s, live_of(s)) for s in self.segments()])
        return Segment(stem)

    def fresh(self, stem: Path) -> Segment:
        gatherer = Gatherer(LAYOUT, stem)
        for stored in self.live():
            gatherer.add(self.expected[stored])
        gatherer.write()
        return Segment(stem)


def live_of(segment: Segment) -> Array:
    return np.ones(segment.size, bool) if segment.live is None else segment.live


@contextmanager
def made(commits: Sequence[Commit], *, memory: int = 1 << 20) -> Iterator[Index]:
    with TemporaryDirectory() as name:
        index = Index(Path(name), memory=memory)
        for commit in commits:
            index.commit(commit)
        yield index


def contents(segment: Segment) -> dict[str, Any]:
    """Everything in the files of a segment; characters for their codes, since a merged
    alphabet may have some more."""
    found: dict[str, Any] = {}
    for suffix in (".terms", ".docs", ".codes", ".places", ".tops", ".columns"):
        file = open_arrays(segment.stem.with_suffix(suffix))
        found |= {**file.arrays, f"about{suffix}": file.about}
    text = open_arrays(segment.stem.with_suffix(".text")).arrays
    pairs = open_arrays(segment.stem.with_suffix(".pairs")).arrays
    points = np.append(np.uint32(0), text["alphabet"])
    found |= {name: array for name, array in text.items() if ".runs." in name}
    found["text"] = points[text["text.codes"]]
    found["pairs"] = np.stack(
        [points[pairs["keys"] >> 16], points[pairs["keys"] & 0xFFFF]]
    )
    found |= {f"pairs.{name}": pairs[name] for name in ("starts", "places")}
    found["stored"] = [segment.stored(number) for number in range(segment.size)]
    return {
        k: (v.tolist() if isinstance(v, np.ndarray) else v) for k, v in found.items()
    }


@pytest.mark.parametrize("memory", [1, 1 << 20], ids=["spilt", "in memory"])
@given(commits=COMMITS, run=st.text("县城水火𠀀", min_size=1, max_size=3))
@settings(max_examples=30)
def test_any_history_is_read_and_merged_as_what_is_written_at_once(
    commits: list[Commit], run: str, memory: int
) -> None:
    with made(commits, memory=memory) as index:
        assert sorted(index.live()) == sorted(index.expected)
        fresh = index.fresh(index.folder / "fresh")
        assert_frequencies_count_live_documents(index, fresh)
        assert_every_term_knows_where_it_is_printed(index)
        assert_a_run_is_found_in_its_sections(index, run)
        if index.expected:
            merged = index.merged(index.folder / "merged")
            assert contents(merged) == contents(fresh)


def assert_frequencies_count_live_documents(index: Index, fresh: Segment) -> None:
    for number, key in enumerate(fresh.lexicon.keys()):
        field = LAYOUT.terms[key[0]]
        held = [(s, s.term(field, key[1:])) for s in index.segments()]
        counts = [s.frequency(term) for s, term in held if term != NO_TERM]
        assert sum(counts) == fresh.frequency(number)


def assert_every_term_knows_where_it_is_printed(index: Index) -> None:
    for field in ("title", "words"):
        found = dict(printed(index.segments(), field))
        assert found == {
            stored: dict(enumerate(entry.terms[field].encode().split()))
            for stored, entry in index.expected.items()
            if entry.terms.get(field)
        }


def printed(
    segments: Sequence[Segment], field: str
) -> Iterator[tuple[bytes, dict[int, bytes]]]:
    """The terms at each place of every live document, as posting lists have them."""
    for segment in segments:
        runs, found = (
            segment.stream(field).runs,
            defaultdict[int, dict[int, bytes]](dict),
        )
        for term in range(*segment.lexicon.of_field(segment.fields[field])):
            places = segment.places(term)
            owners = segment.stream(field).owners_of(places)
            docs, codes = segment.postings(term)
            assert frequencies(codes).tolist() == np.bincount(owners)[docs].tolist()
            for place, owner in zip(places.tolist(), owners.tolist(), strict=True):
                offset = place - int(runs.starts[owner])
                found[int(runs.docs[owner])][offset] = segment.lexicon.term(term)
        live = live_of(segment)
        yield from ((segment.stored(n), found[n]) for n in found if live[n])


def assert_a_run_is_found_in_its_sections(index: Index, run: str) -> None:
    expected = sorted(
        (stored, section)
        for stored, entry in index.expected.items()
        for section, text in entry.text
        for start in range(len(text))
        if text.startswith(run, start)
    )
    assert sorted(found_in(index.segments(), run)) == expected


def found_in(segments: Sequence[Segment], run: str) -> Iterator[tuple[bytes, int]]:
    """The document and section of every place where a run stands."""
    for segment in segments:
        assert segment.literals is not None
        stream, live = segment.literals.stream, live_of(segment)
        owners = stream.owners_of(segment.literals.places(run))
        for owner in owners.tolist():
            document = int(stream.runs.docs[owner])
            if live[document]:
                yield segment.stored(document), int(stream.runs.sections[owner])


def test_work_in_small_parts_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    history = (Commit((), SAMPLE * 3), Commit((1, 4), SAMPLE), Commit((3,), ()))
    with made(history) as index:
        whole = contents(index.merged(index.folder / "whole"))
        for module in (arrays.gather, arrays.merge, arrays.deletions):
            monkeypatch.setattr(module, "ranges_of", partial(ranges_of, most=2))
        assert contents(index.merged(index.folder / "parts")) == whole
        assert contents(index.fresh(index.folder / "fresh")) == whole


def test_characters_beyond_what_codes_hold_are_gaps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = Index(tmp_path, memory=1)
    monkeypatch.setattr(arrays.merge, "MOST_CHARACTERS", 2)
    texts = ("abc\0ab\0", "bcb\0cd\0d")
    index.commit(Commit((), tuple(Entry({}, b"", ((0, text),)) for text in texts)))
    counts = [
        len(list(found_in(index.segments(), run))) for run in ["ab", "b", "c", "bc"]
    ]
    assert counts == [2, 4, 0, 0]


def test_fields_without_places_merge_too(tmp_path: Path) -> None:
    layout = Layout(terms=("id",))
    writer = IndexWriter(tmp_path, layout, memory=1)
    for name in ("b", "a", "b"):
        writer.add(Entry({"id": name}, b""))
    writer.commit()
    (segment,) = open_segments(tmp_path)
    found = [segment.postings(term)[0].tolist() for term in (0, 1)]
    assert found == [[1], [0, 2]]
    assert not list(tmp_path.glob("*.places"))


def test_files_that_a_live_index_shares_are_not_written_into(tmp_path: Path) -> None:
    live, building = tmp_path / "live", tmp_path / "building"
    with made([Commit((), SAMPLE), Commit((0,), SAMPLE)]) as index:
        shutil.copytree(index.folder, live)
    before = {path.name: path.read_bytes() for path in live.iterdir()}
    shutil.copytree(live, building, copy_function=os.link)
    later = Index(building)
    for deleted in ((1,), (2, 3)):
        later.commit(Commit(deleted, SAMPLE))
    assert {path.name: path.read_bytes() for path in live.iterdir()} == before
    assert len(open_segments(live)) == 2


@pytest.mark.parametrize("memory", [1, 1 << 20], ids=["spilt", "in memory"])
def test_a_crash_before_the_commit_changes_nothing(tmp_path: Path, memory: int) -> None:
    index = Index(tmp_path / "whole")
    index.folder.mkdir()
    index.commit(Commit((), SAMPLE))
    writer = IndexWriter(index.folder, LAYOUT, memory=memory)
    writer.add(SAMPLE[0])
    writer.delete(0)
    left = Index(shutil.copytree(index.folder, tmp_path / "left"))
    writer.abandon()
    assert (read_toc(left.folder), left.live()) == (
        read_toc(index.folder),
        index.live(),
    )
    left.commit(Commit((), SAMPLE))
    named = {entry.name for entry in read_toc(left.folder)}
    assert {path.stem for path in left.folder.iterdir()} == named | {"toc"}


def test_abandoning_leaves_the_files_that_were_there(tmp_path: Path) -> None:
    Index(tmp_path).commit(Commit((), SAMPLE))
    before = sorted(tmp_path.iterdir())
    writer = IndexWriter(tmp_path, LAYOUT, memory=1)
    writer.add(SAMPLE[0])
    writer.abandon()
    assert sorted(tmp_path.iterdir()) == before


def test_a_merge_that_fails_can_be_abandoned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Index(tmp_path).commit(Commit((), SAMPLE))
    before = sorted(tmp_path.iterdir())
    writer = IndexWriter(tmp_path, LAYOUT, memory=1)
    for entry in SAMPLE:
        writer.add(entry)
    monkeypatch.setattr(arrays.merge, "write_tops_of", failing)
    with pytest.raises(OSError, match="disk full"):
        writer.commit()
    writer.abandon()
    assert sorted(tmp_path.iterdir()) == before


def failing(*_: object) -> None:
    raise OSError("disk full")


def test_new_deletions_replace_the_file_of_the_old(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.commit(Commit((), SAMPLE * 5))
    names = set()
    for number in (0, 1):
        index.commit(Commit((number,), ()))
        (path,) = tmp_path.glob("*.deletions")
        names.add(path.name)
    assert len(names) == 2
    assert [segment.documents for segment in index.segments()] == [13]


def test_a_segment_with_nothing_live_is_dropped(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.commit(Commit((), SAMPLE))
    index.commit(Commit((0, 1, 2), ()))
    assert [path.name for path in tmp_path.iterdir()] == [TOC]
    assert index.segments() == ()


def test_documents_are_packed_again_when_half_of_their_block_is_deleted(
    tmp_path: Path,
) -> None:
    index = Index(tmp_path)
    large = replace(SAMPLE[0], stored=bytes(range(256)) * 15)
    index.commit(Commit((), (SAMPLE[0], large, *SAMPLE * 2)))
    before = sum(path.stat().st_size for path in tmp_path.glob("*.stored"))
    index.commit(Commit((1, 2), ()))
    after = sum(path.stat().st_size for path in tmp_path.glob("*.stored"))
    assert after < before - 200
    assert index.live() == sorted(index.expected, key=lambda s: int(s.split()[0]))


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("", IndexDamaged),
        ('{"version": 1}', IndexDamaged),
        ('{"version": 1, "segments": [{"name": "../s"}]}', IndexDamaged),
        ('{"version": 1, "segments": [{"name": "gone"}]}', IndexDamaged),
        ('{"version": 1, "segments": [{"name": "s", "deletions": "x"}]}', IndexDamaged),
        ('{"version": 9, "segments": []}', IndexOfOtherVersion),
    ],
)
def test_a_table_that_is_not_valid_is_said_to_be_so(
    tmp_path: Path, written: str, error: type[Exception]
) -> None:
    (tmp_path / TOC).write_text(written)
    with pytest.raises(error):
        open_segments(tmp_path)


def test_a_folder_without_a_table_has_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        read_toc(tmp_path)


PARTS = st.lists(
    st.builds(
        lambda size, documents, dead, is_new: Part(
            size, documents, max(documents - dead, 0), is_new
        ),
        st.one_of(st.integers(1, 1 << 22), st.integers(1, MOST_ELEMENTS)),
        st.integers(1, 1000),
        st.one_of(st.just(0), st.integers(0, 1000)),
        st.booleans(),
    ),
    max_size=40,
)


@given(parts=PARTS)
def test_every_living_segment_is_in_one_group_of_bounded_size(
    parts: list[Part],
) -> None:
    groups = grouped(parts)
    members = sorted(number for group in groups for number in group.members)
    assert members == [number for number, part in enumerate(parts) if part.live]
    for group in groups:
        sizes = [parts[number].size for number in group.members]
        assert len(sizes) == 1 or (group.anew and sum(sizes) <= MOST_ELEMENTS)


@given(parts=PARTS)
def test_much_deleted_segments_are_written_anew(parts: list[Part]) -> None:
    for group in grouped(parts):
        for number in group.members:
            part = parts[number]
            assert group.anew or part.documents - part.live <= part.documents / 5


@given(sizes=st.lists(st.integers(1, 1 << 24), max_size=60))
def test_daily_additions_leave_few_segments_and_are_seldom_written(
    sizes: list[int],
) -> None:
    held: list[int] = []
    written = 0
    for size in sizes:
        parts = [Part(s, 1, 1) for s in held] + [Part(size, 1, 1, is_new=True)]
        groups = grouped(parts)
        held = [sum(parts[n].size for n in group.members) for group in groups]
        written += sum(
            size for size, group in zip(held, groups, strict=True) if group.anew
        )
        tiers = [max(0, (size - 1).bit_length() - 20 + 2) // 3 for size in held]
        assert all(tiers.count(tier) <= MOST_IN_TIER for tier in tiers)
    assert written <= 4 * 4 * sum(sizes)


def test_what_a_commit_adds_becomes_one_segment() -> None:
    parts = [Part(5, 1, 1), *[Part(5, 1, 1, is_new=True)] * 2]
    assert [group.members for group in grouped(parts)] == [(0,), (1, 2)]


def test_a_full_segment_is_left_alone() -> None:
    parts = [Part(MOST_ELEMENTS - 9, 9, 9)] * 5
    assert not any(group.anew for group in grouped(parts))


def test_a_commit_may_leave_segments_apart(tmp_path: Path) -> None:
    for number in range(4):
        writer = IndexWriter(tmp_path, LAYOUT)
        writer.add(Entry(terms={}, stored=str(number).encode()))
        writer.commit(merge=False)
    assert [segment.size for segment in open_segments(tmp_path)] == [1] * 4


def test_what_one_commit_adds_is_one_segment(tmp_path: Path) -> None:
    writer = IndexWriter(tmp_path, LAYOUT, memory=1)
    for number in range(4):
        writer.add(Entry(terms={}, stored=str(number).encode()))
    writer.commit(merge=False)
    assert [segment.size for segment in open_segments(tmp_path)] == [4]


def test_files_whose_pages_were_released_answer_as_before(tmp_path: Path) -> None:
    writer = IndexWriter(tmp_path, LAYOUT)
    writer.add(Entry(terms={LAYOUT.terms[0]: "a\nb"}, stored=b"one"))
    writer.commit()
    (segment,) = open_segments(tmp_path)
    before = segment.docs.tolist(), segment.stored(0)
    segment.release()
    assert (segment.docs.tolist(), segment.stored(0)) == before
