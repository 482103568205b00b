"""Words over several fields as if each document were one text.

Where every field is scored by itself, a document with a headline gets twice what one
without gets for the same words. Here a word is counted in all fields together, and the
sum saturates once (Robertson, Zaragoza and Taylor 2004, with all weights alike). The
length of a document is how many characters it prints.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.arrays.codes import K1, B, frequencies
from indexer.arrays.collection import Collection
from indexer.arrays.container import Array
from indexer.arrays.lexicon import NO_TERM
from indexer.arrays.segment import Segment


@dataclass(frozen=True, slots=True)
class Pooled:
    """The live documents that have a word (uint32, ascending) and their codes, for each
    field that has it."""

    lists: tuple[tuple[Array, Array], ...]

    @property
    def size(self) -> int:
        """How many documents have it in the field where most do."""
        return max((len(docs) for docs, _ in self.lists), default=0)

    def postings(self) -> tuple[Array, Array]:
        """All documents, ascending, and how often each has the word."""
        if not self.lists:
            return np.empty(0, np.uint32), np.empty(0, np.int64)
        most, *others = sorted(self.lists, key=lambda one: -len(one[0]))
        docs, counts = most[0], frequencies(most[1])
        for held, codes in others:
            at, more = docs.searchsorted(held), frequencies(codes)
            known = docs.take(at, mode="clip") == held
            counts[at[known]] += more[known]
            if not known.all():  # what only a headline prints is rare
                docs = np.insert(docs, at[~known], held[~known])
                counts = np.insert(counts, at[~known], more[~known])
        return docs, counts

    def counts(self, docs: Array) -> Array:
        """How often each of some documents has the word."""
        found = np.zeros(len(docs), np.int64)
        for held, codes in self.lists:
            at = held.searchsorted(docs)
            here = (held.take(at, mode="clip") == docs).nonzero()[0]
            found[here] += frequencies(codes.take(at.take(here)))
        return found


class Pool:
    """The words of some fields of a collection; shared by threads."""

    def __init__(self, collection: Collection, fields: Sequence[str]) -> None:
        self.collection = collection
        held = {field for segment in collection.segments for field in segment.fields}
        self._fields = tuple(field for field in fields if field in held)
        self.lengths = relative_lengths(collection)
        self._norms = (K1 * (1 - B + B * self.lengths)).astype(np.float32)

    def word(self, text: str) -> Pooled:
        """The postings of a word."""
        segments, lists = self.collection.segments, []
        for field in self._fields:
            terms = [self.collection.term(one, field, text) for one in segments]
            if any(term != NO_TERM for term in terms):
                lists.append(self.collection.postings(terms))
        return Pooled(tuple(pair for pair in lists if len(pair[0])))

    def bm25(self, docs: Array, counts: Array) -> Array:
        """BM25 without idf of documents that have a word so often."""
        scores: Array = counts * np.float32(K1 + 1) / (counts + self._norms.take(docs))
        return scores

    def printing(self, text: str) -> Array:
        """The live documents (uint32, ascending) that print some characters in a row,
        in whatever field."""
        segments = self.collection.segments
        docs, _ = self.collection.numbered([_printing(s, text) for s in segments])
        return docs


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


def _printing(segment: Segment, text: str) -> Array:
    if segment.literals is None:
        return np.empty(0, np.uint32)
    stream = segment.literals.stream
    docs: Array = stream.runs.docs.take(stream.owners_of(segment.literals.places(text)))
    distinct: Array = docs[np.append(True, docs[1:] != docs[:-1])[: len(docs)]]
    return distinct
