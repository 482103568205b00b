"""The segments of one index as if they were one, and what BM25 knows of them.

A search never visits segments in turn: the postings of a term are laid end to end when
it is first asked for, its deleted documents left out, and every query runs on such
lists. With three segments and deletions a search then takes as many steps as with one,
a third of what visiting each took. Of a single whole segment nothing is copied.

Statistics are those of the live documents of all segments, so that scores do not
depend on how often the index was updated.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from indexer.arrays.codes import FREQUENCY_TABLE, Statistics, score_table
from indexer.arrays.container import Array
from indexer.arrays.filtering import Rankings
from indexer.arrays.lexicon import NO_TERM, key_of
from indexer.arrays.recent import RecentMatches
from indexer.arrays.segment import Segment, length_sum
from indexer.arrays.streams import Numbers

_MOST_PRINTED: Final = 20_000
_MOST_COUNTED: Final = 20_000
_NONE: Final = np.empty(0, np.uint32)
_NO_CODES: Final = np.empty(0, np.uint16)


class Collection:
    """Segments of one schema. Documents are numbered through all of them, in order:
    those of a segment from its element of `bases`."""

    def __init__(self, segments: Sequence[Segment], schema: Any) -> None:
        self.segments = tuple(segments)
        self.schema = schema
        # Whoosh's own look-up of a field takes 1 µs.
        self.fields: dict[str, Any] = dict(schema.items())
        self.bases: list[int] = np.cumsum([0, *(s.size for s in segments)]).tolist()
        self.size = self.bases[-1]
        self.documents = sum(segment.documents for segment in segments)
        # Which documents are live; None where all are.
        self.alive = self.masked([segment.live for segment in segments])
        self.is_whole = len(self.segments) == 1 and self.alive is None
        self.literals = RecentMatches()
        self.rankings = Rankings()
        self._tables: dict[str, tuple[Statistics, Array]] = {}
        self._printed: dict[str, int] = {}
        self._counted: dict[tuple[str, str | bytes], int] = {}
        self._numbers: dict[str, Array | None] = {}
        self._having: dict[str, Array | None] = {}
        self._plain = {
            name
            for name, field in schema.items()
            if not hasattr(field, "numtype") and not hasattr(field, "bytestrings_true")
        }

    def statistics(self, field: str) -> tuple[Statistics, Array]:
        """What BM25 needs of a scored field, and the score of every code in it."""
        known = self._tables.get(field)
        if known is None:
            counts = np.zeros(256, np.int64)
            for segment in self.segments:
                counts += segment.length_counts(field)
            total, having = length_sum(counts)
            average = total / max(having, 1)
            scored = field not in self.schema or self.schema[field].scorable
            table = score_table(average) if scored else FREQUENCY_TABLE
            statistics = Statistics(self.documents, average, scored=scored)
            known = self._tables[field] = statistics, table
        return known

    def numbers(self, field: str) -> Array | None:
        """The number of each document in a column; None where not all segments have
        one of the same type."""
        if field not in self._numbers:
            self._numbers[field] = _column([s.numbers(field) for s in self.segments])
        return self._numbers[field]

    def having(self, field: str) -> Array | None:
        """Which documents have a field of numbers (bool by number); None where all do,
        or no terms tell."""
        if field not in self._having:
            self._having[field] = self.masked(
                [_having(s, field) for s in self.segments]
            )
        return self._having[field]

    def masked(self, masks: Sequence[Array | None]) -> Array | None:
        """A mask over all documents from one of each segment, None for all of it; None
        where all are."""
        if all(mask is None for mask in masks):
            return None
        return np.concatenate(
            [
                np.ones(segment.size, bool) if mask is None else mask
                for segment, mask in zip(self.segments, masks, strict=True)
            ]
        )

    def few_numbered(self, docs: Sequence[Numbers]) -> list[int] | None:
        """A few documents of each segment by their numbers in the collection, deleted
        ones left out; None where any segment has many."""
        if self.is_whole:
            return docs[0] if isinstance(docs[0], list) else None
        found: list[int] = []
        for part, base in zip(docs, self.bases, strict=False):
            if not isinstance(part, list):
                return None
            found += [number + base for number in part] if base else part
        if self.alive is None:
            return found
        alive = self.alive.data
        return [number for number in found if alive[number]]

    def numbered(self, docs: Sequence[Numbers]) -> tuple[Array, Array | None]:
        """Documents of each segment by their numbers in the collection (uint32),
        deleted ones left out; and which of them are left, None for all."""
        if len(docs) == 1:
            found = np.asarray(docs[0], np.uint32)
        else:
            parts = [np.asarray(part, np.uint32) for part in docs]
            pairs = zip(parts, self.bases, strict=False)
            found = np.concatenate(
                [_NONE, *(part + np.uint32(base) for part, base in pairs)]
            )
        if self.alive is None:
            return found, None
        here = self.alive.take(found).nonzero()[0]
        return found.take(here), here

    def postings(self, numbers: Sequence[int]) -> tuple[Array, Array]:
        """The live documents of a term and their codes, by its number in each
        segment."""
        if self.is_whole and numbers[0] != NO_TERM:
            return self.segments[0].postings(numbers[0])
        held = [
            (_NONE, _NO_CODES) if term == NO_TERM else one.postings(term)
            for one, term in zip(self.segments, numbers, strict=True)
        ]
        docs, here = self.numbered([docs for docs, _ in held])
        if len(held) == 1:
            codes = held[0][1]
        else:
            codes = np.concatenate([_NO_CODES, *(codes for _, codes in held)])
        return docs, codes if here is None else codes.take(here)

    def term(self, segment: Segment, field: str, text: Any) -> int:
        """The number of a term in a segment, NO_TERM where there is none."""
        try:
            return segment.term(field, self.term_bytes(field, text))
        except ValueError:
            return NO_TERM

    def frequency(self, field: str, text: str | bytes) -> int:
        """How many live documents have a term."""
        key = field, text
        known = self._counted.get(key)
        if known is None:
            if len(self._counted) >= _MOST_COUNTED:
                self._counted = {}
            terms = [(s, self.term(s, field, text)) for s in self.segments]
            known = sum(s.frequency(term) for s, term in terms if term != NO_TERM)
            self._counted[key] = known
        return known

    def having_term(self, field: str, text: str) -> int | None:
        """The first live document that has a term: for terms that one has at most, ids
        say, in a tenth of the time of a search."""
        for segment, base in zip(self.segments, self.bases, strict=False):
            term = self.term(segment, field, text)
            if term != NO_TERM:
                for document in segment.postings(term)[0].tolist():
                    if segment.live is None or segment.live[document]:
                        return base + int(document)
        return None

    def printed(self, text: str) -> int:
        """How often live documents print one or two characters in a row."""
        known = self._printed.get(text)
        if known is None:
            if len(self._printed) >= _MOST_PRINTED:
                self._printed = {}
            known = sum(_printed(segment, text) for segment in self.segments)
            self._printed[text] = known
        return known

    def terms_of(self, field: str) -> list[str]:
        """All terms of a field that has few, sorted."""
        found: set[bytes] = set()
        for segment in self.segments:
            if field in segment.fields:
                first, end = segment.lexicon.of_field(segment.fields[field])
                found.update(key[1:] for key in segment.lexicon.keys(first, end))
        return [term.decode("utf-8", "surrogatepass") for term in sorted(found)]

    def live(self) -> Array:
        """The numbers of all live documents."""
        if self.alive is None:
            return np.arange(self.size)
        return np.flatnonzero(self.alive)

    def term_bytes(self, field: str, text: Any) -> bytes:
        """A term as lexicons have it; raises ValueError for what can't be one."""
        if isinstance(text, bytes):
            return text
        if field in self._plain or field not in self.fields:
            return str(text).encode("utf-8", "surrogatepass")
        found: bytes = self.fields[field].to_bytes(text)
        return found

    def apart(self, docs: Array) -> Iterator[tuple[Segment, Array, Array]]:
        """Documents in any order by segment: which of them it has, by their places in
        the list, and their numbers there (int64)."""
        bases = np.array(self.bases[:-1], np.int64)
        held = bases.searchsorted(docs, side="right") - 1
        for number, segment in enumerate(self.segments):
            here = (held == number).nonzero()[0]
            if len(here):
                yield segment, here, docs.take(here).astype(np.int64) - bases[number]

    def segment_of(self, document: int) -> tuple[Segment, int]:
        """The segment of a document, and its number there."""
        number = bisect_right(self.bases, document) - 1
        return self.segments[number], document - self.bases[number]


def _column(parts: Sequence[Array | None]) -> Array | None:
    """A column of all segments; None where their parts are not of one kind."""
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts) or len({p.dtype for p in known}) > 1:
        return None
    return known[0] if len(known) == 1 else np.concatenate(known)


def _printed(segment: Segment, text: str) -> int:
    literals = segment.literals
    if literals is None:
        return 0
    if segment.live is None:
        return literals.count(text)
    runs = literals.stream.owners_of(literals.places(text))
    return int(segment.live[literals.stream.runs.docs[runs]].sum())


def _having(segment: Segment, field: str) -> Array | None:
    number = segment.fields.get(field)
    if number is None:
        return None
    # Whoosh's terms of whole numbers begin with a zero byte, coarser ones with others.
    first, end = segment.lexicon.with_prefix(key_of(number, b"\0"))
    docs = segment.docs[segment.starts[first] : segment.starts[end]]
    if not len(docs) or len(docs) == segment.size:
        return None
    found = np.zeros(segment.size, bool)
    found[docs.astype(np.intp)] = True
    return found
