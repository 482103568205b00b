"""How days, months, years and ranges of them are written → calendar dates.

Knows 2024-12-25, 2024年12月25日, 二〇二四年十二月二十五日 and their shorter forms; a
date without a year is no date here.
"""

import calendar
import datetime as dt
import re
from typing import Final


def read_range(text: str) -> tuple[dt.date | None, dt.date | None] | None:
    """The first and last day, both included, that a date or range names: None at an
    end that is left open, None alone for what is no date. Digits are half-width.

    >>> read_range("2024年11月") == (dt.date(2024, 11, 1), dt.date(2024, 11, 30))
    True
    >>> read_range("2024-12-25..") == (dt.date(2024, 12, 25), None)
    True
    >>> read_range("昨天") is None
    True
    """
    plain = _SOLID.sub(_parted, with_digits("".join(text.split())))
    span = _RANGE.fullmatch(plain)
    first, last = span.group("since", "until") if span else (plain, plain)
    try:
        since = _days(first) if first else None
        until = _days(_completed(last, first or "")) if last else None
    except ValueError:
        return None
    if since and until and since[0] > until[1]:
        since, until = until, since
    if since or until:
        return since and since[0], until and until[1]
    return None


def with_digits(text: str) -> str:
    """The text with its Chinese numerals, below a hundred or of years, as digits.

    >>> with_digits("二〇二四年十二月二十四日第十版")
    '2024年12月24日第10版'
    """
    text = text.replace("廿", "二十").replace("卅", "三十").replace("元月", "1月")
    return _TENS.sub(lambda ten: f"{ten[1] or 1}{ten[2] or 0}", text).translate(_DIGITS)


_DIGITS: Final = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_TENS: Final = re.compile("([一二三四五六七八九]?)十([一二三四五六七八九]?)")
_DAY: Final = re.compile(
    "([0-9]{4})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})[日号]?|月)?|年)?"
)
_ANY_DAY: Final = re.sub(r"\((?!\?)", "(?:", _DAY.pattern)
_RANGE: Final = re.compile(
    rf"(?P<since>{_ANY_DAY})?(?:\.\.+|[-—–~至到]+)"
    rf"(?P<until>{_ANY_DAY}|(?:[0-9]{{1,2}}月)?(?:[0-9]{{1,2}}[日号])?)?"
)
_SOLID: Final = re.compile("(?<![0-9])([0-9]{4})([0-9]{2})([0-9]{2})?(?![0-9])")


def _parted(solid: re.Match[str]) -> str:
    """20241225 as 2024-12-25."""
    return "-".join(part for part in solid.groups() if part)


def _days(text: str) -> tuple[dt.date, dt.date]:
    """The first and last day of a day, month or year; ValueError for anything else."""
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day = (int(part or 0) for part in match.groups())
    first = dt.date(year, month or 1, day or 1)
    if day:
        return first, first
    return first, dt.date(year, month or 12, calendar.monthrange(year, month or 12)[1])


def _completed(last: str, first: str) -> str:
    """The end of a range with the year and month that only its beginning says.

    >>> _completed("5日", "2024年12月1日")
    '2024年12月5日'
    """
    start = _DAY.match(first)
    if _DAY.match(last) or start is None:
        return last
    month = "" if "月" in last else f"{start[2]}月"
    return f"{start[1]}年{month}{last}"
