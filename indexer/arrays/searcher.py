"""Whoosh query objects, answered over the arrays of one index.

A query becomes a Matching for each segment (`compiling`), whose documents are scored
and the best kept (`top`). Nothing here changes after opening, so that any number of
threads may search at once.
"""

import itertools
import time
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from whoosh import query

from indexer.arrays import matching
from indexer.arrays.collection import Collection
from indexer.arrays.compiling import Compiler
from indexer.arrays.container import Array
from indexer.arrays.lexicon import NO_TERM
from indexer.arrays.matching import Matching
from indexer.arrays.postings import KEPT
from indexer.arrays.top import best, best_by, lowest

_NONE: Final = np.empty(0, np.uint32)
_NO_SCORES: Final = np.empty(0, np.float32)
_NEVER: Final = float("inf")
# A worker's memory then holds what so many searches look at, not the whole archive.
_SEARCHES_TO_RELEASE: Final = 500


@dataclass(frozen=True, slots=True)
class Matches:
    """All documents that match, live ones only: numbers within the index, ascending,
    and their scores (float32; None where nothing was to be scored)."""

    docs: Array
    scores: Array | None


class Best(NamedTuple):
    """How many documents match, and the numbers and scores of the best of them."""

    total: int
    docs: Array
    scores: Array


class ArraySearcher:
    """Search over a collection, by any number of threads at once."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._segments = collection.segments
        self._whole = len(self._segments) == 1 and self._segments[0].live is None
        self._asked = itertools.count(1)

    def best(self, asked: Any, limit: int = 10, *, deadline: float = 0) -> Best:
        """The highest scores; of equal ones the lower number first.

        `deadline` is a time of `time.monotonic`; raises TimeoutError past it.
        """
        if type(asked) is query.Term and self._whole and asked.boost == 1:
            return self._best_of_term(asked, limit, deadline or _NEVER)
        parts = self._compiled(asked, deadline)
        if len(parts) > 1 or not parts:
            matches = self._joined(parts)
            assert matches.scores is not None  # they were asked for
            docs, scores = matches.docs, matches.scores
        elif _is_plain_or(parts[0]):
            return self._best_of_sums(parts[0], limit)
        else:
            docs, scores = self._live(0, parts[0])
        places = best(scores, limit)
        return Best(len(docs), docs[places], scores[places])

    def matches(
        self, asked: Any, *, scored: bool = True, deadline: float = 0
    ) -> Matches:
        """All documents that match, and their scores."""
        if not next(self._asked) % _SEARCHES_TO_RELEASE:
            for segment in self._segments:
                segment.release()
        return self._joined(self._compiled(asked, deadline), scored=scored)

    def _compiled(self, asked: Any, deadline: float) -> list[Matching]:
        return Compiler(self.collection, deadline or _NEVER).of(asked)

    def _joined(self, parts: list[Matching], *, scored: bool = True) -> Matches:
        """The live documents of every segment, end to end."""
        if scored:
            found = [self._live(number, part) for number, part in enumerate(parts)]
        else:
            found = [
                (self._live_docs(number, part), _NO_SCORES)
                for number, part in enumerate(parts)
            ]
        if len(found) == 1:
            return Matches(found[0][0], found[0][1] if scored else None)
        numbered = [
            docs + np.uint32(base)
            for (docs, _), base in zip(found, self.collection.bases, strict=False)
        ]
        scores = [scores for _, scores in found]
        return Matches(
            np.concatenate([_NONE, *numbered]),
            np.concatenate([_NO_SCORES, *scores]) if scored else None,
        )

    def _live(self, number: int, part: Matching) -> tuple[Array, Array]:
        """The live documents of one segment, and their scores."""
        docs, scores = part.found()
        live = self._segments[number].live
        if live is None:
            return docs, scores
        here = live[docs].nonzero()[0]
        return docs[here], scores[here]

    def _live_docs(self, number: int, part: Matching) -> Array:
        docs, live = part.docs(), self._segments[number].live
        return docs if live is None else docs[live[docs]]

    def _best_of_term(self, asked: Any, limit: int, deadline: float) -> Best:
        """The best of one term in a whole segment: those that are kept of a frequent
        one, else of its few postings."""
        if time.monotonic() > deadline:
            raise TimeoutError
        segment = self._segments[0]
        term = self.collection.term(segment, asked.fieldname, asked.text)
        if term == NO_TERM:
            return Best(0, _NONE, _NO_SCORES)
        statistics, table = self.collection.statistics(asked.fieldname)
        frequency = segment.frequency(term)
        idf = np.float32(statistics.idf(frequency))
        kept = segment.best(term) if limit <= KEPT else None
        if kept is not None:
            docs, codes = kept
            return Best(frequency, docs[:limit], table[codes[:limit]] * idf)
        docs, codes = segment.postings(term)
        scores = table[codes] * idf
        places = best(scores, limit)
        return Best(frequency, docs[places], scores[places])

    def _best_of_sums(self, part: Matching, limit: int) -> Best:
        """Score sums by document: for an Or of terms each of which scores above 0, what
        has a sum matches."""
        sums = np.zeros(self.collection.size, np.float32)
        part.add_to(sums, None)
        live = self._segments[0].live
        if live is not None:
            sums *= live
        # Sums are never below 0: as integers they are counted six times as fast.
        total = int(np.count_nonzero(sums.view(np.int32)))
        places = best(sums, min(limit, total))
        return Best(total, places, sums[places])


def _is_plain_or(part: Matching) -> bool:
    """Whether a sum of 0 means that nothing matched, and summing by document pays."""
    return isinstance(part, matching.Or) and part.is_plain()


def ordered(matches: Matches, keys: Array, limit: int) -> Array:
    """The places of the matches with the lowest keys, lowest first; `keys` are by
    document."""
    return lowest(keys[matches.docs], limit)


def ranked(matches: Matches, ties: Array, limit: int, *, digits: int) -> Array:
    """The places of the matches with the highest scores, rounded to so many digits;
    equal ones by the lowest `ties` of their documents."""
    assert matches.scores is not None  # whoever ranks has asked for them
    return best_by(
        matches.scores, lambda near: ties[matches.docs[near]], limit, digits=digits
    )
