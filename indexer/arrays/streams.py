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
from typing import Final

import numpy as np

from indexer.arrays.container import Array, Arrays, ArrayWriter

GAP: Final = 0
_SHIFT: Final = 6
# So few places are looked at whole, in one step instead of one for each code.
_FEW: Final = 32


@dataclass(frozen=True, slots=True)
class Runs:
    """Who owns which stretch: `starts` has one more element, the end of the last."""

    starts: Array
    docs: Array
    sections: Array


@dataclass(frozen=True, slots=True)
class Stream:
    """An opened stream."""

    codes: Array
    runs: Runs
    owners: Array
    # Worked out when first asked for: 8 bytes a document.
    _starts: dict[int, Array] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, arrays: Arrays, name: str) -> "Stream":
        runs = (
            arrays[f"{name}.runs.{part}"] for part in ("starts", "docs", "sections")
        )
        return cls(arrays[f"{name}.codes"], Runs(*runs), arrays[f"{name}.owners"])

    def around(
        self, places: Array, codes: Sequence[int], *, known: int, width: int = 1
    ) -> Array:
        """The beginnings of a run of codes, given the places (int64, ascending) of the
        `width` codes from offset `known`."""
        first = places - known
        if known or len(codes) > 1:
            inside = (first >= 0) & (first <= len(self.codes) - len(codes))
            first = first[inside]
        wanted = np.array(codes, self.codes.dtype)
        for offset in range(len(codes)):
            if len(first) <= _FEW:
                break
            if not known <= offset < known + width:
                first = first[self.codes.take(first + offset) == wanted[offset]]
        if not len(first):
            return first
        every = self.codes.take(first[:, None] + np.arange(len(codes)))
        found: Array = first[(every == wanted).all(axis=1)]
        return found

    def document_starts(self, size: int) -> Array:
        """Where each of `size` documents begins (int64), and the end of the last."""
        found = self._starts.get(size)
        if found is None:
            first = self.runs.docs.searchsorted(np.arange(size + 1, dtype=np.uint32))
            found = self.runs.starts.take(first).astype(np.int64)
            self._starts[size] = found
        return found

    def owners_of(self, places: Array) -> Array:
        """The number of the run that each place is in."""
        starts = self.runs.starts
        found: Array = self.owners.take(places >> _SHIFT).astype(np.int64)
        ahead = (starts.take(found + 1) <= places).nonzero()[0]
        while len(ahead):
            found[ahead] += 1
            later = starts.take(found.take(ahead) + 1) <= places.take(ahead)
            ahead = ahead.compress(later)
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
