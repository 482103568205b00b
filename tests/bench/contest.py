"""One contest: every engine answers the same questions on the same texts, in turns.

Engines take turns round by round, so that a busy machine is busy for all; of the rounds
each question keeps its least time. Answers that differ are kept as differences.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tests.bench.peer import Answer, Peer
from tests.bench.questions import Class, Question

_ROUND_SECONDS: Final = 3.0  # whoever needs longer for a round has one round


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of one class in one engine, over `questions` questions."""

    questions: int
    p50: float
    p95: float
    mean: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A question on which an engine disagrees with the first."""

    question: Question
    engine: str
    answer: Answer
    first: Answer


@dataclass(frozen=True, slots=True)
class Result:
    """Timings of a class by engine; `differences` should be none."""

    asked: Class
    timings: dict[str, Timing]
    differences: tuple[Difference, ...]


def compare(
    asked: Class,
    peers: Mapping[str, Peer],
    questions: Mapping[str, Sequence[Question]],
    *,
    rounds: int,
) -> Result:
    """Ask each engine its questions: a beginning of the same list for all."""
    answers: dict[str, list[Answer]] = {}
    least: dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]] = {}
    for number in range(rounds):
        for name, peer in peers.items():
            if number and least[name].sum() > _ROUND_SECONDS * 1e9:
                continue
            answers[name] = _ask(peer, questions[name])
            taken = np.array([answer.nanoseconds for answer in answers[name]])
            least[name] = np.minimum(least.get(name, taken), taken)
    return Result(
        asked,
        {name: _timing(taken) for name, taken in least.items()},
        tuple(_differences(questions, answers)),
    )


def _ask(peer: Peer, questions: Sequence[Question]) -> list[Answer]:
    gc.collect()
    gc.disable()
    try:
        return peer.ask(questions)
    finally:
        gc.enable()


def _timing(nanoseconds: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Timing:
    taken = nanoseconds / 1e6
    p50, p95 = np.percentile(taken, [50, 95])
    return Timing(len(taken), float(p50), float(p95), float(taken.mean()))


def _differences(
    questions: Mapping[str, Sequence[Question]], answers: Mapping[str, list[Answer]]
) -> Iterator[Difference]:
    judge = next(iter(answers))
    for name, given in answers.items():
        for question, answer, first in zip(
            questions[name], given, answers[judge], strict=False
        ):
            if (answer.total, answer.detail) != (first.total, first.detail):
                yield Difference(question, name, answer, first)
