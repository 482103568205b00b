"""The OpenAPI 3.1 document of the API, made from one table of its operations and the
types of their answers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from indexer import MAX_LIMIT, Sort
from search_web.exports import CITATION_TYPES, MAX_ROWS, RESULT_TYPES
from search_web.feeds import ENTRIES
from search_web.params import KINDS, SPEECH, WANTED
from search_web.records import ComparisonJson, PeopleJson, PersonJson, RosterRowsJson
from search_web.shapes import (
    ArticleJson,
    HealthJson,
    ProblemJson,
    RosterJson,
    RunJson,
    SearchJson,
    StatusJson,
    SuggestionsJson,
    VariantsJson,
    VerifyAskedJson,
    VerifyJson,
)

PROBLEM_TYPE: Final = "application/problem+json"


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
        problems=(401, 403, 429),
        secured=True,
    ),
    Operation(
        "/api/v1/admin/reindex",
        "post",
        "Bring the index up to date; full=true builds it anew",
        RunJson,
        status=202,
        parameters=("full",),
        problems=(401, 403, 409, 422, 429),
        secured=True,
    ),
    Operation("/healthz", "get", "The process is alive", HealthJson),
    Operation("/readyz", "get", "An index is open", HealthJson, problems=(503,)),
)


def document() -> dict[str, Any]:
    """The document at `/openapi.json`."""
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
