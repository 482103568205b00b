"""How a unit or a quotation is cited on a page: each form as text to copy, and where it
is downloaded.

Hides which forms are shown, their names, and what the paper is called in them.
"""

from dataclasses import dataclass
from typing import Any, Final

from indexer import (
    Article,
    Citation,
    CitationForm,
    Quote,
    Unit,
    cite,
    gbt7714,
    newsroom,
    write_citations,
)
from search_web.listing import Link, person_link
from search_web.site import Visit

FORMS: Final[dict[CitationForm, str]] = {
    "bib": "BibTeX",
    "ris": "RIS",
    "json": "CSL-JSON",
    "txt": "TXT",
}


@dataclass(frozen=True, slots=True)
class Written:
    """One form of a citation; `id` is that of its element on the page."""

    id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """What the macro `citation` shows: `lines` to paste into a text, `records` for
    programs, `downloads` of all."""

    lines: tuple[Written, ...]
    records: tuple[Written, ...]
    downloads: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation as its article's page lists it: who said it, the number of its
    paragraph, and the quotation with its source."""

    quote: Quote
    speaker: Link
    paragraph: int
    text: str


def citation_of(visit: Visit, unit: Unit, quote: Quote | None = None) -> Citation:
    """The citation of a unit or a quotation in it, its paper's name as printed."""
    return cite(unit, visit.say.paper(unit.paper) if unit.paper else None, quote)


def citation_at(visit: Visit, id: str) -> Citation | None:
    """The citation of the unit or the quotation of that id; None where there is none.
    A quotation's id is that of its article and a number."""
    unit = visit.engine.get(id)
    if unit is not None:
        return citation_of(visit, unit)
    article = visit.engine.get(id.rpartition(".q")[0])
    quotes = article.quotes if isinstance(article, Article) else ()
    for quote in quotes:
        if quote.id == id and article:
            return citation_of(visit, article, quote)
    return None


def cited(visit: Visit, unit: Unit) -> Cited:
    """All forms of a unit's citation."""
    citation = citation_of(visit, unit)
    return Cited(
        lines=(
            Written("cite-news", visit.say("cite.news"), newsroom(citation)),
            Written("cite-gbt", "GB/T 7714—2025", gbt7714(citation)),
        ),
        records=tuple(
            Written(f"cite-{form}", name, write_citations([citation], form).strip())
            for form, name in FORMS.items()
            if form != "txt"
        ),
        downloads=tuple(
            Link(name, _download(visit, unit, form)) for form, name in FORMS.items()
        ),
    )


def quoted(visit: Visit, unit: Article) -> tuple[Quoted, ...]:
    """The quotations in an article."""
    return tuple(
        Quoted(
            quote,
            speaker_link(visit, quote),
            unit.body.count("\n", 0, quote.start) + 1,
            newsroom(citation_of(visit, unit, quote)),
        )
        for quote in unit.quotes
    )


def speaker_link(visit: Visit, quote: Quote) -> Link:
    """Who said it, leading to that person where the article prints a name."""
    named = quote.speakers[0].name if quote.speakers else None
    known = person_link(visit, named)
    return known or Link(quote.speaker or visit.say("cite.unknown"), "")


def linked_data(visit: Visit, unit: Article) -> dict[str, Any]:  # Any: a JSON object
    """What the page is about, for search engines: schema.org's NewsArticle; empty for
    an advertisement."""
    if unit.kind == "ad":
        return {}
    citation = citation_of(visit, unit)
    fields: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "identifier": citation.id,
        "url": visit.links.canonical(unit.kind, unit.id),
        "headline": citation.title,
        "datePublished": citation.date and citation.date.isoformat(),
        "author": _named("Person", citation.authors),
        "publisher": _named("Organization", (citation.paper,)),
        "articleSection": citation.section,
        "printPage": citation.page,
        "mentions": _named("Person", unit.persons),
    }
    return {name: value for name, value in fields.items() if value}


def _named(kind: str, names: tuple[str | None, ...]) -> list[dict[str, str]]:
    return [{"@type": kind, "name": name} for name in names if name]


def _download(visit: Visit, unit: Unit, form: CitationForm) -> str:
    route = "roster_citation" if unit.kind == "roster" else "article_citation"
    return visit.links.to(route, id=unit.id, form=form)
