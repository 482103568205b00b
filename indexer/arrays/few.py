"""A few documents, as plain numbers.

Most phrases and quotations are printed once. NumPy takes .4 to 1 µs a call however
little it is called for, and scoring one document by arrays is a dozen of them: 6 µs of
the 30 that a phrase took at 10,000 documents, where plain Python takes 2.

Scores are those of the arrays to the bit. Python reckons in double precision, where a
product or a sum of two floats of 32 bits is near enough to what it truly is: rounded to
32 bits from there, it is what NumPy makes of it at once. An array of C floats rounds
whatever is put into it.
"""

from array import array
from collections.abc import Sequence
from functools import cached_property
from operator import add
from typing import Final, TypeAlias

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.matching import Matching, Scored
from indexer.arrays.posted import Look
from indexer.arrays.top import Best

MOST: Final = 24  # documents: more are scored as fast by arrays

Floats: TypeAlias = "array[float]"


class Few(Matching):
    """A few documents (ascending) and their scores."""

    def __init__(self, docs: list[int], scores: Floats) -> None:
        self._docs, self._scores = docs, scores
        self.size = len(docs)

    def docs(self) -> Array:
        return self._listed.docs()

    def within(self, docs: Array) -> Array:
        return self._listed.within(docs)

    def scores(self, docs: Array) -> Array:
        return self._listed.scores(docs)

    def best(self, limit: int) -> Best:
        docs, scores = self._docs, self._scores
        if len(docs) > 1 or limit < 1:
            order = sorted(range(len(docs)), key=scores.__getitem__, reverse=True)
            docs = [docs[place] for place in order[:limit]]
            scores = array("f", [scores[place] for place in order[:limit]])
        return Best(self.size, *_arrays(docs, scores))

    @cached_property
    def _listed(self) -> Scored:
        return Scored(*_arrays(self._docs, self._scores))


def summed(docs: Sequence[int], looks: Sequence[Look], factor: float) -> Floats:
    """The scores of documents that have all of some terms, added up in their order."""
    sums = array("f", map(looks[0], docs))
    for look in looks[1:]:
        sums = array("f", map(add, sums, map(look, docs)))
    if factor != 1:
        product = array("f", (factor,))[0]
        sums = array("f", [score * product for score in sums])
    return sums


def _arrays(docs: list[int], scores: Floats) -> tuple[Array, Array]:
    """The same as arrays of NumPy."""
    return np.array(docs, np.uint32), np.frombuffer(scores, np.float32)
