"""Several segments → one, by concatenation.

What each input has of a term, or a pair of characters, is one slice, and its documents
and places keep their order, moved by what stands before. So nothing is sorted that was
sorted already, and nothing is whole in memory that grows with the text: terms go by
ranges of the joined lexicon, streams by ranges of runs, some millions of elements at a
time. Held are arrays of one element a document, run, term or pair.

Characters that no kept document has stay in the alphabet, unused.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, pairwise
from pathlib import Path
from typing import Self, TypeAlias

import numpy as np

from indexer.arrays.codes import average
from indexer.arrays.columns import Values, joined_values, write_values
from indexer.arrays.container import Array, Arrays, ArrayWriter, open_arrays
from indexer.arrays.deletions import live_frequencies
from indexer.arrays.layout import Layout
from indexer.arrays.lexicon import joined_keys, write_lexicon
from indexer.arrays.literal import MOST_CHARACTERS
from indexer.arrays.pairs import Pairs, PairsWriter
from indexer.arrays.postings import PostingsWriter, ranges_of, write_tops_of
from indexer.arrays.segment import Segment
from indexer.arrays.stored import write_merged
from indexer.arrays.streams import Runs, Stream, write_runs

# A segment, and which of its documents are kept (bool by number).
Part: TypeAlias = tuple[Segment, Array]


def merge(stem: Path, layout: Layout, parts: Sequence[Part]) -> None:
    """Write the kept documents of some segments, one at least, as a segment."""
    assert all(tuple(segment.fields) == layout.terms for segment, _ in parts)
    inputs = _inputs(parts)
    kept = [(each.segment.stored_documents, each.keep) for each in inputs]
    write_merged(stem.with_suffix(".stored"), kept)
    if layout.text:
        _write_text(stem, inputs)
    with ArrayWriter(stem.with_suffix(".columns")) as writer:
        writer.about(size=sum(int(i.keep.sum()) for i in inputs))
        averages = _write_columns(writer, layout, inputs)
    _write_terms(stem, layout, inputs, averages)


@dataclass(frozen=True, slots=True)
class _Input:
    """A part: `numbers` has the new number of each document that is kept."""

    segment: Segment
    keep: Array
    numbers: Array


@dataclass(frozen=True, slots=True)
class _Move:
    """Where the runs of an input's stream go, and its places with them."""

    stream: Stream
    keep: Array  # by run
    shift: Array  # by run
    end: int

    @classmethod
    def of(cls, stream: Stream, documents: Array, base: int) -> Self:
        """A stream whose kept documents begin at `base`."""
        starts = stream.runs.starts.astype(np.int64)
        keep = documents[stream.runs.docs]
        sizes = np.where(keep, np.diff(starts), 0)
        ends = np.cumsum(sizes) + base
        return cls(
            stream, keep, ends - sizes - starts[:-1], int(ends.max(initial=base))
        )

    @property
    def starts(self) -> Array:
        """Where the kept runs begin now."""
        moved: Array = (self.stream.runs.starts[:-1] + self.shift)[self.keep]
        return moved

    def codes(self, table: Array) -> Iterator[Array]:
        """The codes of kept runs, renumbered by a table, in parts."""
        starts = self.stream.runs.starts
        for first, end in ranges_of(starts):
            sizes = np.diff(starts[first : end + 1])
            kept = np.repeat(self.keep[first:end], sizes)
            yield table[self.stream.codes[starts[first] : starts[end]][kept]]

    def __call__(self, places: Array) -> tuple[Array, Array]:
        """Which places are kept, and where these are now."""
        if self.keep.all():
            return np.ones(len(places), bool), places + self.shift[:1]
        runs = self.stream.owners_of(places)
        kept = self.keep[runs]
        return kept, places[kept] + self.shift[runs[kept]]


def _inputs(parts: Sequence[Part]) -> list[_Input]:
    inputs, base = [], 0
    for segment, keep in parts:
        numbers = (np.cumsum(keep) + (base - 1)).astype(np.uint32)
        inputs.append(_Input(segment, keep, numbers))
        base += int(keep.sum())
    return inputs


def _arrays(segment: Segment, suffix: str) -> Arrays:
    return open_arrays(segment.stem.with_suffix(suffix)).arrays


def _write_columns(
    writer: ArrayWriter, layout: Layout, inputs: Sequence[_Input]
) -> dict[str, float]:
    """Write the columns; the average length of each scored field."""
    for name in layout.numbers:
        numbers = [i.segment.columns[f"numbers.{name}"][i.keep] for i in inputs]
        writer.put(f"numbers.{name}", np.concatenate(numbers))
    for name in layout.values:
        held = [(Values.of(i.segment.columns, name), i.keep) for i in inputs]
        write_values(writer, name, *joined_values(held))
    averages = {}
    for name in sorted(layout.scored):
        lengths = np.concatenate([i.segment.lengths(name)[i.keep] for i in inputs])
        writer.put(f"lengths.{name}", lengths)
        averages[name] = average(lengths)
    known = sorted(layout.scored & layout.positions)
    writer.about(lengths={name: _length(name, inputs) for name in known})
    return averages


def _length(field: str, inputs: Sequence[_Input]) -> int:
    """How many terms a field has in the kept documents, as its streams tell: all they
    print, but for a gap after each document."""
    runs = [(each.segment.stream(field).runs, each.keep) for each in inputs]
    return sum(int(np.diff(r.starts)[keep[r.docs]].sum()) for r, keep in runs) - sum(
        int(keep.sum()) for _, keep in runs
    )


def _write_stream(
    writer: ArrayWriter,
    name: str,
    inputs: Sequence[_Input],
    streams: Sequence[Stream],
    tables: Sequence[Array],
) -> list[_Move]:
    """Write streams end to end; where everything of each has gone."""
    moves: list[_Move] = []
    writer.begin(f"{name}.codes", tables[0].dtype)
    for each, stream, table in zip(inputs, streams, tables, strict=True):
        moves.append(_Move.of(stream, each.keep, moves[-1].end if moves else 0))
        for codes in moves[-1].codes(table):
            writer.append(codes)
    kept = [(i, m.stream.runs, m.keep) for i, m in zip(inputs, moves, strict=True)]
    starts = [*(move.starts for move in moves), np.array([moves[-1].end])]
    docs = [each.numbers[runs.docs[keep]] for each, runs, keep in kept]
    sections = [runs.sections[keep] for _, runs, keep in kept]
    joined = (np.concatenate(parts) for parts in (starts, docs, sections))
    write_runs(writer, name, Runs(*joined))
    return moves


def _write_text(stem: Path, inputs: Sequence[_Input]) -> None:
    texts = [_arrays(each.segment, ".text") for each in inputs]
    alphabets = [text["alphabet"] for text in texts]
    union = np.unique(np.concatenate(alphabets))
    tables = [_renumbered(alphabet, union) for alphabet in alphabets]
    streams = [Stream.of(text, "text") for text in texts]
    with ArrayWriter(stem.with_suffix(".text")) as writer:
        writer.put("alphabet", union[:MOST_CHARACTERS])
        moves = _write_stream(writer, "text", inputs, streams, tables)
    held = [_arrays(each.segment, ".pairs") for each in inputs]
    with ArrayWriter(stem.with_suffix(".pairs")) as writer:
        _write_pairs(writer, list(map(_Pairs.of, held, tables, moves)))


def _renumbered(alphabet: Array, union: Array) -> Array:
    """The code in a joined alphabet of each code of one, 0 for more than codes hold."""
    codes = np.append(0, np.searchsorted(union, alphabet) + 1)
    return np.where(codes > MOST_CHARACTERS, 0, codes).astype(np.uint16)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """An input's pairs of characters by their new codes."""

    first: Array
    second: Array
    counts: Array
    pairs: Pairs
    move: _Move

    @classmethod
    def of(cls, arrays: Arrays, table: Array, move: _Move) -> Self:
        pairs = Pairs(arrays, len(move.stream.codes))
        first = table[pairs.keys >> 16]
        # Codes that the joined alphabet does not hold are the last.
        known = int(np.count_nonzero(first))
        second = table[pairs.keys & 0xFFFF]
        counts = pairs.counts(np.arange(known)).astype(np.int64)
        return cls(first[:known], second[:known], counts, pairs, move)

    def between(self, low: int, high: int) -> Array:
        """Pairs whose first code is from low to below high, each with its place."""
        bounds = self.first.searchsorted(np.array([low, high], np.uint16))
        a, b = bounds.tolist()
        kept, places = self.move(self.pairs.between(a, b))
        keys = self.first[a:b].astype(np.uint64) << np.uint64(48)
        keys |= self.second[a:b].astype(np.uint64) << np.uint64(32)
        return np.repeat(keys, self.counts[a:b])[kept] | places.astype(np.uint64)


def _write_pairs(writer: ArrayWriter, inputs: Sequence[_Pairs]) -> None:
    pairs = PairsWriter(writer, max((each.move.end for each in inputs), default=0))
    totals = np.zeros(MOST_CHARACTERS + 1, np.int64)
    for each in inputs:
        totals += np.bincount(each.first, each.counts, len(totals)).astype(int)
    for low, high in ranges_of(np.append(0, np.cumsum(totals))):
        pairs.add(np.concatenate([each.between(low, high) for each in inputs]))
    pairs.finish()


def _write_terms(
    stem: Path, layout: Layout, inputs: Sequence[_Input], averages: dict[str, float]
) -> None:
    keys, terms = _live_terms(inputs)
    bounds = [bisect_left(keys, bytes((n,))) for n in range(len(layout.terms) + 1)]
    with ArrayWriter(stem.with_suffix(".terms")) as writer:
        writer.about(fields=layout.terms)
        write_lexicon(writer, keys)
        moves = {
            name: _write_words(writer, layout, name, terms, bounds)
            for name in sorted(layout.positions)
        }
    postings = PostingsWriter(stem, positions=bool(layout.positions))
    starts = _joined_starts(terms, len(keys))
    for field, (low, high) in enumerate(pairwise(bounds)):
        for first, end in ranges_of(starts[low : high + 1]):
            chosen = _Range(field, low + first, low + end)
            _write_postings(postings, terms, chosen)
            _write_places(postings, terms, moves.get(layout.terms[field]), chosen)
    spans = dict(zip(layout.terms, pairwise(bounds), strict=True))
    tops = [(*spans[name], mean) for name, mean in averages.items()]
    write_tops_of(stem, postings.finish(), tops)


@dataclass(frozen=True, slots=True)
class _Range:
    """Terms of a field by their new numbers, `end` excluded."""

    field: int
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class _Terms:
    """An input's terms: `numbers` has the new number of each, ascending; of one that no
    kept document has, its neighbour's."""

    part: _Input
    numbers: Array

    def slice(self, chosen: _Range) -> slice:
        """Where the chosen terms stand here."""
        # Only those of the field: a neighbour's number may be that of another's term.
        base, end = self.part.segment.lexicon.of_field(chosen.field)
        bounds = self.numbers[base:end].searchsorted([chosen.first, chosen.end])
        low, high = bounds.tolist()
        return slice(base + low, base + high)


def _live_terms(inputs: Sequence[_Input]) -> tuple[list[bytes], list[_Terms]]:
    """The keys that kept documents have, sorted, and the terms of each input."""
    keys, numbers = joined_keys([each.segment.lexicon for each in inputs])
    present = np.zeros(len(keys), bool)
    for each, held in zip(inputs, numbers, strict=True):
        present[held[live_frequencies(each.segment, each.keep) > 0]] = True
    ranks = (np.cumsum(present) - 1).clip(0)
    terms = [_Terms(i, ranks[held]) for i, held in zip(inputs, numbers, strict=True)]
    return list(compress(keys, present.tolist())), terms


def _write_words(
    writer: ArrayWriter,
    layout: Layout,
    field: str,
    terms: Sequence[_Terms],
    bounds: Sequence[int],
) -> list[_Move]:
    """Write the stream of a field, whose codes are term numbers within it, from 1."""
    number = layout.number(field)
    tables = []
    for each in terms:
        first, end = each.part.segment.lexicon.of_field(number)
        codes = each.numbers[first:end] + (1 - bounds[number])
        tables.append(np.append(0, codes.clip(0)).astype(np.uint32))
    streams = [each.part.segment.stream(field) for each in terms]
    inputs = [each.part for each in terms]
    return _write_stream(writer, field, inputs, streams, tables)


def _joined_starts(terms: Sequence[_Terms], size: int) -> Array:
    """How many postings and places stand before each term, deleted ones too."""
    totals = np.zeros(size)
    for each in terms:
        segment = each.part.segment
        for starts in (segment.first_postings, segment.first_places):
            totals += np.bincount(each.numbers, np.diff(starts), size)
    return np.append(0, np.cumsum(totals.astype(np.int64)))


def _write_postings(
    postings: PostingsWriter, terms: Sequence[_Terms], chosen: _Range
) -> None:
    """Write the documents and codes of a range of terms."""
    lists = []
    for each in terms:
        segment, found = each.part.segment, each.slice(chosen)
        starts = segment.first_postings[found.start : found.stop + 1]
        docs = segment.docs[starts[0] : starts[-1]]
        kept = each.part.keep[docs]
        columns = each.part.numbers[docs], segment.codes[starts[0] : starts[-1]]
        groups = each.numbers[found] - chosen.first
        lists.append(_Lists.of(groups, starts, kept, [c[kept] for c in columns]))
    counts, (docs, codes) = _interleaved(lists, chosen.end - chosen.first)
    postings.add(counts, docs, codes)


def _write_places(
    postings: PostingsWriter,
    terms: Sequence[_Terms],
    moves: Sequence[_Move] | None,
    chosen: _Range,
) -> None:
    """Write the places of a range of terms, none in a field without."""
    if moves is None:
        none = np.zeros(chosen.end - chosen.first, np.int64)
        postings.add_places(none, np.empty(0, np.uint32))
        return
    lists = []
    for each, move in zip(terms, moves, strict=True):
        segment, found = each.part.segment, each.slice(chosen)
        starts = segment.first_places[found.start : found.stop + 1]
        kept, places = move(segment.every_place[starts[0] : starts[-1]])
        lists.append(
            _Lists.of(each.numbers[found] - chosen.first, starts, kept, [places])
        )
    counts, (places,) = _interleaved(lists, chosen.end - chosen.first)
    postings.add_places(counts, places)


@dataclass(frozen=True, slots=True)
class _Lists:
    """What an input has of some terms, end to end: `counts` elements of each of
    `groups`, in every column."""

    groups: Array
    counts: Array
    columns: list[Array]

    @classmethod
    def of(
        cls, groups: Array, starts: Array, kept: Array, columns: list[Array]
    ) -> Self:
        """`kept` says which elements are left of lists that began at `starts`."""
        before = np.concatenate([[0], np.cumsum(kept)])
        counts = np.diff(before[starts - starts[0]])
        some = counts > 0
        return cls(groups[some], counts[some], columns)


def _interleaved(lists: Sequence[_Lists], size: int) -> tuple[Array, list[Array]]:
    """How many elements each group has, and the columns with those of a group together,
    in the order of the lists. Each list is copied to its place: no sort, 5 ns each."""
    totals = np.zeros(size, np.int64)
    for each in lists:
        totals[each.groups] += each.counts
    free = np.cumsum(totals) - totals
    joined = [np.empty(int(totals.sum()), c.dtype) for c in lists[0].columns]
    for each in lists:
        shift = free[each.groups] - (np.cumsum(each.counts) - each.counts)
        where = np.repeat(shift, each.counts)
        where += np.arange(len(where))
        for column, part in zip(joined, each.columns, strict=True):
            column[where] = part
        free[each.groups] += each.counts
    return totals, joined
