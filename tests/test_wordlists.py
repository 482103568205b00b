"""Patterns of many words."""

import re

from hypothesis import given
from hypothesis import strategies as st

from indexer.wordlists import any_of

TEXT = st.text("甲乙丙丁", max_size=12)


@given(st.sets(st.text("甲乙丙", min_size=1, max_size=4), min_size=1, max_size=8), TEXT)
def test_the_longest_word_is_found_wherever_one_begins(
    words: set[str], text: str
) -> None:
    plain = "|".join(sorted(words, key=len, reverse=True))
    found = [match.span() for match in re.finditer(any_of(words), text)]
    assert found == [match.span() for match in re.finditer(plain, text)]
