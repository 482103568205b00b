"""What readers take away as files: the citation of one unit, the results of a search.

Hides media types, file names, and how a long list is streamed.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from indexer import CitationForm, write_citations
from search_web.citing import FORMS, citation_of
from search_web.site import missing, visit_of

CITATION_TYPES: Final[Mapping[str, str]] = {
    "txt": "text/plain; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json",
}


def citation(request: Request) -> Response:
    """The citation of an article or roster as a file."""
    visit, asked = visit_of(request), request.path_params["form"]
    form = _form(asked)
    unit = visit.engine.get(request.path_params["id"])
    if unit is None or form is None:
        raise missing("没有这个编号或格式。", "There is no such id or format.")
    body = write_citations([citation_of(visit, unit)], form)
    headers = {"Content-Disposition": attachment(f"{unit.id}.{form}")}
    return Response(body, headers=headers, media_type=CITATION_TYPES[form])


def attachment(name: str) -> str:
    """The Content-Disposition of a download under that name, whatever it is.

    >>> print(attachment("通车.csv"))
    attachment; filename="__.csv"; filename*=UTF-8''%E9%80%9A%E8%BD%A6.csv
    """
    safe = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', "_", name)[-120:].lstrip(".")
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", safe)
    full = quote(safe, safe="", errors="replace")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"


def _form(name: str) -> CitationForm | None:
    return next((form for form in FORMS if form == name), None)
