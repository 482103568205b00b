"""One word, of whose documents a filter leaves some: most searches of a period.

An And asks its parts what they are, which comes first and which of them score: 6 µs of
the 25 that such a search took at 10,000 documents. Here that is known; and the filter
looks at the documents of a list in the order of their scores, which is kept, so that
the first that it leaves are the best: 4 µs less. What a period looks at, their days,
is kept in the same order.
"""

from collections.abc import Sequence
from typing import Final, Self

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.matching import Matching, Ranged
from indexer.arrays.top import Best

_LIMIT: Final = 16 << 20  # bytes of all that are kept
_EACH: Final = 20  # bytes of a document, its score and its day
_ENTRY: Final = 600  # bytes that a list takes besides
_MOST: Final = 4096  # documents of a list


class Ranking:
    """The documents (intp) and scores of a word, highest first, of equal ones the lower
    number."""

    def __init__(self, docs: Array, scores: Array) -> None:
        order = (-scores).argsort(kind="stable")
        self.docs, self.scores = docs.take(order).astype(np.intp), scores.take(order)
        self._numbers: tuple[Array, Array] | None = None

    def numbers(self, column: Array) -> Array:
        """What a column has for each of them; kept for the column last asked for."""
        known = self._numbers
        if known is None or known[0] is not column:
            known = self._numbers = column, column.take(self.docs)
        return known[1]


class Rankings:
    """Rankings of words that are met again; shared by threads."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit, self._size = limit, 0
        self._held: dict[Matching, Ranking | None] = {}

    def of(self, word: Matching) -> Ranking | None:
        """That of a word; None when first asked for."""
        known = self._held.get(word)
        if known is not None:
            return known
        if word in self._held:
            known = Ranking(*word.found())
        if self._size > self._limit:
            self._held, self._size = {}, 0
        self._size += _ENTRY + (_EACH * word.size if known else 0)
        self._held[word] = known
        return known


class Filtered(Matching):
    """The documents of a word that a filter leaves, scored by the word alone."""

    def __init__(self, word: Matching, rest: Matching, rankings: Rankings) -> None:
        self._word, self._rest, self._rankings = word, rest, rankings
        self.size = word.size

    @classmethod
    def of(cls, parts: Sequence[Matching], rankings: Rankings) -> Self | None:
        """The same as an And of the parts; None where they are not such."""
        if len(parts) != 2:
            return None
        word, rest = parts if parts[0].is_posted else reversed(parts)
        if not word.is_posted or rest.scored or rest.size < word.size:
            return None
        return cls(word, rest, rankings)

    def docs(self) -> Array:
        docs = self._word.docs()
        return docs.take(self._rest.within(docs).nonzero()[0])

    def within(self, docs: Array) -> Array:
        found = self._word.within(docs)
        found[found] = self._rest.within(docs[found])
        return found

    def scores(self, docs: Array) -> Array:
        return self._word.scores(docs)

    def found(self) -> tuple[Array, Array]:
        docs, scores = self._word.found()
        here = self._rest.within(docs).nonzero()[0]
        return docs.take(here), scores.take(here)

    def best(self, limit: int) -> Best:
        ranking = self._rankings.of(self._word) if self.size <= _MOST else None
        if ranking is None or limit < 0:
            return super().best(limit)
        rest = self._rest
        if type(rest) is Ranged:
            held = rest.ends.hold(ranking.numbers(rest.column))
        else:
            held = rest.within(ranking.docs)
        here = held.nonzero()[0]
        first = here[:limit]
        return Best(len(here), ranking.docs.take(first), ranking.scores.take(first))
