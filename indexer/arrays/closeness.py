"""How close documents come to a question, by the characters that they print.

The best documents of a search are read again, all their characters, and each character
and pair of neighbours that is looked for is counted in all of them at once. Nothing but
the stream of characters is needed, where postings of pairs and single characters would
take as much disk as half the archive's text. 200 documents of 360 characters take .5
ms.

A text counts by BM25 of how often the document prints it, by being printed at all, by
standing in the lead, as what an article is about is told in its first lines, and by
standing near others that are looked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from indexer.arrays.codes import K1
from indexer.arrays.container import Array
from indexer.arrays.literal import Literals
from indexer.arrays.pooled import Pool, document_starts
from indexer.arrays.segment import Segment

# Characters: two blocks in a row are a stretch in which texts stand near each other.
BLOCK: Final = 30


@dataclass(frozen=True, slots=True)
class Grain:
    """What one kind of text adds: `frequency` times BM25 with `b`, `presence` where it
    is printed, for each of `lead` so much where it is printed in the first so many
    characters, and `near` for the texts of the stretch of it that has most."""

    frequency: float = 0.0
    b: float = 0.75
    presence: float = 0.0
    lead: tuple[tuple[int, float], ...] = ()
    near: float = 0.0


@dataclass(frozen=True, slots=True)
class Sought:
    """Texts that are looked for, of one or two characters, with what each weighs in
    their grain."""

    grain: Grain
    weights: Mapping[str, float]


class Closeness:
    """Scores documents of a collection; shared by threads."""

    def __init__(self, pool: Pool) -> None:
        self._collection = pool.collection
        self._lengths = pool.lengths

    def scores(self, docs: Array, sought: Sequence[Sought]) -> Array:
        """The scores (float64) of documents, given in any order by their numbers in the
        collection."""
        found = np.zeros(len(docs))
        bases = np.array(self._collection.bases[:-1], np.int64)
        held = bases.searchsorted(docs, side="right") - 1
        for number in np.unique(held).tolist():
            here = (held == number).nonzero()[0]
            segment = self._collection.segments[number]
            if segment.literals is not None:
                inside = docs[here].astype(np.int64) - bases[number]
                read = _read(segment, segment.literals, inside, sought)
                lengths = self._lengths.take(docs[here])
                found[here] = sum(read.score(one, lengths) for one in sought)
        return found


@dataclass(frozen=True, slots=True)
class _Reading:
    """Where some documents print what is looked for: by place the number of its
    character, of the next one, its document in the list, and how far into that it is.
    `numbers` has the number of each character, 0 is any other; `sizes` are how many
    characters the documents have."""

    numbers: Mapping[str, int]
    sizes: Array
    first: Array
    second: Array
    owners: Array
    offsets: Array

    def score(self, sought: Sought, lengths: Array) -> Array:
        """What some texts add to each document, of such relative lengths."""
        grain, size = sought.grain, len(self.numbers) + 1
        known = np.zeros((size, size), np.intp)
        for number, text in enumerate(sought.weights, 1):
            code = tuple(self.numbers[character] for character in text)
            known[code] = number  # the row of a single character: whatever follows
        texts = known[self.first, self.second]
        shape = len(lengths), len(sought.weights) + 1
        cells = self.owners * shape[1] + texts
        counts = _counted(cells, shape)
        norm = K1 * (1 - grain.b + grain.b * lengths[:, None])
        scores = grain.frequency * counts * (K1 + 1) / (counts + norm)
        scores += grain.presence * (counts > 0)
        for end, worth in grain.lead:
            scores += worth * (_counted(cells[self.offsets < end], shape) > 0)
        weights = np.array([*sought.weights.values()], float)
        added: Array = scores @ weights
        if grain.near:
            added += grain.near * self._nearest(texts, weights)
        return added

    def _nearest(self, texts: Array, weights: Array) -> Array:
        """What the texts of the best stretch of each document weigh together."""
        blocks = self.sizes // BLOCK + 2
        begins = np.cumsum(blocks) - blocks
        held = begins.take(self.owners) + self.offsets // BLOCK
        shape = int(blocks.sum()), len(weights) + 1
        printed = _counted(held * shape[1] + texts, shape) > 0
        # The last block of each document is empty: no stretch reaches into the next.
        printed[:-1] |= printed[1:]
        sums = printed @ weights
        sums[begins + blocks - 1] = 0
        nearest: Array = np.maximum.reduceat(sums, begins)
        return nearest


def _counted(cells: Array, shape: tuple[int, int]) -> Array:
    """How often each document has each text, without those that are not sought."""
    counts = np.bincount(cells, minlength=shape[0] * shape[1])
    return counts.reshape(shape)[:, 1:]


def _read(
    segment: Segment, literals: Literals, docs: Array, sought: Sequence[Sought]
) -> _Reading:
    """Read documents of a segment for all that is looked for."""
    texts = "".join(text for one in sought for text in one.weights)
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts), 1)}
    table = np.zeros(1 << 16, np.uint16)
    table[literals.codes_of("".join(numbers))] = np.arange(1, len(numbers) + 1)
    table[0] = 0  # what the segment never prints has the code of a gap
    starts = document_starts(segment)
    begins, ends = starts.take(docs), starts.take(docs + 1)
    pairs = zip(begins.tolist(), ends.tolist(), strict=True)
    codes = literals.stream.codes
    read = table.take(np.concatenate([codes[begin:end] for begin, end in pairs]))
    places = (read != 0).nonzero()[0]  # a sixth of the time of numbers
    sizes = ends - begins
    firsts = np.cumsum(sizes) - sizes
    owners = np.repeat(np.arange(len(docs)), sizes).take(places)
    # The last of a document is a gap, so that something follows every place.
    return _Reading(
        numbers,
        sizes,
        read.take(places),
        read.take(places + 1),
        owners,
        places - firsts.take(owners),
    )
