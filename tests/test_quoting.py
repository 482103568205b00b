"""The page of quotations: printed words, who spoke and how that is known."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from indexer import documents
from indexer.archive import Article, FieldSpans, Quote, Span, Speaker
from indexer.whoosh_engine import open_engine
from tests.web_site import site_over

BODY = "桥头的风很大。\n船长顾长河说：“桥通了，轮渡也要留着。”他望着江面。"
AT = BODY.index("桥通了")
SAID = "桥通了，轮渡也要留着。"
HELD = Article(
    "yunpu.2024-12-25.01.1",
    "article",
    "轮渡人的话",
    BODY,
    paper="yunpu",
    date=dt.date(2024, 12, 25),
    page="01",
    quotes=(
        Quote(
            "yunpu.2024-12-25.01.1.q1",
            "direct",
            SAID,
            AT,
            AT + len(SAID),
            "顾长河",
            "船长",
            "说",
            (Speaker("顾长河", "顾长河", "船长"),),
            evidence=(
                FieldSpans("role", (Span(8, 10),)),
                FieldSpans("speaker", (Span(10, 13),)),
                FieldSpans("cue", (Span(13, 14),)),
            ),
        ),
        Quote("yunpu.2024-12-25.01.1.q2", "direct", "风很大", 3, 6),
    ),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    engine = open_engine(tmp_path_factory.mktemp("index"), writable=True)
    engine.replace([documents.of(HELD)])
    with site_over(engine, tmp_path_factory.mktemp("runs")) as client:
        yield client


def test_a_quotation_is_shown_with_its_proof_and_its_place(site: TestClient) -> None:
    page = site.get("/quotes?speaker=顾长河&q=轮渡").text
    assert re.search(r"<q>\s*桥通了，<mark>轮渡</mark>也要留着。\s*</q>", page)
    assert "依据：船长…顾长河…说" in page
    assert "直接引语" in page
    assert re.search(
        r"/articles/yunpu\.2024-12-25\.01\.1\?q=%E8%BD%AE%E6%B8%A1&amp;within=[^\"#]*#p2",
        page,
    )
    assert "他望着江面。" in page
    assert "——《云浦日报》2024年12月25日第1版《轮渡人的话》" in page
    assert 'data-copies="source-yunpu.2024-12-25.01.1.q1"' in page


def test_the_form_keeps_what_was_asked(site: TestClient) -> None:
    page = site.get("/quotes?role=船长&speech=direct&from=2024-12-01&lang=en").text
    assert 'name="role" value="船长"' in page
    assert '<option value="direct" selected>' in page
    assert 'name="from" value="2024-12-01"' in page
    assert page.count('class="hit said"') == 1
    assert "1 quotations" in page


def test_an_unknown_speaker_is_a_value_to_choose(site: TestClient) -> None:
    page = site.get("/quotes").text
    assert 'href="/quotes?speaker=%E4%B8%8D%E6%98%8E"><span>说话人不明</span>' in page
    assert "风很大" in site.get("/quotes?speaker=不明").text


def test_who_said_what_leads_back_to_what_was_typed(site: TestClient) -> None:
    page = site.get("/search?q=顾长河 说 轮渡").text
    assert 'class="hit said"' in page
    assert "exact=1" in page
    assert 'class="hit said"' not in site.get("/search?q=顾长河 说 轮渡&exact=1").text


def test_the_api_searches_quotes(site: TestClient) -> None:
    answer = site.get("/api/v1/quotes?role=船长").json()
    (hit,) = answer["hits"]
    assert (hit["speaker"], hit["role"]) == ("顾长河", "船长")
    assert hit["article"] == HELD.id
    assert (hit["text"], hit["before"]) == (SAID, "船长顾长河说：“")
    assert hit["url"] == f"/articles/{HELD.id}#p2"
    assert site.get("/api/v1/quotes?speech=loud").status_code == 422


def test_home_leads_to_quotations(site: TestClient) -> None:
    page = site.get("/").text
    assert '<input type="radio" form="box" name="kind" value="quote">' in page
    assert "<form" in site.get("/search?kind=quote").text
    assert 'href="/quotes"' in page


def test_a_sheet_of_quotations_says_who_spoke(site: TestClient) -> None:
    text = site.get("/api/v1/search.csv?kind=quote&q=轮渡").text
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert (row["说话人"], row["身份"], row["摘要"]) == ("顾长河", "船长", SAID)
