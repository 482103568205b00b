"""Whoosh query objects, answered over the arrays of one index.

A query becomes a Matching (`compiling`), whose documents are scored and the best kept
(`top`). Nothing here changes after opening, so that any number of threads may search at
once.
"""

import time
from functools import partial
from typing import Any, NamedTuple

from indexer.arrays.collection import Collection
from indexer.arrays.combining import Check
from indexer.arrays.compiling import Compiler
from indexer.arrays.container import Array
from indexer.arrays.kept import KeptTerms
from indexer.arrays.plain import answered
from indexer.arrays.resident import Pages
from indexer.arrays.top import Best, best_by, lowest


class Matches(NamedTuple):
    """All documents that match, live ones only: numbers within the index, ascending,
    and their scores (float32; None where nothing was to be scored)."""

    docs: Array
    scores: Array | None


class ArraySearcher:
    """Search over a collection, by any number of threads at once."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._terms = KeptTerms(collection)
        self._pages = Pages(collection.segments)

    def best(self, asked: Any, limit: int = 10, *, deadline: float = 0) -> Best:
        """The highest scores; of equal ones the lower number first.

        `deadline` is a time of `time.monotonic`; raises TimeoutError past it.
        """
        check = _stopping_at(deadline)
        found = answered(asked, self._terms, limit, check)
        return found or Compiler(self._terms, check).of(asked).best(limit)

    def matches(
        self, asked: Any, *, scored: bool = True, deadline: float = 0
    ) -> Matches:
        """All documents that match, and their scores."""
        self._pages.keep_few()
        part = Compiler(self._terms, _stopping_at(deadline)).of(asked)
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


def _stopping_at(deadline: float) -> Check:
    """What raises TimeoutError once that time of `time.monotonic` has passed; 0 is
    never."""
    return partial(_stop, deadline) if deadline else _go_on


def _stop(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError


def _go_on() -> None:
    """Of a search without a deadline."""
