"""Marks sit on printed text, and an excerpt shows why a unit was found."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import snippets, terms
from indexer.snippets import Piece, Snippet
from indexer.terms import QueryTerm

LEFT_OUT = Piece("…")


def mark(text: str, needles: Sequence[QueryTerm]) -> Snippet:
    return snippets.mark(text, snippets.find(text, needles))


def excerpt(
    passages: Sequence[str],
    needles: Sequence[QueryTerm],
    *,
    width: int = 80,
    windows: int = 2,
) -> Snippet:
    places = [snippets.find(passage, needles) for passage in passages]
    return snippets.excerpt(passages, places, width=width, windows=windows)


def marked(snippet: Snippet) -> list[str]:
    return [piece.text for piece in snippet if piece.mark]


def joined(snippet: Snippet) -> str:
    return "".join(piece.text for piece in snippet)


PLACES = {
    "plain": ("大桥通车了", ["通车"], ["通车"]),
    "twice": ("通车，再通车", ["通车"], ["通车", "通车"]),
    "padded name": ("主席团：兰　钧、尚 彬", ["兰钧", "尚彬"], ["兰　钧", "尚 彬"]),
    "over a comma": ("风来了，雨停了。", ["来了雨停"], ["来了，雨停"]),
    "over a line break": ("今日通\n车", ["通车"], ["通\n车"]),
    "traditional": ("數控精密刀具", ["数控"], ["數控"]),
    "full-width": ("ＡＩＴ工厂", ["ait工厂"], ["ＡＩＴ工厂"]),
    "overlapping": ("互联网医院", ["互联网", "网医院"], ["互联网医院"]),
    "touching": ("互联网医院", ["互联网", "医院"], ["互联网医院"]),
    "overlapping itself": ("高高高兴", ["高高"], ["高高高"]),
    "outside the basic plane": ("𠮷野家", ["𠮷"], ["𠮷"]),
    "accent": ("un cafe\u0301 noir", ["cafe"], ["cafe\u0301"]),
    "not there": ("大桥", ["通车"], []),
    "nothing asked": ("大桥", [""], []),
}


@pytest.mark.parametrize(("text", "wanted", "places"), PLACES.values(), ids=PLACES)
def test_needles_are_marked_as_printed(
    text: str, wanted: list[str], places: list[str]
) -> None:
    snippet = mark(text, [QueryTerm(needle) for needle in wanted])
    assert marked(snippet) == places
    assert joined(snippet) == text


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("第7届、17届、7 届", ["7届", "7 届"]),
        ("7届7", ["7届"]),
        ("A7届", []),
    ],
)
def test_a_figure_is_of_whole_numbers(text: str, places: list[str]) -> None:
    assert marked(mark(text, [QueryTerm("7届", numbers=("7",))])) == places


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("AI工厂", 1),
        ("用AI。", 1),
        ("WAIT", 0),
        ("AI2", 0),
        ("a AI, ai", 2),
        ("A I", 0),
        ("A-I", 0),
        ("ＡＩ", 1),
        ("AI AIT", 1),
    ],
)
def test_whole_word_is_no_part_of_another(text: str, count: int) -> None:
    assert len(snippets.find(text, [QueryTerm("ai", whole_word=True)])) == count


def test_excerpt_of_a_short_text_is_all_of_it() -> None:
    assert excerpt(["大桥通车。"], [QueryTerm("通车")]) == (
        Piece("大桥"),
        Piece("通车", mark=True),
        Piece("。"),
    )


def test_excerpt_without_a_mark_is_the_opening() -> None:
    snippet = excerpt(["　　开" + "工" * 200], [QueryTerm("通车")])
    assert snippet == (Piece("开" + "工" * 79), LEFT_OUT)
    assert excerpt([], [QueryTerm("通车")]) == ()


def test_excerpt_prefers_the_window_with_most_needles() -> None:
    text = "通车" + "工" * 200 + "大桥与通车" + "工" * 200 + "通车通车"
    snippet = excerpt([text], [QueryTerm("通车"), QueryTerm("大桥")], windows=1)
    assert marked(snippet) == ["大桥", "通车"]
    assert snippet[0] == snippet[-1] == LEFT_OUT


def test_window_is_the_earlier_of_equals_and_the_fuller_of_unequals() -> None:
    gap = "工" * 200
    text = f"桥{gap}甲桥、桥、路{gap}乙路、桥、桥{gap}丙桥、路"
    needles = [QueryTerm("桥"), QueryTerm("路")]
    snippet = excerpt([text], needles, width=9, windows=1)
    assert joined(snippet) == "…工甲桥、桥、路工工…"


def test_second_window_shows_what_the_first_lacks() -> None:
    gap = "工" * 200
    text = f"大桥大桥{gap}大桥{gap}通车{gap}"
    snippet = excerpt([text], [QueryTerm("大桥"), QueryTerm("通车")])
    assert marked(snippet) == ["大桥大桥", "通车"]
    assert snippet.count(LEFT_OUT) == 2


def test_windows_that_meet_are_one() -> None:
    text = "工" * 100 + "大桥" + "工" * 80 + "通车" + "工" * 100
    snippet = excerpt([text], [QueryTerm("大桥"), QueryTerm("通车")])
    assert [piece.text for piece in snippet if piece == LEFT_OUT] == ["…", "…"]


def test_excerpt_begins_and_ends_with_a_sentence_where_one_is_near() -> None:
    text = "早" * 99 + "。大桥今日通车。" + "晚" * 60 + "。" + "夜" * 99
    snippet = excerpt([text], [QueryTerm("通车")], windows=1)
    assert joined(snippet) == "…大桥今日通车。" + "晚" * 60 + "。…"


def test_excerpt_begins_with_a_clause_when_the_sentence_is_long() -> None:
    text = "早" * 99 + "，大桥今日，通车" + "晚" * 99
    snippet = excerpt([text], [QueryTerm("通车")], windows=1)
    assert joined(snippet).startswith("…大桥今日，通车")


def test_excerpt_cuts_no_number() -> None:
    text = (
        "早" * 50 + "1234567" + "早" * 35 + "通车" + "晚" * 37 + "7654321" + "晚" * 50
    )
    cut = joined(excerpt([text], [QueryTerm("通车")]))
    assert "4567" not in cut
    assert "7654" not in cut


def test_names_of_a_roster_stand_apart() -> None:
    names = ["文江南", "方 芸", "兰 钧"]
    assert marked(excerpt(names, [QueryTerm("东方")])) == []
    assert joined(excerpt(names, [QueryTerm("兰钧")])) == "文江南 方 芸 兰 钧"


def test_long_mark_is_cut_rather_than_shown_whole() -> None:
    snippet = excerpt(["高" * 9999], [QueryTerm("高")])
    assert len(joined(snippet)) <= 400


def test_long_text_is_searched_at_once() -> None:
    text = "大桥今日通车，市民高兴。" * 10_000
    started = time.process_time()
    excerpt([text], [QueryTerm("通车"), QueryTerm("市"), QueryTerm("ait", True)])
    assert time.process_time() - started < 2


PRINT = st.text("大桥通车数數aA1 　，。\n“”\u0301", max_size=40)
NEEDLES = st.lists(
    st.builds(
        QueryTerm,
        st.text("大桥通车数數aA1", min_size=1, max_size=3).map(terms.fold),
        st.booleans(),
    ),
    max_size=4,
)


@given(PRINT, NEEDLES)
def test_pieces_are_the_text_itself(text: str, needles: list[QueryTerm]) -> None:
    snippet = mark(text, needles)
    assert joined(snippet) == text
    assert all(piece.text for piece in snippet)


@given(PRINT, NEEDLES)
def test_every_mark_holds_a_needle_and_no_blank_ends(
    text: str, needles: list[QueryTerm]
) -> None:
    for printed in marked(mark(text, needles)):
        squeezed = terms.characters(printed).text
        assert any(needle.text in squeezed for needle in needles)
        assert printed[0].isalnum()
        assert printed.rstrip("\u0301")[-1].isalnum()


@given(PRINT, NEEDLES)
def test_every_printed_needle_is_marked(text: str, needles: list[QueryTerm]) -> None:
    squeezed = terms.characters(text).text
    found = bool(snippets.find(text, [QueryTerm(needle.text) for needle in needles]))
    assert found == any(needle.text in squeezed for needle in needles)


@given(st.lists(PRINT, max_size=4), NEEDLES, st.integers(5, 30), st.integers(1, 3))
def test_excerpt_is_parts_of_the_text_in_order(
    passages: list[str], needles: list[QueryTerm], width: int, windows: int
) -> None:
    text = " ".join(passages).replace("\n", " ")
    snippet = excerpt(passages, needles, width=width, windows=windows)
    at = 0
    for part in joined(snippet).split("…"):
        at = text.index(part, at) + len(part)
    assert any(snippets.find(passage, needles) for passage in passages) == bool(
        marked(snippet)
    )


@given(st.lists(PRINT, min_size=1, max_size=4), NEEDLES)
def test_looking_through_joined_passages_finds_what_stands_in_each(
    passages: list[str], needles: list[QueryTerm]
) -> None:
    places = snippets.find("\n".join(passages), needles)
    alone = [snippets.find(passage, needles) for passage in passages]
    assert snippets.apart(passages, places) == alone
