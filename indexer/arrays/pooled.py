"""Words over several fields as if each document were one text.

Where every field is scored by itself, a document with a headline gets twice what one
without gets for the same words. Here a word is counted in all fields together, and the
sum saturates once (Robertson, Zaragoza and Taylor 2004, with all weights alike). The
length of a document is how many characters it prints.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import numpy as np

from indexer.arrays.codes import K1, B, frequencies
from indexer.arrays.collection import Collection
from indexer.arrays.container import Array
from indexer.arrays.lexicon import NO_TERM
from indexer.arrays.segment import Segment
from indexer.arrays.streams import changes

_MOST_WORDS: Final = 5_000
_MOST_COPIED: Final = 1 << 21  # postings, 6 bytes each


@dataclass(frozen=True, slots=True)
class Pooled:
    """The live documents that have a word (uint32, ascending) and their codes, for each
    field that has it, that with most of them first; `size` is how many those are."""

    lists: tuple[tuple[Array, Array], ...]
    size: int

    @classmethod
    def of(cls, lists: Iterable[tuple[Array, Array]]) -> Self:
        held = sorted(lists, key=lambda one: -len(one[0]))
        return cls(tuple(held), len(held[0][0]) if held else 0)


class Postings(NamedTuple):
    """Documents that have one of some words: each once for every word that it has,
    which that is, and how often."""

    docs: Array
    words: Array
    counts: Array


def postings(words: Sequence[Pooled], size: int) -> Postings:
    """All documents, of `size` in the collection, that have each word.

    The lists of all words are joined together, told apart by adding the word's number
    times `size`: to join those of each word takes a dozen calls of NumPy more for every
    word.
    """
    first = [(row, *word.lists[0]) for row, word in enumerate(words) if word.lists]
    others = [(row, *pair) for row, one in enumerate(words) for pair in one.lists[1:]]
    keys, counts = _joined(first, size)
    if others:
        held, more = _joined(others, size)
        held, at = np.unique(held, return_inverse=True)
        more = np.bincount(at, more).astype(np.int64)
        at = keys.searchsorted(held)
        known = keys.take(at, mode="clip") == held
        here, fresh = known.nonzero()[0], (~known).nonzero()[0]
        counts[at.take(here)] += more.take(here)
        keys = np.concatenate((keys, held.take(fresh)))
        counts = np.concatenate((counts, more.take(fresh)))
    rows = keys // size  # half the time of np.divmod
    return Postings(keys - rows * size, rows, counts)


def _joined(
    lists: Sequence[tuple[int, Array, Array]], size: int
) -> tuple[Array, Array]:
    """The documents of some lists as keys, and how often they have the words."""
    if not lists:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    rows = np.repeat([row * size for row, _, _ in lists], [len(d) for _, d, _ in lists])
    keys = np.concatenate([docs for _, docs, _ in lists]) + rows
    return keys, frequencies(np.concatenate([codes for _, _, codes in lists]))


def counts(words: Sequence[Pooled], docs: Array) -> Array:
    """How often each of some documents (uint32) has each word: a row for each.

    The lists of all words are looked through together: a call of NumPy for each list
    and step takes twice as long as what it does.
    """
    lists = [(row, *pair) for row, word in enumerate(words) for pair in word.lists]
    found = np.zeros((len(words), len(docs)), np.int64)
    if not lists:
        return found
    met, codes = [], []
    for _, held, held_codes in lists:
        at = held.searchsorted(docs)
        # One past the end is out of bounds; the last can't be equal then either.
        met.append(held.take(at, mode="clip"))
        codes.append(held_codes.take(at, mode="clip"))
    shape = len(lists), len(docs)
    often = frequencies(np.concatenate(codes)).reshape(shape)
    often *= np.concatenate(met).reshape(shape) == docs
    for (row, _, _), counted in zip(lists, often, strict=True):
        found[row] += counted
    return found


class Pool:
    """The words of some fields of a collection; shared by threads."""

    def __init__(self, collection: Collection, fields: Sequence[str]) -> None:
        self.collection = collection
        self._fields = tuple(
            field for field in fields if collection.statistics(field)[0].average
        )
        self.lengths = relative_lengths(collection)
        self._norms = (K1 * (1 - B + B * self.lengths)).astype(np.float32)
        self._words: dict[str, Pooled] = {}
        self._copied = 0

    def word(self, text: str) -> Pooled:
        """The postings of a word; kept, as questions have many words in common."""
        known = self._words.get(text)
        if known is None:
            known = self._word(text)
            if not self.collection.is_whole:  # else they are mapped
                self._copied += sum([len(docs) for docs, _ in known.lists])
            if len(self._words) >= _MOST_WORDS or self._copied > _MOST_COPIED:
                self._words, self._copied = {}, 0
            self._words[text] = known
        return known

    def _word(self, text: str) -> Pooled:
        segments, lists = self.collection.segments, []
        for field in self._fields:
            terms = [self.collection.term(one, field, text) for one in segments]
            if any(term != NO_TERM for term in terms):
                lists.append(self.collection.postings(terms))
        return Pooled.of(pair for pair in lists if len(pair[0]))

    def bm25(self, docs: Array, counts: Array) -> Array:
        """BM25 without idf of documents that have a word so often."""
        scores: Array = counts * np.float32(K1 + 1) / (counts + self._norms.take(docs))
        return scores

    def printing(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """The live documents (uint32) that print each of some texts, in whatever field:
        each document once for every text that it prints, and which text that is."""
        found = [_printing(segment, texts) for segment in self.collection.segments]
        docs, here = self.collection.numbered([docs for docs, _ in found])
        printed = np.concatenate([numbers for _, numbers in found])
        return docs, printed if here is None else printed.take(here)


def relative_lengths(collection: Collection) -> Array:
    """How many characters each document prints, by the average of live ones."""
    sizes = [np.diff(document_starts(segment)) for segment in collection.segments]
    lengths = np.concatenate([np.empty(0, np.int64), *sizes])
    live = lengths if collection.alive is None else lengths[collection.alive]
    return lengths / max(float(live.sum()) / max(len(live), 1), 1e-9)


def document_starts(segment: Segment) -> Array:
    """Where each document begins in the stream of characters (int64), and the end of
    the last."""
    if segment.literals is None:
        return np.zeros(segment.size + 1, np.int64)
    return segment.literals.stream.document_starts(segment.size)


def _printing(segment: Segment, texts: Sequence[str]) -> tuple[Array, Array]:
    literals = segment.literals
    if literals is None or not texts:
        return np.empty(0, np.uint32), np.empty(0, np.int64)
    stream, places = literals.stream, [literals.places(text) for text in texts]
    # All at once: of rare texts the calls take longer than what they do.
    docs = stream.runs.docs.take(stream.owners_of(np.concatenate(places)))
    numbers = np.repeat(np.arange(len(texts)), [len(each) for each in places])
    fresh = changes(docs)
    fresh |= changes(numbers)
    return docs.compress(fresh), numbers.compress(fresh)
