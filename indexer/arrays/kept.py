"""Terms that were asked for, ready to be asked again: a third of an And's time."""

from typing import Any, Final

from indexer.arrays.collection import Collection
from indexer.arrays.dense import DenseColumns
from indexer.arrays.matching import Matching, Nothing
from indexer.arrays.posted import Key, Term
from indexer.arrays.postings import TOPS_FROM
from indexer.arrays.ranks import RankTables
from indexer.arrays.words import Word

NOTHING: Final = Nothing()

_MOST: Final = 20_000  # terms
_MOST_BYTES: Final = 16 << 20  # of all that they may come to keep
_COPIED: Final = 6  # bytes of a posting of several segments

# Columns of so many documents fit the processor's second cache: ranks are no faster.
_SMALL: Final = 1 << 16


class KeptTerms:
    """The terms of a collection; shared by threads."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._dense = DenseColumns(collection.segments)
        self._ranks = RankTables(collection.segments)
        self.is_small = collection.size <= _SMALL
        self._bytes = 0
        # Looked up in directly where every step counts.
        self.known: dict[Key, Matching] = {}
        # The same as the words of phrases.
        self.words: dict[tuple[str, Any], Word] = {}

    def get(self, field: str, text: Any, boost: float) -> Matching:
        """The postings of a term, known or not."""
        key = field, text, boost
        known = self.known.get(key)
        if known is None:
            known = self._made(key)
            self._keep(key, known)
        return known

    def _made(self, key: Key) -> Matching:
        """The postings of a term that was not asked for lately."""
        field, text, boost = key
        collection = self.collection
        numbers = tuple([collection.term(s, field, text) for s in collection.segments])
        docs, codes = collection.postings(numbers)
        size = len(docs)
        if not size:
            return NOTHING
        statistics, table = collection.statistics(field)
        has_tops = size >= TOPS_FROM and collection.is_whole and boost == 1
        has_column = boost > 0 and self._dense.has(size)
        has_table = self._ranks.has(size) and not (has_column and self.is_small)
        return Term(
            docs,
            codes,
            table,
            statistics.idf(size),
            boost,
            key=key,
            numbers=numbers,
            tops=collection.segments[0].best(numbers[0]) if has_tops else None,
            columns=self._dense if has_column else None,
            tables=self._ranks if has_table else None,
        )

    def _keep(self, key: Key, part: Matching) -> None:
        if isinstance(part, Term):
            self._bytes += part.weight
            if not self.collection.is_whole:
                self._bytes += _COPIED * part.size
        if len(self.known) >= _MOST or self._bytes > _MOST_BYTES:
            self.known, self.words, self._bytes = {}, {}, 0
        self.known[key] = part
