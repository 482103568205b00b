"""What prints a run of characters, and how well: the answer to a Literal.

A row is a section of a document that prints it, and how often. Most runs that readers
quote stand in one or two documents: their rows are plain numbers, since what rows as
arrays take, some 40 calls of NumPy, is a third of the time of a quotation.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias, TypeGuard

import numpy as np

from indexer.arrays.codes import LENGTHS, bm25
from indexer.arrays.collection import Collection
from indexer.arrays.container import Array
from indexer.arrays.few import Few
from indexer.arrays.literal import Literals
from indexer.arrays.matching import Matching, Scored
from indexer.arrays.queries import Literal
from indexer.arrays.segment import Segment
from indexer.arrays.streams import changes, few_set, sizes

_NO_SCORES: Final = np.empty(0, np.float32)
# Places that are looked up in the time that a document is read in: both are all over
# the disk.
_READ: Final = 128
_WORD: Final = 4  # characters at most

_Row: TypeAlias = tuple[int, int, int]  # a document, a section, how often it prints it


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a segment's live documents, ascending."""

    docs: Array
    sections: Array
    counts: Array

    @classmethod
    def of(cls, rows: "_Found") -> "_Rows":
        if isinstance(rows, _Rows):
            return rows
        docs, sections, counts = np.array(rows, np.uint32).reshape(-1, 3).T
        return cls(docs, sections, counts)


_Found: TypeAlias = _Rows | list[_Row]  # few as a list


class _Weight(NamedTuple):
    """What a section counts for: its field, the field's average length, a factor."""

    field: str
    average: float
    factor: float


def scored(asked: Literal, collection: Collection) -> Matching:
    """Documents that print a literal, by BM25 of how often each section does."""
    found = [_rows(segment, asked) for segment in collection.segments]
    if _are_few(found):
        return _few_scored(asked, collection, found)
    rows = [_Rows.of(one) for one in found]
    weights = {
        section: _weight(
            asked,
            collection,
            section,
            sum([int(np.count_nonzero(one.sections == section)) for one in rows]),
        )
        for section in asked.sections
    }
    parts = [
        _many_scored(segment, one, weights)
        for segment, one in zip(collection.segments, rows, strict=True)
    ]
    docs, _ = collection.numbered([docs for docs, _ in parts])
    return Scored(docs, np.concatenate([_NO_SCORES, *(scores for _, scores in parts)]))


def unscored(asked: Literal, collection: Collection) -> Matching:
    """Documents that print a literal. What is longer than a word is rare, and looked up
    at once."""
    if len(asked.text) > _WORD:
        return _looked_up(asked, collection)
    return Printing(asked, collection)


class Printing(Matching):
    """Documents that print a literal, unscored, looked for when they are asked for.

    Where other parts of an And leave few documents, those are read: looking up who owns
    the places of a common word, to hold some hundred documents against them, took most
    of the time of a sentence. What is asked for again and again is looked up once
    reading has cost as much.
    """

    scored = False

    def __init__(self, asked: Literal, collection: Collection) -> None:
        self._asked, self._collection = asked, collection
        held = [one.literals for one in collection.segments if one.literals is not None]
        places = sum([one.most(asked.text) for one in held])
        self.size = min(places, collection.documents)
        self._unread = places // _READ
        self._listed: Scored | None = None

    def docs(self) -> Array:
        return self._all().docs()

    def within(self, docs: Array) -> Array:
        self._unread -= len(docs)
        if self._listed is None and self._unread > 0:
            return self._read(docs)
        return self._all().within(docs)

    def scores(self, docs: Array) -> Array:
        return np.zeros(len(docs), np.float32)

    def _all(self) -> Scored:
        if self._listed is None:
            self._listed = _looked_up(self._asked, self._collection)
        return self._listed

    def _read(self, docs: Array) -> Array:
        """Which of some live documents print it, by reading those."""
        found = np.zeros(len(docs), bool)
        for segment, here, inside in self._collection.apart(docs):
            if segment.literals is not None:
                found[here] = _reading(segment, segment.literals, inside, self._asked)
        return found


def _looked_up(asked: Literal, collection: Collection) -> Scored:
    rows = [_Rows.of(_rows(segment, asked)) for segment in collection.segments]
    docs, _ = collection.numbered([one.docs[changes(one.docs)] for one in rows])
    return Scored(docs)


def _reading(
    segment: Segment, literals: Literals, docs: Array, asked: Literal
) -> Array:
    """Which of a segment's documents print a literal."""
    stream, found = literals.stream, np.zeros(len(docs), bool)
    codes = literals.codes_of(asked.text)
    if 0 in codes:
        return found
    read, firsts, begins = stream.read(docs, segment.size)
    places = few_set(read == codes[0])
    # A gap ends each document: nothing follows the last code of any.
    for ahead, code in enumerate(codes[1:], 1):
        places = places.take((read.take(places + ahead) == code).nonzero()[0])
    owners = firsts.searchsorted(places, side="right") - 1
    runs = stream.owners_of(places - (firsts - begins).take(owners))
    wanted = np.zeros(256, bool)
    wanted[list(asked.sections)] = True
    found[owners.compress(wanted.take(stream.runs.sections.take(runs)))] = True
    return found


def _rows(segment: Segment, asked: Literal) -> _Found:
    literals = segment.literals
    places = [] if literals is None else literals.found(asked.text)
    if literals is None or not len(places):
        return []
    if isinstance(places, list):
        return _few_rows(literals, segment.live, asked, places)
    return _many_rows(literals, segment.live, asked, places)


def _few_rows(
    literals: Literals, live: Array | None, asked: Literal, places: list[int]
) -> list[_Row]:
    docs, sections = literals.stream.views.docs, literals.stream.views.sections
    counts: dict[int, int] = {}
    for run in literals.stream.few_owners(places):
        counts[run] = counts.get(run, 0) + 1
    rows = [
        (docs[run], sections[run], count)
        for run, count in counts.items()
        if sections[run] in asked.sections
    ]
    if live is None:
        return rows
    alive = live.data
    return [row for row in rows if alive[row[0]]]


def _many_rows(
    literals: Literals, live: Array | None, asked: Literal, places: Array
) -> _Rows:
    runs = literals.stream.owners_of(places)
    begins = changes(runs).nonzero()[0]
    counts = sizes(begins, len(runs))
    owned, runs = literals.stream.runs, runs.take(begins)
    docs, sections = owned.docs.take(runs), owned.sections.take(runs)
    wanted = np.zeros(256, bool)
    wanted[list(asked.sections)] = True
    chosen = wanted.take(sections)
    if live is not None:
        chosen &= live.take(docs)
    if chosen.all():
        return _Rows(docs, sections, counts)
    return _Rows(docs[chosen], sections[chosen], counts[chosen])


def _weight(
    asked: Literal, collection: Collection, section: int, frequency: int
) -> _Weight:
    """What a section counts for that prints a literal in so many documents."""
    field, weight = asked.sections[section]
    statistics, _ = collection.statistics(field)
    return _Weight(field, statistics.average, statistics.idf(frequency) * weight)


def _many_scored(
    segment: Segment, rows: _Rows, weights: Mapping[int, _Weight]
) -> tuple[Array, Array]:
    """The documents of rows, each once, and their scores."""
    scores = np.empty(len(rows.docs), np.float32)
    for section, (field, average, factor) in weights.items():
        here = (rows.sections == section).nonzero()[0]
        if len(here):
            lengths = segment.lengths(field).take(rows.docs.take(here))
            counts = rows.counts.take(here)
            scores[here] = bm25(counts, LENGTHS.take(lengths), average) * factor
    fresh = changes(rows.docs)
    if fresh.all():
        return rows.docs, scores
    docs = rows.docs.compress(fresh)
    sums = np.zeros(len(docs), np.float32)
    # In the order of sections, as of few: np.add.reduceat adds the first of a row last.
    np.add.at(sums, fresh.cumsum() - 1, scores)
    return docs, sums


def _are_few(found: Sequence[_Found]) -> TypeGuard[Sequence[list[_Row]]]:
    return all([isinstance(one, list) for one in found])


def _few_scored(
    asked: Literal, collection: Collection, found: Sequence[list[_Row]]
) -> Few:
    """The same of a few rows in each segment."""
    sections = [section for rows in found for _, section, _ in rows]
    weights = {
        section: _weight(asked, collection, section, sections.count(section))
        for section in set(sections)
    }
    docs: list[int] = []
    scores, score = array("f"), array("f", (0.0,))
    for segment, rows, base in zip(
        collection.segments, found, collection.bases, strict=False
    ):
        for doc, section, count in rows:
            field, average, factor = weights[section]
            length = LENGTHS.item(segment.lengths(field).item(doc))
            score[0] = bm25(count, length, average) * factor
            if docs and docs[-1] == doc + base:
                scores[-1] += score[0]
            else:
                docs.append(doc + base)
                scores.append(score[0])
    return Few(docs, scores)
