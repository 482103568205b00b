"""Which documents print much of a text: candidates for where it was taken from.

Runs of the text's characters are looked up, each worth more the fewer documents print
it. Longer runs tell sources apart; pairs still meet where words were changed or moved.
Work is bounded: of a long text runs are taken at even distances.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from whoosh.query import Or, Term

from indexer import terms
from indexer.arrays import Array
from indexer.whoosh_index import Snapshot
from indexer.whoosh_query import literal, value_key

_LENGTHS: Final = (4, 2)
_MOST_RUNS: Final = 40  # of each length: at 100,000 articles .08 ms a run, pairs .16
_RAREST: Final = 48  # of which so many count
_KINDS: Final = ("article", "ad")


def alike(snapshot: Snapshot, text: str, limit: int, deadline: float) -> list[int]:
    """The numbers of the articles whose body prints most of a text, best first; those
    that print it whole before all others.

    Raises TimeoutError past the deadline, a time of `time.monotonic`.
    """
    size = snapshot.collection.size
    found = []
    characters = terms.characters(text).text
    for run in _runs(characters):
        asked = literal(run, ("body",), scored=False)
        docs = snapshot.searcher.matches(asked, scored=False, deadline=deadline).docs
        if len(docs):
            found.append((len(docs), len(run), docs))
    found.sort(key=lambda one: one[:2])
    sums = np.zeros(size, np.float32)
    for count, length, docs in found[:_RAREST]:
        sums[docs] += np.log1p(size / count) * length
    whole = literal(characters, ("body",), scored=False)
    docs = snapshot.searcher.matches(whole, scored=False, deadline=deadline).docs
    sums[docs] *= 2
    articles = _articles(snapshot, deadline)
    worth = sums[articles]
    best = np.lexsort((snapshot.oldest[articles], -worth))[:limit]
    return [int(articles[place]) for place in best.tolist() if worth[place] > 0]


def _articles(snapshot: Snapshot, deadline: float) -> Array:
    asked = Or([Term("kind", value_key(kind)) for kind in _KINDS])
    return snapshot.searcher.matches(asked, scored=False, deadline=deadline).docs


def _runs(text: str) -> Iterator[str]:
    """Runs of each length at even distances, each once; all of a text that is shorter
    than any."""
    if len(text) == 1:
        yield text
    for length in _LENGTHS:
        starts = range(len(text) - length + 1)
        step = -(-len(starts) // _MOST_RUNS) or 1
        yield from dict.fromkeys(
            text[start : start + length] for start in starts[::step]
        )
