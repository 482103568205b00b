"""The site in a browser's list of search engines, and in the eyes of search engines."""

import json
import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
from starlette.testclient import TestClient

from search_web import sitemaps
from tests.web_site import BRIDGE, FERRY, NOTICE, ROSTER, canned_site

SPACE = "{http://a9.com/-/spec/opensearch/1.1/}"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def site(tmp_path: Path) -> TestClient:
    return canned_site(tmp_path)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_leads_to_what_a_browser_needs(site: TestClient, lang: str) -> None:
    link = re.findall(r'rel="search" .*href="([^"]*)"', site.get(f"/?lang={lang}").text)
    answer = site.get(unescape(link[0]))
    assert answer.headers["content-type"].startswith("application/opensearch")
    root = xml.fromstring(answer.text)
    assert root.findtext(f"{SPACE}ShortName") == ("Baosou" if lang == "en" else "报搜")
    addresses = [url.attrib["template"] for url in root.findall(f"{SPACE}Url")]
    assert len(addresses) == 4
    for address in addresses:
        assert address.startswith("http://testserver/")
        assert site.get(address.replace("{searchTerms}", "通车")).status_code == 200


def test_suggestions_have_the_form_that_browsers_read(site: TestClient) -> None:
    answer = site.get("/opensearch/suggest", params={"q": "顾"})
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    assert answer.json() == ["顾", ["顾长河"]]


def test_an_article_tells_search_engines_what_it_is(site: TestClient) -> None:
    page = site.get(f"/articles/{BRIDGE.id}").text
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    said = json.loads(found[0])
    assert (said["@type"], said["headline"]) == ("NewsArticle", BRIDGE.headline)
    assert (said["datePublished"], said["printPage"]) == ("2024-12-25", "1")
    assert said["author"] == [{"@type": "Person", "name": "章一鸣"}]
    assert said["publisher"][0]["name"] == "云浦日报"
    assert "ld+json" not in site.get(f"/articles/{NOTICE.id}").text


def test_robots_are_led_to_every_unit_once(
    site: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "SIZE", 3)
    told = site.get("/robots.txt").text.splitlines()
    assert told[0] == "User-agent: *"
    assert told[-1] == "Sitemap: http://testserver/sitemap.xml"
    parts = locations(site, told[-1].split(": ")[1])
    assert parts == [f"http://testserver/sitemap-{n}.xml" for n in (1, 2)]
    units = [address for part in parts for address in locations(site, part)]
    assert units == [
        f"http://testserver/articles/{BRIDGE.id}",
        f"http://testserver/rosters/{ROSTER.id}",
        f"http://testserver/articles/{FERRY.id}",
        "http://testserver/articles/old%2Fnotes%3F1%23a%20b",
    ]
    assert {site.get(address).status_code for address in units} == {200}
    for past in (0, 3):
        assert site.get(f"/sitemap-{past}.xml").status_code == 404


def test_what_robots_need_not_visit_is_there(site: TestClient) -> None:
    lines = site.get("/robots.txt").text.splitlines()
    paths = [line.split(": ")[1] for line in lines if line.startswith("Disallow")]
    assert paths == ["/search", "/quotes", "/verify", "/admin", "/api/"]


def test_an_address_that_is_too_long_is_left_out(
    site: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = "http://testserver/articles/"
    monkeypatch.setattr(sitemaps, "LONGEST", len(base + BRIDGE.id))
    assert base + BRIDGE.id in locations(site, "/sitemap-1.xml")
    assert not any("old" in each for each in locations(site, "/sitemap-1.xml"))


def test_a_list_of_parts_says_when_the_index_was_built(site: TestClient) -> None:
    root = xml.fromstring(site.get("/sitemap.xml").text)
    assert [each.text for each in root.iter(f"{MAPS}lastmod")] == [
        "2024-12-26T08:00:00+00:00"
    ]


def locations(site: TestClient, address: str) -> list[str]:
    """The addresses in a sitemap."""
    answer = site.get(address)
    assert answer.headers["content-type"] == "application/xml"
    root = xml.fromstring(answer.text)
    return [each.text or "" for each in root.iter(f"{MAPS}loc")]
