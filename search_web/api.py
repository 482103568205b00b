"""The JSON API: its endpoints, the form of every answer and error, and OpenAPI.

Answers have the shapes of the types below (they are dictionaries; `tests/test_api.py`
holds every answer against its type), errors are `application/problem+json` (RFC 9457).
The document at `/openapi.json` is made from the same types and the table `OPERATIONS`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NotRequired, TypedDict

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from indexer import (
    MAX_LIMIT,
    IndexStatus,
    IndexUnusable,
    Lang,
    Roster,
    SearchRequest,
    Sort,
    Suggestion,
    Unit,
    compare,
    encode,
    find_rows,
    response_json,
)
from search_web.exports import CITATION_TYPES, MAX_ROWS, RESULT_TYPES
from search_web.feeds import ENTRIES
from search_web.params import (
    KINDS,
    SPEECH,
    WANTED,
    Fault,
    read_screen,
    read_search,
    read_wanted,
    typed,
)
from search_web.people import known_person
from search_web.records import (
    ComparisonJson,
    PeopleJson,
    PersonJson,
    RosterRowsJson,
    comparison_json,
    people_json,
    person_json,
    rows_json,
)
from search_web.rosters import two_rosters
from search_web.site import Refusal, Visit, missing, refuse, visit_of

PROBLEM_TYPE: Final = "application/problem+json"


class PieceJson(TypedDict):
    text: str
    mark: bool


class HitJson(TypedDict):
    id: str
    kind: str
    title: str
    paper: str | None
    date: str | None
    page: str | None
    section: str | None
    score: float
    url: str
    reporters: list[str]
    snippet: list[PieceJson]
    why: list[str]
    marked_title: NotRequired[list[PieceJson]]
    speaker: NotRequired[str | None]
    role: NotRequired[str | None]
    article: NotRequired[str | None]
    speech: NotRequired[str]
    text: NotRequired[str]
    cue: NotRequired[str | None]
    evidence: NotRequired[str]
    paragraph: NotRequired[int]
    before: NotRequired[str]
    after: NotRequired[str]


class FacetValueJson(TypedDict):
    value: str
    count: int


class FacetsJson(TypedDict):
    kind: list[FacetValueJson]
    year: list[FacetValueJson]
    paper: list[FacetValueJson]
    page: list[FacetValueJson]
    section: list[FacetValueJson]
    person: list[FacetValueJson]
    speaker: list[FacetValueJson]


class AlternativeJson(TypedDict):
    text: str
    query: str
    total: int


class SearchJson(TypedDict):
    query: str
    total: int
    took_ms: float
    limit: int
    offset: int
    generation: str
    hits: list[HitJson]
    facets: FacetsJson
    suggestion: str | None
    reading: str | None
    notes: list[str]
    rewrites: list[str]
    alternatives: list[AlternativeJson]


class SuggestionJson(TypedDict):
    text: str
    kind: str
    label: str
    count: int
    query: str
    url: str


class SuggestionsJson(TypedDict):
    query: str
    suggestions: list[SuggestionJson]


class WarningJson(TypedDict):
    code: str
    text: str
    text_en: NotRequired[str]


class CreditJson(TypedDict):
    name: str
    role: str | None
    org: str | None


class CaptionJson(TypedDict):
    text: str
    photographer: str | None


class SpanJson(TypedDict):
    start: int
    end: int


class SpeakerJson(TypedDict):
    surface: str
    name: str | None
    role: str | None
    how: str


class EvidenceJson(TypedDict):
    field: str
    spans: list[SpanJson]


class QuoteJson(TypedDict):
    id: str
    kind: str
    text: str
    start: int
    end: int
    speaker: str | None
    role: str | None
    cue: str | None
    speakers: list[SpeakerJson]
    said_on: str | None
    place: str | None
    occasion: str | None
    unknown: str | None
    evidence: list[EvidenceJson]


class ArticleJson(TypedDict):
    id: str
    kind: str
    headline: str | None
    body: str
    paper: str | None
    date: str | None
    page: str | None
    section: str | None
    kicker: str | None
    deck: str | None
    source: str | None
    place: str | None
    dated: str | None
    reporters: list[str]
    credits: list[CreditJson]
    captions: list[CaptionJson]
    adopted_by: str | None
    adopted_on: str | None
    items: int | None
    quotes: list[QuoteJson]
    persons: list[str]
    warnings: list[WarningJson]
    spans: dict[str, list[tuple[int, int]]]


class EntryJson(TypedDict):
    name: str
    surface: str
    gender: str | None
    ethnicity: str | None
    qualifier: str | None
    span: SpanJson | None


class GroupJson(TypedDict):
    role: str | None
    declared: int | None
    order: str | None
    entries: list[EntryJson]


class AuditJson(TypedDict):
    kind: str
    ok: bool
    text: str
    text_en: NotRequired[str]
    names: list[str]


class RosterJson(TypedDict):
    id: str
    kind: str
    headline: str | None
    groups: list[GroupJson]
    notes: list[str]
    paper: str | None
    date: str | None
    page: str | None
    section: str | None
    kicker: str | None
    deck: str | None
    meeting: str | None
    adopted_by: str | None
    adopted_on: str | None
    audits: list[AuditJson]
    warnings: list[WarningJson]
    spans: dict[str, list[tuple[int, int]]]


class SourceJson(TypedDict):
    id: str
    kind: str
    title: str
    paper: str | None
    date: str | None
    page: str | None
    section: str | None
    url: str
    start: int
    end: int
    text: str
    quotation: str
    quote: str | None
    speaker: str | None
    role: str | None


class DifferenceJson(TypedDict):
    op: Literal["equal", "replace", "delete", "insert"]
    printed: str
    text: str


class VerdictJson(TypedDict):
    text: str
    speaker: str | None
    verdict: str
    code: str
    speaker_ok: bool | None
    similarity: float
    source: SourceJson | None
    diff: list[DifferenceJson]
    others: list[SourceJson]
    notes: list[str]


class VerifyJson(VerdictJson):
    quotes: list[VerdictJson]


class VerifyAskedJson(TypedDict):
    text: str
    speaker: NotRequired[str | None]


class PassageDifferenceJson(TypedDict):
    op: Literal["equal", "replace", "delete", "insert"]
    text: str
    other: str


class PassageJson(TypedDict):
    start: int
    end: int
    text: str
    other_start: int
    other_end: int
    other_text: str
    similarity: float
    diff: list[PassageDifferenceJson]
    left_out: list[str]
    added: list[str]


class VariantJson(TypedDict):
    id: str
    kind: str
    title: str
    paper: str | None
    date: str | None
    page: str | None
    url: str
    passages: list[PassageJson]


class VariantsJson(TypedDict):
    id: str
    complete: bool
    variants: list[VariantJson]


class StatusJson(TypedDict):
    generation: str
    built_at: str
    documents: int
    kinds: list[FacetValueJson]
    papers: list[FacetValueJson]
    oldest: str | None
    newest: str | None
    bytes: int
    degraded: str | None


class RunJson(TypedDict):
    state: str
    started_at: str | None
    finished_at: str | None
    full: bool
    progress: dict[str, Any] | None
    report: dict[str, Any] | None
    exit_code: int | None
    message: str | None


class HealthJson(TypedDict):
    status: str
    message: NotRequired[str]


class FaultJson(TypedDict):
    field: str
    detail: str


class ProblemJson(TypedDict):
    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FaultJson]]


@dataclass(frozen=True, slots=True)
class Operation:
    """What the OpenAPI document says of one method of one path."""

    path: str
    method: str
    summary: str
    answer: type
    status: int = 200
    parameters: tuple[str, ...] = ()
    problems: tuple[int, ...] = ()
    secured: bool = False
    body: type | None = None
    # Of files, which come in several forms: the media type of each.
    files: Mapping[str, str] = field(default_factory=dict)


_SEARCH_PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "q": {"type": "string"},
    "kind": {"type": "string", "enum": list(KINDS)},
    "paper": {"type": "string"},
    "page": {"type": "string"},
    "section": {"type": "string"},
    "person": {"type": "string"},
    "speaker": {"type": "string"},
    "role": {"type": "string"},
    "speech": {"type": "string", "enum": list(SPEECH)},
    "reporter": {"type": "string"},
    "from": {"type": "string", "format": "date"},
    "to": {"type": "string", "format": "date"},
    "sort": {
        "type": "string",
        "enum": [sort.value for sort in Sort],
        "default": "relevance",
    },
    "limit": {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT, "default": 10},
    "offset": {"type": "integer", "minimum": 0, "default": 0},
    "exact": {"type": "string", "enum": ["1", "0"], "default": "0"},
}
_OTHER_PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "lang": {"type": "string", "enum": ["zh", "en"], "default": "zh"},
    **{name: {"type": "string"} for name in (*WANTED, "a", "b")},
    "full": {"type": "string", "enum": ["true", "false"], "default": "false"},
}
OPERATIONS: Final = (
    Operation(
        "/api/v1/search",
        "get",
        "Search articles and rosters; without q everything is listed",
        SearchJson,
        parameters=(*_SEARCH_PARAMETERS, "lang"),
        problems=(422, 503),
    ),
    Operation(
        "/api/v1/search.{form}",
        "get",
        f"The results of a search as a file, at most {MAX_ROWS}; X-Total-Count says "
        f"how many there are. atom: a feed of the newest {ENTRIES}",
        str,
        parameters=(*_SEARCH_PARAMETERS, "lang"),
        problems=(404, 422, 503),
        files=RESULT_TYPES,
    ),
    Operation(
        "/api/v1/quotes",
        "get",
        "Search quotations by words, speaker, role, date and direct or indirect speech",
        SearchJson,
        parameters=(*(n for n in _SEARCH_PARAMETERS if n != "kind"), "lang"),
        problems=(422, 503),
    ),
    Operation(
        "/api/v1/suggest",
        "get",
        "People, sections and headlines that begin with q, in Han or pinyin",
        SuggestionsJson,
        parameters=("q", "lang"),
        problems=(503,),
    ),
    Operation(
        "/api/v1/articles/{id}/citation.{form}",
        "get",
        "How an article is cited: BibTeX, RIS, CSL-JSON, or text with GB/T 7714",
        str,
        problems=(404, 503),
        files=CITATION_TYPES,
    ),
    Operation(
        "/api/v1/rosters/{id}/citation.{form}",
        "get",
        "How a roster is cited",
        str,
        problems=(404, 503),
        files=CITATION_TYPES,
    ),
    Operation(
        "/api/v1/quotes/{id}/citation.{form}",
        "get",
        "How a quotation is cited, with its words and who said them",
        str,
        problems=(404, 503),
        files=CITATION_TYPES,
    ),
    Operation(
        "/api/v1/articles/{id}",
        "get",
        "One article or advertisement",
        ArticleJson,
        problems=(404, 503),
    ),
    Operation(
        "/api/v1/rosters/{id}", "get", "One roster", RosterJson, problems=(404, 503)
    ),
    Operation(
        "/api/v1/rosters",
        "get",
        "Entries of all rosters by name, gender, people and role",
        RosterRowsJson,
        parameters=(*WANTED, "limit", "offset"),
        problems=(422, 503),
    ),
    Operation(
        "/api/v1/rosters/compare",
        "get",
        "Who stands in both of two rosters, and who in one only",
        ComparisonJson,
        parameters=("a", "b"),
        problems=(404, 503),
    ),
    Operation(
        "/api/v1/persons",
        "get",
        "People whose name begins with q, in characters, pinyin or initials",
        PeopleJson,
        parameters=("q", "limit", "offset"),
        problems=(422, 503),
    ),
    Operation(
        "/api/v1/persons/{name}",
        "get",
        "What the archive prints of a name; namesakes told apart as far as it does",
        PersonJson,
        problems=(404, 503),
    ),
    Operation(
        "/api/v1/articles/{id}/variants",
        "get",
        "Passages of an article that stand elsewhere almost word for word, with what "
        "differs; what one has and the other lacks as whole sentences too",
        VariantsJson,
        problems=(404, 503),
    ),
    Operation(
        "/api/v1/verify",
        "post",
        "Whether a quotation, or each of those in a paragraph, is printed so, and by "
        "whom it was said",
        VerifyJson,
        parameters=("lang",),
        problems=(413, 422, 503),
        body=VerifyAskedJson,
    ),
    Operation(
        "/api/v1/status",
        "get",
        "What the index holds",
        StatusJson,
        parameters=("lang",),
        problems=(503,),
    ),
    Operation(
        "/api/v1/admin/reindex",
        "get",
        "The running or last rebuild",
        RunJson,
        problems=(401, 403),
        secured=True,
    ),
    Operation(
        "/api/v1/admin/reindex",
        "post",
        "Bring the index up to date; full=true builds it anew",
        RunJson,
        status=202,
        parameters=("full",),
        problems=(401, 403, 409, 422),
        secured=True,
    ),
    Operation("/healthz", "get", "The process is alive", HealthJson),
    Operation("/readyz", "get", "An index is open", HealthJson, problems=(503,)),
)


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
    return json_answer(_document())


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


def _document() -> dict[str, Any]:
    answers = [operation.answer for operation in OPERATIONS]
    bodies = [operation.body for operation in OPERATIONS if operation.body]
    schemas, components = msgspec.json.schema_components(
        [*answers, *bodies, ProblemJson], ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for operation, schema in zip(OPERATIONS, schemas, strict=False):
        described = _describe(operation, schema, schemas[-1])
        paths.setdefault(operation.path, {})[operation.method] = described
    token = {"type": "http", "scheme": "bearer"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "报搜 Baosou", "version": "1"},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"token": token}},
    }


def _describe(
    operation: Operation, answer: dict[str, Any], problem: dict[str, Any]
) -> dict[str, Any]:
    types = operation.files.values() or ("application/json",)
    responses = {
        str(operation.status): {
            "description": "A file" if operation.files else operation.answer.__name__,
            "content": {each: {"schema": answer} for each in types},
        }
    }
    for status in operation.problems:
        responses[str(status)] = {
            "description": "ProblemJson",
            "content": {PROBLEM_TYPE: {"schema": problem}},
        }
    described: dict[str, Any] = {
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": responses,
    }
    if operation.body:
        schema = {"$ref": f"#/components/schemas/{operation.body.__name__}"}
        content = {"application/json": {"schema": schema}}
        described["requestBody"] = {"required": True, "content": content}
    if operation.secured:
        described["security"] = [{"token": []}]
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    known = {**_SEARCH_PARAMETERS, **_OTHER_PARAMETERS}
    if "search.{form}" in operation.path:
        known["limit"] = {"type": "integer", "minimum": 0, "maximum": MAX_ROWS}
    listed: list[dict[str, Any]] = [
        {"name": name, "in": "query", "schema": known[name]}
        for name in operation.parameters
    ]
    for name in re.findall(r"{(\w+)}", operation.path):
        schema: dict[str, Any] = {"type": "string"}
        if name == "form":
            schema["enum"] = list(operation.files)
        listed.append({"name": name, "in": "path", "required": True, "schema": schema})
    return listed
