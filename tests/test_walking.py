"""A reader goes from result to result, and back to all of them."""

import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.canned_engine import CannedEngine
from tests.web_site import BRIDGE, FERRY, LOOSE, ROSTER, UNITS, canned_site, site_over


@pytest.fixture
def site(tmp_path: Path) -> TestClient:
    return canned_site(tmp_path)


def way_of(page: str) -> dict[str, str]:
    """The links of the way on a page: prev, back, next."""
    found = re.search('<nav class="way".*?</nav>', page, re.DOTALL)
    links = re.findall(r'<a (?:rel="(\w+)" )?href="([^"]*)"', found[0] if found else "")
    return {rel or "back": unescape(href) for rel, href in links}


def test_each_result_leads_to_the_next_and_back(site: TestClient) -> None:
    results = site.get("/search?from=2024-01-01&sort=newest").text
    first = re.findall(r'<h2><a href="([^"]*)"', results)[0]
    page = site.get(unescape(first)).text
    seen = [BRIDGE.id, ROSTER.id, FERRY.id]
    for number, id in enumerate(seen, 1):
        assert f'rel="canonical" href="/{kind_of(id)}/{id}"' in page
        assert f"{number}/{len(seen)}" in page
        way = way_of(page)
        assert way["back"] == "/search?from=2024-01-01&sort=newest"
        assert ("prev" in way, "next" in way) == (number > 1, number < len(seen))
        page = site.get(way["next"]).text if "next" in way else ""


def kind_of(id: str) -> str:
    return "rosters" if id == ROSTER.id else "articles"


def test_the_way_back_leads_to_the_screen_of_the_result(site: TestClient) -> None:
    second = site.get("/search?q=通车&limit=1&offset=1").text
    link = unescape(re.findall(r'<h2><a href="([^"]*)"', second)[0])
    way = way_of(site.get(link).text)
    assert way["back"] == "/search?q=%E9%80%9A%E8%BD%A6&limit=1&offset=1"
    assert (
        way_of(site.get(way["prev"]).text)["back"]
        == "/search?q=%E9%80%9A%E8%BD%A6&limit=1"
    )


@pytest.mark.parametrize("at", ["2", "99", "x", "-1", "", "9" * 30])
def test_a_result_that_has_moved_still_leads_back(site: TestClient, at: str) -> None:
    page = site.get(f"/articles/{BRIDGE.id}", params={"q": "通车", "at": at}).text
    assert set(way_of(page)) == {"back"}
    assert way_of(page)["back"].startswith("/search?q=%E9%80%9A%E8%BD%A6")


def test_who_comes_without_a_search_has_no_way(tmp_path: Path) -> None:
    engine = CannedEngine(UNITS)
    page = site_over(engine, tmp_path).get("/articles/old%2Fnotes%3F1%23a%20b").text
    assert LOOSE.body in page
    assert way_of(page) == {}
    assert engine.asked == []


def test_a_roster_sorted_anew_keeps_the_way(site: TestClient) -> None:
    page = site.get(f"/rosters/{ROSTER.id}?within=kind%3Droster&at=1").text
    sort = re.findall(r'href="([^"]*sort=pinyin[^"]*)"', page)[0]
    assert way_of(site.get(unescape(sort)).text)["back"] == "/search?kind=roster"
