"""Words in a row, or near it: documents of a phrase."""

from collections.abc import Sequence

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.lexicon import NO_TERM
from indexer.arrays.segment import Segment


def phrase_docs(segment: Segment, field: str, terms: Sequence[int], slop: int) -> Array:
    """The documents (ascending) in which terms follow one another, each within `slop`
    places of the one before; 1 is next to it."""
    if NO_TERM in terms:
        return np.empty(0, np.uint32)
    if slop > 1:
        places = _near(segment, field, terms, slop)
    else:
        places = _next(segment, field, terms)
    return segment.stream(field).docs_of(places)


def prints_phrase(
    segment: Segment, field: str, terms: Sequence[int], documents: Sequence[int]
) -> list[bool]:
    """Whether documents that have all of some terms have them in a row."""
    stream = segment.stream(field)
    run = np.array(_codes(segment, field, terms), stream.codes.dtype).tobytes()
    starts = stream.document_starts(segment.size).data
    return [stream.prints(run, starts[n], starts[n + 1]) for n in documents]


def _codes(segment: Segment, field: str, terms: Sequence[int]) -> list[int]:
    """What terms are in the stream of their field."""
    before = segment.first_term(field) - 1
    return [term - before for term in terms]


def _next(segment: Segment, field: str, terms: Sequence[int]) -> Array:
    """The places where terms stand in a row."""
    counts = segment.place_counts(terms)
    rarest, *order = sorted(range(len(terms)), key=counts.__getitem__)
    codes = _codes(segment, field, terms)
    places = segment.places(terms[rarest])
    return segment.stream(field).around(places, codes, rarest, order)


def _near(segment: Segment, field: str, terms: Sequence[int], slop: int) -> Array:
    """The places of the last term where all others come before it, near enough.

    The nearest place of the term before is the best one, since it was itself reached.
    """
    stream = segment.stream(field)
    before = segment.places(terms[0]).astype(np.int64)
    for term in terms[1:]:
        places = segment.places(term).astype(np.int64)
        at = np.searchsorted(before, places) - 1
        places, at = places[at >= 0], at[at >= 0]
        nearest = before[at] if len(at) else at
        near = places - nearest <= slop
        places, nearest = places[near], nearest[near]
        same = stream.owners_of(places) == stream.owners_of(nearest)
        before = places[same]
    return before
