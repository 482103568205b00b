"""What is taken away as files: citations of units."""

from pathlib import Path

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from starlette.testclient import TestClient

from search_web.exports import CITATION_TYPES, attachment
from tests.web_site import BRIDGE, LOOSE, ROSTER, canned_site


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
