"""Two texts side by side."""

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.aligning import compared, placed, same, share, within

PRINTED = "渡口的老船工说这座桥我们等了整整九年谁也没有抱怨过一句"
WORDS = st.text("桥我们等九年渡口，。 ", max_size=12)


def test_a_text_is_placed_where_it_is_printed() -> None:
    place = placed("这座桥我们等了整整十年", PRINTED)
    assert place is not None
    assert PRINTED[place.start : place.end] == "这座桥我们等了整整九年"
    assert place.differing == 1


def test_characters_far_off_are_not_taken_for_part_of_it() -> None:
    place = placed("渡座桥我们等了整整九年", PRINTED)
    assert place is not None
    assert PRINTED[place.start : place.end] == "这座桥我们等了整整九年"


def test_what_is_left_out_is_one_step() -> None:
    place = placed("这座桥我们谁也没有抱怨过", PRINTED)
    assert place is not None
    gaps = [step for step in place.steps if step.operation != "equal"]
    assert [PRINTED[step.start : step.end] for step in gaps] == ["等了整整九年"]


def test_a_stretch_in_another_order_is_within_it() -> None:
    start, end = PRINTED.index("这座"), PRINTED.index("谁也")
    assert within("等了整整九年这座桥我们", PRINTED, start, end) is not None
    assert within("谁也没有抱怨过一句话", PRINTED, start, end) is None


def test_nothing_shared_has_no_place() -> None:
    assert placed("春耕", PRINTED) is None
    assert share("春耕备耕", PRINTED) == 0
    assert share("", PRINTED) == 0


@settings(max_examples=60)
@given(WORDS, WORDS)
def test_pieces_make_up_both_texts(printed: str, other: str) -> None:
    pieces = compared(printed, other)
    assert "".join(piece.printed for piece in pieces).strip() == printed.strip()
    assert "".join(piece.other for piece in pieces).strip() == other.strip()
    equal = all(piece.operation == "equal" for piece in pieces)
    assert equal == same(printed, other)
