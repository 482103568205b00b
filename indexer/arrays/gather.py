"""Documents → the files of a segment, gathered in memory as arrays.

Terms become numbers as they come, and everything is sorted once at the end: one sort of
64-bit numbers (term and place together) takes a second for 17 million tokens, where
Whoosh's posting pool takes minutes.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from indexer.arrays.codes import average, codes, length_bytes
from indexer.arrays.columns import write_values
from indexer.arrays.container import Array, ArrayWriter
from indexer.arrays.layout import Layout
from indexer.arrays.lexicon import key_of, write_lexicon
from indexer.arrays.literal import MOST_CHARACTERS, write_pairs
from indexer.arrays.postings import PostingsWriter, write_tops_of
from indexer.arrays.stored import StoredWriter
from indexer.arrays.streams import Runs, write_runs


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as arrays take it, cheap to send between processes.

    `terms` of each field in print order, joined by newlines; `text` the searchable
    characters by section number, a NUL after each passage; `numbers` and `values`
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
        self._terms = {name: _Terms() for name in layout.terms}
        self._values = {name: _Terms() for name in layout.values}
        self._numbers = {name: array("d") for name in layout.numbers}
        self._text = _Text()
        self._stored = StoredWriter(stem.with_suffix(".stored"))
        self.size = 0

    @property
    def weight(self) -> int:
        """About how many bytes are held, and will be on writing."""
        tokens = sum(len(terms.numbers) for terms in self._terms.values())
        words = sum(len(terms.known) for terms in self._terms.values())
        return 24 * tokens + 150 * words + 6 * self._text.size

    def add(self, entry: Entry) -> None:
        for name, terms in self._terms.items():
            terms.add(entry.terms.get(name, ""))
        for name, values in self._values.items():
            values.add("\n".join(entry.values.get(name, ())))
        for name, numbers in self._numbers.items():
            numbers.append(entry.numbers.get(name, 0))
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
        with ArrayWriter(self._stem.with_suffix(".pairs")) as writer:
            write_pairs(writer, stream)

    def _write_columns(self, writer: ArrayWriter) -> dict[str, Array]:
        """Write the columns; the length bytes of the scored fields."""
        for name, numbers in self._numbers.items():
            writer.put(f"numbers.{name}", np.array(numbers))
        for name, values in self._values.items():
            known, ranks = values.ranked()
            found = ranks[np.array(values.numbers, np.int64)] + 1
            write_values(writer, name, known, found, np.array(values.counts, np.int64))
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
                known, ranks = self._terms[name].ranked()
                first = len(keys)
                keys += [key_of(number, term) for term in known]
                if name in lengths:
                    averages.append((first, len(keys), average(lengths[name])))
                self._write_field(writer, postings, name, ranks, lengths.get(name))
                del self._terms[name]
            write_lexicon(writer, keys)
        starts = postings.finish()
        write_tops_of(self._stem, starts, averages)

    def _write_field(
        self,
        writer: ArrayWriter,
        postings: PostingsWriter,
        name: str,
        ranks: Array,
        lengths: Array | None,
    ) -> None:
        terms = self._terms[name]
        counts = np.array(terms.counts, np.int64)
        numbers = ranks[np.array(terms.numbers, np.int64)]
        positional = name in self._layout.positions
        docs = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
        joined = numbers.astype(np.uint64) << np.uint64(32)
        joined |= np.arange(len(numbers), dtype=np.uint64)
        joined.sort()
        order = joined.astype(np.uint32)
        term = (joined >> np.uint64(32)).astype(np.uint32)
        docs = docs[order]
        begins = np.flatnonzero(
            np.append(True, (term[1:] != term[:-1]) | (docs[1:] != docs[:-1]))
            if len(term)
            else np.empty(0, bool)
        )
        frequencies = np.diff(begins, append=len(term))
        docs, of = docs[begins], term[begins]
        bytes_ = np.zeros(len(docs), np.uint8) if lengths is None else lengths[docs]
        postings.add(
            np.bincount(of, minlength=len(ranks)), docs, codes(bytes_, frequencies)
        )
        if not positional:
            postings.add_places(np.zeros(len(ranks), int), np.empty(0, np.uint32))
            return
        # One gap after each document: its number of gaps before is its own number.
        shift = np.repeat(np.arange(len(counts)), counts)
        postings.add_places(
            np.bincount(term, minlength=len(ranks)), order + shift[order]
        )
        stream = np.zeros(len(numbers) + len(counts), np.uint32)
        stream[np.arange(len(numbers)) + shift] = numbers + 1
        starts = np.concatenate([[0], np.cumsum(counts + 1)])
        owners = np.arange(len(counts))
        writer.put(f"{name}.codes", stream)
        write_runs(writer, name, Runs(starts, owners, np.zeros(len(counts))))


def write_lengths(writer: ArrayWriter, counts: Mapping[str, Array]) -> dict[str, Array]:
    """Write how many terms each document has in the scored fields, as length bytes, and
    note the exact sums; the bytes."""
    writer.about(lengths={name: int(every.sum()) for name, every in counts.items()})
    lengths = {name: length_bytes(every) for name, every in counts.items()}
    for name, every in lengths.items():
        writer.put(f"lengths.{name}", every)
    return lengths


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

    def add(self, joined: str) -> None:
        texts = joined.split("\n") if joined else []
        self.numbers.extend(map(self.known.__getitem__, texts))
        self.counts.append(len(texts))

    def ranked(self) -> tuple[list[bytes], Array]:
        """The terms sorted, and the rank of each number among them."""
        texts = sorted(self.known)
        ranks = np.empty(len(texts), np.int64)
        ranks[np.fromiter(map(self.known.__getitem__, texts), np.int64, len(texts))] = (
            np.arange(len(texts))
        )
        return [text.encode("utf-8", "surrogatepass") for text in texts], ranks


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
