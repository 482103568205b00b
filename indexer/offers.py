"""What an index offers beside results: suggestions while a reader types, and what may
have been meant by a word that finds nothing.

Gathers people, sections, headlines and their words from the segments of a build, for
`suggest` and `spelling` to write and to answer from.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from indexer import terms
from indexer.arrays import Array, Collection, Segment
from indexer.documents import ZONES, Document
from indexer.search import SuggestionKind
from indexer.spelling import Spelling, Word, write_spelling
from indexer.suggest import (
    MAX_ENTRIES,
    Entry,
    Keyed,
    Suggestions,
    keyed,
    write_suggestions,
)
from indexer.whoosh_query import QUERY_ZONES, value_key, words_field

OFFERS_VERSION: Final = 1  # of both files
_SUGGEST: Final = "suggest.arrays"
_SPELLING: Final = "spelling.arrays"
# Words that may be meant, at which those of headlines are enough.
_ENOUGH: Final = 1 << 15
_HEADLINE: Final = ZONES.index("headline")


class Gathered:
    """What no column of a build holds: headlines, the newest where they are too many,
    and people who neither are named in a unit nor sign it as reporters."""

    def __init__(self) -> None:
        self._headlines: list[tuple[int, str]] = []
        self._signers: dict[str, tuple[int, int]] = {}

    def add(self, document: Document) -> None:
        """Note a document's headline, if it has one, and who else signs it."""
        day = document.date.toordinal() if document.date else 0
        if _has_headline(document):
            self._headlines.append((day, document.title))
        if len(self._headlines) > 2 * MAX_ENTRIES:
            self._headlines = heapq.nlargest(MAX_ENTRIES, self._headlines)
        for name in document.signers:
            if name not in document.reporters and name not in document.persons:
                count, newest = self._signers.get(name, (0, 0))
                self._signers[name] = count + 1, max(newest, day)

    def headlines(self) -> Keyed:
        """Each headline once."""
        held = ((text, 1, day) for day, text in self._headlines)
        return keyed("headline", _merged("headline", held))

    def signers(self) -> Iterator[tuple[str, int, int]]:
        """Who signs so, in how many units, and the newest day."""
        for name, (count, newest) in self._signers.items():
            yield name, count, newest


class Offers:
    """What an opened index offers, shared by its readers."""

    def __init__(self, folder: Path) -> None:
        self.suggestions = Suggestions(folder / _SUGGEST)
        self.spelling = Spelling(folder / _SPELLING)


def write_offers(
    folder: Path, collection: Collection, gathered: Gathered, headlines: Keyed
) -> None:
    """Write what the index in a folder offers, in place of what it did; `headlines` are
    those that were gathered, which need not wait for the index."""
    for name in (_SUGGEST, _SPELLING):
        (folder / name).unlink(missing_ok=True)
    people = list(_people(collection, gathered))
    sections = keyed("section", _merged("section", _values(collection, "section")))
    offered = (keyed("person", people), sections, headlines)
    write_suggestions(folder / _SUGGEST, offered)
    write_spelling(folder / _SPELLING, _words(collection, people))


def _has_headline(document: Document) -> bool:
    if document.cuts is None:
        return any(zone.name == "headline" for zone in document.zones)
    return _HEADLINE in document.cuts.zones_of(document.place)


def _people(collection: Collection, gathered: Gathered) -> Iterator[Entry]:
    """Everyone who is named or signs; a byline is no mention, so counts add up."""
    named = _values(collection, "person")
    signed = _terms(collection, "reporter")
    yield from _merged("person", (*named, *signed, *gathered.signers()))


def _words(collection: Collection, people: Sequence[Entry]) -> Iterator[Word]:
    """Names, the words of headlines and, in an archive too small to have many, of other
    text, each counted as one: a headline word is likelier to be meant."""
    names = terms.characters_of_each([person.text for person in people])
    for name, person in zip(names, people, strict=True):
        yield Word(name, person.count, is_name=True)
    titled: set[str] = set()
    for zone in QUERY_ZONES["title"]:
        for text, count, _ in _terms(collection, words_field(zone)):
            if not text.isdecimal():
                yield Word(text, count)
                titled.add(text)
    for text in _others(collection, titled, _ENOUGH - len(people) - len(titled)):
        yield Word(text, 1)


def _others(collection: Collection, known: set[str], most: int) -> list[str]:
    """The most frequent words of other zones that are Chinese and not known."""
    if most <= 0:
        return []
    counts: Counter[str] = Counter()
    for zone in ZONES:
        for text, count, _ in _terms(collection, words_field(zone)):
            if len(text) > 1 and terms.is_han(text[0]) and text not in known:
                counts[text] += count
    ranked = ((-count, text) for text, count in counts.items())
    return [text for _, text in heapq.nsmallest(most, ranked)]


def _merged(
    kind: SuggestionKind, held: Iterable[tuple[str, int, int]]
) -> Iterator[Entry]:
    """Entries of texts with their counts and newest days, those that are found by the
    same key as one."""
    found: dict[str, Entry] = {}
    for text, count, newest in held:
        key = value_key(text) if kind == "person" else text
        if before := found.get(key):
            count, newest = count + before.count, max(newest, before.newest)
            text = before.text
        found[key] = Entry(text, kind, count, newest)
    yield from found.values()


def _values(collection: Collection, field: str) -> Iterator[tuple[str, int, int]]:
    """The values of a column, how many live documents have each, and the newest day."""
    for segment in collection.segments:
        values = segment.values(field)
        if values is None:
            continue
        docs = _live(segment)
        days = np.repeat(
            _days(segment)[docs], 1 if values.ends is None else values.counts()[docs]
        )
        codes = values.codes_of(docs)
        counts = np.bincount(codes, minlength=len(values) + 1).tolist()
        newest = np.zeros(len(values) + 1, np.int64)
        np.maximum.at(newest, codes, days)
        for code, name in enumerate(values, 1):
            if counts[code]:
                yield _text(name), counts[code], int(newest[code])


def _terms(collection: Collection, field: str) -> Iterator[tuple[str, int, int]]:
    """The terms of a field, how many live documents have each, and the newest day."""
    for segment in collection.segments:
        number = segment.fields.get(field)
        if number is None:
            continue
        first, end = segment.lexicon.of_field(number)
        if first == end:
            continue
        starts = segment.first_postings[first : end + 1].astype(np.int64)
        docs = segment.docs[starts[0] : starts[-1]]
        days, begins = _days(segment)[docs], starts[:-1] - starts[0]
        counts = np.diff(starts)
        if segment.live is not None:
            live = segment.live[docs]
            counts = np.add.reduceat(live.astype(np.int64), begins)
            days = np.where(live, days, 0)
        newest = np.maximum.reduceat(days, begins).tolist()
        for term, count in enumerate(counts.tolist()):
            if count:
                text = _text(segment.lexicon.term(first + term))
                yield text, count, newest[term]


def _live(segment: Segment) -> Array:
    every = np.arange(segment.size)
    return every if segment.live is None else every[segment.live]


def _days(segment: Segment) -> Array:
    days = segment.numbers("day")
    return np.zeros(segment.size, np.int64) if days is None else days.astype(np.int64)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogatepass")
