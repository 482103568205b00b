"""When what an index holds was printed, against counting by hand."""

import datetime as dt
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.search import Timeline
from indexer.times import MOST_MONTHS, Times

DATES = st.none() | st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
NEAR = st.none() | st.dates(dt.date(2024, 11, 20), dt.date(2025, 1, 20))


def times_of(dates: list[dt.date | None]) -> Times:
    days = np.array([date.toordinal() if date else 0 for date in dates], float)
    return Times(days, np.arange(len(dates)))


@given(st.lists(DATES) | st.lists(NEAR))
def test_all_that_is_dated_is_counted_where_it_was_printed(
    dates: list[dt.date | None],
) -> None:
    told = times_of(dates).timeline(np.arange(len(dates)))
    length = {"day": 10, "month": 7, "year": 4}[told.unit]
    counted = Counter(date.isoformat()[:length] for date in dates if date)
    assert [(each.value, each.count) for each in told.counts] == sorted(counted.items())


@pytest.mark.parametrize(
    ("last", "unit"),
    [
        (dt.date(2020, 1, 1), "day"),
        (dt.date(2020, 2, 29), "day"),
        (dt.date(2020, 3, 1), "month"),
        (dt.date(2022, 12, 31), "month"),
        (dt.date(2023, 1, 1), "year"),
    ],
)
def test_the_unit_fits_the_time_told_of(last: dt.date, unit: str) -> None:
    assert MOST_MONTHS == 36
    dates = [dt.date(2020, 1, 1), None, last]
    assert times_of([*dates]).timeline(np.arange(3)).unit == unit


def test_only_what_is_asked_for_counts() -> None:
    times = times_of([dt.date(2024, 1, 1), dt.date(2025, 1, 1), None])
    assert [each.value for each in times.timeline(np.array([1, 2])).counts] == [
        "2025-01-01"
    ]
    assert times.timeline(np.array([2])) == Timeline("day", ())
    assert times.timeline(np.array([], np.uint32)) == Timeline("day", ())


def test_an_index_knows_its_issues() -> None:
    days = [dt.date(2023, 12, 1), dt.date(2024, 12, 1), dt.date(2024, 12, 2)]
    times = times_of([*days, *days, None])
    assert times.ends() == (days[0], days[2])
    assert times.issues == 3
    assert times.issues_of(12, 1) == [days[1], days[0]]
    assert times.issues_of(2, 29) == []
    assert times_of([None]).ends() == (None, None)


def test_what_is_deleted_is_no_issue() -> None:
    days = np.array([dt.date(2024, 1, d).toordinal() for d in (1, 2)])
    assert Times(days, np.array([1])).issues == 1
