"""Question classes, and fresh questions of each drawn from a seed.

Words come from the texts themselves, so that everything asked for is found somewhere;
how frequent a word is is counted, in documents. The same seed and texts give the same
questions.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from tests.bench import texts
from tests.bench.texts import Text

Class: TypeAlias = Literal[
    "1 frequent",
    "1 mid",
    "1 rare",
    "AND 2",
    "AND 3",
    "OR 5",
    "phrase 3",
    "filtered",
    "newest",
    "faceted",
    "quoted",
]
CLASSES: Final[tuple[Class, ...]] = get_args(Class)

_SAMPLE: Final = 3000
_FREQUENT: Final = 0.05  # of all documents hold it, or more
_MID: Final = (0.001, 0.01)
_RARE: Final = 5000  # one document in so many, or two documents
_QUOTED: Final = (2, 40)  # characters


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: `parts` are words, or characters where the class is quoted;
    `since` and `until` days as YYYYMMDD, both included, where it is filtered."""

    asked: Class
    parts: tuple[str, ...]
    since: int = 0
    until: int = 0


def draw(
    path: Path, size: int, seed: str, *, count: int, deleted: int = 0
) -> dict[Class, list[Question]]:
    """`count` questions of each class over the texts in a file; none about texts whose
    number is 0 modulo `deleted`."""
    chance = random.Random(f"{seed}/{size}")
    numbers = [n for n in range(size) if not deleted or n % deleted]
    sample = texts.chosen(path, chance.sample(numbers, min(_SAMPLE, len(numbers))))
    sample = [text for text in sample if len(text.words.split()) > 4]
    drawing = _Drawing(chance, sample, _frequencies(path, sample), size)
    return {asked: drawing.some(asked, count) for asked in CLASSES}


def _frequencies(path: Path, sample: Sequence[Text]) -> Counter[str]:
    """In how many documents each word of the sample stands."""
    wanted = {word for text in sample for word in text.words.split()}
    found: Counter[str] = Counter()
    for text in texts.read_texts(path):
        found.update(wanted.intersection(text.words.split()))
    return found


@dataclass(frozen=True, slots=True)
class _Drawing:
    chance: random.Random
    sample: list[Text]
    frequency: Counter[str]
    size: int

    def some(self, asked: Class, count: int) -> list[Question]:
        """Different questions of a class; fewer where there are no more."""
        drawn: dict[Question, None] = {}
        for _ in range(count * 5):
            if len(drawn) == count:
                break
            drawn[self._one(asked)] = None
        return list(drawn)

    def _one(self, asked: Class) -> Question:
        match asked:
            case "1 frequent":
                return Question(asked, (self._between(_FREQUENT, 1.0),))
            case "1 mid":
                return Question(asked, (self._between(*_MID),))
            case "1 rare":
                highest = max(1 / _RARE, 2 / self.size)
                return Question(asked, (self._between(0, highest),))
            case "AND 2" | "AND 3" | "OR 5":
                return Question(asked, self._words(int(asked[-1])))
            case "phrase 3":
                words = self._text().words.split()
                return Question(asked, self._run(words, 3))
            case "quoted":
                characters = list(self._text().words.replace(" ", ""))
                length = self.chance.randint(*_QUOTED)
                return Question(asked, self._run(characters, length))
            case "filtered":
                return Question(asked, self._words(1), *self._days())
            case "newest" | "faceted":
                return Question(asked, self._words(1))

    def _text(self) -> Text:
        return self.chance.choice(self.sample)

    def _between(self, lowest: float, highest: float) -> str:
        """A word that stands in this share of the documents, the nearest if none."""
        low, high = lowest * self.size, max(highest * self.size, 2)
        words = (w for w, n in self.frequency.items() if low <= n <= high)
        return self.chance.choice(sorted(words) or sorted(self.frequency))

    def _words(self, count: int) -> tuple[str, ...]:
        """Different words of one text, of two characters or more where it has such."""
        while True:
            words = sorted(set(self._text().words.split()))
            long = [word for word in words if len(word) > 1]
            if len(long) >= count:
                return tuple(self.chance.sample(long, count))

    def _run(self, parts: list[str], length: int) -> tuple[str, ...]:
        """So many neighbours."""
        start = self.chance.randint(0, max(len(parts) - length, 0))
        return tuple(parts[start : start + length])

    def _days(self) -> tuple[int, int]:
        """The first and last day of one to three years around a real one."""
        year = max(self._text().year, 1)
        last = year + self.chance.randint(0, 2)
        return year * 10000 + 101, last * 10000 + 1231
