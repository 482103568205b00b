"""What many questions ask, and how little that says of any of them.

A text of n questions, c of which print it, weighs ln((n+1)/(c+1)) / ln(n+1), less where
questions print it oftener than news does, as 什么 and 怎么 are: divided by
1 + ½ ln(P(question) / P(article)). Words, pairs of characters and single characters are
all texts. What one set of questions alone asks about is its subject, so a text has to
be asked in every set.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log
from typing import Final

from indexer import weighing

ARTICLES: Final = 20_000
# Of the documents that are asked about, in all and in each set: fewer that are asked
# about so may share a subject.
_FEWEST: Final = 1 / 200
_FEWEST_OF_A_SET: Final = 1 / 700
_LEAST_PRINTED: Final = 1 / ARTICLES


def learnt(sets: Sequence[list[str]], articles: Iterable[str]) -> dict[str, float]:
    """The weights of the texts that many questions hold, up to 1; each text of a set is
    all that is asked about one document."""
    counts = [Counter(t for asked in one for t in texts_of(asked)) for one in sets]
    asked, questions = sum(counts, Counter()), sum(map(len, sets))
    common = {
        text: count
        for text, count in asked.items()
        if count >= questions * _FEWEST
        and all(
            held[text] >= len(one) * _FEWEST_OF_A_SET
            for held, one in zip(counts, sets, strict=True)
        )
    }
    printed, size = Counter[str](), 0
    for article in articles:
        size += 1
        printed.update(texts_of(article) & common.keys())
    return {
        text: weight(count, questions, printed[text] / max(size, 1))
        for text, count in common.items()
    }


def weight(count: int, questions: int, printed: float) -> float:
    """The weight of a text that `count` of the questions hold, and this share of
    articles; see above."""
    worth = log((questions + 1) / (count + 1)) / log(questions + 1)
    excess = log(count / questions / max(printed, _LEAST_PRINTED))
    return worth / (1 + max(excess, 0) / 2)


def texts_of(text: str) -> set[str]:
    """The words, pairs and characters of a text."""
    parts = weighing.parts_of(text)
    grains = (*parts.words, *parts.pairs, *parts.characters)
    return {part.text for part in grains}
