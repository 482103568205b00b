"""A query that finds nothing, or of what is no word → one that was meant."""

from dataclasses import dataclass, field

import pytest

from indexer import query
from indexer.correcting import corrected, doubted
from indexer.spelling import Mistake, Near

SLIP, LEFT_OUT, LOOSE, FAR = Mistake

PRINTED = ("龚云舟 出席 产业链 大会", "沈一鸣谈互联网医院", "K30快线 开通", "AIT工厂")
MEANT = {
    "龚云洲": ("龚云丹", "龚云舟"),
    "产业莲": ("产业链",),
    "沈一明": ("沈一鸣",),
    "互联往": ("互联网",),
}


@dataclass(frozen=True)
class Words:
    """Words of an index, and what is near to a text."""

    known: frozenset[str] = frozenset()
    held: dict[str, tuple[Near, ...]] = field(default_factory=dict)

    def knows(self, typed: str) -> bool:
        return typed in self.known

    def near(self, typed: str) -> tuple[Near, ...]:
        meant = (Near(word, SLIP) for word in MEANT.get(typed, ()))
        return self.held.get(typed, tuple(meant))


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
        ("K3O", "K30"),
        ("AlT工厂", "AIT工厂"),
    ],
)
def test_what_finds_nothing_is_put_right(typed: str, meant: str) -> None:
    tree = query.parse(typed).tree
    assert tree is not None
    better = corrected(tree, Words(), finds)
    assert better is not None
    assert better == query.parse(meant).tree


@pytest.mark.parametrize("typed", ["龚云舟 沈一明", "完全不同", "龚云舟 沈一鸣", "999"])
def test_a_correction_that_finds_nothing_is_none(typed: str) -> None:
    tree = query.parse(typed).tree
    assert tree is not None
    assert corrected(tree, Words(), finds) is None


def test_a_word_of_the_index_is_never_corrected() -> None:
    """What else is asked finds nothing: a date, a page."""
    tree = query.parse("龚云洲 产业链").tree
    assert tree is not None
    assert corrected(tree, Words(frozenset({"龚云洲"})), finds) is None


@pytest.mark.parametrize(("mistake", "meant"), [(SLIP, "产业链"), (FAR, None)])
def test_a_word_of_the_language_is_corrected_by_a_slip_only(
    mistake: Mistake, meant: str | None
) -> None:
    tree = query.parse("美丽").tree
    assert tree is not None
    words = Words(held={"美丽": (Near("产业链", mistake),)})
    assert corrected(tree, words, finds) == (meant and query.Words(meant))


# Passages, and how many units print each.
PASSAGES = {
    **{"本市互联网医院开张": 9, "互市贸易": 900, "区长龚云舟出席": 8},
    **{"中菲关系": 20, "中非合作": 900, "龚舟云来了": 3, "季一舟来了": 1},
    **{"季一丹主持": 29, "大桥通车": 4, "大桥通行": 900, "本报教育发展专版": 5},
    **{"从前以打鱼为生": 18, "前以鼓乐开道": 2, "很久以前": 21, "教育法": 1},
    **{"日久见人心": 1, "常为人道": 18, "为人常为事": 2, "市委常委": 19},
}
NEAR = {
    "市互": (Near("市户", FAR), Near("互市", SLIP)),
    "云舟": (Near("云洲", FAR), Near("龚云舟", LEFT_OUT)),
    "教育发": (Near("教育法", SLIP),),
    "见人": (Near("见仁", LOOSE), Near("意见人", FAR)),
    "前以": (Near("以前", SLIP),),
    "常为": (Near("常委", SLIP),),
    "中菲": (Near("中非", SLIP),),
    "龚舟云": (Near("龚云舟", SLIP),),
    "季一舟": (Near("季一丹", SLIP),),
    "季一周": (Near("季一舟", SLIP),),
    "季一走": (Near("季一舟", LOOSE),),
    "大桥通车": (Near("大桥通行", SLIP),),
    "国青黑人": (Near("国内黑人", FAR), Near("青国黑人", SLIP)),
    "美丽乡村": (Near("美丽村乡", SLIP),),
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("市互", "互市", id="printed across words"),
        pytest.param("市互 大桥", "互市 且 大桥", id="among others"),
        pytest.param(
            "教育发", "教育法", id="ends within a word, however rare is meant"
        ),
        pytest.param("云舟", "龚云舟", id="printed as part of a word only"),
        pytest.param("前以", "以前", id="stands seldom, and is meant much oftener"),
        pytest.param("季一周", "季一舟", id="printed nowhere in a row"),
        pytest.param("季一走", "季一舟", id="nowhere, and sounds much alike"),
        pytest.param("国青黑人", "青国黑人", id="printed in pieces"),
        pytest.param("“市互”", None, id="quoted"),
        pytest.param("见人", None, id="across words, but near to nothing"),
        pytest.param("中菲", None, id="stands for itself"),
        pytest.param("龚舟云", None, id="a name that stands"),
        pytest.param("季一舟", None, id="a name that stands, however rare"),
        pytest.param("常为", None, id="stands seldom, not meant so much oftener"),
        pytest.param("大桥通车", None, id="of words, and printed so"),
        pytest.param("互市", None, id="near to nothing"),
        pytest.param("标题:市互", None, id="in a field"),
    ],
)
def test_what_is_no_word_is_doubted(typed: str, meant: str | None) -> None:
    tree = query.parse(typed).tree
    assert tree is not None
    better = doubted(tree, Words(held=NEAR), counted, around)
    assert better == (query.parse(meant).tree if meant else None)


def test_what_stands_in_a_headline_is_meant() -> None:
    tree = query.Words("前以")
    words = Words(held=NEAR)
    assert doubted(tree, words, counted, around)
    assert doubted(tree, words, lambda text, _: counted(text, False), around) is None


@pytest.mark.parametrize(
    ("known", "meant"),
    [
        ({"王斌"}, query.Words("李斌")),
        ({"李明"}, query.Words("李斌")),
        ({"李明天"}, query.Words("李斌")),
        ({"王明"}, None),
    ],
)
def test_a_run_across_two_names_is_none(
    known: set[str], meant: query.Node | None
) -> None:
    words = Words(frozenset(known), {"斌李": (Near("李斌", SLIP),)})
    printed = [("代表王", "明天发言")] * 3
    better = doubted(query.Words("斌李"), words, lambda *_: 3, lambda _: printed)
    assert better == meant


def test_a_name_within_a_run_reaches_over_no_edge() -> None:
    words = Words(frozenset({"李明"}), {"李明旺": (Near("李明望", SLIP),)})
    printed = [("", "")]
    typed = query.Words("李明旺")
    assert doubted(typed, words, lambda *_: 1, lambda _: printed) is None


@pytest.mark.parametrize("typed", [*NEAR, "改革", "乡村"])
def test_a_word_is_never_doubted(typed: str) -> None:
    tree = query.parse(typed).tree
    assert tree is not None
    known = Words(frozenset({typed}), NEAR)
    assert doubted(tree, known, counted, around) is None


def counted(text: str, in_headline: bool) -> int:
    units = {passage: n for passage, n in PASSAGES.items() if text in passage}
    return 0 if in_headline else sum(units.values())


def around(text: str) -> list[tuple[str, str]]:
    return [
        (before, behind)
        for passage, units in PASSAGES.items()
        for before, found, behind in [passage.partition(text)] * units
        if found
    ]
