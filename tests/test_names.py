"""Names: their form, and lists of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.names import is_name, name_score, read_names, surname_of

PEOPLE = ("龚小舟", "沈一鸣", "欧阳若兰", "王岚", "方媛", "罗布次仁", "陆子衿", "许敬")


@pytest.mark.parametrize("name", [*PEOPLE, "阿依古丽", "努尔·买买提", "郇瓛"])
def test_names_of_all_kinds_are_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "word", ["高度", "方面", "金融业", "政协委员", "记者", "江西", "王", "穗妇宣", ""]
)
def test_words_are_no_names(word: str) -> None:
    assert not is_name(word)


def test_a_common_surname_with_a_common_given_name_scores_above_a_rare_pair() -> None:
    assert name_score("张丽华") > name_score("农作物")
    assert name_score("李娜") > 3


def test_the_longer_surname_wins() -> None:
    assert [surname_of(name) for name in PEOPLE[:3]] == ["龚", "沈", "欧阳"]
    assert surname_of("的士") is None


def test_single_characters_pair_left_to_right() -> None:
    found = read_names("方 远 王 岚 许 敬 沈一鸣")
    assert [each.name for each in found] == ["方远", "王岚", "许敬", "沈一鸣"]


def test_three_padded_characters_are_one_name() -> None:
    assert [each.name for each in read_names("张 小 岚")] == ["张小岚"]


def test_names_that_run_together_are_cut() -> None:
    found = read_names("龚小舟沈一鸣")
    assert [each.name for each in found] == ["龚小舟", "沈一鸣"]


def test_a_misplaced_gap_is_read_through() -> None:
    assert [each.name for each in read_names("陈建 华姚 敏")] == ["陈建华", "姚敏"]


def test_a_name_may_go_on_behind_the_end_of_a_line() -> None:
    assert [each.name for each in read_names("龚小舟 王\n岚 许敬")][1] == "王岚"


def test_no_name_reaches_over_a_mark() -> None:
    assert [each.name for each in read_names("沈一鸣、王岚")] == ["沈一鸣", "王岚"]
    assert "东方" not in [each.name for each in read_names("陆中东、方 静")]


def test_words_between_two_names_are_left_out() -> None:
    assert "的" not in "".join(each.name for each in read_names("龚小舟 的 沈一鸣"))


def test_a_claimed_count_chooses_but_never_invents() -> None:
    run_together = "马明玉珍"
    assert len(read_names(run_together, count=1)) == 1
    assert len(read_names("龚小舟 沈一鸣", count=7)) == 2


@given(
    st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=12),
    st.sampled_from([" ", "  ", "　", "、", "，", "\n", "\t"]),
)
def test_a_list_is_read_whatever_stands_between(people: list[str], mark: str) -> None:
    text = mark.join(people)
    found = read_names(text)
    assert [each.name for each in found] == people
    assert [text[each.span.start : each.span.end] for each in found] == people


@given(st.text(alphabet="王李张陆中东方静周 琪、·\n的a(女)", max_size=30))
def test_names_are_made_of_printed_characters_in_order(text: str) -> None:
    place = 0
    for each in read_names(text):
        assert place <= each.span.start < each.span.end <= len(text)
        printed = text[each.span.start : each.span.end]
        assert each.name == "".join(printed.split())
        place = each.span.end
