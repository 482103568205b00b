"""How many of the documents found have each value of a column.

Values are counted by their codes. Where an index has several segments, codes of each
are mapped to codes in the values of all, once for a column.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from indexer.arrays.collection import Collection
from indexer.arrays.columns import Values
from indexer.arrays.container import Array
from indexer.arrays.top import best

_NO_VALUES: Final = np.zeros(1, np.uint32)
# With one code for so many values or fewer, codes are sorted instead of counted.
_SPARSE: Final = 4


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of all segments: `names` are all values by code from 1, `maps` turn the
    codes of each segment into theirs (None: they are the same)."""

    parts: tuple[Values | None, ...]
    maps: tuple[Array | None, ...]
    names: tuple[bytes, ...] | Values


class Facets:
    """Counts values over a collection; shared by threads."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._columns: dict[str, _Column] = {}

    def count(self, field: str, docs: Array, limit: int) -> list[tuple[str, int]]:
        """The most frequent values among documents (ascending numbers of the
        collection) and their counts, most first, equal ones in the order of values."""
        column = self._column(field)
        if not len(column.names) or not len(docs):
            return []
        codes = self._codes(column, docs)
        sparse = len(codes) * _SPARSE < len(column.names)
        found, counts = _by_sorting(codes) if sparse else _by_place(codes)
        places = best(counts, limit)
        names = _names(column, found[places].tolist())
        return list(zip(names, counts[places].tolist(), strict=True))

    def _codes(self, column: _Column, docs: Array) -> Array:
        bases = self._collection.bases
        if len(column.parts) == 1:
            values = column.parts[0]
            return _NO_VALUES if values is None else values.codes_of(docs)
        found = [_NO_VALUES]
        cuts = np.searchsorted(docs, bases)
        for number, (values, mapped) in enumerate(
            zip(column.parts, column.maps, strict=True)
        ):
            here = docs[cuts[number] : cuts[number + 1]] - np.uint32(bases[number])
            if values is not None and mapped is not None and len(here):
                found.append(mapped[values.codes_of(here)])
        return np.concatenate(found)

    def _column(self, field: str) -> _Column:
        column = self._columns.get(field)
        if column is None:
            parts = tuple(s.values(field) for s in self._collection.segments)
            column = self._columns[field] = _joined(parts)
        return column


def _joined(parts: tuple[Values | None, ...]) -> _Column:
    if len(parts) == 1:
        return _Column(parts, (None,), parts[0] or ())
    held = [list(values) if values else [] for values in parts]
    names = sorted(set().union(*held))
    codes = {name: code for code, name in enumerate(names, 1)}
    maps = (np.array([0, *(codes[n] for n in one)], np.uint32) for one in held)
    return _Column(parts, tuple(maps), tuple(names))


def _by_sorting(codes: Array) -> tuple[Array, Array]:
    """The different codes above 0, ascending, and how often each stands there."""
    every = np.sort(codes[codes > 0])
    begins = np.append(True, every[1:] != every[:-1])[: len(every)].nonzero()[0]
    return every[begins], np.diff(begins, append=len(every))


def _by_place(codes: Array) -> tuple[Array, Array]:
    """The same by a place for every code up to the highest."""
    every = np.bincount(codes)
    every[0] = 0
    found = every.nonzero()[0]
    return found, every[found]


def _names(column: _Column, codes: list[int]) -> list[str]:
    names = column.names
    if isinstance(names, Values):
        return names.texts(codes)
    return [names[code - 1].decode("utf-8", "surrogatepass") for code in codes]
