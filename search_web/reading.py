"""An article as a page to read, and what it shares with a roster's page.

Hides how marks reach each field and how a unit's neighbours on its newspaper page are
found. Paragraphs have stable anchors.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indexer import (
    Article,
    Hit,
    Roster,
    Snippet,
    Turn,
    Unit,
    counterpart,
    is_page,
    mark,
    title_of,
    turns_of,
)
from search_web.citing import Cited, Quoted, cited, linked_data, quoted
from search_web.issues import page_labels, read_issue
from search_web.listing import (
    Box,
    Link,
    filter_link,
    issue_link,
    person_link,
    person_links,
    place_link,
    query_of,
)
from search_web.site import Visit, missing, visit_of
from search_web.walking import Way, way_of


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
    """The fields of a unit's head with the reader's words marked; the same page
    without marks; the way back to the results."""

    headline: Snippet
    kicker: Snippet
    deck: Snippet
    marks: int
    plain: str
    way: Way | None
    canonical: str


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
    turns: tuple[Link, ...]
    captions: tuple[ShownCaption, ...]
    reporters: tuple[Link, ...]
    credits: tuple[str, ...]
    persons: tuple[Link, ...]
    quotes: tuple[Quoted, ...]
    warnings: tuple[str, ...]
    cited: Cited
    linked_data: dict[str, Any]  # Any: JSON
    json: str


def article(request: Request) -> Response:
    """An article, with the words of `?q=` marked."""
    visit = visit_of(request)
    unit, query = unit_of(visit), query_of(request)
    if isinstance(unit, Roster):
        return RedirectResponse(visit.links.unit("roster", unit.id, query), 301)
    return visit.page("article.html", _article(visit, unit, query))


def unit_of(visit: Visit) -> Unit:
    """The unit that the address names."""
    unit = visit.engine.get(visit.request.path_params["id"])
    if unit is None:
        raise missing("没有这一篇。", "There is no such unit.")
    return unit


def head_of(
    visit: Visit, unit: Unit, query: str, bodies: tuple[Snippet, ...]
) -> Marked:
    """The head of a unit; `bodies` are its other texts, already marked."""
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
        way=way_of(visit, unit.id),
        canonical=visit.links.canonical(unit.kind, unit.id),
    )


def around_of(visit: Visit, unit: Unit) -> Around:
    """Where a unit stands."""
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


def _article(visit: Visit, unit: Article, query: str) -> ArticlePage:
    paragraphs = tuple(mark(text, query) for text in unit.paragraphs)
    captions = tuple(
        ShownCaption(
            mark(caption.text, query),
            person_link(visit, caption.photographer),
        )
        for caption in unit.captions
    )
    bodies = (*paragraphs, *(caption.text for caption in captions))
    return ArticlePage(
        box=Box(query),
        article=unit,
        title=title_of(unit),
        head=head_of(visit, unit, query, bodies),
        kind=visit.say(f"one.{unit.kind}"),
        around=around_of(visit, unit),
        paragraphs=paragraphs,
        turns=tuple(_turns(visit, unit)),
        captions=captions,
        reporters=person_links(visit, unit.reporters),
        credits=tuple(
            " ".join(part for part in (credit.org, credit.role, credit.name) if part)
            for credit in unit.credits
            if credit.name not in unit.reporters
        ),
        persons=person_links(visit, unit.persons),
        quotes=quoted(visit, unit),
        warnings=tuple(notice.message.text(visit.lang) for notice in unit.warnings),
        cited=cited(visit, unit),
        linked_data=linked_data(visit, unit),
        json=visit.links.to("api_article", id=unit.id),
    )


def _turns(visit: Visit, article: Article) -> Iterator[Link]:
    """The articles of other pages that an article goes on in or comes from."""
    for turn in turns_of(article):
        other = counterpart(article, turn, _meant(visit, article, turn))
        if other:
            key = "unit.onward" if turn.onward else "unit.from"
            said = visit.say(key, page=other.page or "", title=title_of(other))
            yield Link(said, visit.links.unit(other.kind, other.id))


def _meant(visit: Visit, article: Article, turn: Turn) -> Iterator[Article]:
    """The articles of the page that a mark names."""
    if not (article.paper and article.date):
        return
    place = article.paper, article.date
    for label in page_labels(visit.engine, *place):
        if is_page(turn.page, label) and label != article.page:
            for page in read_issue(visit.engine, *place, label).pages:
                units = (visit.engine.get(hit.id) for hit in page.units)
                yield from (unit for unit in units if isinstance(unit, Article))


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
