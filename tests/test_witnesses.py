"""People named in prose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.cues import scan
from indexer.names import form_bounds, form_score
from indexer.witnesses import find_persons, persons_in_each
from indexer.wordlists import lines_of


def test_a_title_or_speech_shows_who_is_a_person() -> None:
    text = "市长龚小舟到会。\n沈一鸣表示,要修好路。"
    assert [each.name for each in find_persons(text)] == ["龚小舟", "沈一鸣"]


def test_once_known_a_name_counts_everywhere() -> None:
    text = "院长陆子衿说,病房要扩。大家问陆子衿,陆子衿笑了。"
    assert len(find_persons(text)) == 3


def test_neighbours_in_a_list_are_people_too() -> None:
    text = "市委书记龚小舟、方媛、沈一鸣等出席。"
    assert [each.name for each in find_persons(text)] == ["龚小舟", "方媛", "沈一鸣"]


def test_the_neighbour_before_a_known_name_is_found_too() -> None:
    found = find_persons("方媛、龚小舟同志到会。")
    assert [each.name for each in found] == ["方媛", "龚小舟"]


def test_dots_join_more_than_names() -> None:
    assert find_persons("“清朗·未成年人网络保护”行动开始。") == ()


def test_an_age_shows_who_is_a_person() -> None:
    prose = "68岁的沈一鸣把菜摊托给邻居，12岁的孩子跟着。"
    assert [each.name for each in find_persons(prose)] == ["沈一鸣"]


def test_what_athletes_do_shows_who_is_a_person() -> None:
    prose = "女子组决赛，沈一鸣凭借最后一跳夺冠，方媛摘得铜牌。"
    assert [each.name for each in find_persons(prose)] == ["沈一鸣", "方媛"]


def test_what_a_title_follows_is_no_name() -> None:
    assert find_persons("委员高校校长到会。") == ()


def test_who_signs_is_no_mention() -> None:
    assert find_persons("新华社记者王岚、沈一鸣报道:路通了。") == ()
    assert find_persons("(记者龚小舟 通讯员沈一鸣)路通了。") == ()


def test_foreign_names_are_cut_out_of_their_sentence() -> None:
    text = "会见了议长卡洛斯·梅罗和总统莫拉托斯。"
    assert [each.name for each in find_persons(text)] == ["卡洛斯·梅罗", "莫拉托斯"]


@pytest.mark.parametrize(
    ("prose", "names"),
    [
        ("会前,总统莫西6日来访。", ["莫西"]),
        ("会上,总统莫西表示同意。", ["莫西"]),
        ("总统莫西的到来", []),  # a short one needs a witness on its other side too
        ("总统莫西-卡洛来访。", []),
        ("总统多次表示同意。", []),
    ],
)
def test_foreign_names_may_be_short(prose: str, names: list[str]) -> None:
    assert [each.name for each in find_persons(prose)] == names


@pytest.mark.parametrize("adverb", ["还", "首先", "已"])
def test_what_comes_between_a_name_and_its_cue_is_no_part_of_it(adverb: str) -> None:
    found = find_persons(f"市长龚强到会。龚强{adverb}表示,要修好路。")
    assert {each.name for each in found} == {"龚强"}


@pytest.mark.parametrize("name", sorted(" ".join(lines_of("known_names.txt")).split()))
def test_well_known_people_are_found_whatever_their_names_look_like(name: str) -> None:
    for text in (f"国家主席{name}10日到会。", f"会上,{name}强调,要修好路。"):
        assert [each.name for each in find_persons(text)] == [name]


@pytest.mark.parametrize(
    "prose",
    [
        "代表高度评价这项工作。",
        "主任会议研究决定,方面军将于近日出发。",
        "金融业增加值同比增长,许多企业表示满意。",
        "委员在贺信中表示欢迎,并祝贺他当选主席。",
        "授予荣誉称号,在莫斯科会见外宾。",
    ],
)
def test_words_that_look_like_names_are_none_in_prose(prose: str) -> None:
    assert find_persons(prose) == ()


def test_the_word_behind_a_name_is_not_taken_along() -> None:
    text = "局长张阳严重违纪,副主席王勇在会上讲话。"
    assert [each.name for each in find_persons(text)] == ["张阳", "王勇"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("也门总统阿卜杜勒·拉赫曼·埃里亚尼今天到访。", ["阿卜杜勒·拉赫曼·埃里亚尼"]),
        ("约翰·史密斯教授、艾山江·托合提博士来了。", ["约翰·史密斯", "艾山江·托合提"]),
        ("买买提·吐尔逊和热依扎·阿合买提说", ["买买提·吐尔逊", "热依扎·阿合买提"]),
        ("约翰·贝克当选，特蕾莎·穆兰当天到访。", ["约翰·贝克", "特蕾莎·穆兰"]),
        ("“书香·青浔”和共享联盟·青河论坛开幕。", []),
    ],
)
def test_dotted_names_are_cut_out_of_the_words_around_them(
    text: str, expected: list[str]
) -> None:
    assert [found.name for found in find_persons(text)] == expected


@given(
    st.lists(
        st.text("欧阳龚小舟王岚陈方安生阿依古丽努尔洛桑江村习近平的是、A𠮷𬱖\n"),
        max_size=5,
    )
)
def test_no_form_scores_more_than_its_bound(texts: list[str]) -> None:
    scanned = scan(texts)
    starts = np.arange(len(scanned.text))
    for size, bounds in enumerate(form_bounds(scanned.codes, starts), 2):
        for start, bound in enumerate(bounds.tolist()):
            assert form_score(scanned.text[start : start + size]) <= max(bound, -9.0)


def test_texts_that_are_read_together_keep_their_own_people() -> None:
    texts = [
        "市长龚小舟、沈一鸣到会",
        "",
        "、王岚和龚小舟走来。",
        "记者方媛",
        "说，陆子衿说",
    ]
    assert persons_in_each(texts, scan(texts)) == [
        tuple(dict.fromkeys(each.name for each in find_persons(text))) for text in texts
    ]
    assert persons_in_each(texts, scan(texts))[0] == ("龚小舟", "沈一鸣")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("前雇员斯特登和发言人卡罗娃表示", ["斯特登", "卡罗娃"]),
        ("总统阿伦索邀请各方来访。", ["阿伦索"]),
        ("以总理内坦亚努当天称，", ["内坦亚努"]),
        ("应总理米尔特斯京邀请，主席同阿伦索总统会谈。", ["米尔特斯京", "阿伦索"]),
        ("内蒙古代表团审议时，总统阿伦索特别代表到会。", ["阿伦索"]),
        ("萨尔瓦多总统到访，代表加勒比国家发言。", []),
    ],
)
def test_foreign_names_without_a_dot(text: str, names: list[str]) -> None:
    assert [found.name for found in find_persons(text)] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("首相高桥文雄表示，党首小泽信一郎当天到访。", ["高桥文雄", "小泽信一郎"]),
        ("市长高桥说，要修桥。", ["高桥"]),
        ("贝克·阿伦大学发布数据。", []),
        ("贝克·阿伦大夫说，好。", ["贝克·阿伦"]),
        ("教授阿伦索博士说，好。", ["阿伦索"]),
        ("王岚同志任海东省委书记。", ["王岚"]),
        ("市长龚小舟说，州长阿伦索市长到会。", ["龚小舟", "阿伦索"]),
    ],
)
def test_who_is_named_and_what_is(text: str, names: list[str]) -> None:
    assert [found.name for found in find_persons(text)] == names
