"""What a query matches in one segment: sets of documents that answer three things.

Every node of a query becomes a Matching: all its documents, which of some documents are
among them, and their scores. An And takes the documents of its smallest part and asks
the others about those alone, so that work follows the rarest word; scores are taken at
the end, of documents that matched, in the order in which the query has them: sums of
floats are then the same however the index is cut into segments.

Documents are numbers within the segment (ascending); scores are float32.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

import numpy as np

from indexer.arrays.container import Array

# As a share of all documents: from there a byte for each beats a sorted list.
_DENSE: Final = 1 / 16


class Matching(ABC):
    """The documents of a segment that match, deleted ones perhaps among them.

    `size` is an upper bound of how many there are. `scored` is whether any of them can
    have a score above 0.
    """

    size: int
    scored: bool = True

    @abstractmethod
    def docs(self) -> Array:
        """All of them, ascending."""

    @abstractmethod
    def within(self, docs: Array) -> Array:
        """Which of these documents (ascending) match, as a mask."""

    @abstractmethod
    def scores(self, docs: Array) -> Array:
        """The scores of documents that match."""

    def add_to(self, sums: Array, met: Array | None) -> None:
        """Add all scores to sums by document, and mark the documents as met."""
        docs = self.docs()
        if self.scored:
            sums[docs] += self.scores(docs)
        if met is not None:
            met[docs] = True


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
    """All documents of a segment, at a constant score."""

    def __init__(self, size: int, score: float = 0.0) -> None:
        self.size = size
        self.scored = score != 0
        self._score = np.float32(score)

    def docs(self) -> Array:
        return np.arange(self.size, dtype=np.uint32)

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
        found: Array = self._docs[self._at(docs)] == docs
        return found

    def _at(self, docs: Array) -> Array:
        """Where in the list each of these documents stands, or would."""
        at = self._docs.searchsorted(docs)
        # One past the end would be out of bounds; the last can't be equal then either.
        return np.minimum(at, self.size - 1) if len(at) and at[-1] == self.size else at


class Term(Listed):
    """The postings of one term: documents, codes, a score for every code and a factor
    (idf and boost)."""

    def __init__(self, docs: Array, codes: Array, table: Array, factor: float) -> None:
        super().__init__(docs)
        self._codes, self._table = codes, table
        self._factor = np.float32(factor)
        self.scored = factor != 0

    def scores(self, docs: Array) -> Array:
        codes = self._codes if docs is self._docs else self._codes[self._at(docs)]
        return self._table[codes] * self._factor


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
        found: Array = self._scores[self._at(docs)]
        return found


class Located(Listed):
    """Documents found in another way, all of which another part matches and scores."""

    def __init__(self, docs: Array, part: Matching) -> None:
        super().__init__(docs)
        self.scored = part.scored
        self._part = part

    def scores(self, docs: Array) -> Array:
        return self._part.scores(docs)


class Masked(Matching):
    """Documents by a mask over all, at a constant score: ranges and unions."""

    def __init__(self, mask: Array, score: float = 0.0) -> None:
        self._mask = mask
        self.size = len(mask)
        self.scored = score != 0
        self._score = np.float32(score)

    def docs(self) -> Array:
        return np.flatnonzero(self._mask).astype(np.uint32)

    def within(self, docs: Array) -> Array:
        found: Array = self._mask[docs]
        return found

    def scores(self, docs: Array) -> Array:
        return np.full(len(docs), self._score, np.float32)


class And(Matching):
    """Documents that match every part; scores add up."""

    def __init__(self, parts: Sequence[Matching], factor: float = 1.0) -> None:
        self._parts = parts
        self._by_size = sorted(parts, key=lambda part: part.size)
        self.size = self._by_size[0].size
        self.scored = any(part.scored for part in parts)
        self._factor = np.float32(factor)

    def docs(self) -> Array:
        first, *others = self._by_size
        return _kept(first.docs(), others)

    def within(self, docs: Array) -> Array:
        found = np.ones(len(docs), bool)
        for part in self._by_size:
            found[found] = part.within(docs[found])
        return found

    def scores(self, docs: Array) -> Array:
        return _sum(docs, self._parts, self._factor)


class Or(Matching):
    """Documents that match any part; the scores of those that do add up."""

    def __init__(
        self, parts: Sequence[Matching], total: int, factor: float = 1.0
    ) -> None:
        self._parts = parts
        self._total = total
        self.size = min(sum(part.size for part in parts), total)
        self.scored = any(part.scored for part in parts)
        self._factor = np.float32(factor)

    def is_plain(self) -> bool:
        """Whether all parts are terms that score above 0, many documents in all."""
        many = self.size >= self._total * _DENSE
        return (
            many
            and self._factor == 1
            and all(type(p) is Term and p.scored for p in self._parts)
        )

    def docs(self) -> Array:
        lists = [part.docs() for part in self._parts]
        if self.size < self._total * _DENSE:
            return np.unique(np.concatenate(lists))
        met = np.zeros(self._total, bool)
        for docs in lists:
            met[docs] = True
        return np.flatnonzero(met).astype(np.uint32)

    def within(self, docs: Array) -> Array:
        found = np.zeros(len(docs), bool)
        for part in self._parts:
            found |= part.within(docs)
        return found

    def scores(self, docs: Array) -> Array:
        sums = np.zeros(len(docs), np.float32)
        for part in self._parts:
            if part.scored:
                here = part.within(docs)
                sums[here] += part.scores(docs[here])
        return sums if self._factor == 1 else sums * self._factor

    def add_to(self, sums: Array, met: Array | None) -> None:
        if self._factor != 1:
            return super().add_to(sums, met)
        for part in self._parts:
            part.add_to(sums, met)


class Not(Matching):
    """All documents that a part does not match; they score nothing."""

    scored = False

    def __init__(self, part: Matching, total: int) -> None:
        self._part = part
        self.size = total

    def docs(self) -> Array:
        mask = np.ones(self.size, bool)
        mask[self._part.docs()] = False
        return np.flatnonzero(mask).astype(np.uint32)

    def within(self, docs: Array) -> Array:
        return ~self._part.within(docs)

    def scores(self, docs: Array) -> Array:
        return np.zeros(len(docs), np.float32)


class AndMaybe(Matching):
    """The documents of the first part; the second only adds to scores."""

    def __init__(self, part: Matching, bonus: Matching) -> None:
        self._part, self._bonus = part, bonus
        self.size = part.size
        self.scored = part.scored or bonus.scored

    def docs(self) -> Array:
        return self._part.docs()

    def within(self, docs: Array) -> Array:
        return self._part.within(docs)

    def scores(self, docs: Array) -> Array:
        sums = self._part.scores(docs)
        here = self._bonus.within(docs)
        sums = sums.copy()
        sums[here] += self._bonus.scores(docs[here])
        return sums


class Constant(Matching):
    """The documents of a part at a constant score."""

    def __init__(self, part: Matching, score: float) -> None:
        self._part = part
        self.size = part.size
        self.scored = score != 0
        self._score = np.float32(score)

    def docs(self) -> Array:
        return self._part.docs()

    def within(self, docs: Array) -> Array:
        return self._part.within(docs)

    def scores(self, docs: Array) -> Array:
        return np.full(len(docs), self._score, np.float32)


def _kept(docs: Array, parts: Sequence[Matching]) -> Array:
    """Those of some documents that match every part."""
    for part in parts:
        if not len(docs):
            break
        docs = docs[part.within(docs)]
    return docs


def _sum(docs: Array, parts: Sequence[Matching], factor: np.float32) -> Array:
    scored = [part for part in parts if part.scored]
    if not scored:
        return np.zeros(len(docs), np.float32)
    sums = scored[0].scores(docs)
    for part in scored[1:]:
        sums = sums + part.scores(docs)
    return sums if factor == 1 else sums * factor
