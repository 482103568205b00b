"""Phrases against every place of what is printed."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from whoosh import analysis, fields

from indexer.arrays import Entry, Layout
from indexer.arrays.gather import Gatherer
from indexer.arrays.neighbours import Neighbours, joined, mark_of
from indexer.arrays.phrases import phrase_docs
from indexer.arrays.segment import Segment
from indexer.arrays.streams import GAP

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


def test_what_is_kept_of_neighbours_stays_within_its_limit(tmp_path: Path) -> None:
    stream = segment_of(tmp_path / "one", printed(60)).stream("words")
    neighbours = Neighbours(stream, limit=50_000)
    padded = [GAP, GAP, *stream.codes.tolist(), GAP, GAP]
    for word in range(100):
        places = np.arange(word % 7, len(stream.codes), 7, dtype=np.uint32)
        docs = stream.runs.docs[stream.owners_of(places)].tolist()
        for beside in ((-1, 1), (1, 2), (-2, -1), (1, 0)):
            assert neighbours.known(word, beside) is None
            assert neighbours.met(word, beside, places) is None
            near = neighbours.met(word, beside, places)
            assert near is not None
            assert near is neighbours.known(word, beside)
            pairs = [[padded[at + 2 + n] for n in beside] for at in places.tolist()]
            assert list(near.marks) == [mark_of(*pair) for pair in pairs]
            assert near.codes.tolist() == [joined(*pair) for pair in pairs]
            assert near.docs.tolist() == docs
    assert neighbours.known(0, (-1, 1)) is None
