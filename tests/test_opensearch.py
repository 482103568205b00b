"""The site in a browser's list of search engines, and in the eyes of search engines."""

import json
import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
from starlette.testclient import TestClient

from tests.web_site import BRIDGE, NOTICE, canned_site

SPACE = "{http://a9.com/-/spec/opensearch/1.1/}"


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
