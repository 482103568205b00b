"""The words of phrases."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from indexer.arrays.lexicon import NO_TERM
from indexer.arrays.matching import Matching
from indexer.arrays.positions import NOWHERE, Spots
from indexer.arrays.posted import Plain, Term
from indexer.arrays.segment import Segment

_NONE: Final = memoryview(b"")
_UNPOSTED: Final = Plain(_NONE, _NONE, _NONE, 0.0)


class Word(NamedTuple):
    """A word as phrases need it: its postings, the same for plain Python, and where it
    stands in each segment. Kept, so that a phrase asks one look-up of each word: 2 µs
    of the 12 that one takes."""

    part: Matching
    plain: Plain
    spots: tuple[Spots, ...]


def word_of(part: Matching, field: str, segments: Sequence[Segment]) -> Word:
    """What phrases need of a term of a field; `part` are its postings, or Nothing."""
    if not isinstance(part, Term):
        return Word(part, _UNPOSTED, (NOWHERE,) * len(segments))
    spots = [
        NOWHERE if term == NO_TERM else segment.positions(field).spots(term)
        for segment, term in zip(segments, part.numbers, strict=True)
    ]
    return Word(part, part.plain, tuple(spots))
