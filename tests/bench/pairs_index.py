"""BM25 over pairs of neighbouring characters, in plain NumPy: the plainest ranking of
Chinese that needs no dictionary."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tests.bench.peer import TOP, Plan
from tests.bench.texts import Text

_K1: Final = 1.2
_B: Final = 0.75
_SHIFT: Final = 21  # bits of a code point


def build(folder: Path, texts: Iterable[Text], plan: Plan) -> None:
    """Write each pair's documents with what it weighs there.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> build(folder, [Text(0, 0, "河边 种 树"), Text(1, 0, "湖边 钓鱼")], Plan(2))
    >>> PairsIndex(folder).best("湖边种树")
    [0, 1]
    """
    found = []
    lengths = np.zeros(plan.size, np.int64)
    for text in texts:
        pairs = _pairs(text.words.replace(" ", ""))
        lengths[text.number] = len(pairs)
        kinds, counts = np.unique(pairs, return_counts=True)
        numbers = np.full(len(kinds), text.number, np.int32)
        found.append((kinds, numbers, counts.astype(np.float32)))
    pairs, numbers, counts = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(pairs, kind="stable")
    numbers = numbers[order]
    kinds, starts = np.unique(pairs[order], return_index=True)
    starts = np.append(starts, len(order))
    long = 1 - _B + _B * lengths / lengths.mean()
    counts = counts[order]
    weights = counts * (_K1 + 1) / (counts + _K1 * long[numbers])
    held = np.diff(starts)
    weights *= np.repeat(np.log(1 + (plan.size - held + 0.5) / (held + 0.5)), held)
    np.savez(folder / "index.npz", kinds=kinds, starts=starts, size=plan.size)
    np.save(folder / "numbers.npy", numbers)
    np.save(folder / "weights.npy", weights.astype(np.float32))


class PairsIndex:
    """An opened index of pairs."""

    def __init__(self, folder: Path) -> None:
        with np.load(folder / "index.npz") as held:
            self._kinds, self._starts = held["kinds"], held["starts"]
            self._size = int(held["size"])
        self._numbers = np.load(folder / "numbers.npy")
        self._weights = np.load(folder / "weights.npy")

    def best(self, characters: str) -> list[int]:
        """The numbers of the best documents, the best first."""
        scores = np.zeros(self._size, np.float32)
        for pair in np.unique(_pairs(characters)):
            place = int(np.searchsorted(self._kinds, pair))
            if place < len(self._kinds) and self._kinds[place] == pair:
                held = slice(self._starts[place], self._starts[place + 1])
                scores[self._numbers[held]] += self._weights[held]
        best = np.argsort(-scores, kind="stable")[:TOP]
        return [int(number) for number in best if scores[number] > 0]


def _pairs(characters: str) -> NDArray[np.int64]:
    codes = np.array([ord(character) for character in characters], np.int64)
    return (codes[:-1] << _SHIFT) | codes[1:]
