"""Query objects of our own, beside Whoosh's."""

from collections.abc import Mapping
from typing import Any

from whoosh import matching
from whoosh.query import qcore


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

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """For Whoosh's own searchers: all matching documents, unscored."""
        found = searcher.reader().literal(self.text, tuple(self.sections))
        return matching.ListMatcher(found) if len(found) else matching.NullMatcher()

    def _key(self) -> tuple[object, ...]:
        return self.text, tuple(sorted(self.sections.items())), self.scored
