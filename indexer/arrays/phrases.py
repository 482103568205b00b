"""Words in a row, or near it: documents of a phrase."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.neighbours import Beside, joined, mark_of
from indexer.arrays.positions import Positions, Spots
from indexer.arrays.segment import Segment
from indexer.arrays.streams import Numbers, changes

# The others of two words and of three, by the place of the one that is known.
_BESIDE: Final[tuple[tuple[Beside, ...], ...]] = (
    ((1, 0), (-1, 0)),
    ((1, 2), (-1, 1), (-2, -1)),
)
_WHOLE: Final = 3  # words: of so many all is kept that stands beside one
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
        return positions.stream.docs_of(_near(positions, terms, slop))
    known, near = terms.index(rarest), None
    if len(terms) > 1 and rarest.often <= _MOST:
        ahead, other = beside = _beside(known, len(terms))
        near = positions.near(rarest, beside)
    if near is None:
        places = positions.places(rarest)
        return positions.stream.docs_of(_around(positions, terms, known, places))
    first, second = terms[known + ahead].code, terms[known + other].code
    marks, codes, docs = near
    mark, wanted = mark_of(first, second), joined(first, second)
    if len(terms) > _WHOLE or marks.count(mark) > _MANY:
        here = (np.asarray(codes) == wanted).nonzero()[0]
        if len(terms) > _WHOLE:
            places = positions.places(rarest).take(here)
            return positions.stream.docs_of(_around(positions, terms, known, places))
        every: Array = np.asarray(docs).take(here)
        return every.compress(changes(every))
    found, at = [], marks.find(mark)
    while at >= 0:
        if codes[at] == wanted:
            found.append(docs[at])
        at = marks.find(mark, at + 1)
    return list(dict.fromkeys(found)) if len(found) > 1 else found


def _beside(known: int, size: int) -> Beside:
    """Which neighbours of a word of a phrase are looked at: of three words in a row, or
    of two, the others."""
    if size <= _WHOLE:
        return _BESIDE[size - 2][known]
    return _BESIDE[1][known - max(min(known - 1, size - _WHOLE), 0)]


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
