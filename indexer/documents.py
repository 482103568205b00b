"""Units as the index stores and searches them: zones of text, people, and the unit
itself as JSON.

A Document is flat and knows no engine. A zone is one part of a unit (headline, body, …)
in passages: a phrase may match inside a passage, never across two, which is how names
end where names end. `encode` and `decode` are the JSON form of a unit, the same in the
index, in `/api/v1` and in `baosou read`.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from indexer.archive import Article, Audit, Roster, Unit

SCHEMA_VERSION: Final = 1
ZONES: Final = ("headline", "kicker", "deck", "body", "captions", "names", "bylines")


@dataclass(frozen=True, slots=True)
class Zone:
    """A named part of a unit; `passages` are texts as printed."""

    name: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What the index stores for a unit. `stored` is the unit's JSON; `digest` changes
    whenever anything of it does."""

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


def of(unit: Unit) -> Document:
    """The document of a unit."""
    stored = msgspec.json.encode(encode(unit))
    return Document(
        id=unit.id,
        kind=unit.kind,
        title=title_of(unit),
        zones=zones_of(unit),
        stored=stored,
        digest=hashlib.blake2b(stored, digest_size=12).hexdigest(),
        paper=unit.paper,
        date=unit.date,
        page=unit.page,
        section=unit.section,
        persons=persons_of(unit),
        reporters=unit.reporters if isinstance(unit, Article) else (),
    )


def title_of(unit: Unit) -> str:
    """One line that names the unit: its headline, else its kicker or deck, else the
    beginning of its text."""
    return unit.headline or unit.kicker or unit.deck or _opening(unit) or unit.id


def zones_of(unit: Unit) -> tuple[Zone, ...]:
    """The unit's text by zone, empty zones left out; what is printed twice on one unit
    is in one zone only."""
    head = {
        "headline": (unit.headline,),
        "kicker": (unit.kicker,),
        "deck": (unit.deck,),
    }
    zones = {
        **head,
        **(_article_zones(unit) if isinstance(unit, Article) else _roster_zones(unit)),
    }
    kept = {
        name: tuple(text for text in passages if text)
        for name, passages in zones.items()
    }
    return tuple(Zone(name, kept[name]) for name in ZONES if kept.get(name))


def persons_of(unit: Unit) -> tuple[str, ...]:
    """The people a unit names, each once, in print order; bylines apart."""
    names = (
        unit.persons
        if isinstance(unit, Article)
        else tuple(entry.name for entry in unit.entries)
    )
    return tuple(dict.fromkeys(names))


def encode(unit: Unit) -> dict[str, Any]:  # Any: a JSON object
    """The unit as a JSON object, in the shape of CONTRACT's `/articles/{id}` and
    `/rosters/{id}`.

    `spans` says where on the page each part is printed: the fields by their names,
    and besides them `byline`, `lines` (a roster's block) and `continued` (下转第2版).

    >>> encode(Article("p.2024-12-25.01.1", "article", "通车", "今日通车。"))["kind"]
    'article'
    """
    record: dict[str, Any] = msgspec.to_builtins(unit)
    record["warnings"] = [
        {"code": notice.code, "text": notice.message.zh, "text_en": notice.message.en}
        for notice in unit.warnings
    ]
    record["spans"] = {
        item.field: [[span.start, span.end] for span in item.spans]
        for item in unit.spans
    }
    if isinstance(unit, Roster):
        record["audits"] = [_encode_audit(audit) for audit in unit.audits]
    return record


def decode(stored: bytes) -> Unit:
    """The unit that `encode` made this JSON from; raises `msgspec.ValidationError` for
    anything else."""
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
        return msgspec.convert(record, Article)
    audits = [
        {**audit, "message": {"zh": audit["text"], "en": audit["text_en"]}}
        for audit in record["audits"]
    ]
    return msgspec.convert({**record, "audits": audits}, Roster)


def _encode_audit(audit: Audit) -> dict[str, Any]:
    return {
        "kind": audit.kind,
        "ok": audit.ok,
        "text": audit.message.zh,
        "text_en": audit.message.en,
        "names": list(audit.names),
    }


def _opening(unit: Unit) -> str:
    text = (
        unit.body
        if isinstance(unit, Article)
        else "、".join(entry.name for entry in unit.entries)
    )
    return text.split("\n", 1)[0][:30]


def _article_zones(article: Article) -> dict[str, tuple[str | None, ...]]:
    captions = tuple(
        text
        for caption in article.captions
        for text in (caption.text, caption.photographer)
    )
    signed = (*article.reporters, *(credit.name for credit in article.credits))
    return {
        "body": (article.body,),
        "captions": captions,
        "bylines": tuple(dict.fromkeys(signed)),
    }


def _roster_zones(roster: Roster) -> dict[str, tuple[str | None, ...]]:
    roles = tuple(group.role for group in roster.groups)
    return {
        "body": (*roster.notes, *roles),
        "names": tuple(entry.surface for entry in roster.entries),
    }
