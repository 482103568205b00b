"""Any run of characters, found exactly.

The searchable characters of the archive are a stream, and the places of every pair of
neighbours are kept in one sorted table. A run of characters begins where its rarest
pair does, so most of the archive is never looked at: .05 ms at 100,000 articles, where
scanning the stream takes 30.

Arrays, in `.text`: `alphabet` (code points; the code of one is its place from 1), and
the stream `text`. In `.pairs` (`pairs`) are pairs of a last character and its gap too.
"""

from itertools import pairwise, repeat
from typing import Final

import numpy as np

from indexer.arrays.container import Array, Arrays
from indexer.arrays.pairs import NO_PAIR, Pairs
from indexer.arrays.streams import FEW, GAP, Numbers, Stream

# More different characters than any script has in print; those beyond are gaps.
MOST_CHARACTERS: Final = (1 << 16) - 2
_LOOKED: Final = 12  # pairs of a run: one of these is rare enough


class Literals:
    """Finds runs of characters in a segment; shared by threads, nothing is kept."""

    def __init__(self, text: Arrays, pairs: Arrays) -> None:
        self.stream = Stream.of(text, "text")
        self._pairs = Pairs(pairs, len(self.stream.codes))
        self._points = text["alphabet"]
        self._codes = {p: code for code, p in enumerate(self._points.tolist(), 1)}

    def codes_of(self, text: str) -> list[int]:
        """The code of each character, 0 for what is not in the alphabet."""
        return list(map(self._codes.get, map(ord, text), repeat(0)))

    def text_of(self, codes: Array) -> str:
        """The characters of some codes, a line break for each gap."""
        points = self._points.take(codes.astype(np.int64) - 1, mode="clip")
        points = np.where(codes == GAP, ord("\n"), points)
        return points.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")

    def count(self, text: str) -> int:
        """How many places `places` would find, of one or two characters."""
        codes = self.codes_of(text)
        if 0 in codes:
            return 0
        if len(codes) == 1:
            begun = self._pairs.begun(codes[0])
            return int(self._pairs.counts(np.array(begun, np.int64)).sum())
        number = self._pairs.number(codes[0], codes[1])
        return 0 if number == NO_PAIR else self._pairs.count(number)

    def most(self, text: str) -> int:
        """How many places `places` finds at most: as many as the rarest pair has."""
        if len(text) == 1:
            return self.count(text)
        pairs = [self.count(first + second) for first, second in pairwise(text)]
        return min(pairs, default=0)

    def places(self, text: str) -> Array:
        """The places (int64, ascending) where these characters stand in a row."""
        return np.asarray(self.found(text), np.int64)

    def found(self, text: str) -> Numbers:
        """The same; few as a list."""
        codes = self.codes_of(text)
        if not codes or 0 in codes:
            return []
        if len(codes) == 1:
            begun = self._pairs.begun(codes[0])
            return np.sort(self._pairs.between(begun.start, begun.stop))
        if len(codes) == 2:
            return self._pair(*codes)
        return self._run(codes)

    def _pair(self, first: int, second: int) -> Numbers:
        """The places of two codes in a row: those of their pair, of which nothing else
        is looked at. Most words of a question are such."""
        number = self._pairs.number(first, second)
        if number == NO_PAIR:
            return []
        if self._pairs.count(number) <= FEW:
            return self._pairs.few_places(number)
        return self._pairs.places(number)

    def _run(self, codes: list[int]) -> Numbers:
        """The places where more than two codes stand in a row."""
        pairs, counts = self._pairs, []
        for known, (first, second) in enumerate(pairwise(codes)):
            number = pairs.number(first, second)
            if number == NO_PAIR:  # or none of documents that are not gone
                return []
            count = pairs.count(number)
            if count <= FEW:
                other = known + 2 if known + 2 < len(codes) else 0
                places = pairs.few_places(number)
                return self.stream.few_around(places, codes, known, other)
            counts.append((count, known, number))
            if len(counts) == _LOOKED:
                break
        (_, known, number), *others = sorted(counts)
        order = [offset for _, offset, _ in others if offset != known + 1]
        # The pair that is looked up holds two of the codes already.
        rest = set(range(len(codes))).difference((known, known + 1), order)
        return self.stream.around(pairs.places(number), codes, known, [*order, *rest])
