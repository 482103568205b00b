"""Long lists are kept while there is room, the least recently used given up."""

import numpy as np

from indexer.arrays.matching import Matching, Scored
from indexer.arrays.recent import RecentMatches


def of(size: int) -> Matching:
    return Scored(np.arange(size, dtype=np.uint32))


def test_what_is_long_is_worked_out_once() -> None:
    recent = RecentMatches()
    first = recent.get("桥", lambda: of(5000))
    assert recent.get("桥", lambda: of(1)) is first


def test_what_is_short_is_worked_out_anew() -> None:
    recent = RecentMatches()
    first = recent.get("桥", lambda: of(10))
    assert recent.get("桥", lambda: of(10)) is not first


def test_the_least_recently_used_goes_first() -> None:
    recent = RecentMatches(limit=10_000)
    kept, gone = (recent.get(key, lambda: of(4000)) for key in "桥江")
    assert recent.get("桥", lambda: of(1)) is kept
    recent.get("岸", lambda: of(4000))
    assert recent.get("桥", lambda: of(1)) is kept
    assert recent.get("江", lambda: of(1)) is not gone
