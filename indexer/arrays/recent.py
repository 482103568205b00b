"""What was worked out lately and is long: kept while there is room.

A word that every tenth article prints takes 1 ms to find by its places, and readers
ask for such words again and again. What is short is found again as fast as it is looked
up here, and is not kept.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

from indexer.arrays.matching import Matching

_LIMIT: Final = 1 << 23  # documents of all lists together, 4 bytes each
_SHORT: Final = 1 << 11  # documents


class RecentMatches:
    """Matchings by a key, the least recently used given up; shared by threads."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._size = 0
        self._held: OrderedDict[Hashable, Matching] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, found: Callable[[], Matching]) -> Matching:
        """The matching under a key; `found` works them out where it is not kept."""
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                return held
        part = found()
        if part.size > _SHORT:
            self._keep(key, part)
        return part

    def _keep(self, key: Hashable, part: Matching) -> None:
        with self._lock:
            if key in self._held:
                return
            self._held[key] = part
            self._size += part.size
            while self._size > self._limit and len(self._held) > 1:
                _, gone = self._held.popitem(last=False)
                self._size -= gone.size
