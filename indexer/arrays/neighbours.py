"""What stands beside each place of a word, and in which document: kept in memory.

Which of 500 places of a word have other words next to them is 500 looks all over a
stream: 7 µs of a phrase's 25 at 10,000 documents, 50 of 100 at 100,000. A byte of each
place that depends on two neighbours leaves the true ones and one in 256 after one
search of bytes, .2 µs. The neighbours of these and the document are kept too: nothing
else is read for a phrase of two or three words, where each thing read is a wait for
memory. All of it is made when a word is met for the second time, so that one that is
asked for once is found as fast.
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.streams import GAP, Stream

_LIMIT: Final = 8 << 20  # bytes of all words of a field in a segment
_PLACE: Final = 13  # bytes of a place of a word
_ENTRY: Final = 600  # bytes that a word takes besides
_MIXED: Final = 37

# How far ahead of a word two neighbours stand; 0 is the word itself.
Beside: TypeAlias = tuple[int, int]


class Near(NamedTuple):
    """Of each place of a word: a byte by which it is found, the codes of two neighbours
    as one number, and its document."""

    marks: bytes
    codes: memoryview
    docs: memoryview


def mark_of(first: int, second: int) -> int:
    """The byte of a place whose neighbours have these codes."""
    return first + _MIXED * second & 0xFF


def joined(first: int, second: int) -> int:
    """The codes of two neighbours as one number."""
    return second << 32 | first


class Neighbours:
    """The neighbours of words in a stream; shared by threads."""

    def __init__(self, stream: Stream, limit: int = _LIMIT) -> None:
        self._stream, self._limit = stream, limit
        self._held: dict[tuple[int, Beside], Near | None] = {}
        self._size = 0

    def known(self, word: int, beside: Beside) -> Near | None:
        """Those of a word that was met before."""
        return self._held.get((word, beside))

    def met(self, word: int, beside: Beside, places: Array) -> Near | None:
        """Those of a word that stands in some places; None when first asked for."""
        again = (word, beside) in self._held
        found = self._made(places, beside) if again else None
        if self._size > self._limit:
            self._held, self._size = {}, 0
        self._size += _ENTRY + (_PLACE * len(places) if again else 0)
        self._held[word, beside] = found
        return found

    def _made(self, places: Array, beside: Beside) -> Near:
        stream = self._stream
        first, second = (self._ahead(places, ahead) for ahead in beside)
        marks = first.astype(np.uint8) + np.uint8(_MIXED) * second.astype(np.uint8)
        codes = second.astype(np.uint64) << np.uint64(32) | first
        docs = stream.runs.docs.take(stream.owners_of(places))
        return Near(marks.tobytes(), codes.data, docs.data)

    def _ahead(self, places: Array, ahead: int) -> Array:
        """The codes so far ahead of places; nothing is printed before the first place,
        nor past the last."""
        codes = self._stream.codes
        found: Array = codes.take(places + np.int64(ahead), mode="clip")
        if ahead < 0:
            found[: places.searchsorted(np.uint32(-ahead))] = GAP
        else:
            found[places.searchsorted(np.uint32(max(len(codes) - ahead, 0))) :] = GAP
        return found
