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
        self._places = pairs["places"]
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
        bounds = [self._bounds(a << 16 | b, a << 16 | b) for a, b in pairwise(codes)]
        rarest = min(range(len(bounds)), key=lambda i: bounds[i][1] - bounds[i][0])
        first, end = bounds[rarest]
        places = self._places[first:end].astype(np.int64)
        if len(codes) == 2:
            return places
        return self.stream.around(places, codes, known=rarest, width=2)

    def _bounds(self, low: int, high: int) -> tuple[int, int]:
        """Where the places of keys from low to high begin and end."""
        # Keys of the array's own type: any other makes NumPy convert the whole array.
        first = int(self._keys.searchsorted(np.uint32(low)))
        end = int(self._keys.searchsorted(np.uint32(high), side="right"))
        return self._starts[first], self._starts[end]


def write_pairs(writer: ArrayWriter, codes: Array) -> None:
    """Write the table of pairs of a whole stream of codes."""
    keys, counts = [], []
    writer.begin("places", np.uint32)
    for group in _by_first(codes):
        # One sort of 64-bit numbers, pair and place together, is vectorised by NumPy;
        # an argsort takes five times as long.
        joined = codes[group].astype(np.uint64) << np.uint64(48)
        joined |= codes[group + 1].astype(np.uint64) << np.uint64(32)
        joined |= group.astype(np.uint64)
        joined.sort()
        writer.append(joined.astype(np.uint32))
        pairs = (joined >> np.uint64(32)).astype(np.uint32)
        begins = np.flatnonzero(np.append(True, pairs[1:] != pairs[:-1]))
        keys.append(pairs[begins])
        counts.append(np.diff(begins, append=len(pairs)))
    write_pair_keys(writer, keys, counts)


def write_pair_keys(
    writer: ArrayWriter, keys: list[Array], counts: list[Array]
) -> None:
    """Write the pairs, ascending, and how many places each has."""
    starts = np.cumsum(np.concatenate([[0], *counts]))
    writer.put("keys", np.concatenate([np.empty(0, np.uint32), *keys]))
    writer.put("starts", starts.astype(np.uint32))


def _by_first(codes: Array) -> Iterator[Array]:
    """The places of pairs in groups of bounded size, by ranges of the first code."""
    counts = np.bincount(codes[:-1], minlength=1) if len(codes) else np.zeros(1, int)
    counts[0] = 0
    group_of = (np.cumsum(counts) - 1).clip(0) // _GROUP
    groups = group_of.astype(np.uint16)
    for number in range(int(groups.max()) + 1):
        chosen = groups[codes[:-1]] == number
        chosen &= codes[:-1] != 0
        places = np.flatnonzero(chosen)
        if len(places):
            yield places
