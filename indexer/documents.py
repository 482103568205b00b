"""Units as the index stores and searches them: zones of text, people, and the unit
itself as JSON.

A Document is flat and knows no engine. A zone is one part of a unit (headline, body, …)
in passages: a phrase may match inside a passage, never across two, which is how names
end where names end. `encode` and `decode` are the JSON form of a unit, the same in the
index, in `/api/v1` and in `baosou read`.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec

from indexer import cuts, names, packing, terms
from indexer.archive import Article, Audit, Caption, Credit, Quote, Roster, Unit
from indexer.cuts import Cuts, Row

SCHEMA_VERSION: Final = 3
UNKNOWN_SPEAKER: Final = "不明"
ZONES: Final = ("headline", "kicker", "deck", "body", "captions", "names", "bylines")


class Zone(msgspec.Struct, frozen=True, array_like=True):
    """A named part of a unit; `passages` are texts as printed."""

    name: str
    passages: tuple[str, ...]


class Said(msgspec.Struct, frozen=True, array_like=True):
    """What is searched of a quote: which of its article's it is, counted from 0; where
    it begins and ends among the searchable characters of the body; whether it is direct
    speech; and who speaks, UNKNOWN_SPEAKER where nobody says so. A Struct, which goes
    from process to process fast."""

    number: int
    start: int
    end: int
    direct: bool
    speakers: tuple[str, ...]
    roles: tuple[str, ...]


class Document(msgspec.Struct, frozen=True, array_like=True):
    """What the index stores for a unit. `stored` is the unit's JSON; `digest` changes
    whenever anything of it does. Once it is `cut`, `cuts` stand for the zones: those of
    several documents, of which it is number `place`."""

    id: str
    kind: str
    title: str
    zones: tuple[Zone, ...]
    stored: bytes
    digest: str
    paper: str | None = None
    date: dt.date | None = None
    page: str | None = None
    section: str | None = None
    persons: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()
    quotes: tuple[Said, ...] = ()
    cuts: Cuts | None = None
    place: int = 0


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit prints and a hit shows of it, articles and rosters alike.

    A msgspec Struct that names only these fields, since a screen of hits is read at
    every search: a third of the time of `decode`.
    """

    id: str
    kind: str
    headline: str | None
    body: str = ""
    paper: str | None = None
    date: dt.date | None = None
    page: str | None = None
    section: str | None = None
    kicker: str | None = None
    deck: str | None = None
    reporters: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    captions: tuple[Caption, ...] = ()
    groups: "tuple[_Group, ...]" = ()
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """See `title_of`."""
        return self.headline or self.kicker or self.deck or self._opening() or self.id

    @property
    def zones(self) -> tuple[Zone, ...]:
        """See `zones_of`."""
        zones: list[Zone] = []
        for name, text in self.passages():
            before = zones.pop() if zones and zones[-1].name == name else None
            zones.append(Zone(name, (*before.passages, text) if before else (text,)))
        return tuple(zones)

    def passages(self) -> list[tuple[str, str]]:
        """Everything that it prints, in the order of zones: a zone's name and a text
        each. What is read at every search has no Zones made of it."""
        printed: list[tuple[str, str | None]] = [
            ("headline", self.headline),
            ("kicker", self.kicker),
            ("deck", self.deck),
            ("body", self.body),
        ]
        if self.notes or self.groups:
            printed += [("body", note) for note in self.notes]
            printed += [("body", group.role) for group in self.groups]
        for caption in self.captions:
            printed += ("captions", caption.text), ("captions", caption.photographer)
        if self.groups:
            printed += [("names", e.surface) for g in self.groups for e in g.entries]
        if self.reporters or self.credits:
            signed = (*self.reporters, *[credit.name for credit in self.credits])
            printed += [("bylines", name) for name in dict.fromkeys(signed)]
        return [(zone, text) for zone, text in printed if text]

    def _opening(self) -> str:
        names = (entry.name for group in self.groups for entry in group.entries)
        return (self.body or "、".join(names)).split("\n", 1)[0][:30]


def of(unit: Unit) -> Document:
    """The document of a unit."""
    return all_of([unit])[0]


def all_of(units: Sequence[Unit]) -> list[Document]:
    """The documents of some units, for less than one by one."""
    return [
        _document(unit, said) for unit, said in zip(units, _said(units), strict=True)
    ]


def _document(unit: Unit, said: tuple[Said, ...]) -> Document:
    shown = _shown_of(unit)
    stored = msgspec.json.encode(_kept(unit))
    return Document(
        id=unit.id,
        kind=unit.kind,
        title=shown.title,
        zones=shown.zones,
        stored=stored,
        digest=hashlib.blake2b(stored, digest_size=12).hexdigest(),
        paper=unit.paper,
        date=unit.date,
        page=unit.page,
        section=unit.section,
        persons=persons_of(unit),
        reporters=shown.reporters,
        signers=signers_of(unit),
        quotes=said,
    )


def cut(documents: Sequence[Document]) -> list[Document]:
    """The documents with cuts in place of zones, those of all in one: the costly part
    of indexing. Those that are cut stay as they are."""
    fresh = [document for document in documents if document.cuts is None]
    if not fresh:
        return list(documents)
    bare, together = cut_apart(fresh)
    made = (with_cuts(document, together) for document in bare)
    return [next(made) if d.cuts is None else d for d in documents]


def cut_apart(documents: Sequence[Document]) -> tuple[list[Document], Cuts]:
    """Documents with neither zones nor cuts, and the cuts that they are to have: these
    go from process to process once, not with each."""
    together = cuts.cut(
        [
            [Row(ZONES.index(zone.name), zone.passages) for zone in document.zones]
            for document in documents
        ]
    )
    bare = [
        msgspec.structs.replace(document, zones=(), place=place)
        for place, document in enumerate(documents)
    ]
    return bare, together


def with_cuts(document: Document, together: Cuts) -> Document:
    """A document that was cut apart, whole again."""
    return msgspec.structs.replace(document, cuts=together)


def title_of(unit: Unit) -> str:
    """One line that names the unit: its headline, else its kicker or deck, else the
    beginning of its text."""
    return _shown_of(unit).title


def zones_of(unit: Unit) -> tuple[Zone, ...]:
    """The unit's text by zone, empty zones left out; what is printed twice on one unit
    is in one zone only."""
    return _shown_of(unit).zones


def persons_of(unit: Unit) -> tuple[str, ...]:
    """The people a unit names, each once, in print order; bylines apart."""
    named = (
        unit.persons
        if isinstance(unit, Article)
        else tuple(entry.name for entry in unit.entries)
    )
    return tuple(dict.fromkeys(named))


def signers_of(unit: Unit) -> tuple[str, ...]:
    """Who signs a unit, each once: in its byline, or as who took its pictures, where
    that is a name (not 受访者)."""
    if isinstance(unit, Roster):
        return ()
    if not unit.credits and not unit.captions:
        return tuple(dict.fromkeys(unit.reporters))
    credited = (credit.name for credit in unit.credits)
    pictured = (c.photographer for c in unit.captions if c.photographer)
    signed = (*credited, *filter(names.is_name, pictured))
    return tuple(dict.fromkeys((*unit.reporters, *signed)))


def encode(unit: Unit) -> dict[str, Any]:  # Any: a JSON object
    """The unit as a JSON object, in the shape of CONTRACT's `/articles/{id}` and
    `/rosters/{id}`.

    `spans` says where on the page each part is printed: the fields by their names,
    and besides them `byline`, `lines` (a roster's block) and `continued` (下转第2版).

    >>> encode(Article("p.2024-12-25.01.1", "article", "通车", "今日通车。"))["kind"]
    'article'
    """
    return {**msgspec.to_builtins(unit), **_reshaped(unit)}


def decode(stored: bytes) -> Unit:
    """The unit that a Document stores as this JSON; raises `msgspec.ValidationError`
    for anything else."""
    record = msgspec.json.decode(stored, type=dict[str, Any])
    notices = [
        {"code": item["code"], "message": {"zh": item["text"], "en": item["text_en"]}}
        for item in record["warnings"]
    ]
    spans = [
        {"field": name, "spans": [{"start": start, "end": end} for start, end in pairs]}
        for name, pairs in record["spans"].items()
    ]
    record = {**record, "warnings": notices, "spans": spans}
    if record["kind"] != "roster":
        rows, id, body = record["quotes"], record["id"], record["body"]
        record["quotes"] = packing.unpacked(rows, id, body)
        return msgspec.convert(record, Article)
    audits = [
        {**audit, "message": {"zh": audit["text"], "en": audit["text_en"]}}
        for audit in record["audits"]
    ]
    return msgspec.convert({**record, "audits": audits}, Roster)


def shown(stored: bytes) -> Shown:
    """What a hit shows of the unit that `encode` made this JSON from; raises
    `msgspec.ValidationError` for anything else."""
    return _READER.decode(stored)


def _kept(unit: Unit) -> Unit:
    """What is JSON as `encode` has it, but for quotes, whose words are in the body.

    It is no more than that: fields hold what they are written as, whatever their type
    is. Written so, a unit takes half of the time that it takes by way of a dict.
    """
    changed = _reshaped(unit)
    if isinstance(unit, Article) and unit.quotes:
        changed["quotes"] = packing.packed(unit.quotes, unit.id, unit.body)
    return msgspec.structs.replace(unit, **changed)


def _reshaped(unit: Unit) -> dict[str, Any]:
    """The fields that JSON has in another shape."""
    fields: dict[str, Any] = {
        "warnings": [
            {"code": each.code, "text": each.message.zh, "text_en": each.message.en}
            for each in unit.warnings
        ],
        "spans": {
            item.field: [[span.start, span.end] for span in item.spans]
            for item in unit.spans
        },
    }
    if isinstance(unit, Roster):
        fields["audits"] = [_encode_audit(audit) for audit in unit.audits]
    return fields


def _said(units: Sequence[Unit]) -> Iterator[tuple[Said, ...]]:
    """The quotes of units as they are searched: direct speech, and indirect speech of a
    known speaker."""
    articles = [u for u in units if isinstance(u, Article) and u.quotes]
    base, edges = 0, []
    for article in articles:
        edges.append(base)
        for quote in article.quotes:
            edges += (base + quote.start, base + quote.end)
        base += len(article.body)
    together = "".join([article.body for article in articles])
    places = iter(terms.searchable_before(together, edges) if edges else ())
    for unit in units:
        if isinstance(unit, Roster) or not unit.quotes:
            yield ()
            continue
        base, said = next(places), []
        for number, quote in enumerate(unit.quotes):
            start, end = next(places) - base, next(places) - base
            direct = quote.kind == "direct"
            if direct or quote.speaker:
                said.append(Said(number, start, end, direct, *_speakers_of(quote)))
        yield tuple(said)


def _speakers_of(quote: Quote) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who speaks and in which roles, on one line each, every one once."""
    if len(quote.speakers) < 2:
        return _one_speaker(quote.speaker, quote.role)
    names = [speaker.name or speaker.surface for speaker in quote.speakers]
    roles = [speaker.role for speaker in quote.speakers if speaker.role]
    return _lines(names), _lines(roles)


@lru_cache(maxsize=1 << 12)  # who speaks speaks again
def _one_speaker(
    name: str | None, role: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return _lines([name or UNKNOWN_SPEAKER]), _lines([role] if role else [])


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([" ".join(text.split()) for text in texts]))


def _encode_audit(audit: Audit) -> dict[str, Any]:
    return {
        "kind": audit.kind,
        "ok": audit.ok,
        "text": audit.message.zh,
        "text_en": audit.message.en,
        "names": list(audit.names),
    }


def _shown_of(unit: Unit) -> Shown:
    return msgspec.convert(unit, Shown, from_attributes=True)


class _Name(msgspec.Struct, frozen=True):
    name: str
    surface: str


class _Group(msgspec.Struct, frozen=True):
    entries: tuple[_Name, ...]
    role: str | None = None


_READER: Final = msgspec.json.Decoder(Shown)
