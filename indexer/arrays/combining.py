"""Queries of several parts as sets of documents: And, Or, Not and their kin.

An And takes the documents of its smallest part and asks the others about those alone,
so that work follows the rarest word. Scores are taken of documents that matched, in the
order in which the query has its parts: sums of floats are then the same however the
index is cut into segments.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Final, TypeAlias

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.matching import Everything, Listed, Matching
from indexer.arrays.posted import Term, are_posted
from indexer.arrays.streams import changes
from indexer.arrays.top import Best, best

Check: TypeAlias = Callable[[], None]  # called before each part; raises to stop

# More than one document in so many: sums by document beat sorting those that match.
_SPARSE: Final = 64
_SIZE: Final = attrgetter("size")


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
            docs, scores = conjunction(parts, self._check)
            return docs.astype(np.uint32), scores
        terms = [part for part in parts if part.is_posted]
        filters = [part for part in parts if not part.is_posted]
        if any([part.scored for part in filters]) or not are_posted(terms):
            return super().found()
        if not terms or min(filters, key=_SIZE).size < min(terms, key=_SIZE).size:
            return super().found()
        docs, scores = conjunction(terms, self._check)
        for part in filters:
            self._check()
            here = part.within(docs).nonzero()[0]
            docs, scores = docs.take(here), scores.take(here)
        return docs.astype(np.uint32), scores

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

    def best(self, limit: int) -> Best:
        parts = self._parts
        if self._factor != 1 or not are_posted(parts):
            return super().best(limit)
        if not sums_pay(parts, self._total):
            return super().best(limit)
        return best_of_any(parts, self._total, limit, self._check)

    def docs(self) -> Array:
        lists = [part.docs() for part in self._watched()]
        if self.size * _SPARSE < self._total:
            return np.unique(np.concatenate(lists))
        met = np.zeros(self._total, bool)
        for docs in lists:
            met[docs.astype(np.intp)] = True
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
        mask[self._part.docs().astype(np.intp)] = False
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


def conjunction(terms: Sequence[Term], check: Check) -> tuple[Array, Array]:
    """The documents of all terms (intp), and the sums of their scores.

    What each term scores is taken where it finds a document, so that no list is
    bisected twice: half the time of an And. Sums are in the order of the query, which
    shows in the last bit of three floats.
    """
    by_size = sorted(terms, key=_SIZE)
    first = by_size[0]
    docs, own = first.kept or first.begun()
    found: dict[Term, Array] = {}
    for term in by_size:
        if term is first:
            continue
        check()
        here, scores = term.met(docs)
        if len(here) < len(docs):
            docs, own = docs[here], own[here]
            for known in found:
                found[known] = found[known][here]
        found[term] = scores
    found[first] = own if first.kept else first.weighed(own)
    sums = found[terms[0]]
    for term in terms[1:]:
        sums = sums + found[term]
    return docs, sums


def sums_pay(terms: Sequence[Term], total: int) -> bool:
    """Whether so many of `total` documents have any of some terms that sums by document
    take less than sorting those that match."""
    return sum([term.size for term in terms]) * _SPARSE >= total


def best_of_any(terms: Sequence[Term], total: int, limit: int, check: Check) -> Best:
    """The best of `total` documents that have any of some terms, each of which scores
    above 0: sums by document tell what matches.

    Sums of a rare term are high, and the k-th of them is a close bound in a fifth of
    the time that columns of all sums take (`top`).
    """
    sums = np.zeros(total, np.float32)
    rare: Array | None = None  # the documents of the rarest that has enough
    for term in terms:
        check()
        column = None if term.kept else term.long_column()
        if column is not None:
            sums += column
            continue
        docs, scores = term.kept or term.listed()
        np.add.at(sums, docs, scores)
        if len(docs) >= 2 * limit and (rare is None or len(docs) < len(rare)):
            rare = docs
    # Sums are never below 0: as integers they are counted six times as fast.
    found = int(np.count_nonzero(sums.view(np.int32)))
    if rare is None or limit <= 0:
        places = best(sums, min(limit, found))
        return Best(found, places, sums[places])
    known = sums[rare]
    known.sort()
    near = (sums >= known[-limit]).nonzero()[0]
    known = sums[near]
    places = best(known, limit)
    return Best(found, near[places], known[places])


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
