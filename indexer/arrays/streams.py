"""Everything a field prints, in order: one code a place, for all documents end to end.

A phrase of words and a literal run of characters are found the same way: take the
places of the rarest part, look at the stream around them (one gather a part), and ask
whose places are left. Intersecting lists of positions instead takes four times as long.
Code 0 stands between passages and documents, so that nothing matches across them.

A run is a stretch of the stream that belongs to one section of one document (a section
is a zone of a newspaper unit; words have one). Who owns a place is read from a table
that knows the run of each 64th place: 6 ns a place, against 40 by bisection.

Arrays: `codes`, `runs.starts` (and the end), `runs.docs`, `runs.sections`, `owners`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from indexer.arrays.container import Array, Arrays, ArrayWriter

GAP: Final = 0
_SHIFT: Final = 6
# So few places are looked at one by one, 65 ns each, where NumPy takes 2 µs for any.
FEW: Final = 24

# So many are bisected: fewer calls of NumPy than the table takes.
_BISECTED: Final = 512

# Places or documents, ascending; few are plain numbers, so that what comes after needs
# no call of NumPy either. Whoever gets a list can tell by its type.
Numbers: TypeAlias = Array | list[int]


@dataclass(frozen=True, slots=True)
class Runs:
    """Who owns which stretch: `starts` has one more element, the end of the last."""

    starts: Array
    docs: Array
    sections: Array


class Read(NamedTuple):
    """All that some documents print, a document after another: the codes, where each
    document begins among them, and where in the stream."""

    codes: Array
    firsts: Array
    begins: Array


class Views(NamedTuple):
    """Arrays of a stream as plain Python reads them: 25 ns an element, where an element
    of an array takes 100 and making a view of it 130."""

    codes: memoryview
    owners: memoryview
    starts: memoryview
    docs: memoryview
    sections: memoryview


@dataclass(frozen=True, slots=True)
class Stream:
    """An opened stream."""

    codes: Array
    runs: Runs
    owners: Array
    views: Views
    # Worked out when first asked for: 12 bytes a document.
    _starts: dict[int, tuple[Array, Array]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, arrays: Arrays, name: str) -> "Stream":
        parts = ("codes", "owners", "runs.starts", "runs.docs", "runs.sections")
        codes, owners, *runs = (arrays[f"{name}.{part}"] for part in parts)
        views = Views(*(array.data for array in (codes, owners, *runs)))
        return cls(codes, Runs(*runs), owners, views)

    def around(
        self, places: Array, codes: list[int], known: int, order: Sequence[int]
    ) -> Numbers:
        """The beginnings of a run of codes, given places (ascending) of the one at
        offset `known`. The others are looked at in an order of their offsets: the
        sooner one that is rare, the fewer are left for the next."""
        low, high = known, len(self.codes) - len(codes) + known
        if len(places) and (places[0] < low or places[-1] > high):
            places = places[(places >= low) & (places <= high)]
        for offset in order:
            if len(places) <= FEW:
                return self.few_around(places.tolist(), codes, known, offset)
            near = self._beside(places, offset - known)
            places = places.take((near == codes[offset]).nonzero()[0])
        return places - known

    def _beside(self, places: Array, ahead: int) -> Array:
        """The codes so far ahead of places. Not the places are moved but the stream,
        where that can be: places in 32 bits then need no copy."""
        if ahead > 0:
            return self.codes[ahead:].take(places)
        return self.codes.take(places - -ahead)

    def few_around(
        self, places: list[int], codes: list[int], known: int, offset: int
    ) -> list[int]:
        """The same of a few. Most fail at the code that is looked at first."""
        printed, code, ahead = self.views.codes, codes[offset], offset - known
        size = len(codes)
        while places and places[-1] + size - known > len(printed):
            places.pop()
        return [
            place - known
            for place in places
            if printed[place + ahead] == code
            and printed[place - known : place - known + size].tolist() == codes
        ]

    def document_starts(self, size: int) -> Array:
        """Where each of `size` documents begins (int64), and the end of the last."""
        return self._documents(size)[1]

    def first_runs(self, size: int) -> Array:
        """The number of the first run of each of `size` documents (uint32), and how
        many runs there are: bisecting those for 160 documents takes .1 ms."""
        return self._documents(size)[0]

    def _documents(self, size: int) -> tuple[Array, Array]:
        found = self._starts.get(size)
        if found is None:
            first = self.runs.docs.searchsorted(np.arange(size + 1, dtype=np.uint32))
            starts = self.runs.starts.take(first).astype(np.int64)
            found = self._starts[size] = first.astype(np.uint32), starts
        return found

    def read(self, docs: Array, size: int) -> Read:
        """Some of `size` documents, in any order; a gap ends each."""
        starts = self.document_starts(size)
        begins, ends = starts.take(docs), starts.take(docs + 1)
        pairs = zip(begins.tolist(), ends.tolist(), strict=True)
        every = self.views.codes
        # NumPy takes three times as long to join as many arrays.
        joined = b"".join([every[begin:end] for begin, end in pairs])
        codes = np.frombuffer(joined, self.codes.dtype)
        sizes = ends - begins
        return Read(codes, sizes.cumsum() - sizes, begins)

    def docs_of(self, places: Numbers) -> Numbers:
        """The documents that have some places (ascending), each once."""
        if isinstance(places, list):
            of = self.views.docs
            found = [of[run] for run in self.few_owners(places)]
            return list(dict.fromkeys(found)) if len(found) > 1 else found
        docs = self.runs.docs.take(self.owners_of(places))
        return docs.compress(changes(docs))

    def owners_of(self, places: Array) -> Array:
        """The number of the run that each place is in."""
        starts = self.runs.starts
        if len(places) <= _BISECTED:
            # Of the array's own type: any other makes NumPy convert the whole array.
            ascending = places.astype(np.uint32, copy=False)
            return starts[1:].searchsorted(ascending, side="right")
        found: Array = self.owners.take(places >> _SHIFT).astype(np.int64)
        ahead = (starts.take(found + 1) <= places).nonzero()[0]
        while len(ahead):
            found[ahead] += 1
            later = starts.take(found.take(ahead) + 1) <= places.take(ahead)
            ahead = ahead.compress(later)
        return found

    def few_owners(self, places: Sequence[int]) -> list[int]:
        """The same, .2 µs a place where NumPy takes 5 for any."""
        owners, starts = self.views.owners, self.views.starts
        found = []
        for place in places:
            run = owners[place >> _SHIFT]
            while starts[run + 1] <= place:
                run += 1
            found.append(run)
        return found


def changes(values: Array) -> Array:
    """Where a value differs from the one before it (bool by place): the first does."""
    found = np.empty(len(values), bool)
    found[:1] = True
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def few_set(flags: Array) -> Array:
    """Where a long array of few flags is set (intp, ascending): looked for eight at a
    time first, in two thirds of the time."""
    whole = len(flags) & ~7
    eights = flags[:whole].view(np.uint64)
    near = (eights != 0).nonzero()[0]
    inside = eights.take(near).view(bool).nonzero()[0]
    found: Array = near.take(inside >> 3)
    found <<= 3
    found += inside & 7
    rest = flags[whole:].nonzero()[0]
    return np.concatenate((found, rest + whole)) if len(rest) else found


def sizes(begins: Array, end: int) -> Array:
    """How far it is from each beginning (ascending) to the next, or to the end."""
    ends = np.empty_like(begins)
    ends[:-1] = begins[1:]
    ends[-1:] = end
    found: Array = ends - begins
    return found


def write_runs(writer: ArrayWriter, name: str, runs: Runs) -> None:
    """Write whose places are whose; the codes are written by the caller, in parts."""
    starts = runs.starts.astype(np.uint32)
    writer.put(f"{name}.runs.starts", starts)
    writer.put(f"{name}.runs.docs", runs.docs.astype(np.uint32))
    writer.put(f"{name}.runs.sections", runs.sections.astype(np.uint8))
    every = np.arange(0, int(starts[-1]) + 1, 1 << _SHIFT)
    owners = np.searchsorted(runs.starts, every, side="right") - 1
    writer.put(
        f"{name}.owners", np.minimum(owners, len(runs.docs) - 1).astype(np.uint32)
    )
