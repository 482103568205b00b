"""The postings of one term, as what a query matches.

Most words of a query are in few documents, and then a search is some ten calls of
NumPy, .5 to 1 µs each whatever they are given, and the Python around them:

- What a short list comes to know of itself is kept, so that a term that was asked for
  once is ready for the next search: its indices and scores, a third of an And's time,
  and its best documents, all that a word by itself takes.
- Documents that look something up are of NumPy's own type for indices (intp): a look-up
  by another takes .6 µs instead of .2.
- A frequent term is looked up by document (`dense`, `ranks`), not bisected.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, TypeGuard

import numpy as np

from indexer.arrays.container import Array
from indexer.arrays.dense import DenseColumns
from indexer.arrays.matching import Listed, Matching
from indexer.arrays.postings import KEPT
from indexer.arrays.ranks import Ranks, RankTables
from indexer.arrays.top import Best, best_of

Key: TypeAlias = tuple[str, Any, float]  # field, text as Whoosh has it, boost
Look: TypeAlias = Callable[[int], float]  # what a term scores in a document

SHORT: Final = 1024  # postings: lists as short keep indices and scores, 12 bytes each
FEW: Final = 64  # postings: as few are kept by document, 120 bytes each, for `look`

_MANY: Final = 50
_ALL: Final = 1 << 32
_SEVERAL: Final = 128  # documents: from here on a table of ranks beats bisection


class Term(Listed):
    """The postings of one term: documents, codes, a score for every code, idf and
    boost. What it comes to keep is the same for every search, so that searches in any
    number of threads may share it.

    `numbers` has its number in each segment; `tops` are its best documents and their
    codes where an index keeps them; `columns` and `tables` have its column of scores
    and its table of ranks, if it may have one.
    """

    # Its documents (intp) and their scores, where it is short, once they are wanted.
    kept: tuple[Array, Array] | None = None
    # Made when wanted for the second time: what is kept by document takes longer to
    # make than one search saves by it.
    column: Array | None = None
    _ranks: Ranks | None = None
    _is_met_again = False
    _best: tuple[int, Best] | None = None
    # What it scores in a document, once that takes no search in its list; till then.
    quick: Look | None = None
    _look: Look | None = None

    def __init__(
        self,
        docs: Array,
        codes: Array,
        table: Array,
        idf: float,
        boost: float,
        *,
        key: Key,
        numbers: tuple[int, ...],
        tops: tuple[Array, Array] | None = None,
        columns: DenseColumns | None = None,
        tables: RankTables | None = None,
    ) -> None:
        self._docs = docs
        self.size = len(docs)
        self.numbers = numbers
        self.scored = boost != 0
        self.is_posted = boost > 0
        self._codes, self._table, self._tops = codes, table, tops
        self._idf = np.float32(idf)
        self._boost = None if boost == 1 else np.float32(boost)
        self._key, self._columns, self._tables = key, columns, tables
        # So many documents are looked up in a column.
        self._most = _SEVERAL if tables else _ALL

    @property
    def weight(self) -> int:
        """How many bytes it may come to keep."""
        if self.size > SHORT:
            return 0
        return (132 if self.size <= FEW else 12) * self.size

    def best(self, limit: int) -> Best:
        """Kept with the term: a word alone takes no step more than finding it."""
        known = self._best
        if known is None or known[0] != limit:
            found = self._found_best(limit)
            for array in found[1:]:
                array.setflags(write=False)
            known = self._best = limit, found
        return known[1]

    def listed(self) -> tuple[Array, Array]:
        """Its documents (intp) and their scores."""
        if self.kept is not None:
            return self.kept
        listed = self._docs.astype(np.intp), self.weighed(self._codes)
        if self.size <= SHORT:
            for array in listed:
                array.setflags(write=False)  # searches share it
            self.kept = listed
        return listed

    def begun(self) -> tuple[Array, Array]:
        """The same of a short list; of a longer one codes in place of scores, for
        `weighed`, since few of its documents will be left."""
        if self.size <= SHORT:
            return self.listed()
        return self._docs.astype(np.intp), self._codes

    def weighed(self, codes: Array) -> Array:
        """The scores of codes."""
        found = self._table.take(codes)
        found *= self._idf
        return found if self._boost is None else found * self._boost

    def look(self) -> Look:
        """What it scores in one of its documents, for plain Python: 40 ns where a call
        of NumPy takes 500."""
        if self.size <= FEW:
            scores = self.weighed(self._codes).tolist()
            self.quick = dict(zip(self._docs.tolist(), scores, strict=True)).__getitem__
            return self.quick
        column = self._column_again()
        if column is not None:
            self.quick = column.data.__getitem__
            return self.quick
        if self._look is None or (self.kept is None and self._is_met_again):
            self._look = self._bisecting()
        self._is_met_again = True
        return self._look

    def _bisecting(self) -> Look:
        """Look for a document in the list, at the second meeting in what is kept."""
        if self._is_met_again and self.size <= SHORT:
            docs, scores = (held.data for held in self.listed())
            return lambda doc: scores[bisect_left(docs, doc)]
        docs, codes, table = self._docs.data, self._codes.data, self._table.data
        factors = [float(self._idf)]
        if self._boost is not None:
            factors.append(float(self._boost))

        def look(doc: int) -> float:
            # An array of C floats rounds as NumPy does.
            score = array("f", (table[codes[bisect_left(docs, doc)]],))
            for factor in factors:
                score[0] *= factor
            return score[0]

        return look

    def within(self, docs: Array) -> Array:
        if self.column is None:
            return super().within(docs)
        return self.column.take(docs).astype(bool)

    def scores(self, docs: Array) -> Array:
        if docs is self._docs:
            return self._every()
        if self.column is None:
            return self._scores_at(self._docs.searchsorted(docs))
        return self.column.take(docs)

    def met(self, docs: Array) -> tuple[Array, Array]:
        """Which of these documents (intp) have the term (indices), and their scores."""
        column = self.column
        if column is None or len(docs) > self._most:
            return self._met_otherwise(docs)
        if len(docs) <= _SEVERAL:
            scores = column[docs]
            here = scores.nonzero()[0]
        else:  # flags are found in half the time of floats
            scores = column.take(docs)
            here = scores.astype(bool).nonzero()[0]
        return here, scores[here]

    def _met_otherwise(self, docs: Array) -> tuple[Array, Array]:
        if self._tables and len(docs) > _SEVERAL:
            if self._is_met_again:
                return self._met_in_ranks(docs)
        elif self._column_again() is not None:
            return self.met(docs)
        if self.kept is not None:
            # Of one type, and scored: three calls of NumPy and two of Python less.
            held, scores = self.kept
            at = held.searchsorted(docs)
            here = (held.take(at, mode="clip") == docs).nonzero()[0]
            return here, scores[at[here]]
        wanted = docs.astype(np.uint32)
        if len(docs) > _SEVERAL and len(docs) * _MANY > self._docs[-1]:
            here, at = self._places_of_many(wanted)
        else:
            at = self._docs.searchsorted(wanted)
            # One past the end is out of bounds; the last can't be equal then either.
            here = (self._docs.take(at, mode="clip") == wanted).nonzero()[0]
            at = at[here]
        return here, self._scores_at(at)

    def add_within(self, docs: Array, sums: Array) -> None:
        here, scores = self.met(docs.astype(np.intp))
        np.add.at(sums, here, scores)

    def add_to(self, sums: Array, met: Array | None) -> None:
        if met is not None:
            met[self._docs.astype(np.intp)] = True
        column = self.long_column()
        if column is not None:
            sums += column
        else:
            np.add.at(sums, *self.listed())

    def long_column(self) -> Array | None:
        """Its column, if it may have one and its list is long: cheaper added whole."""
        if self.size <= SHORT:
            return None
        column = self._column_again()
        self._is_met_again = True
        return column

    def _column_again(self) -> Array | None:
        """Its column, if it may have one and was met before."""
        if self.column is None and self._columns and self._is_met_again:
            scored = self._docs, self.weighed(self._codes)
            self.column = self._columns.column(self._key, *scored)
            if self.column is None:
                self._columns = None
        return self.column

    def _met_in_ranks(self, docs: Array) -> tuple[Array, Array]:
        if self._ranks is None:
            assert self._tables is not None
            self._ranks = self._tables.table(self._key[:2], self._docs)
        here = self._ranks.within(docs).nonzero()[0]
        docs = docs.take(here)
        if self.column is not None:
            return here, self.column.take(docs)
        if len(docs) <= _SEVERAL:
            return here, self._scores_at(
                self._docs.searchsorted(docs.astype(np.uint32))
            )
        return here, self._scores_at(self._ranks.places(docs))

    def _places_of_many(self, docs: Array) -> tuple[Array, Array]:
        """Which of these documents are in the list (indices), and where in it, by a
        table over all documents: a quarter of the time from about one in fifty."""
        table = np.zeros(max(int(docs[-1]), int(self._docs[-1])) + 1, np.uint32)
        held = self._docs.astype(np.intp)
        table[held] = np.arange(1, self.size + 1, dtype=np.uint32)
        at = table.take(docs)
        here = at.nonzero()[0]
        return here, at.take(here) - np.uint32(1)

    def _found_best(self, limit: int) -> Best:
        """Of a frequent term the index may know them: .005 ms, where scoring its
        postings takes .2."""
        if self._tops is None or limit > KEPT:
            return best_of(self._docs, self._every(), limit)
        docs, codes = self._tops
        return Best(self.size, docs[:limit], self.weighed(codes[:limit]))

    def _every(self) -> Array:
        """The scores of all its documents."""
        if self._is_met_again and self.size <= SHORT:
            return self.listed()[1]
        self._is_met_again = True
        return self.weighed(self._codes)

    def _scores_at(self, places: Array) -> Array:
        """The scores of documents by where they are in its list."""
        if self._is_met_again and self.size <= SHORT:
            kept = self.kept or self.listed()
            found: Array = kept[1][places]
            return found
        self._is_met_again = True
        return self.weighed(self._codes.take(places))


def are_posted(parts: Sequence[Matching]) -> TypeGuard[Sequence[Term]]:
    """Whether all parts are terms; asking `isinstance` of an abstract class takes ten
    times as long."""
    return all([part.is_posted for part in parts])
