"""The whole road: the sample corpus, the real engine, the site over it."""

import random
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest
from starlette.testclient import TestClient

from indexer import Settings, open_engine, paper_names
from indexer.rebuild import rebuild
from search_web import create_app
from search_web.shapes import ArticleJson, RosterJson, SearchJson
from tests.conftest import CORPUS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    index = tmp_path_factory.mktemp("site") / "index"
    with open_engine(index, writable=True) as engine:
        rebuild(CORPUS, engine)
    app = create_app(
        Settings(index=index, corpus=CORPUS),
        lambda: open_engine(index),
        runs=index.parent,
        papers=paper_names(CORPUS),
    )
    with TestClient(app) as client:
        yield client


def links_of(page: str) -> set[str]:
    found = re.findall(r'href="(/[^"#]*)"', page)
    return {unescape(link) for link in found}


def test_every_unit_of_the_sample_can_be_reached_by_browsing(site: TestClient) -> None:
    unit = re.compile(r"/(?:articles|rosters)/[^/?]*\d")
    seen, pending = {"/papers"}, ["/papers"]
    while pending:
        page = site.get(pending.pop())
        assert page.status_code == 200
        new = {
            link
            for link in links_of(page.text) - seen
            if (link.startswith("/papers") and "lang=" not in link)
            or unit.fullmatch(link)
        }
        seen |= new
        pending += sorted(new)
    units = [link for link in seen if unit.fullmatch(link)]
    assert len(units) == site.get("/api/v1/status").json()["documents"]


def test_every_answer_about_the_sample_has_its_shape(site: TestClient) -> None:
    for kind in ("article", "roster", "ad"):
        answer = site.get(f"/api/v1/search?kind={kind}&limit=200").json()
        found = msgspec.convert(answer, SearchJson)
        assert found["total"] == len(found["hits"]) > 0
        for hit in found["hits"]:
            unit = site.get(f"/api/v1{hit['url']}").json()
            shape = RosterJson if kind == "roster" else ArticleJson
            msgspec.convert(unit, shape)
            assert {*unit} == {*shape.__annotations__}


def test_what_a_facet_promises_is_what_it_gives(site: TestClient) -> None:
    facets = site.get("/api/v1/search").json()["facets"]
    for field in ("kind", "paper", "page", "section", "person"):
        assert facets[field]
        for item in facets[field][:3]:
            answer = site.get("/api/v1/search", params={field: item["value"]}).json()
            assert answer["total"] == item["count"], (field, item)
    for item in facets["year"]:
        year = {"from": item["value"], "to": item["value"]}
        assert site.get("/api/v1/search", params=year).json()["total"] == item["count"]


def test_a_found_word_is_marked_on_the_page_it_leads_to(site: TestClient) -> None:
    results = site.get("/search?q=通车").text
    assert "<mark>通车</mark>" in results
    first = re.search(r'<h2><a href="([^"]+)"', results)
    assert first
    assert "<mark>通车</mark>" in site.get(unescape(first[1])).text


@pytest.mark.parametrize("times", [100, pytest.param(500, marks=pytest.mark.long)])
def test_no_fuzzed_query_breaks_the_site(site: TestClient, times: int) -> None:
    rng = random.Random(7)
    plain = "通车 大桥 a OR AND NOT 或 非 且 记者: 标题：章 2024 ２０２４ TO <b> 𠮷 é"
    marks = list(' \u3000\t"“”()（-*?[]{}^~:%\\/\x00\u200b\ufeff\U0010ffff')
    words = [*plain.split(), *marks, "的" * 60]
    for _ in range(times):
        typed = "".join(rng.choices(words, k=rng.randrange(12)))
        for path in ("/search", "/api/v1/search"):
            answer = site.get(path, params={"q": typed, "limit": "3"})
            assert answer.status_code == 200, typed
            assert "<b>" not in answer.text or path == "/api/v1/search"


@pytest.mark.long
def test_ten_thousand_searches_of_any_kind_are_answered(site: TestClient) -> None:
    chance = random.Random(11)
    titles = site.get("/api/v1/search?limit=200").json()["hits"]
    words = [w for hit in titles for w in re.findall(r"\w{2,4}", hit["title"])]
    answered = {
        "/search": {200},
        "/quotes": {200},
        "/api/v1/search": {200, 422},
        "/api/v1/quotes": {200, 422},
        "/api/v1/suggest": {200},
    }
    for _ in range(10_000):
        path = chance.choice(list(answered))
        asked = {"q": hostile_query(chance, words)}
        if chance.random() < 0.2:
            asked[chance.choice(SEARCHED_BY)] = hostile_part(chance, words)
        query = urlencode(asked, errors="surrogatepass")
        answer = site.get(f"{path}?{query}")
        assert answer.status_code in answered[path], (path, asked)


SEARCHED_BY = ("kind", "page", "person", "speaker", "role", "from", "limit", "exact")
JOINED_BY = (" ", " 且 ", " 或 ", " 非 ", " OR ", "&&", "|", " -", " (", ") ", "", "：")
HOSTILE = (
    *("*?*", "[一 TO 龥]", "{a TO ", "(" * 90, "“" * 30, "标题:", "日期:..2024-99"),
    *("人" * 300, "a" * 600, "1" * 50, "𠮷野", "😀\u200d", "\u202e", "\x00", "谁 说"),
)


def hostile_query(chance: random.Random, words: list[str]) -> str:
    """Words, misspelt ones, who said what, quotes, fields and noise, joined anyhow."""
    parts = [hostile_part(chance, words) for _ in range(chance.choice((1, 1, 2, 3, 6)))]
    return "".join(part + chance.choice(JOINED_BY) for part in parts)


def hostile_part(chance: random.Random, words: list[str]) -> str:
    word, other = chance.choice(words), chance.choice(words)
    noise = "".join(chr(chance.randrange(0x20000)) for _ in range(chance.randrange(20)))
    return chance.choice(
        (
            *(word, word + other, word[::-1], chance.choice(HOSTILE)),
            *(word[:-1] + chr(chance.randrange(0x4E00, 0x9FA5)), noise),
            *(f"{word} 说 {other}", f"{noise} 指出 {word}", f"“{word}{noise}”"),
            *(f"说话人：{word}", f"人物:{other}{noise}", f"正文：“{word}"),
        )
    )


def test_the_calendar_shows_issues_and_days_without_one(site: TestClient) -> None:
    page = site.get("/calendar").text
    assert page == site.get("/papers/qingxun-ribao").text.replace(
        "/papers/qingxun-ribao?lang=en", "/calendar?lang=en"
    )
    assert len(re.findall('/papers/qingxun-ribao/2025-01-[0-9]{2}"', page)) == 3
    assert page.count('class="missing"') == 8
    assert site.get("/calendar?paper=none").status_code == 404
    assert "2024-06" in site.get("/calendar?to=2024-10").text


def test_papers_are_called_by_the_names_in_the_corpus(
    site: TestClient, tmp_path: Path
) -> None:
    assert "青浔日报" in site.get("/papers").text
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "paper.toml").write_text("name = ", "utf-8")
    assert paper_names(tmp_path) == {}
    assert paper_names(tmp_path / "none") == {}
