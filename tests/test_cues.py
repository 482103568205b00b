"""Words beside names, found together, are those that are found one by one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.cues import Kind, cue_words, cues_in_each, scan

KINDS: tuple[Kind, ...] = ("before", "behind", "signed")


def texts() -> st.SearchStrategy[str]:
    """Texts of cues, whole and broken off, and of other characters."""
    words = [word for kind in KINDS for word in cue_words(kind)]
    parts = st.sampled_from(words)
    broken = st.builds(lambda word, size: word[:size], parts, st.integers(1, 3))
    return st.lists(parts | broken | st.text("说的𠮷\n", max_size=2)).map("".join)


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(texts(), max_size=4))
def test_words_of_a_kind_are_the_first_that_stand_at_each_place(
    kind: Kind, texts: list[str]
) -> None:
    expected, behind = [], 0
    scanned = scan(texts)
    for start in range(len(scanned.text)):
        begun = [w for w in cue_words(kind) if scanned.text.startswith(w, start)]
        if begun and start >= behind:
            behind = start + len(begun[0])
            expected.append((start, behind))
    starts, ends = scanned.words(kind)
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == expected


def test_texts_keep_their_own_places() -> None:
    scanned = scan(["镇长", "", "龚小舟说"])
    assert [scanned.text[a:b] for a, b in pairwise(scanned.firsts.tolist())] == [
        "镇长\0",
        "\0",
        "龚小舟说\0",
    ]
    assert [cues.telling for cues in cues_in_each(["镇长", "龚小舟说"])] == [(), (3,)]
