"""Letters typed for Chinese."""

import pytest

from indexer import query
from indexer.spelt import spelt_out

READ = {
    "shenyunzhou": ("沈云舟",),
    "syz": ("沈云舟", "孙一舟"),
    "lv": ("吕岩",),
    "chanyelian": ("产业链招商",),
}


def spelt(typed: str) -> tuple[query.Node, int] | None:
    tree = query.parse(typed).tree
    assert tree is not None
    found = spelt_out(tree, lambda letters: READ.get(letters.lower(), ()))
    return found and (found[0], len(found[1]))


@pytest.mark.parametrize(
    "typed",
    [
        *("shenyunzhou", "ShenYunzhou", "shen yun zhou", "shen'yun'zhou"),
        *("shěn yún zhōu", "shěnyúnzhōu", "ｓｈｅｎ yunzhou", "shěnyunzhou"),
    ],
)
def test_letters_are_one_name(typed: str) -> None:
    assert spelt(typed) == (query.Words("沈云舟"), 1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("syz", "沈云舟 或 孙一舟"),
        ("lǚ", "吕岩"),
        ("chanyelian", "“产业链招商”"),
        ("shenyunzhou 大桥", "沈云舟 大桥"),
        ("大桥 或 lv", "大桥 或 吕岩"),
        ("记者:shenyunzhou", "记者:沈云舟"),
        ("说话人:syz 大桥", "说话人:(沈云舟 或 孙一舟) 大桥"),
    ],
)
def test_letters_are_read_beside_words_and_in_fields(typed: str, meant: str) -> None:
    assert spelt(typed) == (query.parse(meant).tree, 1)


@pytest.mark.parametrize(
    "typed",
    ["大桥", "abc", "“syz”", "非 syz", "标题:syz", "syz1", "s", "人物:chanyelian 大桥"],
)
def test_other_letters_stay(typed: str) -> None:
    assert spelt(typed) is None
