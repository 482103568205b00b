"""A Whoosh index in a folder: writing documents into one, reading postings out of one.

The schema: a words field for each zone, a chars field with a position for every
searchable character (the zone in its high bits, a gap after each passage), one field
for each kind of metadata, and the unit itself, stored. Terms come ready-made from
`terms`; Whoosh's analysis, queries and matchers for them are not used. The only module
that imports Whoosh.
"""

import threading
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import whoosh
from whoosh import columns, fields, formats
from whoosh import index as whoosh_index
from whoosh.reading import TermNotFound

from indexer import ranking, terms
from indexer.archive import Unit
from indexer.documents import SCHEMA_VERSION, ZONES, Document, Shown, decode, shown
from indexer.ranking import Floats, Ints, Mask, Occurrences, Postings, Values
from indexer.search import FacetValue

_ZONE_SHIFT: Final = 28  # positions are 32 bits: 16 zones of 268 million characters
_METADATA: Final = ("kind", "paper", "date", "page", "section", "person", "reporter")
_WRITER_MEGABYTES: Final = 256
_NOTHING: Final = Values((), np.empty(0, np.int64), np.empty(0, np.int64))


def fingerprint() -> dict[str, str]:
    """What must be the same for an index to be read: format, dictionaries, folding."""
    return {
        "schema": str(SCHEMA_VERSION),
        "whoosh": ".".join(str(part) for part in whoosh.__version__),
        **terms.fingerprint(),
    }


class Build:
    """An index in the making: what is put in differs from its base, or is all of it."""

    def __init__(self, folder: Path, *, based: bool) -> None:
        self._folder = folder
        self._before: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        if based:
            snapshot = Snapshot(folder)
            self._before, self._numbers = snapshot.digests(), snapshot.numbers()
            snapshot.close()
        else:
            whoosh_index.create_in(folder, _schema()).close()
        self._writer = whoosh_index.open_dir(folder).writer(limitmb=_WRITER_MEGABYTES)
        self.added = self.changed = self.removed = self.unchanged = 0

    def put(self, document: Document) -> bool:
        """Take a document in; False if the base holds it as it is."""
        before = self._before.pop(document.id, None)
        if before == document.digest:
            self.unchanged += 1
            return False
        if before:
            self._writer.delete_document(self._numbers[document.id])
            self.changed += 1
        else:
            self.added += 1
        self._writer.add_document(**_fields_of(document))
        return True

    def finish(self) -> None:
        """Drop what was not put again and write everything out."""
        for id in self._before:
            self._writer.delete_document(self._numbers[id])
            self.removed += 1
        self._writer.commit()
        for lock in self._folder.glob("*LOCK"):
            lock.unlink()

    def abandon(self) -> None:
        with suppress(Exception):  # whatever failed first is what matters
            self._writer.cancel()


class Snapshot:
    """An opened index, shared by its readers and closed when the last has left."""

    def __init__(self, folder: Path) -> None:
        self._index = whoosh_index.open_dir(folder, readonly=True)
        self._lock = threading.Lock()
        self._users = 1
        self._idle = [self._index.reader()]
        reader = self._idle[0]
        self.size: int = reader.doc_count_all()
        self.live = _live(reader, self.size)
        self.documents = int(np.count_nonzero(self.live))
        self.ids = _column(reader, "id", self.size)
        self._digests = _column(reader, "digest", self.size)
        self.values = {name: _values(reader, name) for name in _METADATA}
        self.lengths = {z: _lengths(reader, z, self.size) * self.live for z in ZONES}
        self.newest, self.oldest = ranking.ranks(self.ids, self.values["date"])

    def acquire(self) -> Self:
        with self._lock:
            self._users += 1
        return self

    def release(self) -> None:
        with self._lock:
            self._users -= 1
            last = self._users == 0
        if last:
            self.close()

    def close(self) -> None:
        for reader in self._idle:
            reader.close()
        self._index.close()

    @contextmanager
    def reading(self) -> Iterator["Reading"]:
        """A reader of one's own: Whoosh's are not to be shared by threads."""
        with self._lock:
            reader = self._idle.pop() if self._idle else None
        reader = reader or self._index.reader()
        try:
            yield Reading(self, reader)
        finally:
            with self._lock:
                self._idle.append(reader)

    def counted(self, field: str) -> tuple[FacetValue, ...]:
        """How many documents have each value of a metadata field."""
        return ranking.counted(self.values[field], self.live)

    def numbers(self) -> dict[str, int]:
        """Document numbers by id."""
        return {self.ids[n]: n for n in map(int, np.flatnonzero(self.live))}

    def digests(self) -> dict[str, str]:
        """Digests by id."""
        return {id: self._digests[n] for id, n in self.numbers().items()}


@dataclass(frozen=True, slots=True)
class Reading:
    """One search's view of a snapshot: the PostingSource that ranking asks."""

    snapshot: Snapshot
    reader: Any  # a Whoosh IndexReader; whoosh has no types

    @property
    def size(self) -> int:
        return self.snapshot.size

    @property
    def live(self) -> Mask:
        return self.snapshot.live

    @property
    def newest(self) -> Ints:
        return self.snapshot.newest

    @property
    def oldest(self) -> Ints:
        return self.snapshot.oldest

    def words(self, zone: str, word: str) -> Postings:
        return _postings(self.reader, f"words_{zone}", word)

    def lengths(self, zone: str) -> Floats:
        return self.snapshot.lengths[zone]

    def values(self, field: str) -> Values:
        return self.snapshot.values.get(field, _NOTHING)

    def literal(self, text: str) -> Occurrences:
        """Intersect shifted positions, the rarest character first."""
        by_rarity = sorted(range(len(text)), key=lambda i: self._frequency(text[i]))
        keys: Ints | None = None
        for i in by_rarity:
            documents = None if keys is None else np.unique(keys >> 32)
            found = self._places(text[i], documents) - i
            keys = found if keys is None else np.intersect1d(keys, found, True)
            if not len(keys):
                break
        found = np.empty(0, np.int64) if keys is None else keys
        return Occurrences(found >> 32, (found & 0xFFFFFFFF) >> _ZONE_SHIFT)

    def document(self, id: str) -> int | None:
        """The number of the document with that id."""
        found = _postings(self.reader, "id", id).docs
        return int(found[0]) if len(found) else None

    def unit(self, document: int) -> Unit:
        return decode(self.reader.stored_fields(document)["unit"])

    def shown(self, document: int) -> Shown:
        """What a hit shows of it."""
        return shown(self.reader.stored_fields(document)["unit"])

    def _frequency(self, character: str) -> int:
        return int(self.reader.doc_frequency("chars", character))

    def _places(self, character: str, within: Ints | None) -> Ints:
        """document << 32 | position of a character, in those documents or in all."""
        matcher = _matcher(self.reader, "chars", character)
        documents: list[int] = []
        values: list[bytes] = []
        for document, value in _walk(matcher, within):
            documents.append(document)
            values.append(value)
        counts = [len(value) // 4 for value in values]
        positions = np.frombuffer(b"".join(values), dtype="<u4").astype(np.int64)
        return (np.repeat(np.array(documents, np.int64), counts) << 32) | positions


class _Ready(fields.FieldType):  # type: ignore[misc]  # whoosh has no types
    """A field whose terms come ready-made, as (term, frequency, value)."""

    def __init__(
        self, *, valued: bool = False, scored: bool = False, column: bool = False
    ) -> None:
        self.format = _Raw() if valued else formats.Existence()
        self.scorable = scored
        self.column_type = columns.VarBytesColumn() if column else None
        self.analyzer = self.vector = None
        self.stored = self.unique = self.spelling = False

    def index(
        self, value: Iterable[tuple[str, int, bytes]], **_: object
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        return ((t.encode(), n, float(n), places) for t, n, places in value)

    def to_column_value(self, value: str) -> bytes:
        return value.encode()


class _Raw(formats.Format):  # type: ignore[misc]  # whoosh has no types
    """Posting values that are kept as they are."""


def _schema() -> fields.Schema:
    known = {name: _Ready() for name in _METADATA}
    words = {f"words_{zone}": _Ready(scored=True) for zone in ZONES}
    return fields.Schema(
        id=_Ready(column=True),
        digest=_Ready(column=True),
        chars=_Ready(valued=True),
        unit=fields.STORED,
        **known,
        **words,
    )


def _fields_of(document: Document) -> dict[str, object]:
    """A document as Whoosh fields."""
    places: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
    result: dict[str, object] = {}
    for zone in document.zones:
        counts: Counter[str] = Counter()
        start = ZONES.index(zone.name) << _ZONE_SHIFT
        for passage in zone.passages:
            counts.update(term.text for term in terms.index_terms(passage))
            printed = terms.characters(passage).text
            for position, character in enumerate(printed, start):
                places[character].append(position)
            start += len(printed) + 1  # the gap that no phrase crosses
        result[f"words_{zone.name}"] = [(word, n, b"") for word, n in counts.items()]
    result["chars"] = [(c, len(p), _little(p)) for c, p in places.items()]
    for name, values in _metadata_of(document).items():
        result[name] = [(value, 1, b"") for value in dict.fromkeys(values) if value]
    return {
        **result,
        "id": [(document.id, 1, b"")],
        "_stored_id": document.id,
        "digest": [],
        "_stored_digest": document.digest,
        "unit": document.stored,
    }


def _metadata_of(document: Document) -> dict[str, tuple[str | None, ...]]:
    return {
        "kind": (document.kind,),
        "paper": (document.paper,),
        "date": (document.date.isoformat() if document.date else None,),
        "page": (document.page,),
        "section": (document.section,),
        "person": document.persons,
        "reporter": document.reporters,
    }


def _little(positions: "array[int]") -> bytes:
    return np.array(positions, dtype="<u4").tobytes()


def _matcher(reader: Any, field: str, term: str) -> Any:
    """Whoosh's matcher for a term, or None where no document has it."""
    try:
        return reader.postings(field, term)
    except TermNotFound:
        return None


def _walk(matcher: Any, within: Ints | None) -> Iterator[tuple[int, bytes]]:
    """A posting list's documents and values; only those wanted, where that is given."""
    if within is None:
        while matcher and matcher.is_active():
            yield matcher.id(), matcher.value()
            matcher.next()
        return
    for document in map(int, within):
        if not (matcher and matcher.is_active()):
            return
        matcher.skip_to(document)
        if matcher.is_active() and matcher.id() == document:
            yield document, matcher.value()


def _postings(reader: Any, field: str, term: str) -> Postings:
    matcher = _matcher(reader, field, term)
    documents: list[int] = []
    counts: list[float] = []
    while matcher and matcher.is_active():
        documents.append(matcher.id())
        counts.append(matcher.weight())
        matcher.next()
    return Postings(np.array(documents, np.int64), np.array(counts, np.float64))


def _values(reader: Any, field: str) -> Values:
    """All values of a metadata field, read from its posting lists."""
    names = tuple(term.decode() for term in reader.lexicon(field))
    documents = [_postings(reader, field, name).docs for name in names]
    codes = np.repeat(np.arange(len(names)), [len(docs) for docs in documents])
    joined = np.concatenate(documents) if documents else np.empty(0, np.int64)
    return Values(names, joined, codes)


def _column(reader: Any, name: str, size: int) -> list[str]:
    column = reader.column_reader(name)
    return [str(column[number]) for number in range(size)]


def _lengths(reader: Any, zone: str, size: int) -> Floats:
    name = f"words_{zone}"
    if not reader.field_length(name):
        return np.zeros(size)
    # Whoosh gives None where a document lacks the field.
    lengths = (reader.doc_field_length(number, name) or 0 for number in range(size))
    return np.fromiter(lengths, np.float64, size)


def _live(reader: Any, size: int) -> Mask:
    live = np.zeros(size, dtype=bool)
    live[list(reader.all_doc_ids())] = True
    return live
