"""When what an index holds was printed: how much of what is found falls on each day,
month or year.

Days are ordinals, 0 for what has no date; months are counted from the year 0. Counting
takes a look at the month of each document, and only what lies within two months is
counted by its days.
"""

import datetime as dt
from functools import cached_property
from typing import Final

import numpy as np

from indexer.arrays import Array
from indexer.search import FacetValue, Timeline

# Months that are told one by one; more are told by years.
MOST_MONTHS: Final = 36
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


class Times:
    """The days of all documents of an index, and which of them are live; shared by
    threads."""

    def __init__(self, days: Array, live: Array) -> None:
        self._days = days.astype(np.int32)
        self._live = live

    def ends(self) -> tuple[dt.date | None, dt.date | None]:
        """The oldest and the newest day."""
        if not len(self._issues):
            return None, None
        first, last = self._issues[[0, -1]].tolist()
        return dt.date.fromordinal(first), dt.date.fromordinal(last)

    @property
    def issues(self) -> int:
        """On how many days something was printed."""
        return len(self._issues)

    def issues_of(self, month: int, day: int) -> list[dt.date]:
        """The days that fall on a day of the year, newest first."""
        return self._of_year.get((month, day), [])

    def timeline(self, docs: Array) -> Timeline:
        """How many of some documents were printed when, oldest first: by day where they
        lie in two months, by month in three years, else by year."""
        before, months = self._months
        counts = np.bincount(months.take(docs), minlength=1)[1:]
        held = counts.nonzero()[0]
        if not len(held):
            return Timeline("day", ())
        if held[-1] - held[0] < 2:
            return self._by_day(docs)
        found, sums = held + before + 1, counts[held]
        if held[-1] - held[0] < MOST_MONTHS:
            names = [f"{n // 12:04}-{n % 12 + 1:02}" for n in found.tolist()]
            return Timeline("month", _told(names, sums))
        years, starts = np.unique(found // 12, return_index=True)
        names = [f"{year:04}" for year in years.tolist()]
        return Timeline("year", _told(names, np.add.reduceat(sums, starts)))

    def _by_day(self, docs: Array) -> Timeline:
        days = self._days.take(docs)
        days = days[days > 0]
        first = int(days.min())
        counts = np.bincount(days - first)
        found = counts.nonzero()[0]
        named = [dt.date.fromordinal(first + n).isoformat() for n in found.tolist()]
        return Timeline("day", _told(named, counts[found]))

    @cached_property
    def _months(self) -> tuple[int, Array]:
        """The month before the first, and how many months after it each document was
        printed; 0 for no date."""
        dates = (self._days - _EPOCH).astype("datetime64[D]").astype("datetime64[M]")
        months = dates.astype(np.int32) + 1970 * 12
        dated = self._days > 0
        before = int(months[dated].min(initial=10**6)) - 1
        return before, np.where(dated, months - before, 0)

    @cached_property
    def _issues(self) -> Array:
        days = np.unique(self._days[self._live])
        return days[days > 0]

    @cached_property
    def _of_year(self) -> dict[tuple[int, int], list[dt.date]]:
        found: dict[tuple[int, int], list[dt.date]] = {}
        for day in map(dt.date.fromordinal, self._issues[::-1].tolist()):
            found.setdefault((day.month, day.day), []).append(day)
        return found


def _told(names: list[str], counts: Array) -> tuple[FacetValue, ...]:
    return tuple(map(FacetValue, names, counts.tolist()))
