"""Passages that stand in two articles, on invented texts and the seed page."""

import pytest

from indexer.archive import Article
from indexer.splitting import Split, read_units
from indexer.variants import shared_passages, variants_json, variants_of
from tests.canned_engine import CannedEngine
from tests.conftest import SHARED

SEED = SHARED / "seed_page"
AGENDA = """(2025年3月2日青禾县第九届人民代表大会第五次会议预备会议通过)
一、听取和审议青禾县人民政府工作报告;
二、审查、批准青禾县2024年财政预算执行情况的报告;
三、听取和审议青禾县人大常委会工作报告;
四、听取和审议青禾县人民法院工作报告;
五、补选青禾县监察委员会主任,青禾县人民法院院长;
六、其他。"""
REPORT = (
    "大会秘书长介绍,会议的任务是:听取和审议青禾县人民政府工作报告;审查、批准青禾县"
    "2024年财政预算执行情况的报告;听取和审议青禾县人民法院工作报告;补选青禾县人民法院"
    "院长等。会期三天。"
)
COPY = (
    "记者从会上获悉，渡口明年开春动工，两岸三万多名群众从此不用再摆渡过江，"
    "工期二十个月。"
)


def article(id: str, body: str) -> Article:
    return Article(id, "article", f"标题{id}", body)


def test_a_report_leaves_out_an_item_of_its_agenda() -> None:
    (passage,) = shared_passages(AGENDA, REPORT)
    assert passage.left_out == ("三、听取和审议青禾县人大常委会工作报告;",)
    assert passage.added == ()
    gone = [each.printed for each in passage.differences if not each.other.strip()]
    assert any("青禾县监察委员会主任" in text for text in gone)


def test_an_agenda_adds_what_its_report_leaves_out() -> None:
    (passage,) = shared_passages(REPORT, AGENDA)
    assert passage.added == ("三、听取和审议青禾县人大常委会工作报告;",)


def test_both_sides_of_a_passage_are_told_whole() -> None:
    (passage,) = shared_passages(AGENDA, REPORT)
    ours = "".join(each.printed for each in passage.differences)
    theirs = "".join(each.other for each in passage.differences)
    assert ours == AGENDA[passage.start : passage.end]
    assert theirs == REPORT[passage.other_start : passage.other_end]


def test_passages_in_another_order_are_two() -> None:
    first = "开头一句各写各的。" + COPY + AGENDA.split("\n")[1] * 2
    second = AGENDA.split("\n")[1] * 2 + "中间另有几句不相干的话" * 8 + COPY
    passages = shared_passages(first, second)
    assert first[passages[0].start : passages[0].end] == COPY[:-1]
    assert len(passages) == 2


def test_common_phrases_are_no_passage() -> None:
    assert shared_passages("会议听取了工作报告，县长出席。", "他听取了工作报告。") == ()
    assert shared_passages("", COPY) == ()


def test_variants_come_from_other_articles_most_first() -> None:
    mine = article("a", AGENDA + "\n" + COPY)
    others = (article("b", "本报讯 " + COPY), article("c", REPORT), article("d", "。"))
    variants = variants_of(CannedEngine((mine, *others)), mine)
    assert [variant.article.id for variant in variants.found] == ["c", "b"]
    assert variants.complete
    answer = variants_json(mine, variants)
    assert answer["complete"] is True


def test_out_of_time_what_is_found_is_given_and_told() -> None:
    mine = article("a", COPY)
    variants = variants_of(CannedEngine((mine, article("b", COPY))), mine, seconds=-1)
    assert variants == type(variants)((), complete=False)


@pytest.mark.skipif(not SEED.exists(), reason="the seed page is not here")
def test_the_report_of_the_seed_page_leaves_out_item_4() -> None:
    items = [item for item in read_units(SEED) if isinstance(item, Split)]
    units = [unit for item in items for unit in item.units]
    articles = [unit for unit in units if isinstance(unit, Article)]
    agenda = next(unit for unit in articles if unit.items == 10)
    found = variants_of(CannedEngine(tuple(articles)), agenda).found
    left_out = [text for passage in found[0].passages for text in passage.left_out]
    assert [text[:2] for text in left_out] == ["四、"]
