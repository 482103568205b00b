"""The home page and the results of a search.

Each endpoint stands beside the frozen context dataclass of its template: read the
parameters, ask the engine, build the context, render. The results page holds every way
to change a search: filters, order, dates, screens, and what to try when nothing is
found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from indexer import (
    FacetValue,
    IndexStatus,
    SearchRequest,
    SearchResponse,
    Sort,
)
from search_web.exports import MAX_ROWS
from search_web.issues import Issue, read_issue
from search_web.listing import (
    Box,
    Link,
    ListedPage,
    Row,
    listed_pages,
    paper_links,
    row_of,
    value_label,
)
from search_web.params import FILTERS, Asked, read_search, search_params
from search_web.quoting import QuoteForm, Said, form_of, said_by_id
from search_web.rendering import number
from search_web.site import Visit, visit_of

_SHOWN_FACET_VALUES = 8
_HOME_VALUES = 12
_EVERYTHING = SearchRequest()
_DOWNLOADS = (("csv", "CSV"), ("jsonl", "JSONL"), ("bib", "BibTeX"), ("ris", "RIS"))


@dataclass(frozen=True, slots=True)
class HomePage:
    """What home.html shows."""

    box: Box
    status: IndexStatus
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
    return visit.page(
        "home.html",
        HomePage(
            box=Box(),
            status=status,
            papers=paper_links(visit, status.papers),
            kinds=_facet_links(visit, "kind", status.kinds),
            people=_top(visit, answer, "person"),
            sections=_top(visit, answer, "section"),
            latest=latest,
            latest_pages=listed_pages(visit, latest) if latest else (),
        ),
    )


async def search(request: Request) -> Response:
    """The results of a search, or everything when nothing is asked."""
    visit, asked = visit_of(request), read_search(request.query_params)
    response = await visit.found(asked.request)
    return visit.page("search.html", _results(visit, asked, response))


async def quotes(request: Request) -> Response:
    """The quotations that a form or a link asks for: results of that kind."""
    visit = visit_of(request)
    asked = read_search({**request.query_params, "kind": "quote"})
    response = await visit.found(asked.request)
    return visit.page("search.html", _results(visit, asked, response))


def _results(visit: Visit, asked: Asked, response: SearchResponse) -> ResultsPage:
    request, links = asked.request, visit.links
    start = replace(request, offset=0)
    read_as = (response.reading,) if response.reading else ()
    said = (*(fault.message for fault in asked.faults), *read_as, *response.notes)
    others = tuple(
        Link(other.message.text(visit.lang), links.search(other.request), other.total)
        for other in response.alternatives
        if not response.total or other.request.query != response.suggestion
    )
    return ResultsPage(
        box=Box(request.query, _kept(start, "q")),
        response=response,
        rows=tuple(row_of(visit, hit, request.query) for hit in response.hits),
        said=said_by_id(visit, response.hits, request.query),
        form=form_of(visit, start),
        notes=tuple(message.text(visit.lang) for message in said),
        rewrites=tuple(message.text(visit.lang) for message in response.rewrites),
        as_typed=links.search(replace(start, exact=True)),
        otherwise=links.search(replace(start, exact=False)) if start.exact else "",
        others=others,
        suggestion=_suggestion(visit, start, response.suggestion),
        person=_person(visit, response),
        chosen=_chosen(visit, start),
        sorts=tuple(
            Link(
                visit.say(f"results.{sort.value}"),
                links.search(replace(start, sort=sort)),
                current=sort is request.sort,
            )
            for sort in Sort
        ),
        facets=_facets(visit, start, response),
        dates=_dates(start),
        previous=_screen(visit, request, response.total, request.offset - request.limit)
        if request.offset
        else "",
        next=_screen(visit, request, response.total, request.offset + request.limit),
        screens=_screens(visit, request, response.total),
        json=links.search_json(request),
        csv=links.results(request, "csv"),
        atom=links.results(request, "atom"),
        files=_files(visit, response.total),
        downloads=tuple(
            Link(name, links.results(request, form)) for form, name in _DOWNLOADS
        ),
        first=links.search(start),
    )


def _files(visit: Visit, total: int) -> str:
    """What the files hold: all results, or as many as are given at most."""
    if total <= MAX_ROWS:
        return visit.say("export.title")
    return visit.say("export.first", most=number(MAX_ROWS))


def _kept(request: SearchRequest, *changed: str) -> tuple[tuple[str, str], ...]:
    """What a form must send along so that it changes only its own fields."""
    named = search_params(replace(request, offset=0))
    return tuple((name, value) for name, value in named.items() if name not in changed)


def _dates(request: SearchRequest) -> Dates:
    named = search_params(request)
    return Dates(
        named.get("from", ""), named.get("to", ""), _kept(request, "from", "to")
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


def _without(request: SearchRequest) -> dict[str, tuple[str, SearchRequest]]:
    """For each filter in force its value, and the same search without it."""
    named = search_params(request)
    year = _year_of(request)
    found = {
        name: (value, _changed(request, **{name: ""}))
        for name, value in named.items()
        if name in FILTERS or (name in ("from", "to") and not year)
    }
    if year:
        found["year"] = (year, replace(request, since=None, until=None))
    return found


def _year_of(request: SearchRequest) -> str | None:
    """The year that the dates stand for, if they are exactly one."""
    since, until = request.since, request.until
    whole = since and until and since.year == until.year
    if not (whole and since and until):
        return None
    edges = (since.month, since.day, until.month, until.day)
    return f"{since.year:04}" if edges == (1, 1, 12, 31) else None


def _chosen(visit: Visit, request: SearchRequest) -> tuple[Link, ...]:
    return tuple(
        Link(
            f"{visit.say(f'field.{name}')} {value_label(visit.say, name, value)}",
            visit.links.search(freed),
        )
        for name, (value, freed) in _without(request).items()
    )


def _facets(
    visit: Visit, request: SearchRequest, response: SearchResponse
) -> tuple[FacetBox, ...]:
    boxes = []
    for facet in response.facets:
        values = _facet_links(visit, facet.field, facet.values, request)
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
) -> tuple[Link, ...]:
    """Choosing a value filters by it, choosing it again frees it."""
    if not values:
        return ()
    chosen, freed = _without(request).get(field, ("", request))
    freeing = visit.links.search(freed) if chosen else ""
    filtering = visit.links.filtered(request, field)
    return tuple(
        Link(
            value_label(visit.say, field, item.value),
            freeing if item.value == chosen else filtering(item.value),
            item.count,
            item.value == chosen,
        )
        for item in values
    )


def _changed(request: SearchRequest, **named: str) -> SearchRequest:
    return read_search({**search_params(request), **named}).request


def _screen(visit: Visit, request: SearchRequest, total: int, offset: int) -> str:
    """The link of another screen, "" when there is nothing on it."""
    if request.limit == 0 or offset >= total:
        return ""
    return visit.links.search(replace(request, offset=max(0, offset)))


def _screens(visit: Visit, request: SearchRequest, total: int) -> tuple[Link, ...]:
    """Links to the first, the nearest and the last screens; gaps have no link."""
    if request.limit == 0 or total <= request.limit:
        return ()
    here, last = request.offset // request.limit, (total - 1) // request.limit
    near = {0, last, *range(max(0, here - 2), min(last, here + 2) + 1)}
    links: list[Link] = []
    for i in sorted(near):
        if links and i - 1 not in near:
            links.append(Link("…", ""))
        href = visit.links.search(replace(request, offset=i * request.limit))
        links.append(Link(str(i + 1), href, current=i == here))
    return tuple(links)


def _top(visit: Visit, response: SearchResponse, field: str) -> tuple[Link, ...]:
    values = [facet.values for facet in response.facets if facet.field == field]
    return _facet_links(visit, field, values[0][:_HOME_VALUES] if values else ())
