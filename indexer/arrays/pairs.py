"""The places of each two characters that stand together in a stream.

A place takes 16 bits where a pair has many: those of one pair ascend, so it is enough
to know where among them each block of 65,536 begins. Half of all places are of pairs
that pay for such a table; the others take 32 bits. At 100,000 articles that is 22 MB of
136, and reading them is as fast.

Arrays, in `.pairs`: `keys` (first code << 16 | second, ascending), `places` (16-bit
units), and `starts` (the first unit of each pair, and the end). A pair has its places
in two units each, or a table of blocks in two units each and then the lower half of
each place: whatever is shorter, and so its length tells which.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np

from indexer.arrays.container import Array, Arrays, ArrayWriter
from indexer.arrays.streams import changes

NO_PAIR: Final = -1

# Pairs sorted at once: bounds memory at some 300 MB. Half as many take a fifth longer,
# since the stream is looked through for each group.
_GROUP: Final = 1 << 23
_BITS: Final = 16


class Pairs:
    """Places by pair in a stream of `size` codes; mapped, shared by threads."""

    def __init__(self, arrays: Arrays, size: int) -> None:
        self.keys = arrays["keys"]
        self._starts, self._units = arrays["starts"], arrays["places"]
        self._table = 2 * _blocks(size)  # units
        self._keys, self._bounds = self.keys.data, self._starts.data

    def number(self, first: int, second: int) -> int:
        """The number of a pair of codes, NO_PAIR if the stream lacks it. Bisecting the
        pairs of one first code by plain Python takes .5 µs, all of them by NumPy 2."""
        firsts = self._firsts
        if first + 1 >= len(firsts):
            return NO_PAIR
        key, end = first << 16 | second, firsts[first + 1]
        number = bisect_left(self._keys, key, firsts[first], end)
        return number if number < end and self._keys[number] == key else NO_PAIR

    @cached_property
    def _firsts(self) -> memoryview:
        """Where pairs of each first code begin, and their end."""
        most = int(self.keys[-1]) >> 16 if len(self.keys) else 0
        codes = np.arange(most + 1, dtype=np.uint32) << np.uint32(16)
        begins = np.append(self.keys.searchsorted(codes), len(self.keys))
        return begins.astype(np.uint32).data

    def begun(self, code: int) -> range:
        """The numbers of pairs whose first code this is."""
        firsts = self._firsts
        if code + 1 >= len(firsts):
            return range(0)
        return range(firsts[code], firsts[code + 1])

    def count(self, number: int) -> int:
        """How many places a pair has."""
        units = self._bounds[number + 1] - self._bounds[number]
        return units // 2 if units < 2 * self._table else units - self._table

    def counts(self, numbers: Array) -> Array:
        """How many places pairs have."""
        units = self._starts.take(numbers + 1) - self._starts.take(numbers)
        counts: Array = np.where(
            units < 2 * self._table, units // 2, units - self._table
        )
        return counts

    def places(self, number: int) -> Array:
        """The places of a pair (int64, ascending)."""
        start, end = self._bounds[number], self._bounds[number + 1]
        units = self._units[start:end]
        if len(units) < 2 * self._table:
            return units.view("<u4").astype(np.int64)
        sizes = np.diff(units[: self._table].view("<u4"))
        found = np.repeat(np.arange(len(sizes), dtype=np.int64) << _BITS, sizes)
        found |= units[self._table :]
        return found

    def few_places(self, number: int) -> list[int]:
        """The same of a pair that has few."""
        start, end = self._bounds[number], self._bounds[number + 1]
        units = self._units[start:end]
        if len(units) < 2 * self._table:
            units = units.view("<u4")
        else:
            units = self.places(number)
        found: list[int] = units.tolist()
        return found

    def between(self, first: int, end: int) -> Array:
        """The places of a range of pairs, one pair after another."""
        units = np.diff(self._starts[first : end + 1])
        many = np.flatnonzero(units >= 2 * self._table) + first
        parts = [np.empty(0, np.int64)]
        for after, number in pairwise([first - 1, *many.tolist(), end]):
            if after >= first:
                parts.append(self.places(after))
            start, stop = self._starts[after + 1], self._starts[number]
            parts.append(self._units[start:stop].view("<u4"))
        return np.concatenate(parts)


class PairsWriter:
    """Takes the pairs of a stream of `size` codes with their places in groups,
    ascending by pair; both in one number: first code << 48 | second << 32 | place."""

    def __init__(self, writer: ArrayWriter, size: int) -> None:
        self._writer = writer
        self._blocks = _blocks(size)
        self._keys: list[Array] = [np.empty(0, np.uint32)]
        self._units: list[Array] = [np.zeros(1, np.int64)]
        writer.begin("places", np.uint16)

    def add(self, joined: Array) -> None:
        """Take all places of some pairs, in any order: the array is sorted."""
        # One sort of 64-bit numbers, pair and place together, is vectorised by NumPy;
        # an argsort takes five times as long.
        joined.sort()
        halves = joined.astype("<u8", copy=False).view("<u4").reshape(-1, 2)
        places, pairs = halves[:, 0].copy(), halves[:, 1]
        begins = np.flatnonzero(changes(pairs))
        ends = np.append(begins, len(pairs))
        counts = np.diff(ends)
        many = counts >= 2 * self._blocks
        # One write for all: a call for each pair waits for the interpreter lock.
        tables, lows = self._split(places, counts, many)
        parts, behind, low = [], 0, 0
        numbers = np.flatnonzero(many).tolist()
        for table, number in zip(tables, numbers, strict=True):
            start, end = ends[number : number + 2].tolist()
            parts += [places[behind:start].view("<u2"), table]
            parts.append(lows[low : low + end - start])
            behind, low = end, low + end - start
        parts.append(places[behind:].view("<u2"))
        self._writer.append(np.concatenate(parts))
        self._keys.append(pairs[begins])
        self._units.append(np.where(many, counts + 2 * self._blocks, 2 * counts))

    def finish(self) -> None:
        starts = np.cumsum(np.concatenate(self._units))
        self._writer.put("keys", np.concatenate(self._keys))
        self._writer.put("starts", starts.astype(np.uint32))

    def _split(self, places: Array, counts: Array, many: Array) -> tuple[Array, Array]:
        """Of the pairs that have many places: the table of each, a row of units, and
        the lower halves of all."""
        chosen = places[np.repeat(many, counts)]
        cells = np.repeat(np.arange(np.count_nonzero(many)), counts[many])
        cells *= self._blocks
        cells += chosen >> _BITS
        sizes = np.bincount(cells, minlength=np.count_nonzero(many) * self._blocks)
        sizes = sizes.reshape(-1, self._blocks)
        tables = (np.cumsum(sizes, axis=1) - sizes).astype("<u4")
        return tables.view("<u2"), chosen.astype("<u2")


def write_pairs(writer: ArrayWriter, codes: Array) -> None:
    """Write the table of pairs of a whole stream of codes."""
    pairs = PairsWriter(writer, len(codes))
    for group in _by_first(codes):
        # In place: memory that is new costs more than what is worked out in it.
        joined = codes.take(group).astype(np.uint64)
        joined <<= np.uint64(_BITS)
        joined |= codes[1:].take(group)
        joined <<= np.uint64(2 * _BITS)
        joined |= group.view(np.uint64)
        pairs.add(joined)
    pairs.finish()


def _blocks(size: int) -> int:
    """How many numbers say where each block of a stream begins, and the end."""
    return (size >> _BITS) + 2


def _by_first(codes: Array) -> Iterator[Array]:
    """The places of pairs in groups of bounded size, by ranges of the first code."""
    counts = np.zeros(1 << _BITS, np.int64)
    for start in range(0, len(codes) - 1, _GROUP):
        # All at once would be copied as numbers of 64 bits.
        part = codes[start : min(start + _GROUP, len(codes) - 1)]
        counts += np.bincount(part, minlength=len(counts))
    counts[0] = 0
    groups = (np.cumsum(counts) - 1).clip(0) // _GROUP + 1
    groups[0] = 0  # gaps are in no group
    most = int(groups.max())
    chosen = groups.astype(np.min_scalar_type(most)).take(codes[:-1])
    for number in range(1, most + 1):
        places = np.flatnonzero(chosen == number)
        if len(places):
            yield places
