"""An article or a roster, as a page to read.

Hides how marks reach each field, how a unit's neighbours on its newspaper page are
found, and how a roster's checks are told. Paragraphs have stable anchors.
"""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indexer import (
    Article,
    Hit,
    Order,
    Roster,
    RosterEntry,
    Snippet,
    Unit,
    mark,
    title_of,
)
from search_web.citing import Cited, cited, linked_data
from search_web.issues import read_issue
from search_web.listing import (
    Box,
    Link,
    filter_link,
    filter_links,
    issue_link,
    place_link,
    query_of,
)
from search_web.rendering import Wording
from search_web.site import Visit, missing, visit_of


@dataclass(frozen=True, slots=True)
class Around:
    """Where a unit stands: its paper, its issue, its page, the units before and after
    it."""

    paper: Link | None
    issue: Link | None
    place: Link | None
    section: Link | None
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True)
class Marked:
    """The fields of a unit's head with the reader's words marked, and the way back."""

    headline: Snippet
    kicker: Snippet
    deck: Snippet
    marks: int
    plain: str
    back: str


@dataclass(frozen=True, slots=True)
class ShownCaption:
    text: Snippet
    photographer: Link | None


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """What article.html shows."""

    box: Box
    article: Article
    title: str
    head: Marked
    kind: str
    around: Around
    paragraphs: tuple[Snippet, ...]
    captions: tuple[ShownCaption, ...]
    reporters: tuple[Link, ...]
    credits: tuple[str, ...]
    persons: tuple[Link, ...]
    warnings: tuple[str, ...]
    cited: Cited
    linked_data: dict[str, Any]  # Any: JSON
    json: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One person of a roster, the name with its marks."""

    entry: RosterEntry
    name: Snippet
    href: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    count: str
    order: str
    rows: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class Check:
    ok: bool
    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterPage:
    """What roster.html shows."""

    box: Box
    roster: Roster
    title: str
    head: Marked
    kind: str
    around: Around
    groups: tuple[Group, ...]
    checks: tuple[Check, ...]
    warnings: tuple[str, ...]
    cited: Cited
    json: str


def article(request: Request) -> Response:
    """An article, with the words of `?q=` marked."""
    visit = visit_of(request)
    unit, query = _unit(visit), query_of(request)
    if isinstance(unit, Roster):
        return RedirectResponse(visit.links.unit("roster", unit.id, query), 301)
    return visit.page("article.html", _article(visit, unit, query))


def roster(request: Request) -> Response:
    """A roster, with the words of `?q=` marked."""
    visit = visit_of(request)
    unit, query = _unit(visit), query_of(request)
    if isinstance(unit, Article):
        return RedirectResponse(visit.links.unit(unit.kind, unit.id, query), 301)
    return visit.page("roster.html", _roster(visit, unit, query))


def _article(visit: Visit, unit: Article, query: str) -> ArticlePage:
    paragraphs = tuple(mark(text, query) for text in unit.paragraphs)
    captions = tuple(
        ShownCaption(
            mark(caption.text, query),
            filter_link(visit, "reporter", caption.photographer),
        )
        for caption in unit.captions
    )
    bodies = (*paragraphs, *(caption.text for caption in captions))
    return ArticlePage(
        box=Box(query),
        article=unit,
        title=title_of(unit),
        head=_head(visit, unit, query, bodies),
        kind=visit.say(f"one.{unit.kind}"),
        around=_around(visit, unit),
        paragraphs=paragraphs,
        captions=captions,
        reporters=filter_links(visit, "reporter", unit.reporters),
        credits=tuple(
            " ".join(part for part in (credit.org, credit.role, credit.name) if part)
            for credit in unit.credits
            if credit.name not in unit.reporters
        ),
        persons=filter_links(visit, "person", unit.persons),
        warnings=tuple(notice.message.text(visit.lang) for notice in unit.warnings),
        cited=cited(visit, unit),
        linked_data=linked_data(visit, unit),
        json=visit.links.to("api_article", id=unit.id),
    )


def _roster(visit: Visit, unit: Roster, query: str) -> RosterPage:
    doubted = frozenset(name for audit in unit.audits for name in audit.names)
    groups = tuple(
        Group(
            group.role or visit.say("roster.group"),
            _group_count(visit.say, len(group.entries), group.declared),
            _order_name(visit.say, group.order),
            tuple(_entry(visit, item, query, doubted) for item in group.entries),
        )
        for group in unit.groups
    )
    names = tuple(row.name for group in groups for row in group.rows)
    return RosterPage(
        box=Box(query),
        roster=unit,
        title=title_of(unit),
        head=_head(visit, unit, query, names),
        kind=visit.say(f"one.{unit.kind}"),
        around=_around(visit, unit),
        groups=groups,
        checks=tuple(
            Check(audit.ok, audit.message.text(visit.lang), audit.names)
            for audit in unit.audits
        ),
        warnings=tuple(notice.message.text(visit.lang) for notice in unit.warnings),
        cited=cited(visit, unit),
        json=visit.links.to("api_roster", id=unit.id),
    )


def _unit(visit: Visit) -> Unit:
    unit = visit.engine.get(visit.request.path_params["id"])
    if unit is None:
        raise missing("没有这一篇。", "There is no such unit.")
    return unit


def _head(visit: Visit, unit: Unit, query: str, bodies: tuple[Snippet, ...]) -> Marked:
    headline, kicker, deck = (
        mark(text or "", query) for text in (unit.headline, unit.kicker, unit.deck)
    )
    pieces = (piece for text in (headline, kicker, deck, *bodies) for piece in text)
    return Marked(
        headline=headline,
        kicker=kicker,
        deck=deck,
        marks=sum(piece.mark for piece in pieces),
        plain=visit.links.unit(unit.kind, unit.id),
        back=visit.links.to("search", {"q": query}) if query.strip() else "",
    )


def _around(visit: Visit, unit: Unit) -> Around:
    before, after = _neighbours(visit, unit)
    paper = unit.paper
    return Around(
        paper=Link(visit.say.paper(paper), visit.links.paper(paper)) if paper else None,
        issue=issue_link(visit, unit.paper, unit.date),
        place=place_link(visit, unit.paper, unit.date, unit.page),
        section=filter_link(visit, "section", unit.section),
        previous=_hit_link(visit, before),
        next=_hit_link(visit, after),
    )


def _neighbours(visit: Visit, unit: Unit) -> tuple[Hit | None, Hit | None]:
    """The units before and after this one on its page; none where the page is not
    told."""
    if not (unit.paper and unit.date and unit.page):
        return None, None
    issue = read_issue(visit.engine, unit.paper, unit.date, unit.page)
    hits = [hit for page in issue.pages for hit in page.units]
    ids = [hit.id for hit in hits]
    if unit.id not in ids:
        return None, None
    i = ids.index(unit.id)
    return (hits[i - 1] if i else None), (hits[i + 1] if i + 1 < len(hits) else None)


def _hit_link(visit: Visit, hit: Hit | None) -> Link | None:
    return Link(hit.title, visit.links.unit(hit.kind, hit.id)) if hit else None


def _entry(
    visit: Visit, entry: RosterEntry, query: str, doubted: frozenset[str]
) -> EntryRow:
    return EntryRow(
        entry,
        mark(entry.name, query),
        visit.links.to("search", {"person": entry.name}),
        entry.name in doubted,
    )


def _group_count(say: Wording, parsed: int, declared: int | None) -> str:
    if declared is None:
        return say("roster.count", count=parsed)
    return say("roster.declared", declared=declared, parsed=parsed)


def _order_name(say: Wording, order: Order | None) -> str:
    key = "unordered" if order is Order.NONE else order
    return say(f"roster.{key}") if key else ""
