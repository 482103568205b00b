"""How hits, places, people and filters are shown: as labelled links, in every list.

Hides which label a value gets in which language and which address it leads to; the
pages of views, reading and browsing are built of these.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from starlette.requests import Request

from indexer import UNKNOWN_SPEAKER, FacetValue, Hit, SearchResponse
from search_web.issues import Issue
from search_web.params import typed
from search_web.rendering import Wording
from search_web.site import Visit

# Fields whose values are what readers call them; most links of a page are of these.
_AS_THEY_ARE: Final = frozenset(("year", "person", "section", "reporter", "role"))


class Link(msgspec.Struct, frozen=True):
    """A place to go: an empty `href` is plain text; `count` where it is known."""

    label: str
    href: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """The query box: what was typed, and the filters that a new query keeps."""

    query: str = ""
    kept: tuple[tuple[str, str], ...] = ()


class Row(msgspec.Struct, frozen=True):
    """One result, or one unit of a page's list."""

    hit: Hit
    href: str
    kind: str
    issue: Link | None
    place: Link | None
    section: Link | None
    reporters: tuple[Link, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A newspaper page in a list: its name, its link and its units."""

    name: str
    href: str
    sections: tuple[str, ...]
    rows: tuple[Row, ...]


def rows_of(visit: Visit, hits: Iterable[Hit]) -> tuple[Row, ...]:
    """Hits as lines of a list."""
    address = visit.links.units()
    return tuple(_row_of(visit, hit, address(hit.kind, hit.id)) for hit in hits)


def result_rows(visit: Visit, response: SearchResponse) -> tuple[Row, ...]:
    """The hits of a response; their pages mark the words that were asked for, and know
    which result they are."""
    address = visit.links.hits(response.request)
    first = response.request.offset + 1
    return tuple(
        _row_of(visit, hit, address(hit, at))
        for at, hit in enumerate(response.hits, first)
    )


def listed_pages(visit: Visit, issue: Issue) -> tuple[ListedPage, ...]:
    """The pages of an issue with what is printed on them."""
    return tuple(
        ListedPage(
            page_name(visit.say, page.label),
            visit.links.page(issue.paper, issue.date, page.label),
            tuple(dict.fromkeys(hit.section for hit in page.units if hit.section)),
            rows_of(visit, page.units),
        )
        for page in issue.pages
    )


def value_label(say: Wording, field: str, value: str) -> str:
    """A facet's or filter's value as readers call it."""
    if field in _AS_THEY_ARE:
        return value
    if field == "kind" and value in ("article", "roster", "quote", "ad"):
        return say(f"kind.{value}")
    if field == "speech":
        return say(f"cite.{value}")
    if field == "speaker" and value == UNKNOWN_SPEAKER:
        return say("cite.unknown")
    if field == "paper":
        return say.paper(value)
    return page_name(say, value) if field == "page" else value


def page_name(say: Wording, label: str) -> str:
    """What readers call a page."""
    return say.page(label) if label else say("page.none")


def issue_link(visit: Visit, paper: str | None, date: dt.date | None) -> Link | None:
    """The day a unit was printed, leading to that issue; None where no day is told."""
    return Link(date.isoformat(), visit.links.issue(paper, date)) if date else None


def place_link(
    visit: Visit, paper: str | None, date: dt.date | None, label: str | None
) -> Link | None:
    """The page a unit was printed on; None where no page is told."""
    if not label:
        return None
    return Link(page_name(visit.say, label), visit.links.page(paper, date, label))


def filter_link(visit: Visit, field: str, value: str | None) -> Link | None:
    """Everything with that value of a field; None where there is no value."""
    if not value:
        return None
    href = visit.links.to("search", {field: value})
    return Link(value_label(visit.say, field, value), href)


def person_link(visit: Visit, name: str | None) -> Link | None:
    """The page of whoever bears that name; None where there is no name."""
    return Link(name, visit.links.person(name)) if name else None


def person_links(visit: Visit, names: tuple[str, ...]) -> tuple[Link, ...]:
    found = (person_link(visit, name) for name in names)
    return tuple(link for link in found if link)


def paper_links(visit: Visit, papers: tuple[FacetValue, ...]) -> tuple[Link, ...]:
    """The papers that an index holds, leading to their issues."""
    return tuple(
        Link(visit.say.paper(item.value), visit.links.paper(item.value), item.count)
        for item in papers
    )


@dataclass(frozen=True, slots=True)
class Screen:
    """A part of a long list: `usual` is the limit that an address need not name."""

    limit: int
    offset: int
    total: int
    usual: int

    def around(
        self, visit: Visit, route: str, asked: Mapping[str, str]
    ) -> tuple[str, str]:
        """The addresses of the screens before and after, "" where there is none."""
        before, after = max(0, self.offset - self.limit), self.offset + self.limit
        return (
            self._at(visit, route, asked, before) if self.offset and self.limit else "",
            self._at(visit, route, asked, after)
            if self.limit and after < self.total
            else "",
        )

    def _at(
        self, visit: Visit, route: str, asked: Mapping[str, str], offset: int
    ) -> str:
        limit = "" if self.limit == self.usual else str(self.limit)
        named = {**asked, "limit": limit, "offset": str(offset or "")}
        return visit.links.to(route, {k: v for k, v in named.items() if v})


def query_of(request: Request) -> str:
    """The query whose words a page should mark."""
    return typed(request.query_params.get("q", ""))


def _row_of(visit: Visit, hit: Hit, href: str) -> Row:
    return Row(
        hit=hit,
        href=href,
        kind=visit.say(f"one.{hit.kind}"),
        issue=issue_link(visit, hit.paper, hit.date),
        place=place_link(visit, hit.paper, hit.date, hit.page),
        section=filter_link(visit, "section", hit.section),
        reporters=person_links(visit, hit.reporters),
        why=visit.say.listed(tuple(reason.text(visit.lang) for reason in hit.why)),
    )
