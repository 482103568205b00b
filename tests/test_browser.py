"""A reader with a real browser: types a query, sees what was found marked."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import CORPUS

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
# What axe is asked in light, and in dark, where only colours differ.
TOLD = {"resultTypes": ["violations"]}
SCHEMES = {"light": TOLD, "dark": {**TOLD, "runOnly": ["color-contrast"]}}
PHONE = {"width": 360, "height": 800}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium"),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    index = tmp_path_factory.mktemp("browser") / "index"
    command = [sys.executable, "-m", "search_web", "serve", str(CORPUS), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--index", str(index)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    assert process.stdout
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found
    yield found[0]
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:  # Any: playwright need not be installed
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    page = browser.new_page(viewport=PHONE)
    yield page
    page.close()


@pytest.fixture(scope="module")
def tab(browser: Any) -> Iterator[Any]:
    """A page for tests that only look: each new one starts a process."""
    page = browser.new_page(viewport=PHONE)
    yield page
    page.close()


# What a finger can't hit: smaller than 44 px, bars apart, which are a table
# too.
SMALL = """() => [
    ...document.querySelectorAll("a, button, summary, input, select, label")
  ].filter(e => !e.matches(".skip, .unseen, .times *, label[for], label input"))
  .filter(e => {
    const { width, height } = e.getBoundingClientRect();
    return width && height && (width < 24 || height < 43.5);
  }).map(e => e.outerHTML)"""


def test_a_reader_types_a_query_and_sees_the_mark(url: str, page: Any) -> None:
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.goto(url)
    page.keyboard.press("/")
    page.keyboard.type("通车")
    page.keyboard.press("Enter")
    page.locator(".hit mark").first.wait_for()
    assert page.locator(".hit mark").first.inner_text() == "通车"
    page.locator(".hit h2 a").first.click()
    page.locator("article mark").first.wait_for()
    assert page.locator("#q").input_value() == "通车"
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == 360
    assert troubles == []


def test_the_box_offers_what_begins_so_and_keys_choose_it(url: str, page: Any) -> None:
    page.goto(url)
    page.keyboard.press("/")
    page.keyboard.type("t")
    options = page.get_by_role("option")
    options.first.wait_for()
    box = page.get_by_role("combobox")
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    chosen = page.locator(f"#{active} span").first.inner_text()
    page.keyboard.press("Enter")
    page.locator(".hit").first.wait_for()
    assert page.locator("#q").input_value() == chosen


def test_nothing_is_offered_while_composing(url: str, page: Any) -> None:
    page.goto(url)
    asked: list[str] = []
    page.on(
        "request", lambda sent: asked.append(sent.url) if "q=" in sent.url else None
    )
    page.locator("#q").focus()
    page.locator("#q").dispatch_event("compositionstart")
    page.keyboard.type("t")
    page.wait_for_timeout(300)
    assert asked == []
    page.locator("#q").dispatch_event("compositionend")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("option").count() == 0
    assert page.locator("#q").input_value() == "t"


PATHS = (
    "",
    "search?q=通车",
    "articles/{0}2025-01-08.01.3",
    "rosters/{0}2025-01-07.01.5",
    "verify?text=慢就是快，稳才能近。",
    "articles/{0}2025-01-07.01.1/variants",
    "rosters?gender=女",
    "rosters/compare?a={0}2025-01-07.01.5&b={0}2025-01-07.01.4",
    "persons/周密",
    "persons?q=l",
    "verify",
    "quotes",
    "quotes?speaker=冯予安&q=群众",
    "calendar",
    "help",
)


@pytest.mark.long
@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_a_phone_in_both_languages(url: str, tab: Any, path: str) -> None:
    troubles: list[str] = []
    tab.on("console", lambda message: troubles.append(message.text))
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    address = url + path.format("qingxun-ribao.")
    for asked in (address, f"{address}{'&' if '?' in path else '?'}lang=en"):
        tab.goto(asked)
        assert tab.evaluate("document.documentElement.scrollWidth") == 360
        assert tab.evaluate(SMALL) == []
    assert troubles == []


@pytest.mark.long
@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_no_barrier(url: str, tab: Any, path: str) -> None:
    tab.goto(url + path.format("qingxun-ribao."))
    tab.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    for scheme, rules in SCHEMES.items():
        tab.emulate_media(color_scheme=scheme)
        found = axe.Axe().run(tab, options=rules)
        assert found.response["passes"]
        assert found.response["violations"] == []


def test_what_is_printed_is_what_is_read(url: str, page: Any) -> None:
    page.goto(f"{url}search?q=通车")
    page.emulate_media(media="print")
    assert page.locator("h1").bounding_box()["height"] > 20
    assert page.locator(".total").is_visible()
    for unread in ("button", "form", "nav", ".filters", ".times", ".sorts", "footer"):
        assert not page.locator(unread).first.is_visible(), unread


def test_bars_choose_a_time_and_are_a_table_too(url: str, page: Any) -> None:
    page.goto(f"{url}search?q=通车")
    bar = page.locator(".times tr[class]").last
    name = bar.locator("a").inner_text()
    assert bar.bounding_box()["height"] > 60
    page.get_by_label("表格").check()
    assert bar.locator("a").bounding_box()["height"] >= 44
    page.get_by_label("表格").uncheck()
    bar.locator("a").click()
    page.wait_for_url("**from=**")
    assert name in page.locator(".chosen").inner_text()
    assert page.locator(".times").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_marks_are_gone_through_by_buttons_and_keys(url: str, page: Any) -> None:
    page.goto(f"{url}articles/qingxun-ribao.2025-01-07.01.1?q=青浔")
    count = page.locator("main mark").count()
    assert count > 2
    here = "[...document.querySelectorAll('main mark')].indexOf(document.activeElement)"
    page.get_by_label("下一处命中").click()
    assert page.evaluate(here) == 0
    page.keyboard.press("n")
    assert page.evaluate(here) == 1
    page.keyboard.press("p")
    page.get_by_label("上一处命中").click()
    assert page.evaluate(here) == count - 1
    assert page.locator("mark:focus").bounding_box()["y"] > 0


def test_keys_are_listed_and_can_be_switched_off(url: str, page: Any) -> None:
    page.goto(url)
    page.keyboard.press("?")
    listed = page.get_by_role("dialog")
    assert listed.is_visible()
    found = axe.Axe().run(page, options=TOLD)
    assert found.response["violations"] == []
    page.get_by_label("启用").uncheck()
    page.keyboard.press("Escape")
    assert not listed.is_visible()
    page.reload()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == ""
    page.get_by_role("button", name="快捷键").click()
    page.get_by_label("启用").check()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"


def test_a_form_sends_no_empty_parameters(url: str, page: Any) -> None:
    page.goto(url)
    page.keyboard.press("/")
    page.keyboard.type("通车")
    page.keyboard.press("Enter")
    page.locator(".hit").first.wait_for()
    assert page.url.endswith("/search?q=%E9%80%9A%E8%BD%A6")


def test_a_reader_copies_how_an_article_is_cited(url: str, page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{url}search?q=通车")
    page.locator(".hit h2 a").first.click()
    shown = page.locator("#cite-gbt").inner_text()
    page.locator("button[data-copies=cite-gbt]").click()
    page.get_by_text("已复制").first.wait_for()
    assert "[N]. 青浔日报，" in shown
    assert page.evaluate("navigator.clipboard.readText()") == shown


def test_who_said_what_is_found_and_copied_by_keys_alone(url: str, page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{url}quotes")
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) <= 360
    page.locator("input[name=speaker]").focus()
    page.keyboard.type("冯予安")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("群众")
    page.keyboard.press("Enter")
    page.wait_for_url("**/quotes?**")
    assert page.locator(".said q mark").inner_text() == "群众"
    assert page.evaluate(width) <= 360
    page.locator(".said button").focus()
    page.keyboard.press("Enter")
    page.get_by_text("已复制").first.wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("冯予安（市委书记）：“")
    assert "——《青浔日报》2025年1月11日" in copied


def test_chosen_words_are_copied_with_their_source(url: str, page: Any) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{url}articles/qingxun-ribao.2025-01-07.01.1")
    button = page.get_by_text("复制并附出处")
    assert not button.is_visible()
    page.locator("#p1").select_text()
    words = page.evaluate("getSelection().toString()").strip()
    button.click()
    page.get_by_text("已复制").first.wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert words
    assert copied.startswith(f"“{words}”——《青浔日报》2025年1月7日第1版《")


def test_a_quotation_is_verified_by_keys_alone(url: str, page: Any) -> None:
    page.goto(f"{url}verify")
    page.get_by_label("待核文字").focus()
    page.keyboard.type("我在车间里干了二十多年，最大的体会就是，慢就是快，稳才能远。")
    page.keyboard.press("Tab")
    page.keyboard.type("沈砚秋")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/verify?text=**")
    told = page.locator(".ruling h2").inner_text().split()
    assert told[:2] == ["个别字不同", "说话人一致"]
    assert page.locator(".ruling ins").inner_text() == "多"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_roster_is_filtered_and_compared_by_keys_alone(url: str, page: Any) -> None:
    page.goto(f"{url}rosters/qingxun-ribao.2025-01-07.01.5")
    page.get_by_label("性别").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="筛选").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**gender=%E5%A5%B3**")
    assert {*page.locator("tbody tr td:nth-child(3)").all_inner_texts()} == {"女"}
    page.get_by_role("button", name="对照").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rosters/compare?**")
    assert "人全在甲中" in page.locator(".notes").first.inner_text()
