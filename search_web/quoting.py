"""Quotations among results: how each is shown with what proves it, and the form that
asks for them.

Hides how much of the paragraph around a quotation is shown, and where its speaker, its
article and its citation lead.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from indexer import Article, Hit, SearchRequest, newsroom
from search_web.citing import citation_of, speaker_link
from search_web.listing import Link, Row
from search_web.params import SPEECH, search_params
from search_web.site import Visit

_AROUND: Final = 60  # characters before a quotation, and after it


@dataclass(frozen=True, slots=True)
class Said:
    """A quotation as results show it: who said it and in which role, whether it is
    direct, the printed words that tell (`evidence`), what stands around it, and `text`
    to copy, with the source."""

    direct: bool
    speaker: Link
    role: str | None
    how: str
    evidence: str
    before: str
    after: str
    place: Link
    text: str


@dataclass(frozen=True, slots=True)
class QuoteForm:
    """The form of the quotations page: its present values, the choices of direct or
    indirect speech, and what it keeps of the search."""

    values: Mapping[str, str]
    speeches: tuple[Link, ...]
    kept: tuple[tuple[str, str], ...]


def said_by_id(visit: Visit, rows: Iterable[Row]) -> dict[str, Said]:
    """What is shown of each hit that is a quotation, by its id."""
    found = ((row.hit.id, _said(visit, row)) for row in rows)
    return {id: said for id, said in found if said}


def form_of(visit: Visit, request: SearchRequest) -> QuoteForm | None:
    """The form for a search of quotations; None for any other."""
    if request.kind != "quote":
        return None
    asked = search_params(request)
    own = ("q", "speaker", "role", "speech", "from", "to")
    return QuoteForm(
        values={name: asked.get(name, "") for name in own},
        speeches=tuple(
            Link(visit.say(f"cite.{speech}"), speech, current=speech == request.speech)
            for speech in SPEECH
        ),
        kept=tuple(
            pair for pair in asked.items() if pair[0] not in (*own, "kind", "offset")
        ),
    )


def _said(visit: Visit, row: Row) -> Said | None:
    spoken = row.hit.spoken
    if spoken is None:
        return None
    quote = spoken.quote
    return Said(
        direct=quote.kind == "direct",
        speaker=speaker_link(visit, quote),
        role=quote.role if quote.role not in (None, quote.speaker) else None,
        how=visit.say(f"cite.{quote.kind}"),
        evidence=spoken.evidence,
        before=_last(spoken.before),
        after=_first(spoken.after),
        place=Link(visit.say("quotes.open", number=spoken.paragraph), row.href),
        text=_with_source(visit, row.hit),
    )


def _with_source(visit: Visit, hit: Hit) -> str:
    """The quotation in the newsroom's form; its words alone if its article is gone."""
    assert hit.spoken is not None
    article = visit.engine.get(hit.spoken.article)
    if not isinstance(article, Article):
        return hit.spoken.quote.text
    return newsroom(citation_of(visit, article, hit.spoken.quote))


def _last(text: str) -> str:
    return text if len(text) <= _AROUND else "…" + text[-_AROUND:]


def _first(text: str) -> str:
    return text if len(text) <= _AROUND else text[:_AROUND] + "…"
