"""Writing arrays by Whoosh's own protocol, for documents of any schema.

Whoosh's SegmentWriter gives each document's stored fields and columns as it comes, and
at the end all postings, sorted by field and term. They become the same files that the
gatherer writes, so that segments of both stand in one index.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from whoosh import columns
from whoosh.codec import base

from indexer.arrays.codes import average, codes
from indexer.arrays.columns import write_values
from indexer.arrays.container import Array, ArrayWriter
from indexer.arrays.gather import write_lengths
from indexer.arrays.layout import Layout
from indexer.arrays.lexicon import key_of, write_lexicon
from indexer.arrays.postings import PostingsWriter, write_tops_of
from indexer.arrays.stored import StoredWriter, packed
from indexer.arrays.streams import Runs, write_runs
from indexer.errors import ConfigurationError

_NO_PLACES: Final = np.empty(0, np.int64)


class SegmentInMaking:
    """What the two writers of a segment share: where it goes, what it keeps, and the
    length bytes of its documents once these are complete."""

    def __init__(self, stem: Path, schema: Any, layout: Layout) -> None:
        self.stem = stem
        self.layout = layout
        self.columns = {
            name: schema[name].column_type
            for name in (*self.layout.numbers, *self.layout.values)
        }
        self.names = frozenset(schema.names())
        self.size = 0
        self.lengths: Mapping[str, Array] = {}

    def writer(self, suffix: str) -> ArrayWriter:
        return ArrayWriter(self.stem.with_suffix(suffix))


class DocumentsWriter(base.PerDocumentWriter):  # type: ignore[misc]  # untyped
    """Takes stored fields, lengths and columns of one document after another."""

    def __init__(self, making: SegmentInMaking) -> None:
        self._making = making
        layout = making.layout
        self._stored = StoredWriter(making.stem.with_suffix(".stored"))
        self._lengths = {name: array("I") for name in layout.scored}
        self._numbers: dict[str, list[Any]] = {name: [] for name in layout.numbers}
        self._values = {name: _Values() for name in layout.values}
        self._document = _Document()
        self.is_closed = False

    def start_doc(self, docnum: int) -> None:
        self._document = _Document()

    def add_field(
        self, fieldname: str, fieldobj: Any, value: Any, length: int | None
    ) -> None:
        if fieldname not in self._making.names:
            raise _refused(fieldname, "动态字段", "a dynamic field")
        if value is not None:
            self._document.stored[fieldname] = value
        if length:
            self._document.lengths[fieldname] = length

    def add_column_value(self, fieldname: str, columnobj: Any, value: Any) -> None:
        self._document.columns[fieldname] = value

    def finish_doc(self) -> None:
        document = self._document
        for name, lengths in self._lengths.items():
            lengths.append(document.lengths.get(name, 0))
        for name, numbers in self._numbers.items():
            default = self._making.columns[name].default_value()
            numbers.append(document.columns.get(name, default))
        for name, values in self._values.items():
            values.add(document.columns.get(name))
        self._stored.add(packed(document.stored))
        self._making.size += 1

    def close(self) -> None:
        self._stored.finish()
        with self._making.writer(".columns") as writer:
            writer.about(size=self._making.size)
            for name, numbers in self._numbers.items():
                kind = _type_of(self._making.columns[name])
                writer.put(f"numbers.{name}", np.array(numbers, kind))
            for name, values in self._values.items():
                values.write(writer, name)
            counts = {n: np.array(x, np.int64) for n, x in self._lengths.items()}
            self._making.lengths = write_lengths(writer, counts)
        self.is_closed = True

    def abandon(self) -> None:
        self._stored.abandon()
        self.is_closed = True


class TermsWriter(base.FieldWriter):  # type: ignore[misc]  # whoosh has no types
    """Takes the postings of all fields, sorted; a field at a time is held in memory."""

    def __init__(self, making: SegmentInMaking) -> None:
        self._making = making
        layout = making.layout
        self._terms = making.writer(".terms")
        self._postings = PostingsWriter(making.stem, positions=bool(layout.positions))
        self._keys: list[bytes] = []
        self._averages: list[tuple[int, int, float]] = []
        self._streams = set(layout.positions)
        self._field = _Field("")
        self.is_closed = False

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        self._field = _Field(fieldname)
        self._format = fieldobj.format

    def start_term(self, text: bytes) -> None:
        self._field.terms.append(text)
        self._field.counts.append(0)
        self._field.places.append(0)

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int) -> None:
        held = self._field
        frequency = int(weight)
        if frequency != weight or frequency < 1:
            raise _refused(held.name, "加权的词", "boosted terms")
        held.counts[-1] += 1
        held.docs.append(docnum)
        held.frequencies.append(frequency)
        if held.name in self._making.layout.positions:
            positions = sorted(self._format.decode_positions(vbytes))
            held.places[-1] += len(positions)
            held.positions.extend(positions)
            held.owners.extend([docnum] * len(positions))

    def finish_term(self) -> None:
        pass  # the next term, or the end of the field, says as much

    def finish_field(self) -> None:
        held = self._field
        first = len(self._keys)
        number = self._making.layout.number(held.name)
        self._keys += [key_of(number, term) for term in held.terms]
        docs = np.array(held.docs, np.uint32)
        lengths = self._making.lengths.get(held.name)
        if lengths is not None:
            self._averages.append((first, len(self._keys), average(lengths)))
        bytes_ = np.zeros(len(docs), np.uint8) if lengths is None else lengths[docs]
        frequencies = np.array(held.frequencies, np.int64)
        self._postings.add(np.array(held.counts), docs, codes(bytes_, frequencies))
        counts = np.array(held.places, np.int64)
        places = self._write_stream(held, counts)
        self._postings.add_places(counts, places.astype(np.uint32))

    def close(self) -> None:
        for name in sorted(self._streams):
            self._write_stream(_Field(name), _NO_PLACES)
        with self._terms as writer:
            writer.about(fields=self._making.layout.terms)
            write_lexicon(writer, self._keys)
        starts = self._postings.finish()
        write_tops_of(self._making.stem, starts, self._averages)
        self.is_closed = True

    def abandon(self) -> None:
        self._terms.abandon()
        self._postings.abandon()
        self.is_closed = True

    def _write_stream(self, held: "_Field", counts: Array) -> Array:
        """Write what a field prints, if it keeps that; the places of its terms."""
        if held.name not in self._streams:
            return _NO_PLACES
        self._streams.remove(held.name)
        owners = np.array(held.owners, np.int64)
        positions = np.array(held.positions, np.int64)
        lengths = np.zeros(self._making.size, np.int64)
        np.maximum.at(lengths, owners, positions + 1)
        # One gap after each document, as the gatherer has it.
        starts = np.cumsum(np.concatenate([[0], lengths + 1]))
        places: Array = starts[owners] + positions
        stream = np.zeros(int(starts[-1]), np.uint32)
        stream[places] = np.repeat(np.arange(1, len(counts) + 1), counts)
        if np.count_nonzero(stream) < len(places):
            raise _refused(
                held.name, "同一位置的几个词", "several terms at one position"
            )
        self._terms.put(f"{held.name}.codes", stream)
        sections = np.zeros(len(lengths))
        write_runs(
            self._terms, held.name, Runs(starts, np.arange(len(lengths)), sections)
        )
        return places


@dataclass(slots=True)
class _Document:
    """The document that is being added."""

    # Any: what a schema stores and sorts by is its own affair.
    stored: dict[str, Any] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Values:
    """The values of one column, numbered as they come."""

    known: dict[bytes, int] = field(default_factory=dict)
    numbers: "array[int]" = field(default_factory=lambda: array("I"))
    counts: "array[int]" = field(default_factory=lambda: array("B"))

    def add(self, value: bytes | None) -> None:
        self.counts.append(value is not None)
        if value is not None:
            self.numbers.append(self.known.setdefault(value, len(self.known)))

    def write(self, writer: ArrayWriter, name: str) -> None:
        names = sorted(self.known)
        codes_of = np.zeros(len(names), np.uint32)
        codes_of[[self.known[value] for value in names]] = np.arange(1, len(names) + 1)
        found = codes_of[np.array(self.numbers, np.int64)]
        write_values(writer, name, names, found, np.array(self.counts, np.int64))


@dataclass(slots=True)
class _Field:
    """The postings of one field: by term, by posting, and by place."""

    name: str
    terms: list[bytes] = field(default_factory=list)
    counts: "array[int]" = field(default_factory=lambda: array("I"))
    places: "array[int]" = field(default_factory=lambda: array("I"))
    docs: "array[int]" = field(default_factory=lambda: array("I"))
    frequencies: "array[int]" = field(default_factory=lambda: array("I"))
    owners: "array[int]" = field(default_factory=lambda: array("I"))
    positions: "array[int]" = field(default_factory=lambda: array("I"))


def _type_of(column: Any) -> Any:
    """The NumPy type of a Whoosh column of numbers."""
    if isinstance(column, columns.BitColumn):
        return np.bool_
    return np.dtype(column._typecode)  # whoosh says it nowhere else


def _refused(name: str, zh: str, en: str) -> ConfigurationError:
    return ConfigurationError(
        f"数组索引存不了{zh}（字段 {name}）。请改用别的字段设置。",
        f"Arrays do not hold {en} (field {name}). Set the field up differently.",
    )
