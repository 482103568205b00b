"""Bars over the times of a search, whatever unit they are of."""

import datetime as dt
from typing import Literal

import pytest

from indexer import FacetValue, SearchRequest, Timeline
from search_web.histogram import Bar, histogram, period_of
from search_web.listing import Link


@pytest.mark.parametrize(
    ("unit", "first", "last"),
    [
        ("day", "2024-02-27", "2024-03-01"),
        ("month", "2023-11", "2024-02"),
        ("year", "0998", "1001"),
    ],
)
def test_times_without_results_are_filled_in(
    unit: Literal["day", "month", "year"], first: str, last: str
) -> None:
    timeline = Timeline(unit, (FacetValue(first, 1), FacetValue(last, 200)))
    drawn = histogram(timeline, "?at={}".format)
    assert drawn
    assert drawn.bars == (
        Bar(Link(first, f"?at={first}", 1), 1),
        Bar(None),
        Bar(None),
        Bar(Link(last, f"?at={last}", 200), 20),
    )
    assert (drawn.unit, drawn.first, drawn.last) == (unit, first, last)


def test_one_time_is_nothing_to_choose_from() -> None:
    only = Timeline("day", (FacetValue("2024-12-25", 3),))
    assert histogram(only, str) is None
    assert histogram(Timeline("day", ()), str) is None


@pytest.mark.parametrize(
    ("since", "until", "period"),
    [
        ((2024, 2, 1), (2024, 2, 29), "2024-02"),
        ((2024, 12, 1), (2024, 12, 31), "2024-12"),
        ((9999, 12, 1), (9999, 12, 31), "9999-12"),
        ((998, 1, 1), (998, 12, 31), "0998"),
        ((2024, 2, 3), (2024, 2, 3), "2024-02-03"),
        ((2024, 2, 1), (2024, 2, 28), None),
        ((2024, 2, 1), (2024, 3, 31), None),
        ((2023, 1, 1), (2024, 12, 31), None),
        ((2024, 2, 1), None, None),
    ],
)
def test_dates_are_one_period_or_two_ends(
    since: tuple[int, int, int], until: tuple[int, int, int] | None, period: str | None
) -> None:
    end = dt.date(*until) if until else None
    assert period_of(SearchRequest(since=dt.date(*since), until=end)) == period
