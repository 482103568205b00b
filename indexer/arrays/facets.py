"""How many of the documents found have each value of a column.

Values are counted by their codes. Where an index has several segments, codes of each
are mapped to codes in the values of all, once for a column. Columns with one value a
document at most are counted together: documents that are the same in all of them (kind,
year, paper, page, section) have one profile, of which there are few, so that what a
search finds is read once for five facets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from indexer.arrays.collection import Collection
from indexer.arrays.columns import Values
from indexer.arrays.container import Array
from indexer.arrays.top import best

_NO_VALUES: Final = np.zeros(1, np.uint32)
# With one code for so many values or fewer, codes are sorted instead of counted.
_SPARSE: Final = 4
# Keys up to so many times their number are told apart by a place for each.
_DENSE: Final = 16
_TOLD: Final = 1 << 14  # values of a column that are kept at hand


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of all segments: `names` are all values by code from 1, `maps` turn the
    codes of each segment into theirs (None: they are the same). `told` are the names
    that were lately told of."""

    parts: tuple[Values | None, ...]
    maps: tuple[Array | None, ...]
    names: tuple[bytes, ...] | Values
    told: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Profiles:
    """The profile of every document, from 1 to `most`, and what code each profile has
    in each column; those without any value are not there, nor those where a document
    may have several."""

    of: Array
    most: int
    codes: Mapping[str, Array]


class Facets:
    """Counts values over a collection; shared by threads."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._columns: dict[str, _Column] = {}
        self._profiles: dict[tuple[str, ...], _Profiles] = {}

    def counts(
        self, limits: Mapping[str, int], docs: Array
    ) -> dict[str, list[tuple[str, int]]]:
        """What `count` gives for each of several fields with its limit."""
        profiles = self._profiles_of(tuple(limits))
        found, sizes = _tally(profiles.of[docs], profiles.most)
        counted = {}
        for name, limit in limits.items():
            codes = profiles.codes.get(name)
            if codes is None:
                counted[name] = self.count(name, docs, limit)
                continue
            sums = np.bincount(codes[found], sizes).astype(np.int64)
            counted[name] = _most(self._column(name), *_held(sums), limit)
        return counted

    def count(self, field: str, docs: Array, limit: int) -> list[tuple[str, int]]:
        """The most frequent values among documents (ascending numbers of the
        collection) and their counts, most first, equal ones in the order of values."""
        column = self._column(field)
        if not len(column.names) or not len(docs):
            return []
        found, counts = _tally(self._codes(column, docs), len(column.names))
        return _most(column, found, counts, limit)

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

    def _profiles_of(self, fields: tuple[str, ...]) -> _Profiles:
        profiles = self._profiles.get(fields)
        if profiles is None:
            profiles = self._profiles[fields] = self._told_apart(fields)
        return profiles

    def _told_apart(self, fields: tuple[str, ...]) -> _Profiles:
        """Number the documents that differ in any of some fields."""
        keys = np.zeros(self._collection.size, np.int64)
        told = [name for name in fields if len(self._column(name).names)]
        codes = {name: self._by_document(name) for name in told}
        single = {name: each for name, each in codes.items() if each is not None}
        for name, each in single.items():
            keys = _renumbered(keys * (len(self._column(name).names) + 1) + each)
        some = np.zeros(keys.max(initial=-1) + 1, np.int64)
        some[keys] = np.arange(len(keys))  # a document of each profile
        return _Profiles(
            (keys + 1).astype(np.min_scalar_type(len(some))),
            len(some),
            {name: np.append(0, each[some]) for name, each in single.items()},
        )

    def _by_document(self, field: str) -> Array | None:
        """The code of every document; None where one may have several."""
        column = self._column(field)
        if any(values and values.ends is not None for values in column.parts):
            return None
        found = [np.empty(0, np.uint32)]
        for segment, values, mapped in zip(
            self._collection.segments, column.parts, column.maps, strict=True
        ):
            none = np.zeros(segment.size, np.uint32)
            codes = none if values is None else values.codes
            found.append(codes if mapped is None else mapped[codes])
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


def _renumbered(keys: Array) -> Array:
    """Keys that tell the same apart, from 0 and without gaps."""
    if keys.max(initial=0) > _DENSE * len(keys):
        return np.unique(keys, return_inverse=True)[1]
    used = np.bincount(keys) > 0
    renumbered: Array = (np.cumsum(used) - 1)[keys]
    return renumbered


def _tally(codes: Array, most: int) -> tuple[Array, Array]:
    """The different codes above 0, ascending, and how often each stands there; `most`
    is the highest that there may be."""
    if len(codes) * _SPARSE < most:
        return _by_sorting(codes)
    return _held(np.bincount(codes, minlength=1))


def _by_sorting(codes: Array) -> tuple[Array, Array]:
    every = np.sort(codes)
    begins = np.empty(len(every) + 1, bool)
    begins[0] = begins[-1] = True
    np.not_equal(every[1:], every[:-1], out=begins[1:-1])
    edges = begins.nonzero()[0]
    found, counts = every.take(edges[:-1]), edges[1:] - edges[:-1]
    none = int(len(found) > 0 and found[0] == 0)
    return found[none:], counts[none:]


def _held(counts: Array) -> tuple[Array, Array]:
    """The codes above 0 that are counted at all, and their counts by code."""
    found = counts[1:].nonzero()[0] + 1
    return found, counts[found]


def _most(
    column: _Column, codes: Array, counts: Array, limit: int
) -> list[tuple[str, int]]:
    """The most frequent of some codes as their values, with their counts."""
    if not len(codes):
        return []
    places = best(counts, limit)
    names = _names(column, codes[places].tolist())
    return list(zip(names, counts[places].tolist(), strict=True))


def _names(column: _Column, codes: list[int]) -> list[str]:
    """The values of codes; most searches tell of the same ones."""
    told = column.told
    try:
        return list(map(told.__getitem__, codes))
    except KeyError:
        fresh = [code for code in codes if code not in told]
    read = dict(zip(fresh, _read(column.names, fresh), strict=True))
    if len(told) < _TOLD:
        told |= read
    return [read[code] if code in read else told[code] for code in codes]


def _read(names: tuple[bytes, ...] | Values, codes: list[int]) -> list[str]:
    if isinstance(names, Values):
        return names.texts(codes)
    return [names[code - 1].decode("utf-8", "surrogatepass") for code in codes]
