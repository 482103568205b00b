"""How much of an index stays in this process's memory.

The pages of mapped files count as memory from when they are looked at, so that a worker
would come to hold the whole archive. They stay until the process has more than it
should; then some are given back at a time, in turn. They come back when looked at: a
search that must fetch most of them takes a fifth longer. Where the system does not say
how much there is (only Linux does), all stay, and the system takes what it needs.
"""

import itertools
import mmap
import os
from collections.abc import Callable, Sequence
from typing import Final

from indexer.arrays.segment import Segment

_SIZES: Final = "/proc/self/statm"
# Bytes that the process may have. A worker itself comes to 230 MB, all files of 100,000
# articles to 370: so half of these stay.
_MOST: Final = 460_000_000
# One part goes for each so many bytes past it: searches take what they miss back so
# fast that one at a time left 515 MB after 10,000 different queries.
_STEP: Final = 10_000_000
# A look costs .003 ms. What so many searches bring in is less than a part of the files.
_SEARCHES: Final = 10
# Given back at once they stop the site for 10 ms, and with it all who wait their turn.
_PARTS: Final = 20
_AT_ONCE: Final = 5


def resident() -> int:
    """The bytes of memory that this process has; 0 where the system does not say."""
    try:
        # By way of a Path it takes five times as long, which every tenth search waits.
        file = os.open(_SIZES, os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(file, 128).split()[1]) * mmap.PAGESIZE
    finally:
        os.close(file)


class Pages:
    """The pages of some segments; shared by threads."""

    def __init__(
        self,
        segments: Sequence[Segment],
        *,
        most: int = _MOST,
        taken: Callable[[], int] = resident,
    ) -> None:
        self._segments = segments
        self._most = most
        self._taken = taken
        self._asked = itertools.count(1)
        self._turn = itertools.count()

    def keep_few(self) -> None:
        """Give a part of the pages back if there are too many; for each search to
        call."""
        if next(self._asked) % _SEARCHES:
            return
        for _ in range(min(-(-(self._taken() - self._most) // _STEP), _AT_ONCE)):
            part = next(self._turn) % _PARTS
            for segment in self._segments:
                segment.release(part, _PARTS)
