"""What a query matches in an index: sets of documents that answer three things.

Every node of a query becomes a Matching: all its documents, which of some documents are
among them, and their scores. An And takes the documents of its smallest part and asks
the others about those alone, so that work follows the rarest word; scores are taken at
the end, of documents that matched, in the order in which the query has them: sums of
floats are then the same however the index is cut into segments.

Documents are numbers within the index (uint32, ascending); scores are float32.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Final, NamedTuple, TypeAlias, TypeGuard

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.postings import KEPT
from indexer.arrays.postings import TOPS_FROM as KEPT_FROM
from indexer.arrays.ranks import Ranks
from indexer.arrays.streams import changes
from indexer.arrays.top import Best, best, best_of

Check: TypeAlias = Callable[[], None]  # called before each part; raises to stop

# More than one document in so many: sums by document beat sorting those that match.
_SPARSE: Final = 64
_MANY: Final = 50
_SEVERAL: Final = 256  # documents: from here on a table of ranks beats bisection
# The scores of so few postings are kept once they are known: 4 KB a term at most.
_SHORT: Final = 1024
_SIZE: Final = attrgetter("size")


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
        """Which of these documents (ascending) match, as a mask."""

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
        at = self._docs.searchsorted(docs)
        # One past the end is out of bounds; the last can't be equal then either.
        found: Array = self._docs.take(at, mode="clip") == docs
        return found


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


class Located(Listed):
    """Documents found in another way, all of which match some parts; the scores of
    those add up."""

    def __init__(
        self, docs: Array, parts: Sequence[Matching], check: Check, factor: float
    ) -> None:
        super().__init__(docs)
        self._parts, self._check, self._factor = parts, check, factor

    def scores(self, docs: Array) -> Array:
        return _sum(docs, self._parts, self._factor, self._check)


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


class And(Matching):
    """Documents that match every part; scores add up."""

    def __init__(
        self, parts: Sequence[Matching], check: Check, factor: float = 1.0
    ) -> None:
        self._parts = parts
        self._check = check
        self._factor = factor
        self.size = min([part.size for part in parts])
        self.scored = any([part.scored for part in parts])

    def docs(self) -> Array:
        first, *others = sorted(self._parts, key=_SIZE)
        return _kept(first.docs(), others, self._check)

    def found(self) -> tuple[Array, Array]:
        """All documents and their scores. Of terms, and filters that say nothing of the
        order, no list is looked through twice."""
        parts = self._parts
        if self._factor != 1:
            return super().found()
        if are_posted(parts):
            return _conjunction(parts, self._check)
        terms = [part for part in parts if part.is_posted]
        filters = [part for part in parts if not part.is_posted]
        if any([part.scored for part in filters]) or not are_posted(terms):
            return super().found()
        if not terms or min(filters, key=_SIZE).size < min(terms, key=_SIZE).size:
            return super().found()
        docs, scores = _conjunction(terms, self._check)
        for part in filters:
            self._check()
            here = part.within(docs).nonzero()[0]
            docs, scores = docs.take(here), scores.take(here)
        return docs, scores

    def within(self, docs: Array) -> Array:
        found = np.ones(len(docs), bool)
        for part in sorted(self._parts, key=_SIZE):
            self._check()
            found[found] = part.within(docs[found])
        return found

    def scores(self, docs: Array) -> Array:
        return _sum(docs, self._parts, self._factor, self._check)


class Or(Matching):
    """Documents that match any part; the scores of those that do add up."""

    def __init__(
        self, parts: Sequence[Matching], total: int, check: Check, factor: float = 1.0
    ) -> None:
        self._parts = parts
        self._check = check
        self._total = total
        self.size = min(sum([part.size for part in parts]), total)
        self.scored = any([part.scored for part in parts])
        self._factor = factor

    def is_plain(self) -> bool:
        """Whether all parts are terms that score above 0, so that a sum of 0 means that
        none of them matched; and there are so many documents that sums pay."""
        many = self.size * _SPARSE >= self._total and self._factor == 1
        return many and all([part.is_positive for part in self._parts])

    def best(self, limit: int) -> Best:
        """For terms that score above 0 the sums by document tell what matches."""
        if not self.is_plain():
            return super().best(limit)
        sums = np.zeros(self._total, np.float32)
        self.add_to(sums, None)
        # Sums are never below 0: as integers they are counted six times as fast.
        total = int(np.count_nonzero(sums.view(np.int32)))
        places = best(sums, min(limit, total))
        return Best(total, places, sums.take(places))

    def docs(self) -> Array:
        lists = [part.docs() for part in self._watched()]
        if self.size * _SPARSE < self._total:
            return np.unique(np.concatenate(lists))
        met = np.zeros(self._total, bool)
        for docs in lists:
            met[docs] = True
        return met.nonzero()[0].astype(np.uint32)

    def found(self) -> tuple[Array, Array]:
        if self.size * _SPARSE < self._total:
            return self._few()
        met = np.zeros(self._total, bool)
        sums = np.zeros(self._total, np.float32)
        self.add_to(sums, met)
        docs = met.nonzero()[0].astype(np.uint32)
        return docs, sums.take(docs)

    def _few(self) -> tuple[Array, Array]:
        """Sort the parts' documents together and add up the scores of each, in the same
        order as by document."""
        docs, scores = zip(*(part.found() for part in self._flat()), strict=True)
        every = np.concatenate(docs)
        order = every.argsort(kind="stable")
        every = every.take(order)
        fresh = changes(every)
        begins = fresh.nonzero()[0]
        sums = np.zeros(len(begins), np.float32)
        # Not by np.add.reduceat, which adds the first of a row last.
        np.add.at(sums, fresh.cumsum() - 1, np.concatenate(scores).take(order))
        return every.take(begins), _multiplied(sums, self._factor)

    def _flat(self) -> Iterator[Matching]:
        """The parts, and in place of an Or without a factor its own."""
        for part in self._watched():
            if type(part) is Or and part._factor == 1:
                yield from part._flat()
            else:
                yield part

    def within(self, docs: Array) -> Array:
        found = np.zeros(len(docs), bool)
        for part in self._watched():
            found |= part.within(docs)
        return found

    def scores(self, docs: Array) -> Array:
        sums = np.zeros(len(docs), np.float32)
        for part in self._watched():
            if part.scored:
                part.add_within(docs, sums)
        return _multiplied(sums, self._factor)

    def add_within(self, docs: Array, sums: Array) -> None:
        if self._factor != 1:
            return super().add_within(docs, sums)
        for part in self._watched():
            if part.scored:
                part.add_within(docs, sums)

    def add_to(self, sums: Array, met: Array | None) -> None:
        if self._factor != 1:
            return super().add_to(sums, met)
        for part in self._watched():
            part.add_to(sums, met)

    def _watched(self) -> Iterator[Matching]:
        for part in self._parts:
            self._check()
            yield part


class Highest(Matching):
    """Documents that match any part, at the highest score that a part gives them."""

    def __init__(
        self, parts: Sequence[Matching], any_: Or, check: Check, factor: float = 1.0
    ) -> None:
        self._parts = parts
        self._check = check
        self._any = any_
        self.size = any_.size
        self.scored = any_.scored
        self._factor = factor

    def docs(self) -> Array:
        return self._any.docs()

    def within(self, docs: Array) -> Array:
        return self._any.within(docs)

    def scores(self, docs: Array) -> Array:
        highest = np.full(len(docs), -np.inf, np.float32)
        for part in self._parts:
            self._check()
            here = part.within(docs).nonzero()[0]
            scores = part.scores(docs.take(here))
            highest[here] = np.maximum(highest.take(here), scores)
        return _multiplied(highest, self._factor)


class Not(Matching):
    """All documents that a part does not match; they score nothing."""

    scored = False

    def __init__(self, part: Matching, every: Everything) -> None:
        self._part = part
        self._alive = every.alive
        self.size = every.size

    def docs(self) -> Array:
        mask = np.ones(self.size, bool) if self._alive is None else self._alive.copy()
        mask[self._part.docs()] = False
        return mask.nonzero()[0].astype(np.uint32)

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
        if self._part.scored:
            sums = self._part.scores(docs).copy()
        else:
            sums = np.zeros(len(docs), np.float32)
        if self._bonus.scored:
            self._bonus.add_within(docs, sums)
        return sums


class Constant(Matching):
    """The documents of a part at a constant score."""

    def __init__(self, part: Matching, score: float) -> None:
        self._part = part
        self.size = part.size
        self.scored = score != 0
        self._score = score

    def docs(self) -> Array:
        return self._part.docs()

    def within(self, docs: Array) -> Array:
        return self._part.within(docs)

    def scores(self, docs: Array) -> Array:
        return np.full(len(docs), self._score, np.float32)


def _conjunction(terms: Sequence[Posted], check: Check) -> tuple[Array, Array]:
    """The documents of all terms, and the sums of their scores.

    What each term scores is taken where it finds a document, so that no list is
    bisected twice: half the time of an And. Sums are in the order of the query, which
    shows in the last bit of three floats.
    """
    if len(terms) == 1:
        return terms[0].found()
    if len(terms) == 2:
        rarer, other = terms
        return _of_two(
            *((rarer, other) if rarer.size <= other.size else (other, rarer))
        )
    first, *others = sorted(range(len(terms)), key=[t.size for t in terms].__getitem__)
    docs = terms[first].docs()
    left = None  # where the documents left are in the first; None: all are
    scores: list[Array] = [docs] * len(terms)
    for number in others:
        check()
        here, scores[number] = terms[number].met(docs)
        if len(here) == len(docs):
            continue
        docs = docs.take(here)
        left = here if left is None else left.take(here)
        for known in others:
            if known == number:
                break
            scores[known] = scores[known].take(here)
    scores[first] = terms[first].own_scores(docs, left)
    sums = scores[0]
    for more in scores[1:]:
        sums = sums + more
    return docs, sums


def _of_two(rarer: Posted, other: Posted) -> tuple[Array, Array]:
    """The same of two terms, the commonest And, in half the steps of Python."""
    docs = rarer.docs()
    here, scores = other.met(docs)
    if len(here) == len(docs):
        return docs, rarer.own_scores(docs, None) + scores
    docs = docs.take(here)
    return docs, rarer.own_scores(docs, here) + scores


def _kept(docs: Array, parts: Sequence[Matching], check: Check) -> Array:
    """Those of some documents that match every part."""
    for part in parts:
        if not len(docs):
            break
        check()
        docs = docs[part.within(docs)]
    return docs


def _sum(docs: Array, parts: Sequence[Matching], factor: float, check: Check) -> Array:
    scored = [part for part in parts if part.scored]
    if not scored:
        return np.zeros(len(docs), np.float32)
    sums = scored[0].scores(docs)
    for part in scored[1:]:
        check()
        sums = sums + part.scores(docs)
    return _multiplied(sums, factor)


def _multiplied(scores: Array, factor: float) -> Array:
    return scores if factor == 1 else scores * np.float32(factor)
