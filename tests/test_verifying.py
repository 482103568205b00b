"""Verifying on the site: the page, a CSV of many, and the API."""

import csv
import io
from html import unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from search_web.shapes import VerifyJson
from search_web.verifying import MAX_SHEET_ROWS
from tests.web_site import BRIDGE, canned_site

SAID = "这座桥我们等了九年。"


@pytest.fixture
def site(tmp_path: Path) -> TestClient:
    return canned_site(tmp_path)


def sent(site: TestClient, sheet: str, **fields: str) -> str:
    file = {"file": ("表.csv", sheet.encode(), "text/csv")}
    return site.post("/verify", files=file, data=fields).text


def test_the_answer_has_the_contract_shape(site: TestClient) -> None:
    asked = {"text": SAID.replace("九", "十"), "speaker": "不在其中"}
    answer: Any = site.post("/api/v1/verify", json=asked).json()  # Any: JSON
    found = msgspec.convert(answer, VerifyJson)
    assert (found["verdict"], found["speaker_ok"]) == ("个别字不同", False)
    assert found["source"] is not None
    start, end = found["source"]["start"], found["source"]["end"]
    assert BRIDGE.body[start:end] == found["source"]["text"] == SAID
    assert {"op": "replace", "printed": "九", "text": "十"} in found["diff"]
    assert site.get(found["source"]["url"]).status_code == 200
    assert [quote["verdict"] for quote in found["quotes"]] == ["个别字不同"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b'{"speaker": "x"}', "body"),
        (b'{"text": 7}', "body"),
        (b'{"text": " "}', "text"),
        (b'{"text": "' + b"a" * 2001 + b'"}', "text"),
        (b"\xff\xfe", "body"),
    ],
)
def test_what_cannot_be_verified_is_a_422(
    site: TestClient, body: bytes, field: str
) -> None:
    answer = site.post("/api/v1/verify", content=body)
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


def test_the_page_shows_verdict_source_and_difference(site: TestClient) -> None:
    page = unescape(site.get("/verify", params={"text": SAID.replace("九", "十")}).text)
    assert "个别字不同" in page
    assert "<del>九</del><ins>十</ins>" in page
    assert f'href="/articles/{BRIDGE.id}#p2"' in page
    assert "《云浦日报》2024年12月25日第1版" in page


def test_a_paragraph_shows_every_quotation(site: TestClient) -> None:
    text = f"他说：“{SAID}”又说：“没有人说过这样的话，从来没有。”"
    page = site.get("/verify", params={"text": text}).text
    assert page.count('class="ruling') == 2
    assert "库里没有找到这样的话" in page


def test_a_long_text_is_told(site: TestClient) -> None:
    answer = site.post("/verify", data={"text": "长" * 2001})
    assert answer.status_code == 422
    assert "超过 2000 字" in answer.text
    posted = site.post("/verify", data={"text": SAID})
    assert (posted.status_code, "逐字一致" in posted.text) == (200, True)


def test_a_csv_is_shown_row_by_row(site: TestClient) -> None:
    page = sent(site, f'text,speaker\n{SAID},汪少游\n"坏行\n没有人说过这样的话,\n')
    assert "3 行，其中 0 行可照用" in page
    assert "逐字一致 说话人不符" in page
    assert "引号不成对" in page
    assert "未见" in page


def test_verdicts_are_downloaded_as_csv(site: TestClient) -> None:
    sheet = f"{SAID}\n=1+1,=2\n" + "无此话\n" * MAX_SHEET_ROWS
    file = {"file": ("表.csv", sheet.encode("gb18030"), "text/csv")}
    answer = site.post("/verify", files=file, data={"as": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0]["结论"], rows[0]["编号"]) == ("逐字一致", BRIDGE.id)
    assert (rows[1]["引语"], rows[1]["说话人"]) == ("'=1+1", "'=2")
    assert rows[-1]["说明"].startswith("行数过多")


@pytest.mark.parametrize("answer_as", ["page", "csv"])
def test_a_file_that_is_no_text_is_told(site: TestClient, answer_as: str) -> None:
    file = {"file": ("图.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))}
    answer = site.post("/verify", files=file, data={"as": answer_as})
    assert answer.status_code == 422
    assert "不是文本文件" in answer.text


def test_a_broken_form_is_refused(site: TestClient) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = site.post("/verify", content=b"--y\r\nrubbish", headers=kind)
    assert answer.status_code == 400
    assert "<html" in answer.text


def test_what_is_typed_is_shown_as_text(site: TestClient) -> None:
    evil = "“><script>alert(1)</script>\x00"
    page = site.get("/verify", params={"text": evil, "speaker": evil}).text
    assert "<script>alert" not in page
