"""Any other query of Whoosh's, run by its own matcher, a document at a time.

Right where Whoosh is right, but slow: some ten microseconds a document. Scores
are by the statistics of the collection, as everywhere else.
"""

from array import array
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from whoosh import scoring
from whoosh.searching import Searcher

from indexer.arrays.codec import reader_of
from indexer.arrays.codes import K1, LENGTHS, B
from indexer.arrays.collection import Collection
from indexer.arrays.container import Array
from indexer.arrays.segment import Segment

_AT_ONCE: Final = 1 << 5  # documents visited between two looks at the clock


def walked(
    asked: Any, segment: Segment, collection: Collection, check: Callable[[], None]
) -> tuple[Array, Array]:
    """What a query matches in a segment, deleted documents perhaps too (uint32), and
    their scores (float32). `check` is called now and then."""
    reader = reader_of((segment,), collection.schema)
    searcher = Searcher(reader, weighting=_Weighting(collection, segment))
    context = searcher.context(needs_current=asked.needs_spans())
    matcher = asked.matcher(searcher, context)
    docs, scores = array("I"), array("f")
    while matcher.is_active():
        if len(docs) % _AT_ONCE == 0:
            check()
        docs.append(matcher.id())
        scores.append(matcher.score())
        matcher.next()
    return np.array(docs, np.uint32), np.array(scores, np.float32)


class _Weighting(scoring.WeightingModel):  # type: ignore[misc]  # whoosh has no types
    """BM25 by the statistics of a collection, for the matchers of one segment."""

    def __init__(self, collection: Collection, segment: Segment) -> None:
        self._collection = collection
        self._segment = segment

    def scorer(self, searcher: Any, fieldname: str, text: bytes, qf: int = 1) -> Any:
        if not self._collection.schema[fieldname].scorable:
            return scoring.WeightScorer.for_(searcher, fieldname, text)
        statistics, _ = self._collection.statistics(fieldname)
        idf = statistics.idf(self._collection.frequency(fieldname, text))
        lengths = self._segment.lengths(fieldname).data
        return _Scorer(lengths, statistics.average, idf)


class _Scorer(scoring.BaseScorer):  # type: ignore[misc]  # whoosh has no types
    """Scores the documents of one term."""

    def __init__(self, lengths: memoryview, average: float, idf: float) -> None:
        self._lengths, self._average, self._idf = lengths, average, idf

    def score(self, matcher: Any) -> float:
        count: float = matcher.weight()
        length = float(LENGTHS[self._lengths[matcher.id()]])
        norm = K1 * (1 - B + B * length / (self._average or 1))
        return self._idf * count * (K1 + 1) / (count + norm)

    def max_quality(self) -> float:
        """What no score passes; some matchers ask."""
        return self._idf * (K1 + 1)
