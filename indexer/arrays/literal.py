"""Any run of characters, found exactly.

The searchable characters of the archive are a stream, and the places of every pair of
neighbours are kept in one sorted table. A run of characters begins where its rarest
pair does, so most of the archive is never looked at: .05 ms at 100,000 articles, where
scanning the stream takes 30.

Arrays, in `.text`: `alphabet` (code points; the code of one is its place from 1), and
the stream `text`. In `.pairs`: `keys` (first code << 16 | second, ascending), `starts`,
`places` (ascending within a pair; pairs of a last character and its gap too).
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from indexer.arrays.container import Array, Arrays, ArrayWriter
from indexer.arrays.streams import Stream

# More different characters than any script has in print; those beyond are gaps.
MOST_CHARACTERS: Final = (1 << 16) - 2
_GROUP: Final = 1 << 23  # pairs sorted at once: bounds memory at some 200 MB


class Literals:
    """Finds runs of characters in a segment; shared by threads, nothing is kept."""

    def __init__(self, text: Arrays, pairs: Arrays) -> None:
        self.stream = Stream.of(text, "text")
        self._keys, self._starts = pairs["keys"], pairs["starts"].data
        self._counts, self._places = pairs["starts"], pairs["places"]
        points = text["alphabet"].tolist()
        self._codes = {point: code for code, point in enumerate(points, 1)}

    def places(self, text: str) -> Array:
        """The places (int64, ascending) where these characters stand in a row."""
        codes = [self._codes.get(ord(character), 0) for character in text]
        if not codes or 0 in codes:
            return np.empty(0, np.int64)
        if len(codes) == 1:
            first, end = self._bounds(codes[0] << 16, (codes[0] << 16) + 0xFFFF)
            return np.sort(self._places[first:end]).astype(np.int64)
        pairs = np.array([a << 16 | b for a, b in pairwise(codes)], np.uint32)
        at = self._keys.searchsorted(pairs)
        # A merged segment may have the characters of documents that are gone.
        if not len(self._keys) or (self._keys.take(at, mode="clip") != pairs).any():
            return np.empty(0, np.int64)
        sizes = self._sizes(at)
        rarest = int(sizes.argmin())
        first, end = self._starts[at[rarest]], self._starts[at[rarest] + 1]
        places = self._places[first:end].astype(np.int64)
        if len(codes) == 2:
            return places
        return self.stream.around(places, codes, known=rarest, width=2)

    def _sizes(self, pairs: Array) -> Array:
        """How many places pairs have, by their numbers."""
        found: Array = self._counts.take(pairs + 1) - self._counts.take(pairs)
        return found

    def _bounds(self, low: int, high: int) -> tuple[int, int]:
        """Where the places of keys from low to high begin and end."""
        # Keys of the array's own type: any other makes NumPy convert the whole array.
        first = int(self._keys.searchsorted(np.uint32(low)))
        end = int(self._keys.searchsorted(np.uint32(high), side="right"))
        return self._starts[first], self._starts[end]


class PairsWriter:
    """Takes pairs with their places in groups, ascending by pair; both in one number:
    first code << 48 | second << 32 | place."""

    def __init__(self, writer: ArrayWriter) -> None:
        self._writer = writer
        self._keys: list[Array] = [np.empty(0, np.uint32)]
        self._counts: list[Array] = [np.zeros(1, np.int64)]
        writer.begin("places", np.uint32)

    def add(self, joined: Array) -> None:
        """Take all places of some pairs, in any order: the array is sorted."""
        # One sort of 64-bit numbers, pair and place together, is vectorised by NumPy;
        # an argsort takes five times as long.
        joined.sort()
        self._writer.append(joined.astype(np.uint32))
        pairs = (joined >> np.uint64(32)).astype(np.uint32)
        begins = np.flatnonzero(np.diff(pairs, prepend=pairs[:1] + np.uint32(1)))
        self._keys.append(pairs[begins])
        self._counts.append(np.diff(begins, append=len(pairs)))

    def finish(self) -> None:
        starts = np.cumsum(np.concatenate(self._counts))
        self._writer.put("keys", np.concatenate(self._keys))
        self._writer.put("starts", starts.astype(np.uint32))


def write_pairs(writer: ArrayWriter, codes: Array) -> None:
    """Write the table of pairs of a whole stream of codes."""
    pairs = PairsWriter(writer)
    for group in _by_first(codes):
        joined = codes[group].astype(np.uint64) << np.uint64(48)
        joined |= codes[group + 1].astype(np.uint64) << np.uint64(32)
        joined |= group.astype(np.uint64)
        pairs.add(joined)
    pairs.finish()


def _by_first(codes: Array) -> Iterator[Array]:
    """The places of pairs in groups of bounded size, by ranges of the first code."""
    counts = np.bincount(codes[:-1], minlength=1) if len(codes) else np.zeros(1, int)
    counts[0] = 0
    groups = (np.cumsum(counts) - 1).clip(0) // _GROUP + 1
    groups[0] = 0  # gaps are in no group
    most = int(groups.max())
    chosen = groups.astype(np.min_scalar_type(most)).take(codes[:-1])
    for number in range(1, most + 1):
        places = np.flatnonzero(chosen == number)
        if len(places):
            yield places
