"""What a query matches in an index: sets of documents that answer three things.

Every node of a query becomes a Matching: all its documents, which of some documents are
among them, and their scores. These are the nodes without parts: terms, lists, masks and
ranges; `combining` has those of several.

Documents are numbers within the index (uint32, ascending); scores are float32.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, NamedTuple, TypeGuard

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.postings import KEPT
from indexer.arrays.postings import TOPS_FROM as KEPT_FROM
from indexer.arrays.ranks import Ranks
from indexer.arrays.top import Best, best, best_of

_MANY: Final = 50
_SEVERAL: Final = 256  # documents: from here on a table of ranks beats bisection
# The scores of so few postings are kept once they are known: 4 KB a term at most.
_SHORT: Final = 1024


class Matching(ABC):
    """The documents of an index that match, live ones only.

    `size` is an upper bound of how many there are. `scored` is whether any of them can
    have a score above 0; `is_positive` whether all of them surely have one, and
    `is_posted` whether it is Posted.
    """

    size: int
    scored: bool = True
    is_positive: bool = False
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


class Plain(NamedTuple):
    """The postings of a term as plain Python reads them: documents, their codes, the
    score of every code, and idf in 32 bits. Of a dense one there are no documents, and
    scores are those of every document."""

    docs: memoryview | None
    codes: memoryview
    scores: memoryview
    idf: float


class Posted(Matching):
    """A term, as a list or as a column; `numbers` has its number in each segment."""

    is_posted = True
    numbers: tuple[int, ...]

    @abstractmethod
    def met(self, docs: Array) -> tuple[Array, Array]:
        """Which of these documents have the term (indices), and their scores."""

    @abstractmethod
    def own_scores(self, docs: Array, left: Array | None) -> Array:
        """The scores of those of its own documents that are left; `left` is where they
        are among all of them, None that all are left."""

    @property
    @abstractmethod
    def plain(self) -> Plain:
        """Its postings, without its boost."""


def are_posted(parts: Sequence[Matching]) -> TypeGuard[Sequence[Posted]]:
    """Whether all parts are terms; asking `isinstance` of an abstract class takes ten
    times as long."""
    return all([part.is_posted for part in parts])


class Term(Listed, Posted):
    """The postings of one term: documents, codes, a score for every code, idf and
    boost. What it comes to keep is the same for every search, so that searches in any
    number of threads may share it.

    `tops` are its best documents and their codes where an index keeps them, `ranks`
    gives its table of ranks if it may have one.
    """

    def __init__(
        self,
        docs: Array,
        codes: Array,
        table: Array,
        idf: float,
        boost: float = 1.0,
        *,
        numbers: tuple[int, ...] = (),
        tops: tuple[Array, Array] | None = None,
        ranks: Callable[[], Ranks] | None = None,
    ) -> None:
        super().__init__(docs)
        self.numbers = numbers
        self._codes, self._table, self._tops = codes, table, tops
        self.ranks = ranks
        self._idf, self._boost = idf, boost
        self.scored = boost != 0
        self.is_positive = boost > 0
        self._known: Array | None = None
        self._is_met_again = False

    def boosted(self, boost: float) -> "Term":
        """The same with a boost."""
        if boost == 1:
            return self
        parts = self._docs, self._codes, self._table, self._idf, boost
        return Term(*parts, numbers=self.numbers, ranks=self.ranks)

    def best(self, limit: int) -> Best:
        """Of a frequent term the best are known, worked out once where the index does
        not keep them: .005 ms, where scoring its postings takes .2."""
        if self.size <= KEPT_FROM or limit > KEPT:
            return best_of(self._docs, self.scores(self._docs), limit)
        if self._tops is None:
            scores = self._weighed(self._codes)
            places = best(scores, KEPT)
            self._tops = self._docs.take(places), self._codes.take(places)
        docs, codes = self._tops
        return Best(self.size, docs[:limit], self._weighed(codes[:limit]))

    def scores(self, docs: Array) -> Array:
        if docs is self._docs:
            return self._every()
        return self._scores_at(self._docs.searchsorted(docs))

    def _every(self) -> Array:
        """The scores of all documents. Those of a short list are kept: working them out
        is three calls of NumPy, 1 µs, of the ten that a short And takes."""
        if self._known is not None:
            return self._known
        scores = self._weighed(self._codes)
        if self.size <= _SHORT:
            scores.flags.writeable = False  # searches share it
            self._known = scores
        return scores

    def met(self, docs: Array) -> tuple[Array, Array]:
        held = self._docs
        if len(docs) > _SEVERAL:
            if self.ranks and self._is_met_again:
                ranks = self.ranks()
                here = ranks.within(docs).nonzero()[0]
                return here, self._scores_at(ranks.places(docs.take(here)))
            # A table takes longer to make than one search saves by it.
            self._is_met_again = True
            if len(docs) * _MANY > held[-1]:
                here, at = self._places_of_many(docs)
                return here, self._scores_at(at)
        at = held.searchsorted(docs)
        here = (held.take(at, mode="clip") == docs).nonzero()[0]
        return here, self._scores_at(at.take(here))

    def _places_of_many(self, docs: Array) -> tuple[Array, Array]:
        """Which of these documents are in the list (indices), and where in it, by a
        table over all documents: a quarter of the time from about one in fifty."""
        table = np.zeros(max(int(docs[-1]), int(self._docs[-1])) + 1, np.uint32)
        table[self._docs] = np.arange(1, self.size + 1, dtype=np.uint32)
        at = table.take(docs)
        here = at.nonzero()[0]
        return here, at.take(here) - np.uint32(1)

    def add_within(self, docs: Array, sums: Array) -> None:
        here, scores = self.met(docs)
        np.add.at(sums, here, scores)

    def add_to(self, sums: Array, met: Array | None) -> None:
        # Indices of NumPy's own type: any other it converts in small blocks, 3 µs for
        # 300 documents instead of 1.
        docs = self._docs.astype(np.intp)
        if self.scored:
            np.add.at(sums, docs, self._every())
        if met is not None:
            met[docs] = True

    def _scores_at(self, places: Array) -> Array:
        if self._known is not None:
            return self._known.take(places)
        if self.size <= _SHORT:
            return self._every().take(places)
        return self._weighed(self._codes.take(places))

    def own_scores(self, docs: Array, left: Array | None) -> Array:
        return self._every() if left is None else self._scores_at(left)

    @cached_property
    def plain(self) -> Plain:
        views = self._docs.data, self._codes.data, self._table.data
        return Plain(*views, float(np.float32(self._idf)))

    def _weighed(self, codes: Array) -> Array:
        found = self._table.take(codes)
        found *= np.float32(self._idf)
        if self._boost != 1:
            found *= np.float32(self._boost)
        return found


class Dense(Posted):
    """A frequent term: its score for every document, 0 where it is not, and a boost
    above 0. Scores are the same as those of Term, to the bit."""

    is_positive = True

    def __init__(self, term: Term, column: Array, boost: float = 1.0) -> None:
        self._term, self._column = term, column
        self._boost = np.float32(boost)
        self._docs = term.docs()
        self.numbers = term.numbers
        self.size = len(self._docs)

    def docs(self) -> Array:
        return self._docs

    def best(self, limit: int) -> Best:
        if self._boost != 1:
            return super().best(limit)
        return self._term.best(limit)

    def within(self, docs: Array) -> Array:
        found: Array = self._column.take(docs) > 0
        return found

    def scores(self, docs: Array) -> Array:
        return self._boosted(self._column.take(docs))

    def met(self, docs: Array) -> tuple[Array, Array]:
        ranks = self._term.ranks
        if len(docs) > _SEVERAL and ranks:
            here = ranks().within(docs).nonzero()[0]
            return here, self.scores(docs.take(here))
        scores = self._column.take(docs)
        here = scores.nonzero()[0]
        return here, self._boosted(scores.take(here))

    def own_scores(self, docs: Array, left: Array | None) -> Array:
        return self.scores(docs)

    @property
    def plain(self) -> Plain:
        return Plain(None, memoryview(b""), self._column.data, 1.0)

    def add_within(self, docs: Array, sums: Array) -> None:
        sums += self.scores(docs)

    def add_to(self, sums: Array, met: Array | None) -> None:
        sums += self._boosted(self._column)
        if met is not None:
            met[self._docs] = True

    def _boosted(self, scores: Array) -> Array:
        return scores if self._boost == 1 else scores * self._boost


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
        found: Array = self._mask[docs]
        return found

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
        self._column, self._ends, self._alive = column, ends, alive
        self.size = len(column)
        self.scored = score != 0
        self._score = score

    def docs(self) -> Array:
        mask = self._ends.hold(self._column)
        if self._alive is not None:
            mask &= self._alive
        return mask.nonzero()[0].astype(np.uint32)

    def within(self, docs: Array) -> Array:
        return self._ends.hold(self._column.take(docs))

    def scores(self, docs: Array) -> Array:
        return np.full(len(docs), self._score, np.float32)
