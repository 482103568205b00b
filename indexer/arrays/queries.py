"""Query objects of our own, beside Whoosh's."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from whoosh import matching
from whoosh.query import qcore

from indexer.arrays.container import Array


class Known(qcore.Query):  # type: ignore[misc]  # whoosh has no types
    """Matches documents by their numbers in the collection (uint32, ascending), all at
    a score of 0. Of one search: it is equal to itself alone."""

    def __init__(self, docs: Array) -> None:
        self.docs = docs
        self.boost = 1.0

    def is_leaf(self) -> bool:
        return True


class Literal(qcore.Query):  # type: ignore[misc]  # whoosh has no types
    """Matches documents that print these characters in a row.

    `sections` are those that may print them, each with the scored field whose lengths
    and weight count for it; a document's score is BM25 of how often each section prints
    them. With `scored` False all score 0.
    """

    def __init__(
        self,
        text: str,
        sections: Mapping[int, tuple[str, float]],
        *,
        scored: bool = True,
    ) -> None:
        self.text = text
        self.sections = dict(sections)
        self.scored = scored
        self.boost = 1.0

    def __repr__(self) -> str:
        return f"Literal({self.text!r}, {sorted(self.sections)})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def is_leaf(self) -> bool:
        return True

    def estimate_size(self, ixreader: Any) -> int:
        """More documents than this don't match: Whoosh orders parts by it."""
        return int(ixreader.doc_count_all())

    def estimate_min_size(self, ixreader: Any) -> int:
        return 0

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """For Whoosh's own searchers, of a segment of arrays: all live documents that
        match, unscored."""
        segment = searcher.reader().segment().arrays
        if segment.literals is None:
            return matching.NullMatcher()
        runs = segment.literals.stream.runs
        found = segment.literals.stream.owners_of(segment.literals.places(self.text))
        found = found[np.isin(runs.sections[found], list(self.sections))]
        docs = np.unique(runs.docs[found])
        if segment.live is not None:
            docs = docs[segment.live[docs]]
        return matching.ListMatcher(docs.tolist(), all_weights=0.0)

    def _key(self) -> tuple[object, ...]:
        return self.text, tuple(sorted(self.sections.items())), self.scored
