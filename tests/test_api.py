"""The JSON API: the shapes of CONTRACT, errors as RFC 9457, and its own description."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from indexer import IndexDamaged, IndexMissing, Message, Settings
from search_web import create_app
from search_web.openapi import OPERATIONS
from search_web.shapes import (
    ArticleJson,
    ProblemJson,
    RosterJson,
    SearchJson,
    StatusJson,
    SuggestionsJson,
)
from tests.canned_engine import CannedEngine
from tests.web_site import BRIDGE, FERRY, LOOSE, ROSTER, UNITS, canned_site, site_over


@pytest.fixture
def site(tmp_path: Path) -> TestClient:
    return canned_site(tmp_path)


def unready(tmp_path: Path, error: IndexMissing | IndexDamaged) -> TestClient:
    def refuse() -> CannedEngine:
        raise error

    return TestClient(create_app(Settings(), refuse, runs=tmp_path, papers={}))


def test_search_has_the_contract_shape(site: TestClient) -> None:
    answer = site.get("/api/v1/search", params={"q": "通车", "limit": "1"}).json()
    found = msgspec.convert(answer, SearchJson)
    assert (found["query"], found["total"], found["limit"]) == ("通车", 3, 1)
    assert found["hits"][0]["id"] == BRIDGE.id
    assert {"text": "通车", "mark": True} in found["hits"][0]["snippet"]
    assert list(found["facets"]) == [
        "kind", "year", "paper", "page", "section", "person", "speaker"
    ]  # fmt: skip


def test_every_hit_leads_to_its_unit(site: TestClient) -> None:
    hits = site.get("/api/v1/search").json()["hits"]
    assert {hit["id"] for hit in hits} == {
        unit.id for unit in UNITS if unit.kind != "ad"
    }
    for hit in hits:
        assert hit["title"] in site.get(hit["url"]).text


def test_parameters_reach_the_engine(tmp_path: Path) -> None:
    engine = CannedEngine(UNITS)
    query = "q=通车&from=2024-11&to=2024-11&sort=oldest&page=A02&offset=0&kind=article"
    answer = site_over(engine, tmp_path).get(f"/api/v1/search?{query}").json()
    assert [hit["id"] for hit in answer["hits"]] == [FERRY.id]
    assert engine.asked[0].sort.value == "oldest"


def test_notes_come_in_the_asked_language(tmp_path: Path) -> None:
    engine = CannedEngine(UNITS, notes=(Message("理解为：甲", "Read as: A"),))
    site = site_over(engine, tmp_path)
    assert site.get("/api/v1/search").json()["notes"] == ["理解为：甲"]
    assert site.get("/api/v1/search?lang=en").json()["notes"] == ["Read as: A"]


def test_an_article_and_a_roster_have_their_shapes(site: TestClient) -> None:
    article = site.get(f"/api/v1/articles/{BRIDGE.id}").json()
    assert msgspec.convert(article, ArticleJson)["body"] == BRIDGE.body
    roster = site.get(f"/api/v1/rosters/{ROSTER.id}").json()
    assert msgspec.convert(roster, RosterJson)["audits"][1]["names"] == ["田野"]


def test_an_id_of_any_characters_is_found(site: TestClient) -> None:
    answer = site.get("/api/v1/articles/old%2Fnotes%3F1%23a%20b")
    assert answer.json()["id"] == LOOSE.id


def test_status_has_its_shape(site: TestClient) -> None:
    status = msgspec.convert(site.get("/api/v1/status").json(), StatusJson)
    assert status["documents"] == len(UNITS)
    assert (status["oldest"], status["newest"]) == ("2024-11-03", "2024-12-25")


def test_suggestions_have_their_shape_and_lead_to_results(site: TestClient) -> None:
    answer = site.get("/api/v1/suggest", params={"q": "顾", "lang": "en"})
    found = msgspec.convert(answer.json(), SuggestionsJson)
    (offered,) = found["suggestions"]
    assert (offered["text"], offered["label"], offered["count"]) == (
        "顾长河",
        "Person",
        1,
    )
    assert site.get(offered["url"]).status_code == 200


@pytest.mark.parametrize("typed", ["", " ", "\x00", "囍" * 3000])
def test_any_text_may_be_typed(site: TestClient, typed: str) -> None:
    assert site.get("/api/v1/suggest", params={"q": typed}).status_code == 200


def test_bad_parameters_are_named(site: TestClient) -> None:
    answer = site.get("/api/v1/search?sort=best&from=昨天&lang=en")
    problem = msgspec.convert(answer.json(), ProblemJson)
    assert answer.status_code == problem["status"] == 422
    assert {fault["field"] for fault in problem["errors"]} == {"sort", "from"}


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/v1/nothing",
        "/api/v1/articles/",
        "/api/v1/articles/none",
        f"/api/v1/articles/{ROSTER.id}",
        f"/api/v1/rosters/{BRIDGE.id}",
    ],
)
def test_what_is_not_there_is_a_problem(site: TestClient, path: str) -> None:
    answer = site.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert msgspec.convert(answer.json(), ProblemJson)["status"] == 404


def test_without_an_index_the_site_is_alive_but_not_ready(tmp_path: Path) -> None:
    site = unready(tmp_path, IndexMissing("没有索引。", "There is no index."))
    assert site.get("/healthz").json() == {"status": "ok"}
    for path in ("/readyz", "/api/v1/search?q=x", "/api/v1/status"):
        answer = site.get(path)
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "30"
        assert answer.json()["detail"] == "没有索引。"


def test_a_degraded_index_serves_and_says_so(tmp_path: Path) -> None:
    engine = CannedEngine(UNITS, degraded=Message("用上一代。", "Previous one."))
    answer = site_over(engine, tmp_path).get("/readyz?lang=en")
    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "message": "Previous one."}


def test_openapi_lists_every_route_of_the_api(tmp_path: Path) -> None:
    site = canned_site(tmp_path)
    described = site.get("/openapi.json").json()["paths"]
    routes = {
        route.path.replace(":path", "")
        for route in site.app.routes  # type: ignore[attr-defined] # a Starlette app
    }
    machine = {
        path for path in routes if path.startswith(("/api", "/healthz", "/ready"))
    }
    assert set(described) == machine


def test_openapi_schemas_resolve(site: TestClient) -> None:
    document = site.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    refs = list(_refs(document))
    assert refs
    assert all(ref.removeprefix("#/components/schemas/") in schemas for ref in refs)
    told = {each.answer.__name__ for each in OPERATIONS if not each.files}
    assert told <= set(schemas)


def _refs(node: Any) -> Any:  # Any: JSON
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for child in node.values():
            yield from _refs(child)
    if isinstance(node, list):
        for child in node:
            yield from _refs(child)
