"""What of an article stands elsewhere, as a page: passages side by side with what
differs."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indexer import (
    Article,
    Passage,
    Roster,
    Variant,
    title_of,
    variants_json,
    variants_of,
)
from search_web.api import json_answer
from search_web.listing import Box, Link, issue_link, place_link
from search_web.site import Visit, missing, visit_of


@dataclass(frozen=True, slots=True)
class ShownVariant:
    """Another article, where it stands, and the passages that it shares."""

    article: Link
    places: tuple[Link | None, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class VariantsPage:
    """What variants.html shows."""

    box: Box
    article: Link
    variants: tuple[ShownVariant, ...]
    complete: bool
    json: str


def page(request: Request) -> Response:
    """The passages of an article that stand elsewhere."""
    visit = visit_of(request)
    unit = visit.engine.get(request.path_params["id"])
    if isinstance(unit, Roster):
        return RedirectResponse(visit.links.unit("roster", unit.id), 301)
    article = _found(unit)
    variants = variants_of(visit.engine, article)
    shown = VariantsPage(
        Box(),
        Link(title_of(article), visit.links.unit(article.kind, article.id)),
        tuple(_shown(visit, variant) for variant in variants.found),
        variants.complete,
        visit.links.to("api_variants", id=article.id),
    )
    return _kept_if(variants.complete, visit.page("variants.html", shown))


def answer(request: Request) -> Response:
    """The same, in the shape of VariantsJson."""
    visit = visit_of(request)
    article = _found(visit.engine.get(request.path_params["id"]))
    variants = variants_of(visit.engine, article)
    return _kept_if(variants.complete, json_answer(variants_json(article, variants)))


def _kept_if(complete: bool, answer: Response) -> Response:
    """An answer that may be kept; one that time ran out for is made anew."""
    if not complete:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _found(unit: object) -> Article:
    if not isinstance(unit, Article):
        raise missing("没有这一篇文章。", "There is no such article.")
    return unit


def _shown(visit: Visit, variant: Variant) -> ShownVariant:
    other = variant.article
    return ShownVariant(
        Link(title_of(other), visit.links.unit(other.kind, other.id)),
        (
            issue_link(visit, other.paper, other.date),
            place_link(visit, other.paper, other.date, other.page),
        ),
        variant.passages,
    )
