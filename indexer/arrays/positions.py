"""Where the terms of a field with positions stand."""

from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from indexer.arrays.container import Array
from indexer.arrays.neighbours import Beside, Near, Neighbours
from indexer.arrays.streams import Stream


class Spots(NamedTuple):
    """Where a term stands in a segment: how often, from where among all places, and
    what it is in the stream of its field."""

    often: int
    start: int
    code: int


NOWHERE: Final = Spots(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Positions:
    """One field of a segment: its stream, whose codes count from its `first` term;
    where among the places of all terms those of each start."""

    stream: Stream
    first: int
    starts: memoryview
    every: Array
    neighbours: Neighbours

    @classmethod
    def of(cls, stream: Stream, first: int, starts: Array, every: Array) -> Self:
        neighbours = Neighbours(stream)
        return cls(stream, first, starts.data, every, neighbours)

    def spots(self, term: int) -> Spots:
        """Where a term stands, by its number."""
        start, end = self.starts[term], self.starts[term + 1]
        return Spots(end - start, start, term - self.first + 1)

    def places(self, spots: Spots) -> Array:
        """Its places in the stream (uint32, ascending)."""
        return self.every[spots.start : spots.start + spots.often]

    def near(self, spots: Spots, beside: Beside) -> Near | None:
        """The neighbours of its places, if asked for before."""
        neighbours, code = self.neighbours, spots.code
        known = neighbours.known(code, beside)
        return known or neighbours.met(code, beside, self.places(spots))
