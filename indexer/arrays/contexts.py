"""What stands around a run of characters where it is printed: of many places some, as
evenly spread as they come, so that a frequent run takes no longer than a rare one.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from indexer.arrays.collection import Collection
from indexer.arrays.container import Array
from indexer.arrays.literal import Literals
from indexer.arrays.segment import Segment
from indexer.arrays.streams import GAP


class Context(NamedTuple):
    """What is printed before and behind a run, within its passage."""

    before: str
    behind: str


def contexts(
    text: str, collection: Collection, *, most: int, reach: int
) -> list[Context]:
    """The contexts of some `most` places where live documents print these characters in
    a row, `reach` characters to each side at most."""
    held = [
        (s.literals, _live_places(s, s.literals, text))
        for s in collection.segments
        if s.literals is not None
    ]
    step = max(1, -(-sum(len(places) for _, places in held) // most))
    found: list[Context] = []
    passed = 0
    for literals, places in held:
        found += _around(literals, places[-passed % step :: step], len(text), reach)
        passed += len(places)
    return found


def _live_places(segment: Segment, literals: Literals, text: str) -> Array:
    places = literals.places(text)
    if segment.live is None:
        return places
    stream = literals.stream
    return places[segment.live[stream.runs.docs[stream.owners_of(places)]]]


def _around(
    literals: Literals, places: Array, length: int, reach: int
) -> Iterator[Context]:
    size = length + 2 * reach
    rows = np.add.outer(places, np.arange(-reach, length + reach)).ravel()
    codes = literals.stream.codes.take(rows, mode="clip")
    codes[rows < 0] = GAP  # as there is one behind the last
    printed = literals.text_of(codes)
    for start in range(0, len(printed), size):
        at = start + reach
        before = printed[start:at].rpartition("\n")[2]
        behind = printed[at + length : start + size].partition("\n")[0]
        yield Context(before, behind)
