"""Which documents print much of a text: candidates for where it was taken from.

Runs of the text's characters are looked up, each worth more the fewer documents print
it. Longer runs tell sources apart; where no document prints many of them, pairs still
meet what was changed or moved.
Work is bounded: of a long text runs are taken at even distances.
"""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
from whoosh.query import Or, Term

from indexer import terms
from indexer.arrays import Array, Matches, ranked
from indexer.whoosh_index import Snapshot
from indexer.whoosh_query import literal, value_key

_LENGTHS: Final = (4, 2)
_MOST_RUNS: Final = 40  # of each length: at 100,000 articles .08 ms a run, pairs .16
_ENOUGH: Final = 0.4  # of what all runs are worth; then pairs are not looked up
_DIGITS: Final = 3
_KINDS: Final = ("article", "ad")


def alike(snapshot: Snapshot, text: str, limit: int, deadline: float) -> list[int]:
    """The numbers of the articles whose body prints most of a text, best first; those
    that print it whole before all others.

    Raises TimeoutError past the deadline, a time of `time.monotonic`.
    """
    characters = terms.characters(text).text
    sums = np.zeros(snapshot.collection.size, np.float32)
    for length in _LENGTHS:
        most = 0.0
        for run in _runs(characters, length):
            docs = _printing(snapshot, run, deadline)
            worth_of_run = math.log1p(len(sums) / max(len(docs), 1)) * length
            sums[docs] += worth_of_run
            most += worth_of_run
        if most and sums.max() > _ENOUGH * most:
            break
    whole = _printing(snapshot, characters, deadline)
    sums[whole] = sums[whole] * 2 + 1
    articles = _articles(snapshot, deadline)
    articles = articles[sums[articles] > 0]
    found = Matches(articles, sums[articles])
    best = ranked(found, snapshot.oldest, limit, digits=_DIGITS)
    numbers: list[int] = articles[best].tolist()
    return numbers


def _printing(snapshot: Snapshot, run: str, deadline: float) -> Array:
    asked = literal(run, ("body",), scored=False)
    return snapshot.searcher.matches(asked, scored=False, deadline=deadline).docs


def _articles(snapshot: Snapshot, deadline: float) -> Array:
    asked = Or([Term("kind", value_key(kind)) for kind in _KINDS])
    return snapshot.searcher.matches(asked, scored=False, deadline=deadline).docs


def _runs(text: str, length: int) -> Iterator[str]:
    """Runs of a length at even distances, each once."""
    starts = range(len(text) - length + 1)
    step = -(-len(starts) // _MOST_RUNS) or 1
    yield from dict.fromkeys(text[start : start + length] for start in starts[::step])
