"""Every route: its methods, its headers, its errors, and what hostile requests get."""

import random
import re
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from indexer import SearchRequest, SearchResponse, SearchTooSlow
from search_web import create_app
from search_web.app import HEADERS, MAX_ADDRESS, MAX_BODY, SEARCHES_AT_ONCE
from tests.canned_engine import CannedEngine
from tests.web_site import BRIDGE, ROSTER, UNITS, canned_site, site_over

PARTS = {
    "id": BRIDGE.id,
    "form": "bib",
    "paper": "yunpu",
    "date": "2024-12-25",
    "label": "01",
    "name": "顾长河",
    "number": 1,
}
# What each route takes; a route that is not here fails the test below.
METHODS = {
    "search": "GET",
    "api_search": "GET",
    "api_suggest": "GET",
    "home": "GET",
    "quotes": "GET",
    "variants": "GET",
    "article": "GET",
    "rosters": "GET",
    "compare": "GET",
    "roster_csv": "GET",
    "roster": "GET",
    "people": "GET",
    "person": "GET",
    "calendar": "GET",
    "papers": "GET",
    "paper": "GET",
    "issue": "GET",
    "page": "GET",
    "guide": "GET",
    "verify": "GET, POST",
    "admin": "GET",
    "opensearch": "GET",
    "robots": "GET",
    "sitemap": "GET",
    "sitemap_part": "GET",
    "completions": "GET",
    "static": "GET",
    "api_quotes": "GET",
    "api_results": "GET",
    "article_citation": "GET",
    "roster_citation": "GET",
    "api_variants": "GET",
    "quote_citation": "GET",
    "api_article": "GET",
    "api_rosters": "GET",
    "api_compare": "GET",
    "api_roster": "GET",
    "api_people": "GET",
    "api_person": "GET",
    "api_verify": "POST",
    "api_status": "GET",
    "api_reindex": "GET, POST",
    "openapi": "GET",
    "health": "GET",
    "ready": "GET",
}
XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "</title><svg/onload=alert(1)>",
    "javascript:alert(1)",
]


class BrokenEngine(CannedEngine):
    """An engine with a bug."""

    def search(
        self, request: SearchRequest, *, seconds: float | None = None
    ) -> SearchResponse:
        raise RuntimeError("secret detail")


class EndlessEngine(CannedEngine):
    """An engine that gives every search up."""

    def search(
        self, request: SearchRequest, *, seconds: float | None = None
    ) -> SearchResponse:
        raise SearchTooSlow("太慢。", "Too slow.")


class WaitingEngine(CannedEngine):
    """An engine whose searches for 慢 are not quick, and go on until all that may run
    are running."""

    running = threading.Barrier(SEARCHES_AT_ONCE + 1)

    def search(
        self, request: SearchRequest, *, seconds: float | None = None
    ) -> SearchResponse:
        if request.query == "慢":
            if seconds is not None:
                raise SearchTooSlow("慢", "slow")
            self.running.wait(timeout=10)
            self.running.wait(timeout=10)
        return super().search(request)


@pytest.fixture
def site(tmp_path: Path) -> TestClient:
    return canned_site(tmp_path, token="t")


def routes(site: TestClient) -> list[Route]:
    listed = site.app.routes  # type: ignore[attr-defined] # a Starlette app
    return [route for route in listed if isinstance(route, Route)]


def address(site: TestClient, route: Route) -> str:
    if route.name == "static":
        home = site.get("/").text
        found = re.search(r'href="(/static/[^"]+css)"', home)
        assert found
        return found[1]
    names = set(route.param_convertors)
    parts = {name: PARTS[name] for name in names}
    if route.name == "api_results":
        parts["form"] = "csv"
    if route.name in ("roster", "api_roster", "roster_csv"):
        parts["id"] = ROSTER.id
    asked = f"?a={ROSTER.id}&b={ROSTER.id}" if route.name == "api_compare" else ""
    return f"{route.url_path_for(route.name, **parts)}{asked}"


def test_the_table_of_methods_names_every_route(site: TestClient) -> None:
    assert [route.name for route in routes(site)] == list(METHODS)


@pytest.mark.parametrize("name", METHODS)
def test_a_route_answers_its_methods_and_refuses_others(
    site: TestClient, name: str
) -> None:
    route = next(route for route in routes(site) if route.name == name)
    path = address(site, route)
    headers = {"Authorization": "Bearer t"}
    allowed = METHODS[name].split(", ")
    if "GET" in allowed:
        assert site.get(path, headers=headers).status_code == 200
        assert site.head(path, headers=headers).status_code == 200
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - {
        *allowed
    }:
        answer = site.request(method, path, headers=headers)
        assert answer.status_code == 405, method
        assert (
            {*allowed} <= {*answer.headers["allow"].split(", ")} <= {*allowed, "HEAD"}
        )


@pytest.mark.parametrize(
    "path", ["/", "/search?q=通车", "/nothing", "/api/v1/search", "/api/x", "/healthz"]
)
def test_every_answer_has_the_security_headers(site: TestClient, path: str) -> None:
    answer = site.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    ("path", "large"), [("/search?q=通车", True), ("/healthz", False)]
)
def test_a_large_answer_is_compressed_for_whoever_takes_that(
    site: TestClient, path: str, large: bool
) -> None:
    packed = site.get(path, headers={"Accept-Encoding": "br, gzip"})
    plain = site.get(path, headers={"Accept-Encoding": "identity"})
    assert (packed.headers.get("content-encoding") == "gzip") == large
    assert "content-encoding" not in plain.headers
    for answer in (packed, plain):  # caches must tell the two apart
        assert (answer.headers.get("vary") == "Accept-Encoding") == large


def test_what_is_quick_is_answered_while_every_thread_searches(
    tmp_path: Path,
) -> None:
    engine = WaitingEngine()
    with site_over(engine, tmp_path) as site, ThreadPoolExecutor() as readers:
        asked = [
            readers.submit(site.get, "/search?q=慢") for _ in range(SEARCHES_AT_ONCE)
        ]
        engine.running.wait(timeout=10)
        assert site.get("/api/v1/search?q=通车").status_code == 200
        assert site.get("/healthz").json() == {"status": "ok"}
        assert not wait(asked, timeout=0.2).done
        engine.running.wait(timeout=10)
        assert {answer.result().status_code for answer in asked} == {200}


def test_a_search_that_is_given_up_is_told(tmp_path: Path) -> None:
    site = site_over(EndlessEngine(), tmp_path)
    answer = site.get("/api/v1/search?q=x")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "太慢。"


def test_a_bug_is_told_without_its_detail(tmp_path: Path) -> None:
    site = site_over(BrokenEngine(), tmp_path, raising=False)
    for path in ("/search?q=x", "/api/v1/search?q=x"):
        answer = site.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/search/",
        "/articles/none",
        "/articles/",
        "/articles/%00",
        "/articles/%ED%A0%80",
        "/articles/%zz",
        "/articles/..%2f..%2fetc%2fpasswd",
        "/rosters/none",
        "/papers/none",
        "/papers/yunpu/2024-13-01",
        "/papers/yunpu/2024-12-26",
        "/papers/yunpu/2024-12-25/99",
        "/static/0/site.css",
        "/static/0/..%2fapp.py",
        "//evil.example/x",
    ],
)
def test_what_is_not_there_is_a_page(site: TestClient, path: str) -> None:
    answer = site.get("http://testserver" + path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "没有" in answer.text
    assert 'href="//' not in answer.text


def test_static_files_are_kept_for_ever_and_others_are_not(site: TestClient) -> None:
    home = site.get("/")
    assert "cache-control" not in home.headers
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', home.text):
        answer = site.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"].endswith("immutable")


def test_pages_have_no_inline_script_or_style(site: TestClient) -> None:
    for path in ("/", "/search", f"/articles/{BRIDGE.id}", f"/rosters/{ROSTER.id}"):
        page = site.get(path).text
        assert "<style" not in page
        assert not re.search(r"\s(style|on\w+)=", page)
        # JSON-LD is data, which no browser runs.
        scripts = page.replace('<script type="application/ld+json">', "")
        assert not re.search(r"<script(?![^>]* src=)", scripts)


def test_large_requests_are_refused(site: TestClient) -> None:
    assert site.get(f"/search?q={'x' * MAX_ADDRESS}").status_code == 414
    big = b"x" * (MAX_BODY + 1)
    answer = site.post("/api/v1/admin/reindex", content=big)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    unstated = site.post("/api/v1/admin/reindex", content=iter([b"x"]))
    assert unstated.status_code == 411


@pytest.mark.parametrize("payload", XSS)
def test_what_readers_type_comes_out_escaped(site: TestClient, payload: str) -> None:
    for path in ("/search", f"/articles/{BRIDGE.id}", "/nothing"):
        page = site.get(path, params={"q": payload, "section": payload}).text
        assert payload not in page or "<" not in payload
        assert "<img" not in page
        assert "<svg" not in page
        assert "alert(1)</script>" not in page
        assert "49" not in re.findall(r'name="q"[^>]*value="([^"]*)"', page)


@pytest.mark.long
def test_no_query_breaks_the_site(site: TestClient) -> None:
    rng = random.Random(3)
    alphabet = "通车桥a1 \t\"“”'()[]{}*?:~^-+&|\\/<>%#\u200b\u3000\ufeff𠮷é\x00\x1b或非"
    names = ["q", "kind", "from", "to", "page", "sort", "limit", "offset", "lang"]
    for _ in range(1000):
        typed = "".join(rng.choices(alphabet, k=rng.randrange(30)))
        path = rng.choice(["/search", "/api/v1/search", f"/articles/{BRIDGE.id}"])
        answer = site.get(path, params={"q": typed, rng.choice(names): typed})
        assert answer.status_code in (200, 422), (path, typed)


@pytest.mark.parametrize("raw", ["q=%", "q=%zz", "q=%ED%A0%80", "q=%00", "&&==", "q"])
def test_odd_query_strings_are_read(site: TestClient, raw: str) -> None:
    assert site.get(f"/search?{raw}").status_code == 200
    assert site.get(f"/api/v1/search?{raw}").status_code == 200


def test_a_forged_host_goes_nowhere(site: TestClient) -> None:
    page = site.get("/search?q=通车", headers={"Host": "evil.example"}).text
    assert "evil.example" not in page


def test_the_index_is_opened_once_and_closed(tmp_path: Path) -> None:
    engine = CannedEngine(UNITS)
    with site_over(engine, tmp_path) as site:
        assert site.get("/readyz").status_code == 200
        assert not engine.closed
    assert engine.closed


def test_the_site_lives_below_a_prefix(tmp_path: Path) -> None:
    app = site_over(CannedEngine(UNITS), tmp_path).app
    site = TestClient(app, root_path="/archive")
    page = site.get("/archive/search?q=通车").text
    links = re.findall(r'(?:href|action|src)="(/[^"]*)"', page)
    assert links
    assert all(link.startswith("/archive/") for link in links)


def test_the_door_is_create_app() -> None:
    assert create_app.__module__ == "search_web.app"
