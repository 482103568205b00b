"""Words in a row, or near it: documents of a phrase."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.positions import Positions, Spots
from indexer.arrays.segment import Segment
from indexer.arrays.streams import Numbers

_SEVERAL: Final = 16  # places of a pair: another pair may stand in fewer
_MANY: Final = 24  # NumPy looks at more places sooner, at .8 µs each
_MOST: Final = 1 << 16  # places of a term whose neighbours are kept


def phrase_docs(
    segment: Segment, field: str, terms: Sequence[Spots], slop: int
) -> Numbers:
    """The documents in which terms follow one another, each within `slop` places of the
    one before; 1 is next to it."""
    rarest = min(terms)
    if not rarest.often:
        return []
    positions = segment.positions(field)
    if slop > 1:
        places: Numbers = _near(positions, terms, slop)
    else:
        places = _next(positions, terms, rarest)
    return positions.stream.docs_of(places)


def _next(positions: Positions, terms: Sequence[Spots], rarest: Spots) -> Numbers:
    """The places where terms stand in a row, going by those of the rarest that seem to
    have the right neighbour; or of another pair, if these two often stand together."""
    codes, known = [code for _, _, code in terms], terms.index(rarest)
    near = known - 1 if known else 1
    marks = None
    if len(terms) > 1 and rarest.often <= _MOST:
        marks = positions.marks(rarest, near - known)
    if marks is None:
        return _around(positions, terms, known, positions.places(rarest))
    mark = codes[near] & 0xFF
    hits = marks.count(mark)
    if hits > _SEVERAL and len(terms) > 2:
        hits, known, near, marks = min(_pairs(positions, terms))
        mark = codes[near] & 0xFF
    if hits > _MANY:
        here = np.frombuffer(marks, np.uint8) == mark
        places = positions.places(terms[known]).compress(here)
        return _around(positions, terms, known, places)
    start, view = terms[known].start, positions.view
    printed = positions.stream.views.codes
    begun, at, size = [], -1, len(codes)
    for _ in range(hits):
        at = marks.find(mark, at + 1)
        first = view[start + at] - known
        if printed[first : first + size].tolist() == codes:
            begun.append(first)
    return begun


def _pairs(
    positions: Positions, terms: Sequence[Spots]
) -> Iterator[tuple[int, int, int, bytes]]:
    """Pairs of neighbours in a phrase, of which is kept what is beside the places of
    the rarer: how many of these seem to have the other there, the offsets of the two,
    and what is kept."""
    for first, second in pairwise(range(len(terms))):
        known, near = sorted((first, second), key=terms.__getitem__)
        if terms[known].often <= _MOST:
            marks = positions.marks(terms[known], near - known)
            if marks is not None:
                yield marks.count(terms[near].code & 0xFF), known, near, marks


def _around(
    positions: Positions, terms: Sequence[Spots], known: int, places: Array
) -> Numbers:
    """The places where terms stand in a row, of some places of the one at `known`."""
    codes = [code for _, _, code in terms]
    order = sorted(range(len(terms)), key=terms.__getitem__)
    order.remove(known)
    return positions.stream.around(places, codes, known, order)


def _near(positions: Positions, terms: Sequence[Spots], slop: int) -> Array:
    """The places of the last term where all others come before it, near enough.

    The nearest place of the term before is the best one, since it was itself reached.
    """
    owners = positions.stream.owners_of
    before = positions.places(terms[0]).astype(np.int64)
    for term in terms[1:]:
        places = positions.places(term).astype(np.int64)
        at = np.searchsorted(before, places) - 1
        places, at = places[at >= 0], at[at >= 0]
        nearest = before[at] if len(at) else at
        near = places - nearest <= slop
        places, nearest = places[near], nearest[near]
        before = places[owners(places) == owners(nearest)]
    return before
