"""Phrases against every place of what is printed."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from whoosh import analysis, fields

from indexer.arrays import Entry, Layout
from indexer.arrays.gather import Gatherer
from indexer.arrays.neighbours import Neighbours
from indexer.arrays.phrases import phrase_docs
from indexer.arrays.segment import Segment

WORDS = [*"天地玄黄", *(f"{a}{b}" for a in "宇宙" for b in "洪荒")]
LAYOUT = Layout.of(
    fields.Schema(words=fields.TEXT(analyzer=analysis.SpaceSeparatedTokenizer()))
)


def printed(size: int) -> list[list[str]]:
    """Documents of 0 to 11 words, some of which are often neighbours."""
    random = np.random.default_rng(size)
    found = []
    for _ in range(size):
        numbers = random.zipf(1.5, int(random.integers(0, 12))) % len(WORDS)
        found.append([WORDS[number] for number in numbers])
    return found


def segment_of(stem: Path, documents: list[list[str]]) -> Segment:
    gatherer = Gatherer(LAYOUT, stem)
    for words in documents:
        gatherer.add(Entry({"words": "\n".join(words)}, b""))
    gatherer.write()
    return Segment(stem)


def stands_in(words: list[str], phrase: tuple[str, ...]) -> bool:
    size = len(phrase)
    return any(tuple(words[n : n + size]) == phrase for n in range(len(words)))


@pytest.mark.parametrize("size", [3, 60, pytest.param(4000, marks=pytest.mark.long)])
def test_phrases_stand_where_they_are_printed(tmp_path: Path, size: int) -> None:
    documents = printed(size)
    segment = segment_of(tmp_path / "one", documents)
    numbers = {word: segment.term("words", word.encode()) for word in WORDS}
    chosen = np.random.default_rng(1).permutation(len(WORDS) ** 4)[:150]
    four = list(product(WORDS, repeat=4))
    phrases = [
        *product(WORDS, repeat=1),
        *product(WORDS, repeat=2),
        *product(WORDS, repeat=3),
        *(four[number] for number in chosen),
    ]
    for phrase in phrases:
        if any(numbers[word] < 0 for word in phrase):
            continue
        terms = [segment.positions("words").spots(numbers[word]) for word in phrase]
        expected = [n for n, words in enumerate(documents) if stands_in(words, phrase)]
        for _ in range(3):  # what is beside a word is known from the second time on
            found = phrase_docs(segment, "words", terms, 1)
            assert list(found) == expected, phrase


def test_what_is_kept_of_neighbours_stays_within_its_limit() -> None:
    codes = np.arange(1, 1000, dtype=np.uint32)
    neighbours = Neighbours(codes, limit=5000)
    for word in range(100):
        places = np.arange(word, 900, 7, dtype=np.uint32)
        for ahead in (-1, 1):
            beside = places.astype(int)[1:] + ahead
            assert neighbours.of(word, ahead, places.copy) is None
            for _ in range(2):
                marks = neighbours.of(word, ahead, places.copy)
                assert marks is not None
                assert list(marks)[1:] == [(number + 1) % 256 for number in beside]
    assert neighbours.of(0, 1, codes.copy) is None
