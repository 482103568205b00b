"""Scores of frequent terms by document, kept while there is room.

A term in a sixteenth of all documents or more is cheaper as a column of scores, one for
each document and 0 where the term is not, than as a list: an Or adds whole columns (15
µs at 100,000 documents, where scattering 30,000 scores takes 180), and an And reads
membership and score with one look-up a document instead of bisecting the list. Columns
are made when first asked for, from the postings, and the least recently used are given
up when they pass the limit; so memory stays the same however large the archive.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import numpy as np

from indexer.arrays.container import Array

FREQUENT: Final = 16  # a term in one document of so many has a column
_LIMIT: Final = 64 << 20  # bytes


class DenseColumns:
    """A bounded store of columns by a key; shared by threads."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._held: OrderedDict[tuple[int, int], Array] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def column(
        self, key: tuple[int, int], size: int, docs: Array, scores: Callable[[], Array]
    ) -> Array:
        """The scores of a term (by segment and number) for all documents of its
        segment (float32), made of those of `docs` where it is not kept."""
        held = self._held.get(key)
        if held is None:
            held = np.zeros(size, np.float32)
            held[docs] = scores()
        self._keep(key, held)
        return held

    def _keep(self, key: tuple[int, int], column: Array) -> None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return
            self._held[key] = column
            self._bytes += column.nbytes
            while self._bytes > self._limit and len(self._held) > 1:
                self._bytes -= self._held.popitem(last=False)[1].nbytes
