"""What a query matches in an index: sets of documents that answer three things.

Every node of a query becomes a Matching: all its documents, which of some documents are
among them, and their scores. These are the nodes without parts: lists, masks and
ranges; `posted` has terms, `combining` those of several.

Documents are numbers within the index (uint32, ascending); scores are float32. Where
documents say which elements to set, they are made indices of NumPy's own type (intp)
before: that takes half the time.
"""

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.top import Best, best_of


class Matching(ABC):
    """The documents of an index that match, live ones only.

    `size` is an upper bound of how many there are. `scored` is whether any of them can
    have a score above 0; `is_posted` whether it is a Term whose documents all have
    one.
    """

    size: int
    scored: bool = True
    is_posted: bool = False

    @abstractmethod
    def docs(self) -> Array:
        """All of them, ascending."""

    @abstractmethod
    def within(self, docs: Array) -> Array:
        """Which of these documents match, as a mask."""

    @abstractmethod
    def scores(self, docs: Array) -> Array:
        """The scores of documents that match."""

    def found(self) -> tuple[Array, Array]:
        """All documents and their scores."""
        docs = self.docs()
        return docs, self.scores(docs)

    def best(self, limit: int) -> Best:
        """The highest scores; of equal ones the lower number first."""
        return best_of(*self.found(), limit)

    def add_within(self, docs: Array, sums: Array) -> None:
        """Add the scores of those of some documents that match to theirs."""
        here = self.within(docs).nonzero()[0]
        if len(here):
            np.add.at(sums, here, self.scores(docs.take(here)))

    def add_to(self, sums: Array, met: Array | None) -> None:
        """Add all scores to sums by document, and mark the documents as met."""
        docs = self.docs()
        if self.scored:
            # A third of the time of `sums[docs] += …`.
            np.add.at(sums, docs, self.scores(docs))
        if met is not None:
            met[docs.astype(np.intp)] = True


class Nothing(Matching):
    """No document."""

    size = 0
    scored = False

    def docs(self) -> Array:
        return np.empty(0, np.uint32)

    def within(self, docs: Array) -> Array:
        return np.zeros(len(docs), bool)

    def scores(self, docs: Array) -> Array:
        return np.zeros(len(docs), np.float32)


class Everything(Matching):
    """All documents, at a constant score; `alive` tells live ones, None says that all
    are."""

    def __init__(self, size: int, alive: Array | None, score: float = 0.0) -> None:
        self.size = size
        self.alive = alive
        self.scored = score != 0
        self._score = score

    def docs(self) -> Array:
        if self.alive is None:
            return np.arange(self.size, dtype=np.uint32)
        return self.alive.nonzero()[0].astype(np.uint32)

    def within(self, docs: Array) -> Array:
        return np.ones(len(docs), bool)

    def scores(self, docs: Array) -> Array:
        return np.full(len(docs), self._score, np.float32)


class Listed(Matching):
    """Documents in a sorted array; subclasses know how they score."""

    def __init__(self, docs: Array) -> None:
        self._docs = docs
        self.size = len(docs)

    def docs(self) -> Array:
        return self._docs

    def within(self, docs: Array) -> Array:
        if not self.size:
            return np.zeros(len(docs), bool)
        # Of its own type: any other makes NumPy convert the whole list.
        docs = docs.astype(self._docs.dtype, copy=False)
        at = self._docs.searchsorted(docs)
        # One past the end is out of bounds; the last can't be equal then either.
        found: Array = self._docs.take(at, mode="clip") == docs
        return found


class Scored(Listed):
    """Documents whose scores are known already, or are all the same."""

    def __init__(self, docs: Array, scores: Array | float = 0.0) -> None:
        super().__init__(docs)
        self.scored = isinstance(scores, np.ndarray) or scores != 0
        self._scores = scores

    def scores(self, docs: Array) -> Array:
        if not isinstance(self._scores, np.ndarray):
            return np.full(len(docs), self._scores, np.float32)
        if docs is self._docs:
            return self._scores
        found: Array = self._scores[self._docs.searchsorted(docs)]
        return found


class Masked(Matching):
    """Documents by a mask over all, at a constant score: ranges and unions; `alive`
    tells live ones, None that all are."""

    def __init__(
        self, mask: Array, alive: Array | None = None, score: float = 0.0
    ) -> None:
        self._mask = mask if alive is None else mask & alive
        self.size = len(mask)
        self.scored = score != 0
        self._score = score

    def docs(self) -> Array:
        return np.flatnonzero(self._mask).astype(np.uint32)

    def within(self, docs: Array) -> Array:
        return self._mask.take(docs)

    def scores(self, docs: Array) -> Array:
        return np.full(len(docs), self._score, np.float32)


class Ends(NamedTuple):
    """The ends of a range, None where it is open, and whether they are outside it."""

    low: float | None
    high: float | None
    above: bool
    below: bool

    def hold(self, numbers: Array) -> Array:
        """Which numbers lie between them."""
        # A document without a number has NaN, which no comparison holds for.
        mask: Array | None = None
        if self.low is not None:
            mask = numbers > self.low if self.above else numbers >= self.low
        if self.high is not None:
            under: Array = numbers < self.high if self.below else numbers <= self.high
            mask = under if mask is None else np.logical_and(mask, under, out=mask)
        return numbers == numbers if mask is None else mask


class Ranged(Matching):
    """Documents whose number in a column lies between two ends, at a constant score; of
    documents that other parts found only theirs are compared. `alive` tells live ones,
    None that all are."""

    def __init__(
        self, column: Array, ends: Ends, alive: Array | None, score: float
    ) -> None:
        self.column, self.ends, self._alive = column, ends, alive
        self.size = len(column)
        self.scored = score != 0
        self._score = score

    def docs(self) -> Array:
        mask = self.ends.hold(self.column)
        if self._alive is not None:
            mask &= self._alive
        return mask.nonzero()[0].astype(np.uint32)

    def within(self, docs: Array) -> Array:
        return self.ends.hold(self.column.take(docs))

    def scores(self, docs: Array) -> Array:
        return np.full(len(docs), self._score, np.float32)
