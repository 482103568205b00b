"""A query that finds nothing → one that finds something."""

import pytest

from indexer import query
from indexer.correcting import corrected

PRINTED = ("龚云舟 出席 产业链 大会", "沈一鸣谈互联网医院", "K30快线 开通")
MEANT = {
    "龚云洲": ("龚云丹", "龚云舟"),
    "产业莲": ("产业链",),
    "沈一明": ("沈一鸣",),
    "互联往": ("互联网",),
}


def finds(node: query.Node) -> bool:
    return any(matches(node, text) for text in PRINTED)


def matches(node: query.Node, text: str) -> bool:
    match node:
        case query.And(nodes):
            return all(matches(child, text) for child in nodes)
        case query.Or(nodes):
            return any(matches(child, text) for child in nodes)
        case query.Not(child):
            return not matches(child, text)
        case query.Words(words) | query.Phrase(words) | query.Filter(_, words):
            return words.lower() in text.lower()
    return False


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("龚云洲", "龚云舟"),
        ("“龚云洲”", "“龚云舟”"),
        ("龚云洲 产业莲", "龚云舟 且 产业链"),
        ("龚云洲 或 产业莲", "龚云舟 或 产业链"),
        ("人物:沈一明", "人物：沈一鸣"),
        ("互联往医院", "互联网医院"),
        ("沈一明谈互联往医院", "沈一鸣谈互联网医院"),
        ("沈一明 非 产业莲", "沈一鸣 非 产业莲"),
        ("K3O快线", "K30快线"),
    ],
)
def test_what_finds_nothing_is_put_right(typed: str, meant: str) -> None:
    tree = query.parse(typed).tree
    assert tree is not None
    better = corrected(tree, lambda text: MEANT.get(text, ()), finds)
    assert better is not None
    assert better == query.parse(meant).tree


@pytest.mark.parametrize("typed", ["龚云舟 沈一明", "完全不同", "龚云舟 沈一鸣", "999"])
def test_a_correction_that_finds_nothing_is_none(typed: str) -> None:
    tree = query.parse(typed).tree
    assert tree is not None
    assert corrected(tree, lambda text: MEANT.get(text, ()), finds) is None
