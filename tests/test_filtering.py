"""What is kept of words that are asked with a filter."""

import numpy as np

from indexer.arrays.filtering import Filtered, Rankings
from indexer.arrays.matching import Masked, Scored


def test_rankings_have_the_highest_first_and_of_equals_the_lower_number() -> None:
    scores = np.array([1, 3, 2, 3], np.float32)
    word = Scored(np.array([2, 5, 7, 9], np.uint32), scores)
    rankings = Rankings()
    assert rankings.of(word) is None
    for _ in range(2):
        found = rankings.of(word)
        assert found is not None
        assert found.docs.tolist() == [5, 9, 7, 2]
        assert found.scores.tolist() == [3, 3, 2, 1]
        for column in np.arange(10), np.arange(10) * 2.0:
            assert found.numbers(column).tolist() == column[[5, 9, 7, 2]].tolist()


def test_rankings_stay_within_their_limit() -> None:
    docs = np.arange(100, dtype=np.uint32)
    words = [Scored(docs, docs.astype(np.float32)) for _ in range(40)]
    rankings = Rankings(limit=16_000)
    for word in words:
        rankings.of(word)
        rankings.of(word)
    assert rankings.of(words[-1]) is not None
    assert rankings.of(words[0]) is None


def test_two_filters_are_no_word_in_a_period() -> None:
    parts = [Masked(np.ones(5, bool)), Masked(np.ones(5, bool))]
    assert Filtered.of(parts, Rankings()) is None
