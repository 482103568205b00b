"""Browsing without a query: the papers, a paper month by month, an issue, a page of it.

Each endpoint stands beside the frozen context dataclass of its template.
"""

import datetime as dt
from calendar import Calendar
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from indexer import SearchRequest
from search_web.issues import (
    Issue,
    Month,
    facet_values,
    issue_after,
    issue_before,
    page_labels,
    read_issue,
    read_month,
)
from search_web.listing import (
    Box,
    Link,
    ListedPage,
    listed_pages,
    page_name,
    paper_links,
)
from search_web.params import read_day
from search_web.site import Visit, missing, visit_of


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """What page.html shows: one page of an issue."""

    box: Box
    issue: Issue
    page: ListedPage
    labels: tuple[Link, ...]
    weekday: str
    paper: Link
    contents: Link
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True)
class IssueContents:
    """What issue.html shows: the pages of an issue and what stands on each."""

    box: Box
    issue: Issue
    weekday: str
    paper: Link
    pages: tuple[ListedPage, ...]
    cut: Link | None
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month: its issue with how much is in it, from 0 to 3 the more there
    is the higher; whether it is one between issues that has none."""

    link: Link
    level: int = 0
    missing: bool = False


@dataclass(frozen=True, slots=True)
class PaperPage:
    """What paper.html shows: a calendar of one month, and the ways to the others. A
    day of another month is None."""

    box: Box
    paper: str
    month: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[Day | None, ...], ...]
    earlier: Link | None
    later: Link | None
    years: tuple[Link, ...]
    search: str


@dataclass(frozen=True, slots=True)
class PapersPage:
    """What papers.html shows: the papers of the index."""

    box: Box
    papers: tuple[Link, ...]


def papers(request: Request) -> Response:
    """The papers that the index holds."""
    visit = visit_of(request)
    listed = paper_links(visit, visit.engine.status().papers)
    return visit.page("papers.html", PapersPage(Box(), listed))


def paper(request: Request) -> Response:
    """The issues of one month: the newest, or the newest no later than `?to=`."""
    return _calendar(visit_of(request), request.path_params["paper"])


def calendar(request: Request) -> Response:
    """The same of `?paper=`, or of the paper that the index holds most of."""
    visit = visit_of(request)
    held = [facet.value for facet in visit.engine.status().papers]
    name = request.query_params.get("paper") or next(iter(held), "")
    return _calendar(visit, name) if name else papers(request)


def _calendar(visit: Visit, name: str) -> Response:
    until = read_day(visit.request.query_params.get("to", ""), last=True)
    month = read_month(visit.engine, name, until)
    if month is None:
        raise missing(
            "没有这份报纸，或没有那时的报纸", "There is no such paper or date"
        )
    return visit.page("paper.html", _paper(visit, name, month))


def issue(request: Request) -> Response:
    """The contents of one issue, page by page."""
    visit = visit_of(request)
    found = read_issue(visit.engine, request.path_params["paper"], _date(request))
    if not found.pages:
        raise missing("没有这一期报纸", "There is no such issue")
    return visit.page("issue.html", _issue(visit, found))


def page(request: Request) -> Response:
    """One page of an issue: its units in print order, the pages before and after."""
    visit, parts = visit_of(request), request.path_params
    found = read_issue(visit.engine, parts["paper"], _date(request), parts["label"])
    if not found.pages:
        raise missing("没有这一版", "There is no such page")
    return visit.page("page.html", _page(visit, found))


def _paper(visit: Visit, name: str, month: Month) -> PaperPage:
    answer = visit.engine.search(SearchRequest(paper=name, limit=0))
    years = facet_values(answer, "year")
    return PaperPage(
        box=Box(),
        paper=visit.say.paper(name),
        month=f"{month.first:%Y-%m}",
        weekdays=tuple(visit.say(f"weekday.{number}") for number in range(1, 8)),
        weeks=_weeks(visit, name, month),
        earlier=_month_link(visit, name, month.earlier),
        later=_month_link(visit, name, month.later),
        years=tuple(
            Link(year, visit.links.paper(name, read_day(year, last=True)))
            for year in years
        ),
        search=visit.links.to("search", {"paper": name}),
    )


def _weeks(visit: Visit, name: str, month: Month) -> tuple[tuple[Day | None, ...], ...]:
    counts = month.counts
    most, first, last = max(counts.values()), min(counts), max(counts)

    def shown(number: int) -> Day | None:
        if not number:
            return None
        day = month.first.replace(day=number)
        if day in counts:
            link = Link(str(number), visit.links.issue(name, day), counts[day])
            return Day(link, level=3 * counts[day] // most)
        between = (first < day or month.earlier) and (day < last or month.later)
        return Day(Link(str(number), ""), missing=bool(between))

    weeks = Calendar().monthdayscalendar(month.first.year, month.first.month)
    return tuple(tuple(map(shown, week)) for week in weeks)


def _month_link(visit: Visit, name: str, day: dt.date | None) -> Link | None:
    """The month of that day. Its last day is past the end of no calendar: the month is
    asked for by a day in it."""
    if day is None:
        return None
    until = read_day(f"{day:%Y-%m}", last=True)
    return Link(f"{day:%Y-%m}", visit.links.paper(name, until))


def _issue(visit: Visit, issue: Issue) -> IssueContents:
    before, after = _issues_around(visit, issue)
    listed = sum(len(page.units) for page in issue.pages)
    day = issue.date.isoformat()
    rest = visit.links.to("search", {"paper": issue.paper, "from": day, "to": day})
    return IssueContents(
        box=Box(),
        issue=issue,
        weekday=visit.say.weekday(issue.date),
        paper=Link(
            visit.say.paper(issue.paper), visit.links.paper(issue.paper, issue.date)
        ),
        pages=listed_pages(visit, issue),
        cut=Link("", rest, listed) if listed < issue.total else None,
        previous=before,
        next=after,
    )


def _issues_around(visit: Visit, issue: Issue) -> tuple[Link | None, Link | None]:
    days = (
        issue_before(visit.engine, issue.paper, issue.date),
        issue_after(visit.engine, issue.paper, issue.date),
    )
    before, after = (
        Link(day.isoformat(), visit.links.issue(issue.paper, day)) if day else None
        for day in days
    )
    return before, after


def _page(visit: Visit, issue: Issue) -> PrintedPage:
    page = listed_pages(visit, issue)[0]
    labels = page_labels(visit.engine, issue.paper, issue.date)
    here = issue.pages[0].label
    links = tuple(
        Link(
            page_name(visit.say, label),
            visit.links.page(issue.paper, issue.date, label),
            current=label == here,
        )
        for label in labels
    )
    i = labels.index(here)
    return PrintedPage(
        box=Box(),
        issue=issue,
        page=page,
        labels=links,
        weekday=visit.say.weekday(issue.date),
        paper=Link(
            visit.say.paper(issue.paper), visit.links.paper(issue.paper, issue.date)
        ),
        contents=Link(
            issue.date.isoformat(), visit.links.issue(issue.paper, issue.date)
        ),
        previous=links[i - 1] if i else None,
        next=links[i + 1] if i + 1 < len(links) else None,
    )


def _date(request: Request) -> dt.date:
    text = request.path_params["date"]
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise missing("没有这一天。", "There is no such day.") from error
