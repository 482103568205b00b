"""What is taken away as files: citations of units, results of searches."""

import csv
import datetime as dt
import io
import json
import uuid
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from starlette.testclient import TestClient

from indexer import Article, SearchRequest, SearchResponse, SearchTooSlow
from search_web.exports import CITATION_TYPES, MAX_ROWS, RESULT_TYPES, attachment
from tests.canned_engine import CannedEngine
from tests.web_site import BRIDGE, LOOSE, ROSTER, UNITS, canned_site, site_over


@pytest.fixture
def site(tmp_path: Path) -> TestClient:
    return canned_site(tmp_path)


@pytest.mark.parametrize("form", CITATION_TYPES)
def test_a_citation_is_a_file(site: TestClient, form: str) -> None:
    for folder, unit in (("articles", BRIDGE), ("rosters", ROSTER)):
        answer = site.get(f"/api/v1/{folder}/{unit.id}/citation.{form}")
        assert answer.headers["content-type"] == CITATION_TYPES[form]
        assert f'"{unit.id}.{form}"' in answer.headers["content-disposition"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert unit.headline
        assert unit.headline in answer.text


def test_a_quotation_is_cited_with_its_words(site: TestClient) -> None:
    quote = BRIDGE.quotes[0]
    answer = site.get(f"/api/v1/quotes/{quote.id}/citation.txt")
    assert answer.text.startswith(f"顾长河（总工程师）：“{quote.text}”——《云浦日报》")
    record = site.get(f"/api/v1/quotes/{quote.id}/citation.ris").text
    assert quote.text in rispy.loads(record)[0]["notes"][0]
    assert site.get(f"/api/v1/quotes/{BRIDGE.id}.q9/citation.txt").status_code == 404


def test_the_paper_is_named_as_printed(site: TestClient) -> None:
    text = site.get(f"/api/v1/articles/{BRIDGE.id}/citation.ris").text
    assert rispy.loads(text)[0]["secondary_title"] == "云浦日报"
    text = site.get(f"/api/v1/articles/{BRIDGE.id}/citation.bib").text
    assert parse_string(text).entries[0]["journal"] == "云浦日报"


@pytest.mark.parametrize("path", ["none/citation.bib", f"{BRIDGE.id}/citation.doc"])
def test_what_cannot_be_cited_is_not_there(site: TestClient, path: str) -> None:
    problem = site.get(f"/api/v1/articles/{path}")
    assert problem.status_code == 404
    assert problem.headers["content-type"] == "application/problem+json"


def test_any_id_can_be_cited(site: TestClient) -> None:
    page = site.get("/articles/old%2Fnotes%3F1%23a%20b").text
    path = "/api/v1/articles/old%2Fnotes%3F1%23a%20b/citation.txt"
    assert f'href="{path}"' in page
    assert LOOSE.headline
    assert LOOSE.headline in site.get(path).text


@pytest.mark.parametrize("name", ["../a.csv", 'a"b\r\nX: y.csv', "通" * 300, "."])
def test_a_file_name_stays_in_its_header_and_folder(name: str) -> None:
    header = attachment(name)
    assert header.isascii()
    assert header.count('"') == 2
    assert not {"/", "\r", "\n", "\\"} & set(header)


def test_an_article_and_a_roster_show_how_they_are_cited(site: TestClient) -> None:
    page = site.get(f"/articles/{BRIDGE.id}").text
    assert "《云浦日报》2024年12月25日第1版《云浦大桥今日通车》" in page
    assert "章一鸣. 云浦大桥今日通车[N]. 云浦日报，2024-12-25（1）." in page
    assert "@article{yunpu.2024-12-25.01.1," in page
    assert "TY  - NEWS" in site.get(f"/rosters/{ROSTER.id}").text


def rows_of(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("form", RESULT_TYPES)
def test_results_are_a_file_that_tells_how_many_there_are(
    site: TestClient, form: str
) -> None:
    answer = site.get(f"/api/v1/search.{form}", params={"q": "通车"})
    assert answer.headers["content-type"] == RESULT_TYPES[form]
    assert answer.headers["x-total-count"] == "3"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "云浦大桥今日通车" in answer.text
    assert "无日期的旧稿" in answer.text


def test_rows_are_all_results_in_the_readers_language(site: TestClient) -> None:
    rows = rows_of(site.get("/api/v1/search.csv?sort=oldest").text)
    assert [row["编号"] for row in rows] == [
        hit["id"] for hit in site.get("/api/v1/search?sort=oldest").json()["hits"]
    ]
    row = rows_of(site.get("/api/v1/search.csv?lang=en&section=要闻&limit=1").text)[0]
    assert (row["Paper"], row["Date"], row["Kind"]) == (
        "云浦日报", "2024-12-25", "Article"
    )  # fmt: skip
    assert row["Address"] == f"/articles/{BRIDGE.id}?lang=en"


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM", "\t=1", "\r=1", "＝1"])
def test_no_cell_is_a_formula(tmp_path: Path, start: str) -> None:
    evil = Article("x", "article", f'{start},"甲"\n乙', start, section=start)
    site = site_over(CannedEngine((evil,)), tmp_path)
    (row,) = rows_of(site.get("/api/v1/search.csv").text)
    assert row["标题"] == f'\'{start},"甲"\n乙'
    assert row["版名"] == f"'{start}"
    assert row["摘要"].startswith("'")


def test_lines_are_the_hits_of_the_api(site: TestClient) -> None:
    lines = site.get("/api/v1/search.jsonl?q=通车").text.splitlines()
    hits = site.get("/api/v1/search?q=通车").json()["hits"]
    assert [json.loads(line) for line in lines] == hits


def test_results_are_cited(site: TestClient) -> None:
    records = rispy.loads(site.get("/api/v1/search.ris?q=通车").text)
    assert [each["title"] for each in records] == [
        "云浦大桥今日通车", "末班轮渡停航", "无日期的旧稿"
    ]  # fmt: skip
    library = parse_string(site.get("/api/v1/search.bib").text)
    assert library.failed_blocks == []
    assert len(library.entries) == 4


ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_feed_has_what_atom_asks_for(site: TestClient) -> None:
    feed = xml.fromstring(site.get("/api/v1/search.atom?q=通车").text)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "云浦大桥今日通车", "末班轮渡停航", "无日期的旧稿"
    ]  # fmt: skip
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "报搜"
    for part in (feed, *entries):
        assert uuid.UUID(part.findtext(f"{ATOM}id"))
        moment = dt.datetime.fromisoformat(part.findtext(f"{ATOM}updated") or "")
        assert moment.tzinfo
        assert site.get(part.find(f"{ATOM}link").get("href")).status_code == 200  # type: ignore[union-attr, arg-type] # fails if None
    ids = {part.findtext(f"{ATOM}id") for part in (feed, *entries)}
    assert len(ids) == 4
    links = [link.get("href", "") for link in feed.iter(f"{ATOM}link")]
    assert all(link.startswith("http://testserver/") for link in links)


def test_a_feed_drops_what_xml_cannot_hold(tmp_path: Path) -> None:
    odd = Article("a\x0bb", "article", "甲\x00乙\ufffe<&]]>", "丙\x1b丁")
    site = site_over(CannedEngine((odd,)), tmp_path)
    feed = xml.fromstring(site.get("/api/v1/search.atom").content)
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == "甲乙<&]]>"


def test_a_bad_parameter_or_form_is_a_problem(site: TestClient) -> None:
    for form in RESULT_TYPES:
        assert site.get(f"/api/v1/search.{form}?from=昨天").status_code == 422
    assert site.get("/api/v1/search.xlsx").status_code == 404


def test_a_search_that_is_too_slow_is_told_before_any_row(tmp_path: Path) -> None:
    class Endless(CannedEngine):
        def search(
            self, request: SearchRequest, *, seconds: float | None = None
        ) -> SearchResponse:
            raise SearchTooSlow("太慢。", "Too slow.")

    answer = site_over(Endless(), tmp_path).get("/api/v1/search.csv")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"


def test_a_page_says_how_much_its_files_hold(tmp_path: Path) -> None:
    few = site_over(CannedEngine(UNITS), tmp_path).get("/search?q=通车&offset=1").text
    assert "下载全部结果" in few
    assert 'href="/api/v1/search.csv?q=%E9%80%9A%E8%BD%A6"' in few

    class Large(CannedEngine):
        def search(
            self, request: SearchRequest, *, seconds: float | None = None
        ) -> SearchResponse:
            return replace(super().search(request), total=MAX_ROWS + 1)

    assert "下载前 10,000 篇" in site_over(Large(UNITS), tmp_path).get("/search").text
