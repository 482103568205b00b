"""Dates as newspapers and readers write them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import dates

DATES = {
    "2024": ("2024-01-01", "2024-12-31"),
    "2024-12": ("2024-12-01", "2024-12-31"),
    "2024-12-25": ("2024-12-25", "2024-12-25"),
    "2024/2": ("2024-02-01", "2024-02-29"),
    "20241225": ("2024-12-25", "2024-12-25"),
    "二〇二四年十二月二十五日": ("2024-12-25", "2024-12-25"),
    "一九九八年元月": ("1998-01-01", "1998-01-31"),
    "二零二四年十月廿五日": ("2024-10-25", "2024-10-25"),
    "2024-12-01..2024-12-31": ("2024-12-01", "2024-12-31"),
    "2024-12-01—2024-12-31": ("2024-12-01", "2024-12-31"),
    "2023-2024": ("2023-01-01", "2024-12-31"),
    "2024年12月1日至5日": ("2024-12-01", "2024-12-05"),
    "2024年11月25日到12月5日": ("2024-11-25", "2024-12-05"),
    "2024-11-": ("2024-11-01", None),
    "2024..": ("2024-01-01", None),
    "..2024": (None, "2024-12-31"),
    "2024年 12月": ("2024-12-01", "2024-12-31"),
    "2024-12..2024-02": ("2024-02-01", "2024-12-31"),
}


@pytest.mark.parametrize(("text", "days"), DATES.items(), ids=DATES)
def test_date_in_any_writing(text: str, days: tuple[str | None, str | None]) -> None:
    first, last = (dt.date.fromisoformat(day) if day else None for day in days)
    assert dates.read_range(text) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "..", "-", "昨天", "12月25日", "2024-13", "2024-02-30", "0000", "2024-1-1-1"],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert dates.read_range(text) is None


@given(
    st.dates(dt.date(1000, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日", "%Y%m%d"]),
)
def test_every_day_is_read_back(day: dt.date, form: str) -> None:
    assert dates.read_range(day.strftime(form)) == (day, day)


@given(st.text("0123456789-.年月日至十二〇"))
def test_no_text_fails(text: str) -> None:
    first, last = dates.read_range(text) or (None, None)
    assert first is None or last is None or first <= last
