"""Articles that run over pages lead to each other."""

import datetime as dt
from pathlib import Path

import pytest

from indexer.archive import Article, Page, Unit
from indexer.continuing import Turn, counterpart, is_page, turns_of
from indexer.pages import split
from tests.canned_engine import CannedEngine
from tests.web_site import site_over

DAY = dt.date(2024, 12, 25)
TEXT = "稻子熟了，村民今日开镰收割，晒场上一片金黄，装车的队伍排到了村口。"
FIRST = f"稻子熟了\n\n本报记者 沈小舟\n\n{TEXT}\n{TEXT}（下转第二版）"
SECOND = (
    f"稻子熟了\n\n（上接A01版）{TEXT}\n{TEXT}\n\n"
    f"港口添了新桥吊\n\n本报记者 罗一鸣\n\n{TEXT}\n{TEXT}"
)


def units_of(label: str, text: str) -> tuple[Unit, ...]:
    return split(Page("qinghe", DAY, label, text)).units


def article(headline: str, page: str, mark: str) -> Article:
    [unit] = units_of(
        page, f"{headline}\n\n本报记者 沈小舟\n\n{TEXT}\n{TEXT}（{mark}）"
    )
    assert isinstance(unit, Article)
    return unit


def test_marks_name_a_page_and_a_way() -> None:
    assert turns_of(article("稻子熟了", "01", "下转 A12版")) == (Turn(True, "A12"),)
    assert turns_of(article("稻子熟了", "02", "上接第一版")) == (Turn(False, "一"),)


@pytest.mark.parametrize(
    ("printed", "label", "is_meant"),
    [
        ("1", "01", True),
        ("十二", "A12", True),
        ("a2", "A02", True),
        ("A2", "B02", False),
        ("A2", "02", False),
        ("2", "增刊", False),
    ],
)
def test_a_mark_means_a_page_by_its_label(
    printed: str, label: str, is_meant: bool
) -> None:
    assert is_page(printed, label) is is_meant


def test_of_several_the_likest_headline_answers_and_none_where_two_do() -> None:
    here, turn = article("稻子熟了", "01", "下转第2版"), Turn(True, "2")
    harvest = article("稻子丰收", "02", "上接第1版")
    harbour = article("港口添了新桥吊", "02", "上接第1版")
    elsewhere = article("稻子熟了", "02", "上接第3版")
    assert counterpart(here, turn, [harbour, harvest, elsewhere]) is harvest
    assert counterpart(here, turn, [harbour, elsewhere]) is harbour
    assert counterpart(here, turn, [harvest, harvest]) is None
    assert counterpart(here, turn, [elsewhere]) is None


def test_both_parts_of_an_article_link_each_other(tmp_path: Path) -> None:
    units = (*units_of("A01", FIRST), *units_of("A02", SECOND))
    site = site_over(CannedEngine(units), tmp_path)
    first, second, harbour = (
        site.get(f"/articles/{id}").text
        for id in (
            "qinghe.2024-12-25.A01.1",
            *(f"qinghe.2024-12-25.A02.{n}" for n in "12"),
        )
    )
    assert 'href="/articles/qinghe.2024-12-25.A02.1">下转 A02 版：稻子熟了</a>' in first
    assert (
        'href="/articles/qinghe.2024-12-25.A01.1">上接 A01 版：稻子熟了</a>' in second
    )
    assert "turns" not in harbour
