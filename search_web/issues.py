"""An issue of a paper as the index shows it: its days, its pages, their units in print
order, and what lies before and after.

Hides that there is no table of issues: everything is asked of the engine as searches
with filters, each bounded by a page, a day or a month.
"""

import calendar
import datetime as dt
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from indexer import MAX_LIMIT, Engine, Hit, SearchRequest, SearchResponse, Sort

MOST_UNITS: Final = 1_000
_PRINTED = ("article", "roster", "ad")


@dataclass(frozen=True, slots=True)
class IssuePage:
    """One page (版) and its units in print order."""

    label: str
    units: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """The pages of a paper of one day; `total` counts all units, of which at most
    MOST_UNITS are here."""

    paper: str
    date: dt.date
    pages: tuple[IssuePage, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month from its first day: how many articles and rosters a paper has of each day
    of it on which it appeared, oldest first, and the nearest issues outside it."""

    first: dt.date
    counts: Mapping[dt.date, int]
    earlier: dt.date | None
    later: dt.date | None


def read_issue(
    engine: Engine, paper: str, date: dt.date, label: str | None = None
) -> Issue:
    """The issue, or of one page only what is printed there; without pages when the
    index has none of it."""
    asked = SearchRequest(paper=paper, page=label, since=date, until=date)
    found = [_gather(engine, replace(asked, kind=kind)) for kind in _PRINTED]
    units = sorted(itertools.chain.from_iterable(hits for hits, _ in found), key=_place)
    pages = itertools.groupby(units, key=lambda hit: hit.page or "")
    return Issue(
        paper,
        date,
        tuple(IssuePage(label, tuple(hits)) for label, hits in pages),
        sum(total for _, total in found),
    )


def page_labels(engine: Engine, paper: str, date: dt.date) -> tuple[str, ...]:
    """The labels of an issue's pages in print order."""
    asked = SearchRequest(paper=paper, since=date, until=date, limit=0)
    answers = (engine.search(replace(asked, kind=kind)) for kind in _PRINTED)
    labels = itertools.chain.from_iterable(facet_values(a, "page") for a in answers)
    return tuple(sorted(set(labels), key=_label_order))


def read_month(engine: Engine, paper: str, until: dt.date | None) -> Month | None:
    """The newest month with an issue no later than `until`; None when there is none."""
    newest = _newest(engine, paper, until)
    if newest is None:
        return None
    length = calendar.monthrange(newest.year, newest.month)[1]
    first, last = newest.replace(day=1), newest.replace(day=length)
    asked = SearchRequest(paper=paper, since=first, until=last, limit=0, timeline=True)
    timeline = engine.search(asked).timeline
    assert timeline is not None  # it was asked for
    return Month(
        first,
        {dt.date.fromisoformat(day.value): day.count for day in timeline.counts},
        issue_before(engine, paper, first),
        issue_after(engine, paper, last),
    )


def issue_before(engine: Engine, paper: str, day: dt.date) -> dt.date | None:
    """The paper's newest day before this one."""
    if day == dt.date.min:
        return None
    return _newest(engine, paper, day - dt.timedelta(days=1))


def issue_after(engine: Engine, paper: str, day: dt.date) -> dt.date | None:
    """The paper's oldest day after this one."""
    if day == dt.date.max:
        return None
    since = day + dt.timedelta(days=1)
    return _nearest(engine, SearchRequest(paper=paper, since=since, sort=Sort.OLDEST))


def facet_values(response: SearchResponse, field: str) -> tuple[str, ...]:
    """The values of one facet."""
    return tuple(
        item.value
        for facet in response.facets
        if facet.field == field
        for item in facet.values
    )


def _gather(engine: Engine, asked: SearchRequest) -> tuple[list[Hit], int]:
    hits: list[Hit] = []
    while True:
        answer = engine.search(replace(asked, limit=MAX_LIMIT, offset=len(hits)))
        hits += answer.hits
        if not answer.hits or len(hits) >= min(answer.total, MOST_UNITS):
            return hits[:MOST_UNITS], answer.total


def _place(hit: Hit) -> tuple[object, ...]:
    """Where a unit stands in its issue: ids of page units end in their number."""
    number = re.search(r"\.(\d{1,9})$", hit.id)
    order = int(number[1]) if number else 0
    return (_label_order(hit.page or ""), order, hit.id)


def _label_order(label: str) -> tuple[tuple[str, int], ...]:
    """A2 before A10, A before B, bare numbers first."""
    return tuple(
        (letters, int(digits[:9] or "-1"))
        for letters, digits in re.findall(r"(\D*)(\d*)", label)
    )


def _newest(engine: Engine, paper: str, until: dt.date | None) -> dt.date | None:
    return _nearest(engine, SearchRequest(paper=paper, until=until, sort=Sort.NEWEST))


def _nearest(engine: Engine, asked: SearchRequest) -> dt.date | None:
    hits: Iterable[Hit] = engine.search(replace(asked, limit=1)).hits
    return next((hit.date for hit in hits if hit.date), None)
