"""Whoosh query objects, answered over the arrays of one index.

A query becomes a Matching (`compiling`), whose documents are scored and the best kept
(`top`). Nothing here changes after opening, so that any number of threads may search at
once.
"""

from typing import Any, Final, NamedTuple

from indexer.arrays.collection import Collection
from indexer.arrays.compiling import Compiler
from indexer.arrays.container import Array
from indexer.arrays.resident import Pages
from indexer.arrays.top import Best, best_by, lowest

_NEVER: Final = float("inf")


class Matches(NamedTuple):
    """All documents that match, live ones only: numbers within the index, ascending,
    and their scores (float32; None where nothing was to be scored)."""

    docs: Array
    scores: Array | None


class ArraySearcher:
    """Search over a collection, by any number of threads at once."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._pages = Pages(collection.segments)

    def best(self, asked: Any, limit: int = 10, *, deadline: float = 0) -> Best:
        """The highest scores; of equal ones the lower number first.

        `deadline` is a time of `time.monotonic`; raises TimeoutError past it.
        """
        return Compiler(self.collection, deadline or _NEVER).of(asked).best(limit)

    def matches(
        self, asked: Any, *, scored: bool = True, deadline: float = 0
    ) -> Matches:
        """All documents that match, and their scores."""
        self._pages.keep_few()
        part = Compiler(self.collection, deadline or _NEVER).of(asked)
        return Matches(*part.found()) if scored else Matches(part.docs(), None)


def ordered(matches: Matches, keys: Array, limit: int) -> Array:
    """The places of the matches with the lowest keys, lowest first; `keys` are by
    document."""
    return lowest(keys.take(matches.docs), limit)


def ranked(matches: Matches, ties: Array, limit: int, *, digits: int) -> Array:
    """The places of the matches with the highest scores, rounded to so many digits;
    equal ones by the lowest `ties` of their documents."""
    assert matches.scores is not None  # whoever ranks has asked for them
    return best_by(
        matches.scores, lambda near: ties[matches.docs[near]], limit, digits=digits
    )
