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
from typing import Final, NamedTuple

import numpy as np

from indexer.arrays.codes import K1
from indexer.arrays.container import Array
from indexer.arrays.literal import Literals
from indexer.arrays.pooled import Pool
from indexer.arrays.segment import Segment
from indexer.arrays.streams import few_set, sizes

# Characters: two blocks in a row are a stretch in which texts stand near each other.
BLOCK: Final = 30
_NO_TEXT: Final = -1


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
        for segment, here, inside in self._collection.apart(docs):
            if segment.literals is not None:
                read = _read(segment, segment.literals, inside, sought)
                lengths = self._lengths.take(docs.take(here))
                found[here] = sum(read.score(one, lengths) for one in sought)
        return found


class _Printed(NamedTuple):
    """Where some texts are printed: by place the number of the text, from 0, its
    document in the list, and how far into that it is."""

    texts: Array
    owners: Array
    offsets: Array


@dataclass(frozen=True, slots=True)
class _Reading:
    """Where some documents print characters that are looked for: by place which
    character and which next one, its document in the list, and how far into that it is.
    `numbers` has the number of each character, 0 is any other; `characters` are those
    of the first, `pairs` the same times how many there are plus that of the next;
    `sizes` are how many characters the documents have."""

    numbers: Mapping[str, int]
    sizes: Array
    characters: Array
    pairs: Array
    owners: Array
    offsets: Array

    def score(self, sought: Sought, lengths: Array) -> Array:
        """What some texts add to each document, of such relative lengths."""
        grain, printed = sought.grain, self._printed(sought.weights)
        weights = np.array([*sought.weights.values()], float)
        shape = len(lengths), len(weights)
        cells = printed.owners * len(weights) + printed.texts
        scores = np.zeros(shape)
        if grain.presence:
            scores += grain.presence * _held(cells, shape)
        if grain.frequency:
            counts = np.bincount(cells, minlength=scores.size).reshape(shape)
            norm = K1 * (1 - grain.b + grain.b * lengths[:, None])
            scores += grain.frequency * counts * (K1 + 1) / (counts + norm)
        if grain.lead:
            last = max(end for end, _ in grain.lead)
            first = (printed.offsets < last).nonzero()[0]
            cells, offsets = cells.take(first), printed.offsets.take(first)
            for end, worth in grain.lead:
                scores += worth * _held(cells.compress(offsets < end), shape)
        added: Array = scores @ weights
        if grain.near:
            added += grain.near * self._nearest(printed, weights)
        return added

    def _printed(self, texts: Mapping[str, float]) -> _Printed:
        """Where some texts are printed: single characters at all places, which are not
        looked through again, pairs at few."""
        if self.numbers.keys() == texts.keys():
            order = np.zeros(len(self.numbers) + 1, np.intp)
            order[list(map(self.numbers.__getitem__, texts))] = np.arange(len(texts))
            return _Printed(order.take(self.characters), self.owners, self.offsets)
        size = len(self.numbers) + 1
        known = np.full((size, size), _NO_TEXT, np.int16)
        for number, text in enumerate(texts):
            code = tuple(self.numbers[character] for character in text)
            known[code] = number  # the row of a single character: whatever follows
        found = known.take(self.pairs)
        places = (found != _NO_TEXT).nonzero()[0]
        return _Printed(
            found.take(places), self.owners.take(places), self.offsets.take(places)
        )

    def _nearest(self, printed: _Printed, weights: Array) -> Array:
        """What the texts of the best stretch of each document weigh together."""
        blocks = self.sizes // BLOCK + 2
        begins = np.cumsum(blocks) - blocks
        block = begins.take(printed.owners) + printed.offsets // BLOCK
        shape = int(blocks.sum()), len(weights)
        held = _held(block * len(weights) + printed.texts, shape)
        # The last block of each document is empty: no stretch reaches into the next.
        held[:-1] |= held[1:]
        block, texts = np.divmod(held.ravel().nonzero()[0], len(weights))
        sums = np.bincount(block, weights.take(texts), shape[0])
        sums[begins + blocks - 1] = 0
        nearest: Array = np.maximum.reduceat(sums, begins)
        return nearest


def _held(cells: Array, shape: tuple[int, int]) -> Array:
    """Which of the texts each document, or block, has (bool)."""
    held = np.zeros(shape, bool)
    held.ravel()[cells] = True
    return held


def _read(
    segment: Segment, literals: Literals, docs: Array, sought: Sequence[Sought]
) -> _Reading:
    """Read documents of a segment for all that is looked for."""
    texts = "".join(text for one in sought for text in one.weights)
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts), 1)}
    # In bytes if they are enough: half the time of larger numbers.
    table = np.zeros(1 << 16, np.min_scalar_type(len(numbers)))
    table[literals.codes_of("".join(numbers))] = np.arange(1, len(numbers) + 1)
    table[0] = 0  # what the segment never prints has the code of a gap
    codes, firsts, _ = literals.stream.read(docs, segment.size)
    read = table.take(codes)
    places = few_set(read != 0)
    counts = sizes(places.searchsorted(firsts), len(places))
    characters = read.take(places)
    pairs = characters.astype(np.intp)
    pairs *= len(numbers) + 1
    # The last of a document is a gap, so that something follows every place.
    pairs += read.take(places + 1)
    return _Reading(
        numbers,
        sizes(firsts, len(codes)),
        characters,
        pairs,
        np.repeat(np.arange(len(docs)), counts),
        places - np.repeat(firsts, counts),
    )
