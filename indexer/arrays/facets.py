"""How many of the documents found have each value of a column.

Values are counted by their codes. Where an index has several segments, their columns
are made one, once. Columns with one value a document at most are counted together:
documents that are the same in all of them (kind, year, paper, page, section) have one
profile, of which there are few, so that what a search finds is read once for five
facets. What is few is counted by Python itself, in a third of the time that NumPy takes
to begin.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from indexer.arrays.collection import Collection
from indexer.arrays.columns import Values, joined, no_values
from indexer.arrays.container import Array

# Documents that are counted one by one, and profiles that are.
_FEW: Final = 48
_FEW_PROFILES: Final = 256
# With one code for so many values or fewer, codes are sorted instead of counted.
_SPARSE: Final = 4
# Keys up to so many times their number are told apart by a place for each.
_DENSE: Final = 16
_TOLD: Final = 1 << 14  # values of a column that are kept at hand


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of all segments. `told` are the texts of codes that were lately told
    of."""

    values: Values
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
        if len(docs) <= _FEW:
            return {name: self.count(name, docs, most) for name, most in limits.items()}
        profiles = self._profiles_of(tuple(limits))
        found, sizes = _tally(profiles.of.take(docs), profiles.most)
        counted = {}
        for name, limit in limits.items():
            codes = profiles.codes.get(name)
            if codes is None:
                counted[name] = self.count(name, docs, limit)
            else:
                column = self._column(name)
                counted[name] = _most_of_sums(column, codes.take(found), sizes, limit)
        return counted

    def count(self, field: str, docs: Array, limit: int) -> list[tuple[str, int]]:
        """The most frequent values among documents (ascending numbers of the
        collection) and their counts, most first, equal ones in the order of values."""
        column = self._column(field)
        if not len(column.values) or not len(docs):
            return []
        codes = column.values.codes_of(docs)
        if len(codes) <= _FEW:
            return _most_of_few(column, Counter(codes.tolist()), limit)
        return _most(column, *_tally(codes, len(column.values)), limit)

    def _profiles_of(self, fields: tuple[str, ...]) -> _Profiles:
        profiles = self._profiles.get(fields)
        if profiles is None:
            profiles = self._profiles[fields] = self._told_apart(fields)
        return profiles

    def _told_apart(self, fields: tuple[str, ...]) -> _Profiles:
        """Number the documents that differ in any of some fields."""
        keys = np.zeros(self._collection.size, np.int64)
        columns = {name: self._column(name).values for name in fields}
        single = {n: v for n, v in columns.items() if len(v) and v.ends is None}
        for values in single.values():
            keys = _renumbered(keys * (len(values) + 1) + values.codes)
        some = np.zeros(keys.max(initial=-1) + 1, np.int64)
        some[keys] = np.arange(len(keys))  # a document of each profile
        return _Profiles(
            (keys + 1).astype(np.min_scalar_type(len(some))),
            len(some),
            {name: np.append(0, each.codes[some]) for name, each in single.items()},
        )

    def _column(self, field: str) -> _Column:
        column = self._columns.get(field)
        if column is None:
            segments = self._collection.segments
            parts = [s.values(field) or no_values(s.size) for s in segments]
            column = self._columns[field] = _Column(joined(parts))
        return column


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


def _most_of_sums(
    column: _Column, codes: Array, sizes: Array, limit: int
) -> list[tuple[str, int]]:
    """The most frequent of codes that may stand there more than once, each time with
    how many documents it is for."""
    if len(codes) > _FEW_PROFILES:
        sums = np.bincount(codes, sizes).astype(np.int64)
        return _most(column, *_held(sums), limit)
    counts: dict[int, int] = {}
    for code, size in zip(codes.tolist(), sizes.tolist(), strict=True):
        counts[code] = counts.get(code, 0) + size
    return _most_of_few(column, counts, limit)


def _most_of_few(
    column: _Column, counts: Mapping[int, int], limit: int
) -> list[tuple[str, int]]:
    """The most frequent of counted codes above 0 as their values, with their counts."""
    codes = sorted(filter(None, counts))
    codes.sort(key=counts.__getitem__, reverse=True)
    del codes[limit:]
    return list(zip(_names(column, codes), map(counts.__getitem__, codes), strict=True))


def _most(
    column: _Column, codes: Array, counts: Array, limit: int
) -> list[tuple[str, int]]:
    """The most frequent of some codes as their values, with their counts."""
    places = _highest(counts, limit)
    names = _names(column, codes[places].tolist())
    return list(zip(names, counts[places].tolist(), strict=True))


def _highest(counts: Array, most: int) -> Array:
    """The places of the highest counts, highest first, the earlier of equals. Of those
    that are equal to the last, as most of many values are, none is sorted."""
    if not 0 < 2 * most < len(counts):
        return (-counts).argsort(kind="stable")[:most]
    parted = counts.copy()
    parted.partition(len(counts) - most)
    last = parted[len(counts) - most]
    above = (counts > last).nonzero()[0]
    equal = (counts == last).nonzero()[0][: most - len(above)]
    order = (-counts[above]).argsort(kind="stable")
    return np.concatenate((above[order], equal))


def _names(column: _Column, codes: list[int]) -> list[str]:
    """The values of codes; most searches tell of the same ones."""
    told = column.told
    try:
        return list(map(told.__getitem__, codes))
    except KeyError:
        fresh = [code for code in codes if code not in told]
    read = dict(zip(fresh, column.values.texts(fresh), strict=True))
    if len(told) < _TOLD:
        told |= read
    return [read[code] if code in read else told[code] for code in codes]
