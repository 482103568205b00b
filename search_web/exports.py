"""What readers take away as files: the citation of one unit, the results of a search.

Hides media types, file names, how the rows of each format are written, and that a long
list is streamed step by step, all of it from one generation of the index.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from indexer import (
    SHEET_MARK,
    CitationForm,
    Hit,
    SearchResponse,
    response_json,
    sheet_rows,
    write_citations,
)
from search_web.citing import FORMS, citation_at
from search_web.feeds import ENTRIES, feed
from search_web.params import Asked, read_search
from search_web.site import Visit, missing, refuse, visit_of

MAX_ROWS: Final = 10_000
CITATION_TYPES: Final[Mapping[str, str]] = {
    "txt": "text/plain; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json",
}
RESULT_TYPES: Final[Mapping[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "bib": CITATION_TYPES["bib"],
    "ris": CITATION_TYPES["ris"],
    "atom": "application/atom+xml; charset=utf-8",
}


def citation(request: Request) -> Response:
    """The citation of an article, roster or quotation as a file."""
    visit, asked = visit_of(request), request.path_params["form"]
    form = next((form for form in FORMS if form == asked), None)
    found = citation_at(visit, request.path_params["id"])
    if found is None or form is None:
        raise missing("没有这个编号或格式。", "There is no such id or format.")
    body = write_citations([found], form)
    headers = {"Content-Disposition": attachment(f"{found.id}.{form}")}
    return Response(body, headers=headers, media_type=CITATION_TYPES[form])


def results(request: Request) -> Response:
    """The results of a search as a file, at most MAX_ROWS; X-Total-Count says how many
    there are. The feed has the newest ones."""
    visit, form = visit_of(request), request.path_params["form"]
    if form not in RESULT_TYPES:
        raise missing("没有这种格式。", "There is no such format.")
    if form == "atom":
        return _feed(visit)
    asked = _asked(request.query_params, usual=MAX_ROWS, most=MAX_ROWS)
    batches = visit.engine.batches(asked.request)
    first = next(batches)
    name = "-".join(filter(None, ("baosou", asked.request.query.strip())))
    headers = {
        "Content-Disposition": attachment(f"{name[:60]}.{form}"),
        "X-Robots-Tag": "noindex",
        "X-Total-Count": str(first.total),
        "X-Row-Limit": str(MAX_ROWS),
    }
    written = _WRITERS[form](visit, chain((first,), batches))
    return StreamingResponse(written, headers=headers, media_type=RESULT_TYPES[form])


def attachment(name: str) -> str:
    """The Content-Disposition of a download under that name, whatever it is.

    >>> print(attachment("通车.csv"))
    attachment; filename="__.csv"; filename*=UTF-8''%E9%80%9A%E8%BD%A6.csv
    """
    safe = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', "_", name)[-120:].lstrip(".")
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", safe)
    full = quote(safe, safe="", errors="replace")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"


def _asked(given: Mapping[str, str], *, usual: int, most: int) -> Asked:
    asked = read_search(given, usual=usual, most=most)
    refuse(asked.faults)
    return asked


def _feed(visit: Visit) -> Response:
    newest = {"sort": "newest", **visit.request.query_params}
    asked = _asked(newest, usual=ENTRIES, most=ENTRIES)
    response = visit.engine.search(asked.request)
    body = feed(visit, response, visit.engine.status().built_at)
    headers = {"X-Total-Count": str(response.total)}
    return Response(body, headers=headers, media_type=RESULT_TYPES["atom"])


def _csv(visit: Visit, batches: Iterable[SearchResponse]) -> Iterator[bytes]:
    names = (
        *("kind", "headline", "paper", "date", "page", "section", "reporter"),
        *("speaker", "role"),
    )
    said = (visit.say("unit.id"), *(visit.say(f"field.{name}") for name in names))
    header = (*said, visit.say("export.snippet"), visit.say("export.address"))
    yield SHEET_MARK + sheet_rows((header,))
    for batch in batches:
        yield sheet_rows(_row(visit, hit) for hit in batch.hits)


def _row(visit: Visit, hit: Hit) -> tuple[str, ...]:
    return (
        hit.id,
        visit.say(f"one.{hit.kind}"),
        hit.title,
        visit.say.paper(hit.paper) if hit.paper else "",
        hit.date.isoformat() if hit.date else "",
        hit.page or "",
        hit.section or "",
        visit.say.listed(hit.reporters),
        *_speaker(hit),
        "".join(piece.text for piece in hit.snippet),
        visit.links.unit(hit.kind, hit.id),
    )


def _speaker(hit: Hit) -> tuple[str, str]:
    """Who said what a hit quotes, and as what."""
    said = hit.spoken.quote if hit.spoken else None
    return (said.speaker or "", said.role or "") if said else ("", "")


def _jsonl(visit: Visit, batches: Iterable[SearchResponse]) -> Iterator[bytes]:
    """Hits as `/api/v1/search` gives them, one a line."""
    for batch in batches:
        hits = response_json(batch, visit.lang)["hits"]
        yield b"".join(msgspec.json.encode(hit) + b"\n" for hit in hits)


def _bib(visit: Visit, batches: Iterable[SearchResponse]) -> Iterator[bytes]:
    return _cited(visit, batches, "bib")


def _ris(visit: Visit, batches: Iterable[SearchResponse]) -> Iterator[bytes]:
    return _cited(visit, batches, "ris")


def _cited(
    visit: Visit, batches: Iterable[SearchResponse], form: CitationForm
) -> Iterator[bytes]:
    for batch in batches:
        found = (citation_at(visit, hit.id) for hit in batch.hits)
        cited = [citation for citation in found if citation]
        yield write_citations(cited, form).encode() + b"\n"


_WRITERS: Final = {"csv": _csv, "jsonl": _jsonl, "bib": _bib, "ris": _ris}
