"""What a browser has already is not made again, and nothing else is kept."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from indexer import Message, SearchRequest
from indexer.archive import Article
from indexer.documents import of
from indexer.whoosh_engine import open_engine
from search_web.app import HEADERS
from tests.canned_engine import CannedEngine
from tests.web_site import BRIDGE, UNITS, site_over

PATHS = (
    "/",
    "/search?q=通车",
    f"/articles/{BRIDGE.id}",
    "/papers/yunpu/2024-12-25/01",
    "/api/v1/search?q=通车",
    "/api/v1/search.csv",
    "/sitemap.xml",
)


@pytest.fixture
def engine() -> CannedEngine:
    return CannedEngine(UNITS)


@pytest.fixture
def site(engine: CannedEngine, tmp_path: Path) -> TestClient:
    client = site_over(engine, tmp_path)
    client.get("/")  # opens the index
    return client


def asked_again(site: TestClient, path: str, tag: str) -> int:
    return site.get(path, headers={"If-None-Match": tag}).status_code


@pytest.mark.parametrize("path", PATHS)
def test_what_is_there_already_is_not_made_again(
    site: TestClient, engine: CannedEngine, path: str
) -> None:
    tag = site.get(path).headers["etag"]
    assert tag.startswith('W/"')
    engine.asked.clear()
    for sent in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        answer = site.get(path, headers={"If-None-Match": sent})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert engine.asked == []
    assert asked_again(site, path, '"other"') == 200


def test_what_differs_has_another_tag(site: TestClient) -> None:
    asked = ("/search?q=a", "/search?q=b", "/search?q=a&lang=en", "/quotes?q=a")
    tags = {site.get(path).headers["etag"] for path in asked}
    tags |= {
        site.get(asked[0], headers={"Host": host}).headers["etag"]
        for host in ("a.example", "b.example")
    }
    assert len(tags) == len(asked) + 2


def test_a_program_started_anew_keeps_nothing(tmp_path: Path) -> None:
    def tag(start: str) -> str:
        client = site_over(CannedEngine(UNITS), tmp_path / start)
        client.get("/")
        return client.get("/").headers["etag"]

    assert tag("one") == tag("one") != tag("two")


@pytest.mark.parametrize(
    "path", ["/nothing", "/api/v1/search?limit=x", "/healthz", "/api/v1/status"]
)
def test_errors_and_states_have_no_tag(site: TestClient, path: str) -> None:
    assert "etag" not in site.get(path).headers


def test_nothing_is_kept_while_the_index_is_not_certain(tmp_path: Path) -> None:
    engine = CannedEngine(UNITS, degraded=Message("旧", "old"))
    site = site_over(engine, tmp_path)
    for _ in range(2):
        assert "etag" not in site.get("/").headers


def test_only_what_is_read_is_kept(site: TestClient) -> None:
    tag = site.get("/verify").headers["etag"]
    answer = site.post("/verify", headers={"If-None-Match": tag})
    assert answer.status_code != 304
    assert "etag" not in answer.headers
    head = site.head("/verify", headers={"If-None-Match": tag})
    assert head.status_code == 304


def test_a_new_generation_is_seen_at_once(tmp_path: Path) -> None:
    def written(headline: str) -> None:
        with open_engine(tmp_path / "index", writable=True) as writer:
            writer.replace([of(Article("a", "article", headline, "正文。"))])

    written("旧闻")
    engine = open_engine(tmp_path / "index")
    site = site_over(engine, tmp_path)
    assert engine.search(SearchRequest("旧闻")).total == 1
    site.get("/")
    tag = site.get("/search").headers["etag"]
    assert asked_again(site, "/search", tag) == 304
    written("新闻")
    assert asked_again(site, "/search", tag) == 200
    assert site.get("/search").headers["etag"] != tag
