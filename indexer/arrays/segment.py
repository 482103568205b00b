"""Reading a segment: all its files mapped, nothing held that grows with it.

Everything is read-only, so that any number of threads share one.
"""

from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from indexer.arrays.codes import LENGTHS
from indexer.arrays.columns import Values
from indexer.arrays.container import Array, ArrayFile, open_arrays
from indexer.arrays.lexicon import NO_TERM, Lexicon, key_of
from indexer.arrays.literal import Literals
from indexer.arrays.positions import Positions
from indexer.arrays.postings import KEPT
from indexer.arrays.stored import Stored, unpacked
from indexer.arrays.streams import Stream

SUFFIXES: Final = (
    ".terms",
    ".docs",
    ".codes",
    ".places",
    ".tops",
    ".columns",
    ".text",
    ".pairs",
    ".stored",
)


class Segment:
    """A segment by the stem of its files; `deletions` is the file of those.

    Documents are numbered from 0 to `size`, terms from 0 in the order of the lexicon.
    """

    def __init__(self, stem: Path, deletions: Path | None = None) -> None:
        self.name = stem.name
        self.stem = stem
        self._files: list[ArrayFile] = []
        terms = self._opened(".terms")
        self._terms = terms.arrays
        self.fields: dict[str, int] = {
            name: number for number, name in enumerate(terms.about["fields"])
        }
        self.lexicon = Lexicon(terms.arrays)
        docs = self._opened(".docs").arrays
        self.docs: Array = docs["docs"]
        self.starts = docs["starts"].data
        self.first_postings: Array = docs["starts"]
        self.codes: Array = self._opened(".codes").arrays["codes"]
        columns = self._opened(".columns")
        self.columns = columns.arrays
        self.size = int(columns.about["size"])
        self._noted_lengths = columns.about.get("lengths", {})
        self.stored_documents = Stored(self._opened(".stored").arrays)
        gone = open_arrays(deletions).arrays if deletions else None
        # None where nothing is deleted, which every search asks.
        self.live: Array | None = _unpacked(gone["live"], self.size) if gone else None
        self._live_frequencies = gone["frequencies"].data if gone else None
        self.documents = self.size if self.live is None else int(self.live.sum())

    @property
    def elements(self) -> int:
        """About the length of the longest array."""
        streams = len(self.literals.stream.codes) if self.literals else 0
        places = self.size + len(self.every_place)
        return max(len(self.docs), places, streams)

    def term(self, field: str, text: bytes) -> int:
        """The number of a term, NO_TERM where no document has it."""
        number = self.fields.get(field)
        return NO_TERM if number is None else self.lexicon.find(key_of(number, text))

    def frequency(self, term: int) -> int:
        """How many live documents have a term."""
        if self._live_frequencies is not None:
            return self._live_frequencies[term]
        return self.starts[term + 1] - self.starts[term]

    def postings_of(self, key: bytes) -> int:
        """How many documents have the term of a key, deleted ones too."""
        term = self.lexicon.find(key)
        return 0 if term == NO_TERM else self.starts[term + 1] - self.starts[term]

    def postings(self, term: int) -> tuple[Array, Array]:
        """The documents of a term (uint32, ascending) and their codes (uint16), deleted
        ones too."""
        whole = slice(self.starts[term], self.starts[term + 1])
        return self.docs[whole], self.codes[whole]

    def lengths(self, field: str) -> Array:
        """The length byte of each document in a scored field."""
        found = self.columns.get(f"lengths.{field}")
        return np.zeros(self.size, np.uint8) if found is None else found

    def length_counts(self, field: str) -> Array:
        """How many live documents have each length byte in a scored field."""
        lengths = self.lengths(field)
        return np.bincount(
            lengths if self.live is None else lengths[self.live], minlength=256
        )

    def field_length(self, field: str) -> int:
        """How many terms a scored field has in all documents, deleted ones too; by
        rounded lengths where the segment was merged."""
        noted: int | None = self._noted_lengths.get(field)
        if noted is not None:
            return noted
        return int(LENGTHS[self.lengths(field)].sum())

    def numbers(self, field: str) -> Array | None:
        """The number of each document in a column."""
        return self.columns.get(f"numbers.{field}")

    def values(self, field: str) -> Values | None:
        """The values of each document in a column."""
        return Values.of(self.columns, field) if self.has_values(field) else None

    def has_values(self, field: str) -> bool:
        return f"values.{field}.codes" in self.columns

    def places(self, term: int) -> Array:
        """The places of a term in its field's stream (uint32, ascending)."""
        starts = self._places[0].data
        return self._places[1][starts[term] : starts[term + 1]]

    @property
    def first_places(self) -> Array:
        """The first place of each term, and the end."""
        return self._places[0]

    @property
    def every_place(self) -> Array:
        """The places of all terms, one after another."""
        return self._places[1]

    def stream(self, field: str) -> Stream:
        """Everything that a field with positions prints, as term numbers within the
        field, from 1."""
        return self._positions[field].stream

    def positions(self, field: str) -> Positions:
        """Where the terms of a field with positions stand; not of any other."""
        return self._positions[field]

    @cached_property
    def literals(self) -> Literals | None:
        """The characters, where the index keeps them."""
        path = self.stem.with_suffix(".text")
        if not path.exists():
            return None
        pairs = self._opened(".pairs").arrays
        return Literals(self._opened(".text").arrays, pairs)

    def best(self, term: int) -> tuple[Array, Array] | None:
        """The best documents of a frequent term by the segment's own statistics, and
        their codes; None for other terms."""
        rows, docs, codes = self._tops
        row = rows.get(term)
        return None if row is None else (docs[row], codes[row])

    def stored(self, document: int) -> bytes:
        """A document as it was given."""
        return self.stored_documents.document(document)

    def stored_fields(self, document: int) -> dict[str, Any]:
        """The stored fields by name, which writers give as MessagePack."""
        return unpacked(self.stored(document))

    def release(self, part: int = 0, parts: int = 1) -> None:
        """Give back pages of all files, a part of each; see ArrayFile.release."""
        for file in self._files:
            file.release(part, parts)

    def _opened(self, suffix: str) -> ArrayFile:
        self._files.append(open_arrays(self.stem.with_suffix(suffix)))
        return self._files[-1]

    @cached_property
    def _tops(self) -> tuple[dict[int, int], Array, Array]:
        tops = self._opened(".tops").arrays
        docs, codes = tops["docs"].reshape(-1, KEPT), tops["codes"].reshape(-1, KEPT)
        return {t: row for row, t in enumerate(tops["terms"].tolist())}, docs, codes

    @cached_property
    def _places(self) -> tuple[Array, Array]:
        path = self.stem.with_suffix(".places")
        if path.exists():
            held = self._opened(".places").arrays
            return held["starts"], held["places"]
        none = np.zeros(len(self.lexicon) + 1, np.uint32)
        return none, none[:0]

    @cached_property
    def _positions(self) -> dict[str, Positions]:
        return {
            name: Positions.of(
                Stream.of(self._terms, name),
                self.lexicon.of_field(number)[0],
                *self._places,
            )
            for name, number in self.fields.items()
            if f"{name}.codes" in self._terms
        }


def _unpacked(bits: Array, size: int) -> Array:
    return np.unpackbits(bits, count=size).astype(bool)


def length_sum(counts: Array) -> tuple[int, int]:
    """The sum of lengths, and how many documents have the field."""
    return int(counts @ LENGTHS), int(counts[1:].sum())
