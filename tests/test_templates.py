"""The pages: what they show, that every link in them works, in both languages."""

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape
from starlette.testclient import TestClient

import search_web
from indexer import Alternative, Message, SearchRequest
from indexer.query import parse
from search_web.guide import EXAMPLES
from search_web.rendering import Environment
from tests.canned_engine import CannedEngine
from tests.web_site import BRIDGE, LOOSE, NOTICE, ROSTER, UNITS, canned_site, site_over

FOLDER = Path(search_web.__file__).parent
PAGES = {
    "home": "/",
    "results": "/search?q=通车",
    "everything": "/search?q=",
    "nothing found": "/search?q=没有的词&section=要闻",
    "article": f"/articles/{BRIDGE.id}?q=通车",
    "bare article": "/articles/old%2Fnotes%3F1%23a%20b",
    "ad": f"/articles/{NOTICE.id}",
    "roster": f"/rosters/{ROSTER.id}?q=田野",
    "sorted roster": f"/rosters/{ROSTER.id}?sort=pinyin&gender=女",
    "rosters": "/rosters",
    "entries": "/rosters?ethnicity=苗",
    "no entries": "/rosters?name=没有的人",
    "compare": f"/rosters/compare?a={ROSTER.id}&b={ROSTER.id}",
    "choose": "/rosters/compare",
    "person": "/persons/顾长河",
    "reporter": "/persons/章一鸣",
    "people": "/persons",
    "nobody": "/persons?q=没有",
    "papers": "/papers",
    "paper": "/papers/yunpu",
    "calendar": "/calendar",
    "issue": "/papers/yunpu/2024-12-25",
    "page": "/papers/yunpu/2024-12-25/01",
    "variants": f"/articles/{BRIDGE.id}/variants",
    "verify": "/verify?text=这座桥我们等了十年。&speaker=顾长河",
    "nothing to verify": "/verify",
    "guide": "/help",
    "admin": "/admin",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return canned_site(tmp_path_factory.mktemp("runs"), token="t")


@pytest.fixture(scope="module")
def status_of(site: TestClient) -> Callable[[str], int]:
    """The status that a link gives, asked for once: pages share most of theirs."""
    return cache(lambda link: site.get(link).status_code)


def links_of(page: str) -> Iterator[str]:
    for link in re.findall(r'(?:href|src|action)="([^"]*)"', page):
        yield unescape(link)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_every_page_leads_somewhere(
    site: TestClient, status_of: Callable[[str], int], name: str, lang: str
) -> None:
    path = PAGES[name] + ("&" if "?" in PAGES[name] else "?") + f"lang={lang}"
    page = site.get(path).text
    anchors = set(re.findall(r'id="([^"]*)"', page))
    for link in set(links_of(page)):
        if link.startswith("#"):
            assert link[1:] in anchors
        else:
            assert status_of(link) in (200, 301), link


@pytest.mark.parametrize("name", PAGES)
def test_english_is_kept_in_every_link(site: TestClient, name: str) -> None:
    page = site.get(PAGES[name] + ("&" if "?" in PAGES[name] else "?") + "lang=en").text
    assert '<html lang="en">' in page
    links = [
        link for link in links_of(page) if link.startswith("/") and "static" not in link
    ]
    canonical = {unescape(link) for link in re.findall('canonical" href="(.*?)"', page)}
    plain = [link for link in {*links} - canonical if "lang=en" not in link]
    # Only the form's address, whose language is a hidden field, and the way to Chinese.
    assert {link for link in plain if not link.startswith("/search")} <= {
        unescape(link) for link in re.findall(r'href="([^"]*)" lang="zh-Hans"', page)
    }
    assert '<input type="hidden" name="lang" value="en">' in page


def test_the_query_is_kept_and_its_words_are_marked(site: TestClient) -> None:
    page = site.get("/search?q=通车").text
    assert 'value="通车"' in page
    assert "云浦大桥今日<mark>通车</mark>" in page
    assert "<strong>3 篇</strong> <span>1.2 毫秒</span>" in page


def test_a_facet_filters_and_frees(site: TestClient) -> None:
    page = site.get("/search?q=通车&section=要闻").text
    assert "section=%E5%9F%8E%E4%BA%8B" not in page
    freed = unescape(
        re.findall(r'<a href="([^"]*)" aria-current="true"><span>要闻', page)[0]
    )
    assert freed == "/search?q=%E9%80%9A%E8%BD%A6"
    year = re.findall(r'<a href="([^"]*)"><span>2024<', page)[0]
    assert "from=2024-01-01&amp;to=2024-12-31" in year


def test_a_bar_chooses_when_results_were_printed(site: TestClient) -> None:
    page = site.get("/search?q=通车").text
    times = page[page.index('class="times"') : page.index("</table>")]
    rows = re.findall('<tr class="h([0-9]+)">.*?href="([^"]*)".*?<td>(.*?)</td>', times)
    assert [(height, text) for height, _, text in rows] == [
        ("20", "<span>1</span>"),
        ("20", "<span>1</span>"),
    ]
    chosen = site.get(unescape(rows[1][1])).text
    assert "<strong>1 篇</strong>" in chosen
    assert 'class="times"' not in chosen
    assert "去掉筛选：日期 2024-12" in chosen


def test_the_home_page_offers_ways_to_begin(site: TestClient) -> None:
    page = site.get("/").text
    starts = page[page.index('class="starts"') : page.index('class="latest"')]
    links = {unescape(link) for link in links_of(starts)}
    assert "/search?q=%E9%A1%BE%E9%95%BF%E6%B2%B3" in links
    assert len(links) == 3
    assert '<a href="/calendar">缺 51 天</a>' in page
    assert '<a href="/help">高级 · 帮助</a>' in page


@pytest.mark.parametrize(
    ("query", "address"),
    [("顾", "/persons?q=%E9%A1%BE"), ("", "/persons"), ("顾&lang=en", "/persons?q=")],
)
def test_who_asks_for_people_gets_the_list_of_them(
    site: TestClient, query: str, address: str
) -> None:
    answer = site.get(f"/search?kind=person&q={query}")
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(address)
    assert answer.headers["location"].endswith("lang=en") == ("lang" in query)
    assert "etag" not in answer.headers


def test_each_example_of_the_guide_is_read_without_a_complaint(
    site: TestClient,
) -> None:
    page = site.get("/help").text
    assert page.count("<tr><th") == len(EXAMPLES) + 1
    for name, typed in EXAMPLES:
        assert parse(typed).notes == (), name


def test_screens_lead_through_all_results(site: TestClient) -> None:
    first = site.get("/search?limit=2").text
    assert first.count('class="hit"') == 2
    second = unescape(re.findall(r'rel="next" href="([^"]*)"', first)[0])
    assert second == "/search?limit=2&offset=2"
    assert 'rel="next"' not in site.get(second).text
    assert "这一屏已在末尾之后" in site.get("/search?offset=50").text


def test_a_screen_of_none_shows_facets_and_the_total(site: TestClient) -> None:
    page = site.get("/search?limit=0").text
    assert "<strong>4 篇</strong>" in page
    assert "末尾之后" not in page
    assert "没有找到" not in page


def test_notes_and_faults_stand_on_the_page(tmp_path: Path) -> None:
    engine = CannedEngine(
        UNITS,
        notes=(Message("只取前 32 个词。", "Only 32 words count."),),
        reading=Message("理解为：甲", "Read as: A"),
        suggestion="云浦大桥",
    )
    page = site_over(engine, tmp_path).get("/search?q=x&sort=best").text
    assert "理解为：甲" in page
    assert "只取前 32 个词。" in page
    assert "参数 sort 的值“best”无法使用" in page
    assert "是否要找" in page


def test_other_forms_can_be_switched_off_and_on(tmp_path: Path) -> None:
    told = Message("“九届”也按“第九届”检索。", "Also searched as 第九届.")
    site = site_over(CannedEngine(UNITS, rewrites=(told,)), tmp_path)
    page = site.get("/search?q=通车").text
    assert told.zh in page
    assert "&amp;exact=1" in page
    page = site.get("/search?q=通车&exact=1").text
    assert told.zh not in page
    assert "也查其他写法" in page


def test_other_searches_are_offered_with_what_they_find(tmp_path: Path) -> None:
    other = Alternative(Message("“春耕”", "“春耕”"), SearchRequest("春耕"), 1234)
    site = site_over(CannedEngine(UNITS, alternatives=(other,)), tmp_path)
    page = site.get("/search?q=通车").text
    assert '<a href="/search?q=%E6%98%A5%E8%80%95">“春耕”</a>' in page
    assert "1,234" in page


def test_no_results_offer_what_would_find_something(tmp_path: Path) -> None:
    freed = Message("去掉“版名：要闻”", "Without “section:要闻”")
    ways = (Alternative(freed, SearchRequest("轮渡"), 2),)
    site = site_over(CannedEngine(UNITS, alternatives=ways), tmp_path)
    page = site.get("/search?q=轮渡&section=要闻").text
    assert "没有找到" in page
    assert '<a href="/search?q=%E8%BD%AE%E6%B8%A1">去掉“版名：要闻”</a>' in page


def test_an_article_shows_what_is_printed(site: TestClient) -> None:
    page = site.get(PAGES["article"]).text
    for printed in (
        "民生工程",
        "——从轮渡到大桥",
        "章一鸣",
        "大桥夜景。",
        "戴小舟 摄",
        "通讯员 吴桐",
    ):
        assert printed in page
    assert page.count("章一鸣</a>") == 1
    assert "记者 章一鸣" not in page
    assert '<p id="p2">' in page
    assert "第 2 段前可能缺行。" in page
    assert '<a class="next" rel="next" href="/rosters/' in page


def test_an_article_lists_its_quotations_with_their_source(site: TestClient) -> None:
    page = site.get(f"/articles/{BRIDGE.id}").text
    assert "<q>这座桥我们等了九年。</q>" in page
    assert (
        'data-text="顾长河（总工程师）：“这座桥我们等了九年。”'
        '——《云浦日报》2024年12月25日第1版《云浦大桥今日通车》"'
    ) in page
    assert '<a href="#p2">第 2 段</a>' in page
    assert "说话人不明" in page


def test_a_roster_shows_entries_and_checks(site: TestClient) -> None:
    page = site.get(PAGES["roster"]).text
    assert "<mark>田野</mark>" in page
    assert "<td>女</td>" in page
    assert "<td>苗族</td>" in page
    assert "声明 2 人，解析 2 人" in page
    assert '<tr class="doubt"><td class="number">2</td>' in page


def test_an_id_of_the_other_kind_leads_to_the_right_page(site: TestClient) -> None:
    answer = site.get(f"/articles/{ROSTER.id}?q=田野")
    assert answer.status_code == 301
    assert answer.headers["location"].startswith(f"/rosters/{ROSTER.id}?q=")


def test_a_page_lists_its_units_in_print_order(site: TestClient) -> None:
    page = site.get(PAGES["page"]).text
    assert page.index("云浦大桥今日通车") < page.index("主席团名单")
    assert 'rel="next" href="/papers/yunpu/2024-12-25/02"' in page


@pytest.mark.parametrize("name", ["home", "results", "article", "papers", "paper"])
def test_a_paper_is_called_by_its_name(site: TestClient, name: str) -> None:
    assert "云浦日报" in site.get(PAGES[name]).text


def test_a_unit_without_a_place_has_no_links_to_one(site: TestClient) -> None:
    page = site.get(PAGES["bare article"]).text
    assert LOOSE.headline
    assert LOOSE.headline in page
    assert "/papers/" not in page


def test_every_sentence_is_there_in_both_languages_and_used() -> None:
    table = tomllib.loads((FOLDER / "wording.toml").read_text("utf-8"))
    sources = [*FOLDER.glob("*.py"), *FOLDER.glob("templates/*.html")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    made = ("kind.",
        "one.", "field.", "weekday.", "results.relevance", "results.newest",
            "cite.direct", "cite.indirect",
            "results.oldest", "roster.stroke", "roster.pinyin", "roster.votes",
            "roster.unordered", "listing.", "how.", "event.", "compare.", "person.",
                "guide.", "times.day", "times.month", "times.year",
                "roster.number", "verdict.")  # fmt: skip
    for section, sentences in table.items():
        for name, both in sentences.items():
            zh, en = both
            key = f"{section}.{name}"
            assert {*re.findall(r"{\w+}", zh)} == {*re.findall(r"{\w+}", en)}, key
            assert f'"{key}"' in text or f"'{key}'" in text or key.startswith(made), key


def test_templates_hold_no_unescaped_output() -> None:
    for path in FOLDER.glob("templates/*.html"):
        text = path.read_text("utf-8")
        assert "safe" not in text
        assert "autoescape" not in text


@given(st.one_of(st.text(), st.integers(), st.text().map(Markup)))
def test_what_pages_print_is_escaped(value: object) -> None:
    assert Environment.escaped(value) == escape(value)
