"""Readings of characters, words and names."""

import pytest

from indexer import pinyin


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("仇远山", "qiu yuan shan"),
        ("单小舟", "shan xiao zhou"),
        ("解立新", "xie li xin"),
        ("曾若水", "zeng ruo shui"),
        ("尉迟兰", "yu chi lan"),
        ("吕明", "lv ming"),
    ],
)
def test_surnames_are_read_as_surnames(name: str, read: str) -> None:
    assert " ".join(pinyin.name_readings(name)[0]) == read


def test_a_name_keeps_its_other_readings() -> None:
    read = {"".join(reading) for reading in pinyin.name_readings("覃乐")}
    assert {"qinle", "qinyue", "tanle", "tanyue"} <= read


def test_words_are_read_as_words() -> None:
    assert pinyin.syllables_of("重庆银行") == ("chong", "qing", "yin", "hang")
    assert pinyin.syllables_of("重量") == ("zhong", "liang")


def test_what_has_no_reading_stands_for_itself() -> None:
    assert pinyin.syllables_of("C60，云") == ("C", "6", "0", "，", "yun")


def test_readings_are_plain_letters() -> None:
    read = {s for found in pinyin.every_reading().values() for s in found}
    assert all(syllable.isascii() and syllable.isalpha() for syllable in read)


def test_the_small_list_reads_as_pypinyin_does() -> None:
    for name in ("欧阳若兰", "仇远", "单静", "覃长云", "沈一鸣"):
        assert pinyin.spelling_of(name) == pinyin.name_readings(name)[0]
