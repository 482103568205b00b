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
    Unit,
    cite,
    gbt7714,
    newsroom,
    write_citations,
)
from search_web.listing import Link
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


def citation_of(visit: Visit, unit: Unit) -> Citation:
    """The citation of a unit, with its paper's name as printed."""
    return cite(unit, visit.say.paper(unit.paper) if unit.paper else None)


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
        "url": visit.links.unit(unit.kind, unit.id),
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
