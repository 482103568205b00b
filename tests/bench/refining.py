"""What the texts of questions are worth, fitted to what answers them.

Statistics of questions know how often a text is asked, not whether answers print it.
Here each text of a question is asked of our own engine by itself, which tells what it
gives to each of the documents that may answer. Weights then move from where statistics
put them so that what was judged right becomes likelier, as in `grains`; those of texts
that few questions hold hardly move.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer.relevance import GRAINS, READ_AGAIN, Question
from indexer.weighing import Part, Parts, parts_of
from indexer.whoosh_index import Snapshot
from tests.bench.judged import Query

Floats = NDArray[np.float64]

# What is added up text by text: what stands near what else is not, nor are headlines.
_ADDING: Final = replace(GRAINS, pairs=replace(GRAINS.pairs, near=0.0), headline=0.0)
_CLOSEST: Final = 40  # documents of an example, which what answers is told from
_SHARPNESS: Final = 0.6  # of scores as logarithms of how likely documents are
_DECAY: Final = 5.0  # for how far a weight is from where it began
_STEPS: Final = 40
_RATE: Final = 0.03


@dataclass(frozen=True, slots=True)
class Example:
    """The documents that come closest to a question: what each text of it gives to each
    of them at a weight of 1 (documents × texts), what they have beside, and which of
    them answer it."""

    texts: tuple[str, ...]
    given: Floats
    beside: Floats
    right: NDArray[np.bool_]


def examples(
    snapshot: Snapshot, queries: Sequence[Query], weights: Mapping[str, float]
) -> Iterator[Example]:
    """Of the queries whose answer is among what is read again, at such weights."""
    numbers = snapshot.numbers()
    for query in queries:
        parts = parts_of(query.text).weighed(weights)
        question = Question(parts, snapshot.pool)
        chosen = question.chosen()
        assert chosen.scores is not None  # it is chosen by them
        docs = chosen.docs[np.argsort(-chosen.scores, kind="stable")[:READ_AGAIN]]
        whole = question.scores(docs, snapshot.closeness)
        right = np.isin(docs, [numbers[id] for id, _ in query.grades])
        if right.any():
            close = np.argsort(np.argsort(-whole, kind="stable")) < _CLOSEST
            kept = (close | right).nonzero()[0]
            texts = tuple(_weights_of(parts))
            given = np.column_stack(
                [_given(snapshot, parts, text, docs[kept]) for text in texts]
            )
            beside = whole[kept] - given @ [*_weights_of(parts).values()]
            yield Example(texts, given, beside, right[kept])


def refined(
    examples: Sequence[Example], weights: Mapping[str, float]
) -> dict[str, float]:
    """The weights, none above 1, by Adam on how likely answers are and on how far
    weights are from where they began. Other texts weigh 1.

    >>> given = np.array([[1.0, 0, 3], [0, 1, 0]])
    >>> right = np.array([True, False])
    >>> example = Example(("修", "般", "桥"), given, np.zeros(2), right)
    >>> found = refined([example] * 99, {"修": 0.5, "般": 0.5})
    >>> found["修"] > 0.6, found["般"] < 0.4, len(found)
    (True, True, 2)
    """
    numbers = {text: number for number, text in enumerate(weights)}
    began = np.array([*weights.values()], float)
    learning = [_learning(example, numbers) for example in examples]
    found, mean, square = began.copy(), np.zeros_like(began), np.zeros_like(began)
    for step in range(1, _STEPS + 1):
        slope = _DECAY * (found - began)
        for texts, given, beside, right in learning:
            chance = _chance(given @ found[texts] + beside)
            answers = chance * right
            slope[texts] += (chance - answers / answers.sum()) @ given * _SHARPNESS
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        even = np.sqrt(square / (1 - 0.99**step)) + 1e-9
        found = (found - _RATE * mean / (1 - 0.9**step) / even).clip(0, 1)
    return dict(zip(weights, found.tolist(), strict=True))


def _learning(
    example: Example, numbers: Mapping[str, int]
) -> tuple[list[int], Floats, Floats, NDArray[np.bool_]]:
    """The numbers of an example's texts that are learnt, what they give, and what
    documents have beside them."""
    known = [text in numbers for text in example.texts]
    others = example.given[:, np.logical_not(known)].sum(axis=1)
    texts = [numbers[text] for text in example.texts if text in numbers]
    return texts, example.given[:, known], example.beside + others, example.right


def _chance(scores: Floats) -> Floats:
    """How likely documents of such scores are to answer."""
    chance = np.exp(_SHARPNESS * (scores - scores.max())).clip(1e-30)
    found: Floats = chance / chance.sum()
    return found


def _given(
    snapshot: Snapshot, parts: Parts, text: str, docs: NDArray[np.uint32]
) -> Floats:
    """What a text alone gives to documents, at a weight of 1."""
    words, pairs, characters = (_only(grain, text) for grain in _grains(parts))
    alone = Parts(words, pairs, characters)
    question = Question(alone, snapshot.pool, _ADDING)
    found: Floats = question.scores(docs, snapshot.closeness)
    return found


def _only(grain: tuple[Part, ...], text: str) -> tuple[Part, ...]:
    return tuple(Part(text, 1.0) for part in grain if part.text == text)


def _weights_of(parts: Parts) -> dict[str, float]:
    """What each text of a question weighs, once."""
    return {part.text: part.weight for grain in _grains(parts) for part in grain}


def _grains(parts: Parts) -> tuple[tuple[Part, ...], ...]:
    return parts.words, parts.pairs, parts.characters
