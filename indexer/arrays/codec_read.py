"""The arrays of a segment by Whoosh's own protocol: any query object runs on them.

Whoosh's searchers ask for terms, posting lists and documents one at a time; what they
get are views of the mapped arrays, so that opening costs nothing and a matcher holds no
copy. As in any Whoosh index, statistics count deleted documents until these are merged
away. Frequencies above 191 are rounded (`codes`), positions never.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, Final, Self

import numpy as np
from whoosh import columns, reading
from whoosh.codec import base
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.reading import TermNotFound
from whoosh.system import pack_uint

from indexer.arrays.codes import FREQUENCIES, LENGTHS, frequencies
from indexer.arrays.columns import Values
from indexer.arrays.container import Array
from indexer.arrays.lexicon import NO_TERM, key_of
from indexer.arrays.segment import Segment

_WEIGHTS: Final = tuple(FREQUENCIES.astype(float).tolist())
_LENGTHS: Final = tuple(LENGTHS.tolist())


class ArraysTerms(base.TermsReader):  # type: ignore[misc]  # whoosh has no types
    """The terms of a segment, sorted by field and bytes."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._lexicon = segment.lexicon
        self._names = tuple(segment.fields)

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._segment.term(*term) != NO_TERM

    def indexed_field_names(self) -> list[str]:
        bounds = {n: self._lexicon.of_field(i) for i, n in enumerate(self._names)}
        return [name for name, (first, end) in bounds.items() if first < end]

    def terms(self) -> Iterator[tuple[str, bytes]]:
        return self._from(0)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """The terms from that one on, those of later fields too."""
        return self._from(self._at_least(fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], "ArraysTermInfo"]]:
        return self._items_from(0)

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], "ArraysTermInfo"]]:
        return self._items_from(self._at_least(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> "ArraysTermInfo":
        return ArraysTermInfo(*self._segment.postings(self._found(fieldname, text)))

    def frequency(self, fieldname: str, text: bytes) -> float:
        number = self._segment.term(fieldname, text)
        if number == NO_TERM:
            return 0.0
        return ArraysTermInfo(*self._segment.postings(number)).weight()

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        number = self._segment.term(fieldname, text)
        return 0 if number == NO_TERM else len(self._segment.postings(number)[0])

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> "ArraysMatcher":
        number = self._found(fieldname, text)
        return ArraysMatcher(self._segment, (fieldname, text), number, format_, scorer)

    def cursor(self, fieldname: str, fieldobj: Any) -> "ArraysCursor":
        return ArraysCursor(self._segment, fieldname, fieldobj)

    def _found(self, fieldname: str, text: bytes) -> int:
        number = self._segment.term(fieldname, text)
        if number == NO_TERM:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return number

    def _at_least(self, fieldname: str, text: bytes) -> int:
        number = self._segment.fields.get(fieldname)
        whole = len(self._lexicon)
        return whole if number is None else self._lexicon.at_least(key_of(number, text))

    def _from(self, first: int) -> Iterator[tuple[str, bytes]]:
        return ((self._names[key[0]], key[1:]) for key in self._lexicon.keys(first))

    def _items_from(
        self, first: int
    ) -> Iterator[tuple[tuple[str, bytes], "ArraysTermInfo"]]:
        for number, term in enumerate(self._from(first), first):
            yield term, ArraysTermInfo(*self._segment.postings(number))


class ArraysTermInfo(reading.TermInfo):  # type: ignore[misc]  # whoosh has no types
    """What is known of a term, computed when asked."""

    def __init__(self, docs: Array, codes: Array) -> None:
        self._docs = docs
        self._codes = codes
        # Whoosh itself moves these two by the offset of a segment.
        self._minid, self._maxid = int(docs[0]), int(docs[-1])

    def weight(self) -> float:
        return float(frequencies(self._codes).sum())

    def doc_frequency(self) -> int:
        return len(self._docs)

    def min_length(self) -> int:
        return int(LENGTHS[self._codes.min() >> 8])

    def max_length(self) -> int:
        return int(LENGTHS[self._codes.max() >> 8])

    def max_weight(self) -> float:
        return float(frequencies(self._codes).max())

    def min_id(self) -> int:
        return self._minid

    def max_id(self) -> int:
        return self._maxid


class ArraysCursor(base.FieldCursor):  # type: ignore[misc]  # whoosh has no types
    """Steps over the terms of one field."""

    def __init__(self, segment: Segment, fieldname: str, fieldobj: Any) -> None:
        self._segment = segment
        self._field = fieldobj
        self._number = segment.fields.get(fieldname)
        self._first, self._end = (
            (0, 0) if self._number is None else segment.lexicon.of_field(self._number)
        )
        self._at = self._first

    def first(self) -> str | None:
        self._at = self._first
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        """Go to the first term that is not below this one."""
        if self._number is None:
            return None
        text = term if isinstance(term, bytes) else self._field.to_bytes(term)
        self._at = self._segment.lexicon.at_least(key_of(self._number, text))
        return self.text()

    def next(self) -> str | None:
        self._at += 1
        return self.text()

    def text(self) -> str | None:
        """The term as the field reads it, None past the last."""
        if not self.is_valid():
            return None
        # Any: what from_bytes gives is the field's affair, text for all that spell.
        found: str = self._field.from_bytes(self._segment.lexicon.term(self._at))
        return found

    def term_info(self) -> ArraysTermInfo | None:
        if not self.is_valid():
            return None
        return ArraysTermInfo(*self._segment.postings(self._at))

    def is_valid(self) -> bool:
        return self._at < self._end


class ArraysMatcher(LeafMatcher):  # type: ignore[misc]  # whoosh has no types
    """Walks the documents of one term, deleted ones too."""

    def __init__(
        self,
        segment: Segment,
        term: tuple[str, bytes],
        number: int,
        format_: Any,
        scorer: Any = None,
    ) -> None:
        self._segment = segment
        self._term = term
        self._number = number
        self.format = format_
        self.scorer = scorer
        docs, codes = segment.postings(number)
        # Views give Python's own integers; elements of arrays are four times as slow.
        self._docs, self._codes = docs.data, codes.data
        self._at = 0
        self._held: _Occurrences | None = None

    def copy(self) -> Self:
        other = type(self)(
            self._segment, self._term, self._number, self.format, self.scorer
        )
        other._at = self._at
        return other

    def reset(self) -> None:
        self._at = 0

    def is_active(self) -> bool:
        return self._at < len(self._docs)

    def id(self) -> int:
        try:
            return self._docs[self._at]
        except IndexError:  # past the end, where Whoosh's AndNot may still ask
            return self._docs[-1]

    def all_ids(self) -> Iterator[int]:
        return iter(self._docs[self._at :])

    def next(self) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._at += 1

    def skip_to(self, id: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._docs, id, self._at)

    def weight(self) -> float:
        weight: float = _WEIGHTS[self._codes[self._at] & 0xFF]
        return weight

    def score(self) -> float:
        return float(self.scorer.score(self)) if self.scorer else self.weight()

    def supports_block_quality(self) -> bool:
        return False

    def value(self) -> bytes:
        """The posting as the field's format encodes it."""
        value: bytes
        if self.format.supports("positions"):
            value = self.format.encode(self._positions())
        elif self.format.fixed_value_size():
            value = pack_uint(int(self.weight()))
        else:
            value = b""
        return value

    def value_as(self, astype: str) -> Any:
        """The posting as frequency, weight, positions or position_boosts."""
        if astype == "positions":
            return self._positions()
        return super().value_as(astype)

    def _positions(self) -> list[int]:
        if self._held is None:
            self._held = _Occurrences(self._segment, self._term[0], self._number)
        return self._held.of_document(self.id())


class _Occurrences:
    """Where in its documents a term stands, from its places in the field's stream."""

    def __init__(self, segment: Segment, field: str, number: int) -> None:
        runs = segment.stream(field).runs
        self._starts, self._docs = runs.starts.data, runs.docs.data
        self._places = segment.places(number).data

    def of_document(self, document: int) -> list[int]:
        run = bisect_left(self._docs, document)
        start, end = self._starts[run], self._starts[run + 1]
        first = bisect_left(self._places, start)
        last = bisect_left(self._places, end, first)
        return [place - start for place in self._places[first:last]]


class ArraysDocuments(base.PerDocumentReader):  # type: ignore[misc]  # untyped
    """What a segment keeps of each document."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._lengths: dict[str, memoryview] = {}

    def doc_count(self) -> int:
        return self._segment.documents

    def doc_count_all(self) -> int:
        return self._segment.size

    def has_deletions(self) -> bool:
        return self._segment.documents < self._segment.size

    def is_deleted(self, docnum: int) -> bool:
        live = self._segment.live
        # Whoosh's Not asks for one past the last, too.
        return live is not None and docnum < len(live) and not live[docnum]

    def deleted_docs(self) -> Iterable[int]:
        live = self._segment.live
        return [] if live is None else np.flatnonzero(~live).tolist()

    def all_doc_ids(self) -> Iterator[int]:
        live = self._segment.live
        every = range(self._segment.size)
        return iter(every if live is None else np.flatnonzero(live).tolist())

    def supports_columns(self) -> bool:
        return True

    def has_column(self, fieldname: str) -> bool:
        segment = self._segment
        return segment.has_values(fieldname) or segment.numbers(fieldname) is not None

    def column_reader(self, fieldname: str, column: Any) -> columns.ColumnReader:
        numbers = self._segment.numbers(fieldname)
        if numbers is not None:
            return NumbersReader(numbers, column)
        values = self._segment.values(fieldname)
        assert values is not None  # has_column said so
        return ValuesReader(values, self._segment.size, column.default_value())

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        if fieldname not in self._lengths:  # scorers ask for each document
            self._lengths[fieldname] = self._segment.lengths(fieldname).data
        return _LENGTHS[self._lengths[fieldname][docnum]] or default

    def field_length(self, fieldname: str) -> int:
        return self._segment.field_length(fieldname)

    def min_field_length(self, fieldname: str) -> int:
        return int(LENGTHS[self._segment.lengths(fieldname).min(initial=255)])

    def max_field_length(self, fieldname: str) -> int:
        return int(LENGTHS[self._segment.lengths(fieldname).max(initial=0)])

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return self._segment.stored_fields(docnum)


class NumbersReader(columns.ColumnReader):  # type: ignore[misc]  # untyped
    """A column of numbers, in the type of Whoosh's column."""

    def __init__(self, numbers: Array, column: Any) -> None:
        self._numbers = numbers
        self._bits = isinstance(column, columns.BitColumn)
        self._type = bool if self._bits else type(column.default_value())
        self._reverse = False

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, docnum: int) -> float:
        return self._type(self._numbers[docnum])

    def __iter__(self) -> Iterator[float]:
        return map(self._type, self._numbers.tolist())

    def sort_key(self, docnum: int) -> float:
        number = self[docnum]
        if self._bits:
            return int(bool(number) ^ self._reverse)
        return -number if self._reverse else number

    def set_reverse(self) -> None:
        self._reverse = True


class ValuesReader(columns.ColumnReader):  # type: ignore[misc]  # untyped
    """A column of bytes; the first value of a document that has several."""

    def __init__(self, values: Values, size: int, default: bytes) -> None:
        self._values = values
        self._size = size
        self._default = default

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, docnum: int) -> bytes:
        found = self._values.of_document(docnum)
        return found[0] if found else self._default

    def __iter__(self) -> Iterator[bytes]:
        return (self[number] for number in range(self._size))
