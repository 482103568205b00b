"""The documents of each term: contiguous arrays, term after term.

In `.docs`: `docs` (numbers, ascending within a term) and `starts` (the first posting of
each term, and the end). In `.codes`: `codes` (see `codes`). In `.places`, where a field
keeps positions: `places` in the field's stream, ascending, and `starts` by term.
In `.tops`: for each scored term of 128 documents or more (`terms`) its best 32
(`docs`, `codes`), highest score first, by the statistics of the segment itself: the
first ten of a frequent word are a read of .005 ms, where scoring its postings takes
.2.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from indexer.arrays.codes import score_table
from indexer.arrays.container import Array, ArrayWriter, open_arrays

TOPS_FROM: Final = 128
KEPT: Final = 32

_TOGETHER: Final = 1 << 22  # elements worked on at once: bounds memory at some 100 MB


class PostingsWriter:
    """Takes postings in the order of terms and documents, any number at a time."""

    def __init__(self, stem: Path, *, positions: bool) -> None:
        self._docs = ArrayWriter(stem.with_suffix(".docs"))
        self._codes = ArrayWriter(stem.with_suffix(".codes"))
        self._docs.begin("docs", np.uint32)
        self._codes.begin("codes", np.uint16)
        self._counts: list[Array] = []
        self._places: ArrayWriter | None = None
        self._held: list[Array] = []
        if positions:
            self._places = ArrayWriter(stem.with_suffix(".places"))
            self._places.begin("places", np.uint32)

    def add(self, counts: Array, docs: Array, codes: Array) -> None:
        """Whole terms: how many postings each has, and all of them."""
        self._counts.append(counts.astype(np.int64))
        self._docs.append(docs)
        self._codes.append(codes)

    def add_places(self, counts: Array, places: Array) -> None:
        """For the same terms: how many places each has, and all of them."""
        if self._places:
            self._held.append(counts.astype(np.int64))
            self._places.append(places)

    def finish(self) -> Array:
        """Complete the files; the first posting of each term, and the end."""
        starts = np.cumsum(np.concatenate([[0], *self._counts])).astype(np.uint32)
        with self._docs as writer:
            writer.put("starts", starts)
        with self._codes:
            pass
        if self._places:
            with self._places as writer:
                ends = np.cumsum(np.concatenate([[0], *self._held]))
                writer.put("starts", ends.astype(np.uint32))
        return starts

    def abandon(self) -> None:
        for writer in (self._docs, self._codes, self._places):
            if writer:
                writer.abandon()


def ranges_of(starts: Array, most: int = _TOGETHER) -> Iterator[tuple[int, int]]:
    """Ranges of terms (or runs) with `most` elements at most together, or of a single
    one that has more; `starts` says where the elements of each begin, and the end."""
    first, last = 0, len(starts) - 1
    while first < last:
        bound = min(int(starts[first]) + most, int(starts[-1]))
        end = int(starts.searchsorted(starts.dtype.type(bound), side="right")) - 1
        end = max(end, first + 1)
        yield first, end
        first = end


def write_tops_of(
    stem: Path, starts: Array, averages: Sequence[tuple[int, int, float]]
) -> None:
    """Keep the best of each frequent term, whose postings are written; `averages` has
    the first and last term and the average length of each scored field."""
    docs = open_arrays(stem.with_suffix(".docs")).arrays["docs"]
    codes = open_arrays(stem.with_suffix(".codes")).arrays["codes"]
    terms, best = [np.empty(0, np.int64)], [np.empty(0, np.uint32)]
    scored = [np.empty(0, np.uint16)]
    for first, end, average in averages:
        ranks = _ranks(score_table(average))
        bounds = starts[first : end + 1].astype(np.int64)
        frequent = np.flatnonzero(np.diff(bounds) >= TOPS_FROM)
        places = _best(codes, ranks, bounds[frequent], bounds[frequent + 1])
        best.append(docs[places])
        scored.append(codes[places])
        terms.append(frequent + first)
    with ArrayWriter(stem.with_suffix(".tops")) as writer:
        writer.put("terms", np.concatenate(terms).astype(np.uint32))
        writer.put("docs", np.concatenate(best))
        writer.put("codes", np.concatenate(scored))


def _ranks(scores: Array) -> Array:
    """Numbers of 16 bits that order codes as their scores do, equals alike."""
    _, ranks = np.unique(scores, return_inverse=True)
    return ranks.astype(np.uint16)


def _best(codes: Array, ranks: Array, starts: Array, ends: Array) -> Array:
    """The places of the KEPT highest of each of some lists of codes, of equals the
    earlier first."""
    found = np.empty((len(starts), KEPT), np.int64)
    lengths = ends - starts
    # Lists of up to twice the length of the shortest are rows of one array: ten
    # thousand take a third of the time that a call of NumPy for each does.
    order = np.argsort(lengths, kind="stable")
    sorted_lengths = lengths[order]
    first = 0
    while first < len(order):
        shortest = int(sorted_lengths[first])
        end = int(sorted_lengths.searchsorted(2 * shortest))
        end = min(end, first + max(_TOGETHER // (4 * shortest), 1))
        rows = order[first:end]
        found[rows] = _best_of_rows(codes, ranks, starts[rows], lengths[rows])
        first = end
    return found.ravel()


def _best_of_rows(codes: Array, ranks: Array, starts: Array, lengths: Array) -> Array:
    """The same of lists that are about as long."""
    longest = int(lengths.max())
    # Rank and place in one number, so that no two are equal and one sort is enough.
    half, kind = (16, "u4") if longest <= 1 << 16 else (32, "u8")
    columns, last = np.arange(longest), (1 << half) - 1
    held = ranks.astype(kind).take(codes.take(starts[:, None] + columns, mode="clip"))
    held <<= half
    held |= (last - columns).astype(kind)
    held *= columns < lengths[:, None]
    held.partition(longest - KEPT, axis=1)
    best = held[:, -KEPT:]
    best.sort(axis=1)
    behind = (best[:, ::-1] & last).astype(np.int64)
    found: Array = starts[:, None] + last - behind
    return found
