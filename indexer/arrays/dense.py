"""Scores of the most frequent terms by document.

A frequent term is cheaper as a column of scores, one for each document and 0 where the
term is not, than as a list: an Or adds whole columns (15 µs at 100,000 documents, where
scattering 30,000 scores takes 180), and an And reads membership and score with one
look-up a document, in three calls of NumPy where bisecting the list takes seven: at
10,000 documents a tenth of its time. Columns are made when first asked for and stay.
Memory is bounded beforehand: only as many terms may have one as fit, the most frequent,
so that however large the archive no search makes a column that another one then pushes
out.
"""

from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.segment import Segment

_FREQUENT: Final = 256  # a term in one document of so many may have a column
_LIMIT: Final = 48 << 20  # bytes of all columns of an index


class DenseColumns:
    """The columns of an index; shared by threads."""

    def __init__(self, segments: Sequence[Segment], limit: int = _LIMIT) -> None:
        self._size = sum(segment.size for segment in segments)
        self._room = limit // (4 * max(self._size, 1))
        self._least = least_frequency(segments, _FREQUENT, self._room)
        self._columns: dict[Hashable, Array] = {}

    def has(self, frequency: int) -> bool:
        """Whether a term in so many documents has a column."""
        return frequency >= self._least

    def column(self, term: Hashable, docs: Array, scores: Array) -> Array | None:
        """The scores of a term for all documents (float32), made when first asked for;
        None where there is no room: the same term at another boost has another."""
        known = self._columns.get(term)
        if known is None and len(self._columns) < self._room:
            known = np.zeros(self._size, np.float32)
            known[docs.astype(np.intp, copy=False)] = scores
            # Two threads may make the same one; either will do.
            self._columns[term] = known
        return known


def least_frequency(segments: Sequence[Segment], share: int, room: int) -> int:
    """How many documents a term is in that is among the `room` most frequent, and in
    one of `share` documents at least."""
    frequent = max(sum(segment.size for segment in segments) // share, 1)
    frequencies = _frequencies(segments, share)
    frequencies = frequencies[frequencies >= frequent]
    if len(frequencies) <= room:
        return frequent
    # Of terms as frequent as the first without room none has one either.
    return int(np.sort(frequencies)[len(frequencies) - room - 1]) + 1


def _frequencies(segments: Sequence[Segment], share: int) -> Array:
    """How many postings each term has in all segments together, of those terms at least
    that are frequent in all of them together: each is so in one of them too."""
    if len(segments) == 1:
        return np.diff(segments[0].first_postings)
    keys: set[bytes] = set()
    for segment in segments:
        least = max(segment.size // share, 1)
        frequent = (np.diff(segment.first_postings) >= least).nonzero()[0]
        keys.update(map(segment.lexicon.key, frequent.tolist()))
    return np.array([sum(s.postings_of(key) for s in segments) for key in keys], int)
