"""Documents → the files of a segment, gathered in memory as arrays.

Terms become numbers as they come, and everything is sorted once at the end: one sort of
64-bit numbers (term and place together) takes a second for 17 million tokens, where
Whoosh's posting pool takes minutes.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from indexer.arrays.codes import average, codes, length_bytes
from indexer.arrays.columns import write_values
from indexer.arrays.container import Array, ArrayWriter
from indexer.arrays.layout import Layout
from indexer.arrays.lexicon import key_of, write_lexicon
from indexer.arrays.literal import MOST_CHARACTERS, write_pairs
from indexer.arrays.postings import PostingsWriter, ranges_of, write_tops_of
from indexer.arrays.stored import StoredWriter
from indexer.arrays.streams import Runs, write_runs

PASSAGE_END: Final = "\x00"


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as arrays take it, cheap to send between processes.

    `terms` of each field in print order, joined by newlines; `text` the searchable
    characters by section number, PASSAGE_END after each passage; `numbers` and `values`
    of the columns; `stored` is given back as it is.
    """

    terms: Mapping[str, str]
    stored: bytes
    text: tuple[tuple[int, str], ...] = ()
    numbers: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Gatherer:
    """Takes documents one by one and writes them as a segment named by `stem`."""

    def __init__(self, layout: Layout, stem: Path) -> None:
        self._layout = layout
        self._stem = stem
        self._ranges = {name: (bits, step) for name, bits, step in layout.ranges}
        words = (name for name in layout.terms if name not in self._ranges)
        self._terms = {name: _Terms() for name in words}
        self._values = {name: _Terms() for name in layout.values}
        self._numbers = {name: array("d") for name in layout.numbers}
        self._text = _Text()
        self._stored = StoredWriter(stem.with_suffix(".stored"))
        self.size = self._weight = 0

    @property
    def weight(self) -> int:
        """About how many bytes are held, and will be on writing."""
        return self._weight + 6 * self._text.size

    def add(self, entry: Entry) -> None:
        for name, terms in self._terms.items():
            self._weight += terms.add(entry.terms.get(name, ""))
        for name, values in self._values.items():
            values.add("\n".join(entry.values.get(name, ())))
        for name, numbers in self._numbers.items():
            numbers.append(entry.numbers.get(name, np.nan))
        if self._layout.text:
            for section, text in entry.text:
                self._text.add(self.size, section, text)
        self._stored.add(entry.stored)
        self.size += 1

    def write(self) -> None:
        """Write the files of the segment; the gatherer is not used afterwards."""
        self._stored.finish()
        self._write_text()
        with ArrayWriter(self._stem.with_suffix(".columns")) as writer:
            writer.about(size=self.size)
            lengths = self._write_columns(writer)
        self._write_terms(lengths)

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

    def _write_columns(self, writer: ArrayWriter) -> dict[str, Array]:
        """Write the columns; the length bytes of the scored fields."""
        for name, numbers in self._numbers.items():
            writer.put(f"numbers.{name}", np.nan_to_num(np.array(numbers)))
        for name, values in self._values.items():
            known, found = values.tokens()
            write_values(writer, name, known, found.terms + 1, found.counts)
        return write_lengths(
            writer,
            {
                name: np.array(self._terms[name].counts, np.int64)
                for name in sorted(self._layout.scored)
            },
        )

    def _write_terms(self, lengths: Mapping[str, Array]) -> None:
        layout = self._layout
        postings = PostingsWriter(self._stem, positions=bool(layout.positions))
        keys: list[bytes] = []
        averages = []
        with ArrayWriter(self._stem.with_suffix(".terms")) as writer:
            writer.about(fields=layout.terms)
            for number, name in enumerate(layout.terms):
                known = self._write_field(writer, postings, name, lengths.get(name))
                first = len(keys)
                keys += [key_of(number, term) for term in known]
                if name in lengths:
                    averages.append((first, len(keys), average(lengths[name])))
            write_lexicon(writer, keys)
        starts = postings.finish()
        write_tops_of(self._stem, starts, averages)

    def _write_field(
        self,
        writer: ArrayWriter,
        postings: PostingsWriter,
        name: str,
        lengths: Array | None,
    ) -> list[bytes]:
        """Write a field's postings, and its stream where it keeps one; its terms."""
        if name in self._ranges:
            numbers = np.array(self._numbers[name])
            return _write_tiers(postings, numbers, *self._ranges[name])
        known, tokens = self._terms.pop(name).tokens()
        places = name in self._layout.positions
        tokens.write_postings(postings, lengths, places=places)
        if places:
            tokens.write_stream(writer, name)
        return known


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


class _Numbers(dict[str, int]):
    """Gives each new string the next number."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


@dataclass(slots=True)
class _Terms:
    """The terms of one field: their numbers in print order, how many each document
    has."""

    known: _Numbers = field(default_factory=_Numbers)
    numbers: "array[int]" = field(default_factory=lambda: array("I"))
    counts: "array[int]" = field(default_factory=lambda: array("I"))

    def add(self, joined: str) -> int:
        """Take the terms of the next document; about how many bytes they weigh."""
        if not joined:  # as most fields of most documents
            self.counts.append(0)
            return 0
        texts, known = joined.split("\n"), len(self.known)
        self.numbers.extend(map(self.known.__getitem__, texts))
        self.counts.append(len(texts))
        return 24 * len(texts) + 150 * (len(self.known) - known)

    def tokens(self) -> tuple[list[bytes], "_Tokens"]:
        """The terms sorted, and all that was printed, as numbers among them."""
        texts = sorted(self.known)
        ranks = np.empty(len(texts), np.uint32)
        found = np.fromiter(map(self.known.__getitem__, texts), np.int64, len(texts))
        ranks[found] = np.arange(len(texts))
        known = [text.encode("utf-8", "surrogatepass") for text in texts]
        printed = ranks[np.frombuffer(self.numbers, np.uint32)]
        return known, _Tokens(printed, np.array(self.counts, np.int64), len(texts))


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
            order, terms = self._sorted(first, end)
            docs = owners[order]
            fresh = np.diff(terms, prepend=np.uint32(end)) != 0
            fresh |= np.diff(docs, prepend=docs[:1]) != 0
            begins = np.flatnonzero(fresh)
            frequencies = np.diff(begins, append=len(docs))
            held = docs[begins]
            size = np.zeros(len(held), np.uint8) if lengths is None else lengths[held]
            counts = np.bincount(terms[begins] - first, minlength=end - first)
            postings.add(counts, held, codes(size, frequencies))
            if places:
                # A gap after each document: before it are as many as its own number.
                postings.add_places(tallies[first:end], order + docs)
            else:
                postings.add_places(np.zeros_like(counts), docs[:0])

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

    def _sorted(self, first: int, end: int) -> tuple[Array, Array]:
        """Where terms of a range were printed, and which, both by term and place."""
        chosen = np.flatnonzero((self.terms >= first) & (self.terms < end))
        joined = self.terms[chosen].astype(np.uint64) << np.uint64(32)
        joined |= chosen.astype(np.uint64)
        joined.sort()
        return joined.astype(np.uint32), (joined >> np.uint64(32)).astype(np.uint32)


@dataclass(slots=True)
class _Text:
    """Searchable characters as code points, turned into 16-bit codes by the million."""

    size: int = 0
    pending: list[bytes] = field(default_factory=list)
    waiting: int = 0
    chunks: list[Array] = field(default_factory=list)
    code_of: Array = field(default_factory=lambda: np.zeros(0x110000, np.uint16))
    points: list[int] = field(default_factory=list)
    lengths: "array[int]" = field(default_factory=lambda: array("I"))
    docs: "array[int]" = field(default_factory=lambda: array("I"))
    sections: "array[int]" = field(default_factory=lambda: array("B"))

    def add(self, document: int, section: int, text: str) -> None:
        if not text:
            return
        if text[-1] != PASSAGE_END:
            text += PASSAGE_END  # or a run could be found across documents
        self.pending.append(text.encode("utf-32-le", "surrogatepass"))
        self.lengths.append(len(text))
        self.docs.append(document)
        self.sections.append(section)
        self.size += len(text)
        self.waiting += len(text)
        if self.waiting > 1 << 20:
            self._encode()

    def write(self, writer: ArrayWriter) -> Array:
        """Write the stream; its codes."""
        self._encode()
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
        starts = np.concatenate([[0], np.cumsum(np.array(self.lengths, np.int64))])
        writer.put("alphabet", alphabet)
        writer.put("text.codes", stream)
        runs = Runs(starts, np.array(self.docs), np.array(self.sections))
        write_runs(writer, "text", runs)
        return stream

    def _encode(self) -> None:
        points = np.frombuffer(b"".join(self.pending), "<u4")
        found = self.code_of[points]
        fresh = np.unique(points[(found == 0) & (points != 0)])
        fresh = fresh[: MOST_CHARACTERS - len(self.points)]
        if len(fresh):
            first = len(self.points) + 1
            self.code_of[fresh] = np.arange(first, first + len(fresh))
            self.points += fresh.tolist()
            found = self.code_of[points]
        self.chunks.append(found)
        self.pending, self.waiting = [], 0
