"""What an engine must do to be measured, and how its answers are timed."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from tests.bench.questions import CLASSES, Class, Question
from tests.bench.texts import Text

TOP: Final = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """How an index is laid out: in how many segments, with each `deleted`-th text (0,
    deleted, 2 · deleted, …) taken out again; 0 deletes none."""

    size: int
    segments: int = 1
    deleted: int = 0

    def ends_segment(self, number: int) -> bool:
        """Whether a text is the last of a segment."""
        done = (number + 1) * self.segments
        return done // self.size > number * self.segments // self.size

    def gone(self) -> range:
        """The numbers of the deleted texts."""
        return range(0, self.size, self.deleted) if self.deleted else range(0)


@dataclass(frozen=True, slots=True)
class Answer:
    """How many documents match and how long the answer took, in nanoseconds.

    `detail` is what else must agree: the days of the screen for the class newest,
    (year, documents) for the class faceted.
    """

    total: int
    nanoseconds: int
    detail: tuple[int | tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What an engine itself answers: the top is found too, though not compared."""

    total: int
    detail: tuple[int | tuple[int, int], ...] = ()


class Peer(Protocol):
    """An opened index."""

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """The answers in order: exact total and the best ten of each."""

    def close(self) -> None:
        """Give back files and processes."""


@dataclass(frozen=True, slots=True)
class Maker:
    """An engine under its name: how its index is written into an empty folder, how it
    is opened.

    Slow ones have a largest size, and are asked no more than `questions` of a class;
    `classes` are those whose totals an engine shares with the others.
    """

    name: str
    build: Callable[[Path, Iterable[Text], Plan], None]
    open: Callable[[Path], Peer]
    largest: int = 10_000_000
    questions: int = 10_000
    segmented: bool = True
    classes: tuple[Class, ...] = CLASSES


def timed(
    answer: Callable[[Question], Found], questions: Sequence[Question]
) -> list[Answer]:
    """Ask one after another, the clock around each."""
    answers = []
    for question in questions:
        started = time.perf_counter_ns()
        found = answer(question)
        taken = time.perf_counter_ns() - started
        answers.append(Answer(found.total, taken, found.detail))
    return answers
