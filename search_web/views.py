"""The home page and the results of a search.

Each endpoint stands beside the frozen context dataclass of its template: read the
parameters, ask the engine, build the context, render. The results page holds every way
to change a search: filters, order, dates, screens, and what to try when nothing is
found.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indexer import (
    FacetValue,
    Hit,
    IndexStatus,
    SearchRequest,
    SearchResponse,
    Sort,
    Suggestion,
)
from search_web.exports import MAX_ROWS
from search_web.histogram import Histogram, histogram, period_of
from search_web.issues import Issue, read_issue
from search_web.listing import (
    Box,
    Link,
    ListedPage,
    Row,
    listed_pages,
    paper_links,
    query_of,
    result_rows,
    value_label,
)
from search_web.params import FILTERS, Asked, read_search, search_params
from search_web.quoting import QuoteForm, Said, form_of, said_by_id
from search_web.rendering import number
from search_web.site import Visit, visit_of

_SHOWN_FACET_VALUES = 8
_HOME_VALUES = 12
_YEAR = len("2024")
_EVERYTHING = SearchRequest()
# For each filter in force its value, and the same search without it.
_Freed: TypeAlias = Mapping[str, tuple[str, SearchRequest]]
_NOTHING: _Freed = {}
_DOWNLOADS = (("csv", "CSV"), ("jsonl", "JSONL"), ("bib", "BibTeX"), ("ris", "RIS"))


@dataclass(frozen=True, slots=True)
class HomePage:
    """What home.html shows."""

    box: Box
    status: IndexStatus
    missing: int | None
    starts: tuple[Link, ...]
    papers: tuple[Link, ...]
    kinds: tuple[Link, ...]
    people: tuple[Link, ...]
    sections: tuple[Link, ...]
    latest: Issue | None
    latest_pages: tuple[ListedPage, ...]


@dataclass(frozen=True, slots=True)
class FacetBox:
    """One facet: the values shown at once and those behind “more”."""

    title: str
    values: tuple[Link, ...]
    rest: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Dates:
    """The date form: its present values and what it keeps of the search."""

    since: str
    until: str
    kept: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """What search.html shows."""

    box: Box
    response: SearchResponse
    rows: tuple[Row, ...]
    said: Mapping[str, Said]
    form: QuoteForm | None
    notes: tuple[str, ...]
    rewrites: tuple[str, ...]
    as_typed: str
    otherwise: str
    others: tuple[Link, ...]
    suggestion: Link | None
    person: Link | None
    chosen: tuple[Link, ...]
    sorts: tuple[Link, ...]
    times: Histogram | None
    facets: tuple[FacetBox, ...]
    dates: Dates
    previous: str
    next: str
    screens: tuple[Link, ...]
    json: str
    csv: str
    atom: str
    files: str
    downloads: tuple[Link, ...]
    first: str


def home(request: Request) -> Response:
    """The query box and what the archive holds."""
    visit = visit_of(request)
    status = visit.engine.status()
    answer = visit.engine.search(SearchRequest(sort=Sort.NEWEST, limit=1))
    newest = next(iter(answer.hits), None)
    latest = (
        read_issue(visit.engine, newest.paper, newest.date)
        if newest and newest.paper and newest.date
        else None
    )
    people = _top(visit, answer, "person")
    return visit.page(
        "home.html",
        HomePage(
            box=Box(),
            status=status,
            missing=_missing(status),
            starts=_starts(visit, newest, people),
            papers=paper_links(visit, status.papers),
            kinds=_facet_links(visit, "kind", status.kinds),
            people=people,
            sections=_top(visit, answer, "section"),
            latest=latest,
            latest_pages=listed_pages(visit, latest) if latest else (),
        ),
    )


def _missing(status: IndexStatus) -> int | None:
    """On how many days between the oldest issue and the newest nothing was printed."""
    if status.oldest is None or status.newest is None:
        return None
    return (status.newest - status.oldest).days + 1 - status.issues


def _starts(
    visit: Visit, newest: Hit | None, people: tuple[Link, ...]
) -> tuple[Link, ...]:
    """Searches to begin with, which find something: this day of other years, a name, a
    name or another, a headline word for word."""
    today = dt.date.today()
    day = f"{today.month}月{today.day}日"
    found = visit.engine.search(SearchRequest(day, limit=0)).total
    names = [person.label for person in people[:2]]
    typed = [*names[:1], " 或 ".join(names)] if len(names) > 1 else names
    if newest:
        typed.append(Suggestion(newest.title, "headline", 1).query)
    ways = [Link(text, _asking(visit, text)) for text in typed]
    if found:
        named = visit.say("home.today", date=day)
        ways.insert(0, Link(named, _asking(visit, day), found))
    return tuple(ways)


def _asking(visit: Visit, query: str) -> str:
    return visit.links.search(SearchRequest(query))


async def search(request: Request) -> Response:
    """The results of a search, or everything when nothing is asked. The front page's
    form asks for people here too, who have a list of their own."""
    visit, given = visit_of(request), request.query_params
    if given.get("kind") == "person":
        query = query_of(request)
        people = visit.links.to("people", {"q": query} if query else {})
        return RedirectResponse(people, 302)
    asked = read_search(given, timeline=True)
    response = await visit.found(asked.request)
    return visit.page("search.html", _results(visit, asked, response))


async def quotes(request: Request) -> Response:
    """The quotations that a form or a link asks for: results of that kind."""
    visit = visit_of(request)
    given = {**request.query_params, "kind": "quote"}
    asked = read_search(given, timeline=True)
    response = await visit.found(asked.request)
    return visit.page("search.html", _results(visit, asked, response))


def _results(visit: Visit, asked: Asked, response: SearchResponse) -> ResultsPage:
    request, links = asked.request, visit.links
    start = replace(request, offset=0) if request.offset else request
    named, first, freed = search_params(start), links.search(start), _without(start)
    at, file = _screens_at(visit, request, first), links.files(start)
    read_as = (response.reading,) if response.reading else ()
    said = (*(fault.message for fault in asked.faults), *read_as, *response.notes)
    rows = result_rows(visit, response)
    others = tuple(
        Link(other.message.text(visit.lang), links.search(other.request), other.total)
        for other in response.alternatives
        if not response.total or other.request.query != response.suggestion
    )
    return ResultsPage(
        box=Box(request.query, _kept(named, "q")),
        response=response,
        rows=rows,
        said=said_by_id(visit, rows),
        form=form_of(visit, start),
        notes=tuple(message.text(visit.lang) for message in said),
        rewrites=tuple(message.text(visit.lang) for message in response.rewrites),
        as_typed=links.search(replace(start, exact=True)) if response.rewrites else "",
        otherwise=links.search(replace(start, exact=False)) if start.exact else "",
        others=others,
        suggestion=_suggestion(visit, start, response.suggestion),
        person=_person(visit, response),
        chosen=_chosen(visit, freed),
        sorts=_sorts(visit, start, first),
        times=_times(visit, start, response),
        facets=_facets(visit, start, response, freed),
        dates=_dates(named),
        previous=_screen(request, response.total, -request.limit, at)
        if request.offset
        else "",
        next=_screen(request, response.total, request.limit, at),
        screens=_screens(request, response.total, at),
        json=links.search_json(request),
        csv=file("csv"),
        atom=file("atom"),
        files=_files(visit, response.total),
        downloads=tuple(Link(name, file(form)) for form, name in _DOWNLOADS),
        first=first,
    )


def _files(visit: Visit, total: int) -> str:
    """What the files hold: all results, or as many as are given at most."""
    if total <= MAX_ROWS:
        return visit.say("export.title")
    return visit.say("export.first", most=number(MAX_ROWS))


def _kept(named: Mapping[str, str], *changed: str) -> tuple[tuple[str, str], ...]:
    """What a form must send along so that it changes only its own fields, of the
    parameters of a search."""
    return tuple(pair for pair in named.items() if pair[0] not in changed)


def _dates(named: Mapping[str, str]) -> Dates:
    kept = _kept(named, "from", "to")
    return Dates(named.get("from", ""), named.get("to", ""), kept)


def _sorts(visit: Visit, start: SearchRequest, first: str) -> tuple[Link, ...]:
    """Each order; the usual one goes without saying."""
    usual = first
    if start.sort is not Sort.RELEVANCE:
        usual = visit.links.search(replace(start, sort=Sort.RELEVANCE))
    ordered = visit.links.filtered(start, "sort")
    return tuple(
        Link(
            visit.say(f"results.{sort.value}"),
            usual if sort is Sort.RELEVANCE else ordered(sort.value),
            current=sort is start.sort,
        )
        for sort in Sort
    )


def _suggestion(visit: Visit, request: SearchRequest, text: str | None) -> Link | None:
    if not text:
        return None
    return Link(text, visit.links.search(replace(request, query=text)))


def _person(visit: Visit, response: SearchResponse) -> Link | None:
    """The page of the person who is asked for, by the filter or by name alone."""
    asked = response.request.person or "".join(response.request.query.split())
    known = {
        item.value
        for facet in response.facets
        if facet.field == "person"
        for item in facet.values
    }
    if asked not in known:
        return None
    return Link(visit.say("people.page", name=asked), visit.links.person(asked))


def _without(request: SearchRequest) -> _Freed:
    """For each filter in force its value, and the same search without it."""
    named = search_params(request)
    period = period_of(request)
    found = {
        name: (value, _changed(request, **{name: ""}))
        for name, value in named.items()
        if name in FILTERS or (name in ("from", "to") and not period)
    }
    if period:
        field = "year" if len(period) == _YEAR else "date"
        found[field] = (period, replace(request, since=None, until=None))
    return found


def _chosen(visit: Visit, freed: _Freed) -> tuple[Link, ...]:
    return tuple(
        Link(
            f"{visit.say(f'field.{name}')} {value_label(visit.say, name, value)}",
            visit.links.search(without),
        )
        for name, (value, without) in freed.items()
    )


def _times(
    visit: Visit, request: SearchRequest, response: SearchResponse
) -> Histogram | None:
    assert response.timeline is not None  # it was asked for
    return histogram(response.timeline, visit.links.filtered(request, "date"))


def _facets(
    visit: Visit, request: SearchRequest, response: SearchResponse, freed: _Freed
) -> tuple[FacetBox, ...]:
    boxes = []
    for facet in response.facets:
        values = _facet_links(visit, facet.field, facet.values, request, freed)
        if values:
            title = visit.say(f"field.{facet.field}")
            shown, rest = values[:_SHOWN_FACET_VALUES], values[_SHOWN_FACET_VALUES:]
            boxes.append(FacetBox(title, shown, rest))
    return tuple(boxes)


def _facet_links(
    visit: Visit,
    field: str,
    values: tuple[FacetValue, ...],
    request: SearchRequest = _EVERYTHING,
    freed: _Freed = _NOTHING,
) -> tuple[Link, ...]:
    """Choosing a value filters by it, choosing it again frees it."""
    if not values:
        return ()
    chosen, without = freed.get(field, ("", request))
    freeing = visit.links.search(without) if chosen else ""
    filtering = visit.links.filtered(request, field)
    links = []
    for item in values:
        value, label = item.value, value_label(visit.say, field, item.value)
        if value == chosen:
            links.append(Link(label, freeing, item.count, current=True))
        else:
            links.append(Link(label, filtering(value), item.count))
    return tuple(links)


def _changed(request: SearchRequest, **named: str) -> SearchRequest:
    return read_search({**search_params(request), **named}).request


def _screens_at(
    visit: Visit, request: SearchRequest, first: str
) -> Callable[[int], str]:
    """How an offset becomes the address of a screen."""
    later = visit.links.filtered(request, "offset")
    return lambda offset: later(str(offset)) if offset > 0 else first


def _screen(
    request: SearchRequest, total: int, by: int, at: Callable[[int], str]
) -> str:
    """The address of the screen `by` so many results further, "" when there is nothing
    on it."""
    offset = request.offset + by
    return at(offset) if by and offset < total else ""


def _screens(
    request: SearchRequest, total: int, at: Callable[[int], str]
) -> tuple[Link, ...]:
    """Links to the first, the nearest and the last screens; gaps have no link."""
    if request.limit == 0 or total <= request.limit:
        return ()
    here, last = request.offset // request.limit, (total - 1) // request.limit
    near = {0, last, *range(max(0, here - 2), min(last, here + 2) + 1)}
    links: list[Link] = []
    for i in sorted(near):
        if links and i - 1 not in near:
            links.append(Link("…", ""))
        links.append(Link(str(i + 1), at(i * request.limit), current=i == here))
    return tuple(links)


def _top(visit: Visit, response: SearchResponse, field: str) -> tuple[Link, ...]:
    values = [facet.values for facet in response.facets if facet.field == field]
    return _facet_links(visit, field, values[0][:_HOME_VALUES] if values else ())
