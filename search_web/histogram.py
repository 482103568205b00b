"""When the results of a search were printed, as bars that choose a time.

Hides how times without results are filled in, how high a bar is, and what a period is
called. The bars are a table, which the style sheet draws as bars until a reader wants
to see it as one.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from indexer import SearchRequest, Timeline
from search_web.listing import Link

_HEIGHTS: Final = 20  # that the style sheet knows


@dataclass(frozen=True, slots=True)
class Bar:
    """A day, month or year: how to choose it and how many results it has; None where it
    has none."""

    link: Link | None
    height: int = 0


@dataclass(frozen=True, slots=True)
class Histogram:
    """All bars of a unit from the first to the last with results."""

    unit: str
    bars: tuple[Bar, ...]
    first: str
    last: str


def histogram(timeline: Timeline, choosing: Callable[[str], str]) -> Histogram | None:
    """The bars of a search, `choosing` the address of it at one time only; None where
    there is nothing to choose between."""
    counts = {time.value: time.count for time in timeline.counts}
    if len(counts) < 2:
        return None
    number, name = _NUMBERED[timeline.unit]
    first, *_, last = counts
    names = map(name, range(number(first), number(last) + 1))
    most = max(counts.values())
    bars = tuple(_bar(name, counts, most, choosing) for name in names)
    return Histogram(timeline.unit, bars, first, last)


def period_of(request: SearchRequest) -> str | None:
    """The day, month or year that the dates of a search stand for, if exactly one.

    >>> january = SearchRequest(since=dt.date(2024, 1, 1), until=dt.date(2024, 1, 31))
    >>> period_of(january)
    '2024-01'
    """
    since, until = request.since, request.until
    if since is None or until is None:
        return None
    after = until + dt.timedelta(days=1) if until < dt.date.max else None
    if since == until:
        return since.isoformat()
    if since.day != 1 or since.year != until.year or (after and after.day != 1):
        return None
    if since.month == until.month:
        return since.isoformat()[:7]
    return f"{since.year:04}" if (since.month, until.month) == (1, 12) else None


def _bar(
    name: str, counts: Mapping[str, int], most: int, choosing: Callable[[str], str]
) -> Bar:
    count = counts.get(name)
    if count is None:
        return Bar(None)
    height = -(-_HEIGHTS * count // most)  # at least one
    return Bar(Link(name, choosing(name), count), height)


def _month_number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _month_name(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"


def _day_number(day: str) -> int:
    return dt.date.fromisoformat(day).toordinal()


def _day_name(number: int) -> str:
    return dt.date.fromordinal(number).isoformat()


# How times of a unit become numbers without gaps, and those names again.
_NUMBERED: Final[Mapping[str, tuple[Callable[[str], int], Callable[[int], str]]]] = {
    "day": (_day_number, _day_name),
    "month": (_month_number, _month_name),
    "year": (int, "{:04}".format),
}
