"""Which runs stand in quotation marks, as newspapers print them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.marks import marked_runs, outer_runs, outermost
from indexer.speech import marks_in, marks_in_each


def runs(text: str) -> list[str]:
    return [text[run.start : run.end] for run in marked_runs(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“甲。”他说，“乙。”", ["甲。", "乙。"]),
        ("他说：“甲。\n“乙。\n“丙。”", ["甲。\n“乙。\n“丙。", "甲。", "乙。", "丙。"]),
        ("“甲。\n“乙", ["甲。\n“乙", "甲。", "乙"]),
        ("“没有完\n下一段“乙”。", ["没有完", "乙"]),
        ('说"甲"和"乙"', ["甲", "乙"]),
        ('"甲\n"乙"', ['甲\n"乙', "甲", "乙"]),
        ("「甲『乙』丙」", ["甲『乙』丙", "乙"]),
        ("“甲‘乙”丙", ["甲‘乙", "乙"]),
        ("乱”甲’", []),
    ],
    ids=[
        *(
            "split",
            "paragraphs",
            "open paragraphs",
            "left open",
            "straight",
            "straight paragraphs",
        ),
        *("corners", "inner", "stray"),
    ],
)
def test_marks_are_read_as_printed(text: str, expected: list[str]) -> None:
    assert runs(text) == expected


@settings(max_examples=50)
@given(st.text('甲乙“”‘’「」"\n。', max_size=30))
def test_runs_lie_inside_the_text_and_are_sorted(text: str) -> None:
    found = marked_runs(text)
    assert all(0 < run.start < run.end <= len(text) for run in found)
    assert list(found) == sorted(found, key=lambda run: (run.start, -run.end))


@settings(max_examples=200)
@given(st.text('甲乙“”‘’「」"\n。 ', max_size=30))
def test_what_is_marked_in_paragraphs_are_the_outermost_of_their_runs(
    text: str,
) -> None:
    runs = (run for run in marked_runs(text) if "\n" not in text[run.start : run.end])
    found = outer_runs(text)
    assert found == [(run.start, run.end) for run in outermost(text, runs)]


@settings(max_examples=200)
@given(st.lists(st.text('甲乙丙丁戊己庚辛“”‘’「"\n。，：', max_size=30), max_size=4))
def test_marks_are_the_same_in_many_bodies_and_in_each(bodies: list[str]) -> None:
    assert marks_in_each(bodies) == [marks_in(body) for body in bodies]
