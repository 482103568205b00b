"""Documents → the files of a segment, gathered in memory as arrays.

They come in batches whose words are numbers already: a batch costs one look-up for each
different word of its vocabulary, and a gather. Terms get numbers as they come, those of
all fields in one table, and everything is sorted once at the end: one sort of 64-bit
numbers (term and place together) takes a second for 17 million tokens, where Whoosh's
posting pool takes minutes.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Final

import numpy as np

from indexer.arrays.codes import average, codes, length_bytes
from indexer.arrays.columns import write_values
from indexer.arrays.container import Array, ArrayWriter
from indexer.arrays.entries import Batch, Entry, Text, together
from indexer.arrays.layout import Layout
from indexer.arrays.lexicon import key_of, write_lexicon
from indexer.arrays.literal import MOST_CHARACTERS
from indexer.arrays.pairs import write_pairs
from indexer.arrays.postings import PostingsWriter, ranges_of, write_tops_of
from indexer.arrays.stored import StoredWriter
from indexer.arrays.streams import Runs, changes, sizes, write_runs

# Single entries wait until they are so many, or weigh so much.
_MOST_PENDING: Final = 512
_MOST_WAITING: Final = 1 << 20
_HALF: Final = np.uint64(32)  # bits
_WORDS: Final = 3  # of 64 bits, that a term's beginning is sorted by: eight characters


class Gatherer:
    """Takes documents and writes them as a segment named by `stem`; `dictionary` is one
    for stored documents that an index has already."""

    def __init__(self, layout: Layout, stem: Path, dictionary: bytes = b"") -> None:
        self._layout = layout
        self._stem = stem
        self._ranges = {name: (bits, step) for name, bits, step in layout.ranges}
        words = (name for name in layout.terms if name not in self._ranges)
        self._known = defaultdict[str, int](count().__next__)
        self._terms = {name: _Terms() for name in words}
        self._values = {name: _Terms() for name in layout.values}
        self._numbers = {name: array("d") for name in layout.numbers}
        self._text = _Text()
        self._stored = StoredWriter(stem.with_suffix(".stored"), dictionary)
        self._pending: list[Entry] = []
        self.size = self._words = self._waiting = 0

    @property
    def weight(self) -> int:
        """About how many bytes are held, and will be on writing."""
        held = 24 * self._words + 150 * len(self._known) + 6 * self._text.size
        return held + 20 * self._waiting

    def add(self, entry: Entry) -> None:
        self._pending.append(entry)
        self._waiting += entry.length
        if self._waiting > _MOST_WAITING or len(self._pending) >= _MOST_PENDING:
            self._take_pending()

    def take(self, batch: Batch) -> None:
        """Add several documents."""
        self._take_pending()
        self._take(batch)

    def _take_pending(self) -> None:
        if self._pending:
            self._take(together(self._pending))
            self._pending, self._waiting = [], 0

    def _take(self, batch: Batch) -> None:
        size = len(batch.stored)
        numbers = self._numbered(batch.vocabulary)
        for name, terms in self._terms.items():
            if name in batch.words:
                words = batch.words[name]
                terms.add(numbers[words.numbers], words.counts)
                self._words += len(words.numbers)
            else:
                self._words += self._list(terms, batch.terms.get(name), size)
        for name, values in self._values.items():
            self._list(values, batch.values.get(name), size)
        for name, column in self._numbers.items():
            column.extend(batch.numbers.get(name) or [np.nan] * size)
        if self._layout.text:
            self._text.add(self.size, batch.text)
        for stored in batch.stored:
            self._stored.add(stored)
        self.size += size

    def _list(
        self, terms: "_Terms", lists: Sequence[Sequence[str]] | None, size: int
    ) -> int:
        """Add the terms of each of some documents; how many they are."""
        if lists is None:  # as in most fields
            terms.add(np.empty(0, np.uint32), np.zeros(size, np.uint32))
            return 0
        numbers = self._numbered(chain.from_iterable(lists))
        terms.add(numbers, np.fromiter(map(len, lists), np.uint32, size))
        return len(numbers)

    def _numbered(self, texts: Iterable[str]) -> Array:
        return np.frombuffer(
            array("I", list(map(self._known.__getitem__, texts))), np.uint32
        )

    def write(self) -> None:
        """Write the files of the segment; the gatherer is not used afterwards."""
        with ThreadPoolExecutor(1) as beside:
            self.write_beside(beside).result()

    def write_beside(self, beside: Executor) -> Future[None]:
        """Write the files; those of the text are complete when the future is done, for
        sorting its pairs holds no interpreter lock. It begins when all else is written:
        what follows for an index holds the lock, and less memory is used at once."""
        self._take_pending()
        self._stored.finish()
        with ArrayWriter(self._stem.with_suffix(".columns")) as writer:
            writer.about(size=self.size)
            known = _Known.of(self._known)
            lengths = self._write_columns(writer, known)
        self._write_terms(lengths, known)
        return beside.submit(self._write_text)

    def abandon(self) -> None:
        self._stored.abandon()

    def _write_text(self) -> None:
        if not self._layout.text:
            return
        with ArrayWriter(self._stem.with_suffix(".text")) as writer:
            stream = self._text.write(writer)
            del self._text
        with ArrayWriter(self._stem.with_suffix(".pairs")) as writer:
            write_pairs(writer, stream)

    def _write_columns(self, writer: ArrayWriter, known: "_Known") -> dict[str, Array]:
        """Write the columns; the length bytes of the scored fields."""
        for name, numbers in self._numbers.items():
            writer.put(f"numbers.{name}", np.nan_to_num(np.array(numbers)))
        for name, values in self._values.items():
            texts, found = values.tokens(known)
            write_values(writer, name, texts, found.terms + 1, found.counts)
        return write_lengths(
            writer,
            {
                name: np.concatenate([[0], *self._terms[name].counts])[1:]
                for name in sorted(self._layout.scored)
            },
        )

    def _write_terms(self, lengths: Mapping[str, Array], known: "_Known") -> None:
        layout = self._layout
        postings = PostingsWriter(self._stem, positions=bool(layout.positions))
        keys: list[bytes] = []
        averages = []
        with ArrayWriter(self._stem.with_suffix(".terms")) as writer:
            writer.about(fields=layout.terms)
            for number, name in enumerate(layout.terms):
                first = len(keys)
                texts = self._write_field(postings, writer, known, name, lengths)
                keys += map(key_of(number, b"").__add__, texts)
                if name in lengths:
                    averages.append((first, len(keys), average(lengths[name])))
            write_lexicon(writer, keys)
        starts = postings.finish()
        write_tops_of(self._stem, starts, averages)

    def _write_field(
        self,
        postings: PostingsWriter,
        writer: ArrayWriter,
        known: "_Known",
        name: str,
        lengths: Mapping[str, Array],
    ) -> list[bytes]:
        """Write a field's postings, and its stream where it keeps one; its terms."""
        if name in self._ranges:
            numbers = np.array(self._numbers[name])
            return _write_tiers(postings, numbers, *self._ranges[name])
        texts, tokens = self._terms.pop(name).tokens(known)
        places = name in self._layout.positions
        tokens.write_postings(postings, lengths.get(name), places=places)
        if places:
            tokens.write_stream(writer, name)
        return texts


def write_lengths(writer: ArrayWriter, counts: Mapping[str, Array]) -> dict[str, Array]:
    """Write how many terms each document has in the scored fields, as length bytes, and
    note the exact sums; the bytes."""
    writer.about(lengths={name: int(every.sum()) for name, every in counts.items()})
    lengths = {name: length_bytes(every) for name, every in counts.items()}
    for name, every in lengths.items():
        writer.put(f"lengths.{name}", every)
    return lengths


def _write_tiers(
    postings: PostingsWriter, numbers: Array, bits: int, step: int
) -> list[bytes]:
    """Write the postings of numbers as Whoosh ranges over them: each by itself, then
    `step` bits coarser, and so on; their terms."""
    having = np.flatnonzero(~np.isnan(numbers))
    exact = numbers[having].astype(np.uint64)
    terms: list[bytes] = []
    for shift in range(0, bits, step):
        found, which, counts = np.unique(
            exact >> np.uint64(shift), return_inverse=True, return_counts=True
        )
        terms += [bytes((shift,)) + n.to_bytes(bits // 8) for n in found.tolist()]
        docs = having[np.argsort(which, kind="stable")].astype(np.uint32)
        once = np.ones(len(docs), np.int64)
        postings.add(counts, docs, codes(np.zeros(len(docs), np.uint8), once))
        postings.add_places(np.zeros(len(found), np.int64), np.empty(0, np.uint32))
    return terms


@dataclass(frozen=True, slots=True)
class _Known:
    """The terms of all fields by their numbers, and these in the order of the terms."""

    texts: list[bytes]
    order: Array

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> "_Known":
        # They came in the order of their numbers; all at once, unless one has a break.
        texts = "\n".join(numbers).encode("utf-8", "surrogatepass").split(b"\n")
        if len(texts) != len(numbers):
            texts = [text.encode("utf-8", "surrogatepass") for text in numbers]
        return cls(texts, _order(texts))


def _order(texts: Sequence[bytes]) -> Array:
    """The numbers of some texts in the order of these: NumPy sorts their beginnings,
    Python the few that begin alike, in a third of the time that it takes for all."""
    begun = np.array(texts, f"S{8 * _WORDS}").view(">u8").reshape(-1, _WORDS)
    order = np.lexsort(begun.T[::-1])
    begun = begun[order]
    differ = np.append((begun[1:] != begun[:-1]).any(axis=1), True)
    ends = np.flatnonzero(differ) + 1
    starts = np.append(0, ends[:-1])
    alike = ends - starts > 1
    for start, end in zip(starts[alike].tolist(), ends[alike].tolist(), strict=True):
        order[start:end] = sorted(order[start:end].tolist(), key=texts.__getitem__)
    return order


@dataclass(slots=True)
class _Terms:
    """The terms of one field: their numbers in print order, how many each document
    has."""

    numbers: list[Array] = field(default_factory=list)
    counts: list[Array] = field(default_factory=list)

    def add(self, numbers: Array, counts: Array) -> None:
        self.numbers.append(numbers)
        self.counts.append(counts)

    def tokens(self, known: _Known) -> tuple[list[bytes], "_Tokens"]:
        """The terms sorted, and all that was printed, as numbers among them."""
        # A batch at a time: its numbers stay in the processor's cache meanwhile.
        present = np.zeros(len(known.texts), bool)
        for numbers in self.numbers:
            present[numbers] = True
        own = known.order[present[known.order]]
        texts = [known.texts[number] for number in own.tolist()]
        table = np.zeros(len(known.texts), np.uint32)
        table[own] = np.arange(len(own))
        counts = np.concatenate([np.empty(0, np.int64), *self.counts])
        printed = np.empty(int(counts.sum()), np.uint32)
        at = 0
        while self.numbers:
            numbers = self.numbers.pop(0)
            table.take(numbers, out=printed[at : at + len(numbers)], mode="clip")
            at += len(numbers)
        return texts, _Tokens(printed, counts, len(texts))


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The terms of a field in print order, how many each document has, and how many
    different ones there are."""

    terms: Array
    counts: Array
    size: int

    def write_postings(
        self, postings: PostingsWriter, lengths: Array | None, *, places: bool
    ) -> None:
        """Write the documents of each term, a range of terms at a time."""
        owners = np.repeat(np.arange(len(self.counts), dtype=np.uint32), self.counts)
        tallies = np.bincount(self.terms, minlength=self.size)
        for first, end in ranges_of(np.append(0, np.cumsum(tallies))):
            if places:
                joined = self._sorted(first, end)
                order = joined.astype(np.uint32)
                docs = owners[order]
                # A gap after each document: before it are as many as its own number.
                postings.add_places(tallies[first:end], order + docs)
                joined = joined >> _HALF << _HALF | docs
            else:
                joined = self._sorted(first, end, owners)
                postings.add_places(np.zeros(end - first, np.int64), owners[:0])
            begins = np.flatnonzero(changes(joined))
            frequencies = sizes(begins, len(joined))
            joined = joined[begins]
            held = joined.astype(np.uint32)
            length = np.zeros(len(held), np.uint8) if lengths is None else lengths[held]
            terms = (joined >> _HALF).astype(np.int64) - first
            counts = np.bincount(terms, minlength=end - first)
            postings.add(counts, held, codes(length, frequencies))

    def write_stream(self, writer: ArrayWriter, name: str) -> None:
        """Write what was printed, a range of documents at a time."""
        ends = np.append(0, np.cumsum(self.counts))
        writer.begin(f"{name}.codes", np.uint32)
        for first, end in ranges_of(ends):
            codes = np.zeros(ends[end] - ends[first] + end - first, np.uint32)
            shift = np.repeat(np.arange(end - first), self.counts[first:end])
            printed = self.terms[ends[first] : ends[end]]
            codes[np.arange(len(printed)) + shift] = printed + np.uint32(1)
            writer.append(codes)
        numbers = np.arange(len(self.counts))
        starts = ends + np.arange(len(ends))
        write_runs(writer, name, Runs(starts, numbers, np.zeros_like(numbers)))

    def _sorted(self, first: int, end: int, numbers: Array | None = None) -> Array:
        """What was printed of a range of terms, sorted: the term, and in the lower half
        its place, or the number that this has."""
        chosen = np.flatnonzero((self.terms >= first) & (self.terms < end))
        joined = self.terms.take(chosen).astype(np.uint64)
        joined <<= _HALF
        joined |= chosen.view(np.uint64) if numbers is None else numbers.take(chosen)
        joined.sort()
        return joined


@dataclass(slots=True)
class _Text:
    """Searchable characters as 16-bit codes, in the order in which they were met."""

    size: int = 0
    chunks: list[Array] = field(default_factory=list)
    code_of: Array = field(default_factory=lambda: np.zeros(0x110000, np.uint16))
    points: list[int] = field(default_factory=list)
    lengths: list[Array] = field(default_factory=list)
    docs: list[Array] = field(default_factory=list)
    sections: list[Array] = field(default_factory=list)

    def add(self, first: int, text: Text) -> None:
        """Take sections of documents, of which 0 has the number `first`."""
        self.chunks.append(self._encoded(text.points))
        self.lengths.append(text.lengths)
        self.docs.append(text.documents + first)
        self.sections.append(text.sections)
        self.size += len(text.points)

    def write(self, writer: ArrayWriter) -> Array:
        """Write the stream; its codes."""
        alphabet = np.sort(np.array(self.points, np.uint32))
        # By code point, so that streams of several segments can be joined in order.
        ranks = np.zeros(len(self.points) + 1, np.uint16)
        ranks[self.code_of[alphabet]] = np.arange(1, len(alphabet) + 1)
        stream = np.empty(self.size, np.uint16)
        at = 0
        while self.chunks:
            chunk = self.chunks.pop(0)
            stream[at : at + len(chunk)] = ranks[chunk]
            at += len(chunk)
        none = [np.empty(0, np.int64)]
        lengths, docs, sections = (
            np.concatenate(none + parts)
            for parts in (self.lengths, self.docs, self.sections)
        )
        writer.put("alphabet", alphabet)
        writer.put("text.codes", stream)
        starts = np.append(0, np.cumsum(lengths))
        write_runs(writer, "text", Runs(starts, docs, sections))
        return stream

    def _encoded(self, points: Array) -> Array:
        found = self.code_of.take(points)
        fresh = np.unique(points[(found == 0) & (points != 0)])
        fresh = fresh[: MOST_CHARACTERS - len(self.points)]
        if len(fresh):
            first = len(self.points) + 1
            self.code_of[fresh] = np.arange(first, first + len(fresh))
            self.points += fresh.tolist()
            found = self.code_of.take(points)
        return found
