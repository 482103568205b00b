"""The JSON API: its endpoints, and the form of errors.

Answers have the `shapes` that `openapi` describes (`tests/test_api.py` holds every
answer against its type), errors are `application/problem+json` (RFC 9457).
"""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from indexer import (
    IndexStatus,
    IndexUnusable,
    Lang,
    Roster,
    SearchRequest,
    Suggestion,
    Unit,
    compare,
    encode,
    find_rows,
    response_json,
)
from search_web.openapi import PROBLEM_TYPE, document
from search_web.params import Fault, read_screen, read_search, read_wanted, typed
from search_web.people import known_person
from search_web.records import comparison_json, people_json, person_json, rows_json
from search_web.rosters import two_rosters
from search_web.shapes import SuggestionJson
from search_web.site import Refusal, Visit, missing, refuse, visit_of


async def search(request: Request) -> Response:
    """A search, in the shape of SearchJson; 422 names each parameter that can't be
    used."""
    visit, asked = visit_of(request), read_search(request.query_params)
    refuse(asked.faults)
    return json_answer(response_json(await visit.found(asked.request), visit.lang))


async def quotes(request: Request) -> Response:
    """A search of quotations alone, in the shape of SearchJson."""
    visit = visit_of(request)
    asked = read_search({**request.query_params, "kind": "quote"})
    refuse(asked.faults)
    return json_answer(response_json(await visit.found(asked.request), visit.lang))


def suggest(request: Request) -> Response:
    """What a reader may want who has typed so far, in the shape of SuggestionsJson."""
    visit, text = visit_of(request), typed(request.query_params.get("q", ""))
    offered = [_suggestion(visit, each) for each in visit.engine.suggest(text)]
    return json_answer({"query": text, "suggestions": offered})


def article(request: Request) -> Response:
    """An article or advertisement, in the shape of ArticleJson."""
    unit = _unit(request)
    if isinstance(unit, Roster):
        raise missing("这是名单，请用 rosters。", "This is a roster: ask rosters.")
    return json_answer(encode(unit))


def roster(request: Request) -> Response:
    """A roster, in the shape of RosterJson."""
    unit = _unit(request)
    if not isinstance(unit, Roster):
        raise missing("这是文章，请用 articles。", "This is an article: ask articles.")
    return json_answer(encode(unit))


def rosters(request: Request) -> Response:
    """Entries of all rosters, in the shape of RosterRowsJson."""
    visit, wanted = visit_of(request), read_wanted(request.query_params)
    limit, offset = _screen(request)
    found = find_rows(visit.engine, wanted, limit=limit, offset=offset)
    return json_answer(rows_json(found, limit, offset, visit.links))


def comparison(request: Request) -> Response:
    """Two rosters set against each other, in the shape of ComparisonJson."""
    visit = visit_of(request)
    left, right = two_rosters(visit)
    compared = compare(left, right)
    return json_answer(comparison_json(left, right, compared, visit.links))


def people(request: Request) -> Response:
    """The list of people, in the shape of PeopleJson."""
    visit, query = visit_of(request), typed(request.query_params.get("q", ""))
    limit, offset = _screen(request)
    found = visit.engine.people(query, limit=limit, offset=offset)
    return json_answer(people_json(found, query, limit, offset, visit.links))


def person(request: Request) -> Response:
    """A person, in the shape of PersonJson."""
    visit = visit_of(request)
    return json_answer(person_json(known_person(visit), visit.links))


def status(request: Request) -> Response:
    """What the index holds, in the shape of StatusJson."""
    visit = visit_of(request)
    return json_answer(_status(visit.engine.status(), visit.lang))


async def health(request: Request) -> Response:
    """The process is alive, whatever the index is like and however many search it."""
    return json_answer({"status": "ok"})


def ready(request: Request) -> Response:
    """Whether an index is open: 200 ok or degraded, else 503 with what to do."""
    visit = visit_of(request)
    try:
        degraded = visit.engine.status().degraded
    except IndexUnusable as error:
        raise Refusal(503, error.message, headers={"Retry-After": "30"}) from error
    if degraded:
        return json_answer({"status": "degraded", "message": degraded.text(visit.lang)})
    return json_answer({"status": "ok"})


def openapi(request: Request) -> Response:
    """The OpenAPI 3.1 description of the API."""
    return json_answer(document())


def json_answer(body: object, status: int = 200) -> Response:
    """JSON as the API answers it."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def problem(
    status: int, title: str, detail: str, faults: tuple[Fault, ...], lang: Lang
) -> Response:
    """An error in the shape of ProblemJson."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if faults:
        body["errors"] = [
            {"field": fault.field, "detail": fault.message.text(lang)}
            for fault in faults
        ]
    return Response(msgspec.json.encode(body), status, media_type=PROBLEM_TYPE)


def _suggestion(visit: Visit, offered: Suggestion) -> SuggestionJson:
    return {
        "text": offered.text,
        "kind": offered.kind,
        "label": visit.say(f"field.{offered.kind}"),
        "count": offered.count,
        "query": offered.query,
        "url": visit.links.search(SearchRequest(offered.query)),
    }


def _status(status: IndexStatus, lang: Lang) -> dict[str, Any]:
    record: dict[str, Any] = msgspec.to_builtins(status)
    record["degraded"] = status.degraded.text(lang) if status.degraded else None
    return record


def _unit(request: Request) -> Unit:
    unit = visit_of(request).engine.get(request.path_params["id"])
    if unit is None:
        raise missing("没有这个编号。", "There is nothing with that id.")
    return unit


def _screen(request: Request) -> tuple[int, int]:
    """The limit and offset that are asked for."""
    limit, offset, faults = read_screen(request.query_params, usual=50)
    refuse(faults)
    return limit, offset
