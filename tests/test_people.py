"""Pages and API of people and rosters, over a canned engine."""

import re
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from starlette.testclient import TestClient

from indexer.archive import Quote, Roster, RosterEntry, RosterGroup
from search_web.records import ComparisonJson, PeopleJson, PersonJson, RosterRowsJson
from tests.canned_engine import CannedEngine
from tests.web_site import BRIDGE, ROSTER, UNITS, canned_site, site_over

CLERKS = Roster(
    "yunpu.2024-12-25.01.9",
    "秘书名单",
    (
        RosterGroup(
            (
                RosterEntry("丁芸", "丁芸(女)", gender="女"),
                RosterEntry("=1+1", "=1+1"),
            ),
            role="秘书",
        ),
    ),
)


@pytest.fixture
def site(tmp_path: Path) -> TestClient:
    return canned_site(tmp_path)


def two(tmp_path: Path) -> TestClient:
    return site_over(CannedEngine((*UNITS, CLERKS)), tmp_path)


def rows_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*">\s*([^<]*?)\s*</a>', page)


def test_a_roster_is_sorted_and_filtered_by_its_address(site: TestClient) -> None:
    address = f"/rosters/{ROSTER.id}"
    assert rows_of(site.get(address).text) == ["丁芸", "田野"]
    page = site.get(f"{address}?sort=pinyin&ethnicity=苗").text
    assert rows_of(page) == ["田野"]
    assert "符合条件 1 人，共 2 人" in page
    assert '<input type="hidden" name="sort" value="pinyin">' in page


def test_names_of_a_roster_lead_to_people(site: TestClient) -> None:
    page = site.get(f"/rosters/{ROSTER.id}").text
    assert 'href="/persons/%E7%94%B0%E9%87%8E"' in page


def test_a_roster_is_a_table_without_formulas(tmp_path: Path) -> None:
    answer = two(tmp_path).get(f"/rosters/{CLERKS.id}/csv?name==1")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines == ["序,姓名,性别,民族,备注,职务", "2,'=1+1,,,,秘书"]
    assert "\t&#39;=1+1\t" in two(tmp_path).get(f"/rosters/{CLERKS.id}").text


def test_two_rosters_are_set_against_each_other(tmp_path: Path) -> None:
    site = two(tmp_path)
    asked = f"a={ROSTER.id}&b={CLERKS.id}"
    found = site.get(f"/api/v1/rosters/compare?{asked}").json()
    msgspec.convert(found, ComparisonJson)
    assert [pair["b"]["surface"] for pair in found["both"]] == ["丁芸(女)"]
    assert [each["name"] for each in found["only_a"]] == ["田野"]
    assert [each["name"] for each in found["only_b"]] == ["=1+1"]
    page = site.get(f"/rosters/compare?{asked}").text
    assert "两份都有 1 人，只在甲 1 人，只在乙 1 人。" in page


@pytest.mark.parametrize("asked", ["", "?a=x&b=y", f"?a={ROSTER.id}&b={BRIDGE.id}"])
def test_what_is_no_roster_is_not_compared(site: TestClient, asked: str) -> None:
    assert site.get(f"/api/v1/rosters/compare{asked}").status_code == 404


def test_entries_of_all_rosters_are_found(tmp_path: Path) -> None:
    site = two(tmp_path)
    found = site.get("/api/v1/rosters?gender=女&limit=1&offset=1").json()
    msgspec.convert(found, RosterRowsJson)
    assert (found["total"], len(found["rows"])) == (2, 1)
    page = site.get("/rosters?gender=女&limit=1").text
    assert page.count('<th scope="row">') == 1
    assert "limit=1" in re.findall(r'rel="next" href="([^"]*)"', page)[0]


def test_a_person_has_the_contract_shape(site: TestClient) -> None:
    found = site.get("/api/v1/persons/顾长河").json()
    msgspec.convert(found, PersonJson)
    assert {*found} == {*PersonJson.__annotations__}
    (mention,) = found["mentions"]
    assert mention["source"]["url"].startswith("/articles/")
    assert site.get("/api/v1/persons/没有此人").status_code == 404


def test_whoever_signs_is_shown_apart(site: TestClient) -> None:
    page = site.get("/persons/章一鸣").text
    assert "署名 1 篇" in page
    assert 'class="byline"' in page
    assert 'class="mention"' not in page


def test_another_writing_of_a_name_leads_to_the_person(tmp_path: Path) -> None:
    signed = replace(BRIDGE, reporters=("章 一鸣",), credits=())
    site = site_over(CannedEngine((signed,)), tmp_path)
    answer = site.get("/persons/章 一鸣?lang=en")
    assert answer.status_code == 301
    assert answer.headers["location"] == "/persons/%E7%AB%A0%E4%B8%80%E9%B8%A3?lang=en"
    assert site.get("/persons/").status_code == 404


def test_namesakes_are_told_to_be_uncertain(tmp_path: Path) -> None:
    bare = replace(BRIDGE, persons=("顾长河",), quotes=())
    told = [
        replace(bare, id=f"p.{n}", body=f"{role}顾长河说，好。")
        for n, role in enumerate(("市中心医院医生", "市人大代表"))
    ]
    page = site_over(CannedEngine(tuple(told)), tmp_path).get("/persons/顾长河").text
    assert "身份分为 2 组" in page
    assert 'href="#person-2"' in page


def test_people_are_listed_by_count_and_beginning(site: TestClient) -> None:
    found = site.get("/api/v1/persons?limit=2").json()
    msgspec.convert(found, PeopleJson)
    assert (found["total"], len(found["people"])) == (3, 2)
    page = site.get("/persons?q=顾").text
    assert "顾长河" in page
    assert "丁芸" not in page
    assert 'aria-current="page">D</a>' in site.get("/persons?q=d").text


@pytest.mark.parametrize("path", ["persons", "rosters"])
def test_a_screen_that_is_no_number_is_refused(site: TestClient, path: str) -> None:
    answer = site.get(f"/api/v1/{path}?limit=all&offset=1")
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["limit"]


def test_what_is_reported_stands_in_no_quotation_marks(tmp_path: Path) -> None:
    told = Quote("q", "indirect", "桥要修", 0, 3, speaker="顾长河")
    said = Quote("q", "direct", "修桥！", 0, 3, speaker="顾长河")
    units = (replace(BRIDGE, persons=("顾长河",), quotes=(told, said)),)
    page = site_over(CannedEngine(units), tmp_path).get("/persons/顾长河").text
    assert "<q>修桥！</q>" in page
    assert "<p>桥要修</p>" in page
    assert "%E6%B2%B3#p1" in page
    (copied,) = re.findall(r'data-text="([^"]*修桥！[^"]*)"', page)
    assert copied.endswith("《云浦日报》2024年12月25日第1版《云浦大桥今日通车》")


def test_results_lead_to_the_person_who_is_asked_for(site: TestClient) -> None:
    assert "人物页：顾长河" in site.get("/search?person=顾长河").text
    assert "人物页" not in site.get("/search?q=通车").text
