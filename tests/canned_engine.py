"""An engine over a few units held in memory: it keeps the protocol without an index, so
web tests need neither jieba nor a disk. It matches substrings and filters exactly."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import starmap

from indexer import (
    FACETS,
    Alternative,
    Article,
    Facet,
    FacetValue,
    Hit,
    Holding,
    Holdings,
    IndexStatus,
    Message,
    People,
    Piece,
    Roster,
    SearchRequest,
    SearchResponse,
    Snippet,
    Sort,
    Suggestion,
    Timeline,
    Unit,
    UpdateReport,
    title_of,
)
from indexer.documents import Document


@dataclass
class CannedEngine:
    """Answers from `units`; `notes` come with every answer."""

    units: tuple[Unit, ...] = ()
    notes: tuple[Message, ...] = ()
    reading: Message | None = None
    suggestion: str | None = None
    rewrites: tuple[Message, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    degraded: Message | None = None
    closed: bool = False
    asked: list[SearchRequest] = field(default_factory=list)

    def search(
        self, request: SearchRequest, *, seconds: float | None = None
    ) -> SearchResponse:
        self.asked.append(request)
        units = [unit for unit in self.units if _passes(unit, request)]
        if request.sort is not Sort.RELEVANCE:
            units.sort(
                key=lambda unit: unit.date or dt.date.min,
                reverse=request.sort is Sort.NEWEST,
            )
        shown = units[request.offset : request.offset + request.limit]
        return SearchResponse(
            request=request,
            total=len(units),
            hits=tuple(_hit(unit, request.query) for unit in shown),
            facets=tuple(Facet(name, _counted(units, name)) for name in FACETS),
            generation="g1",
            took_ms=1.25,
            notes=self.notes,
            reading=self.reading,
            suggestion=self.suggestion,
            rewrites=() if request.exact else self.rewrites,
            alternatives=self.alternatives,
            timeline=_timeline(units) if request.timeline else None,
        )

    def batches(self, request: SearchRequest) -> Iterator[SearchResponse]:
        end = request.offset + request.limit
        for offset in range(request.offset, end, 2):
            limit = min(2, end - offset)
            response = self.search(replace(request, offset=offset, limit=limit))
            if not response.hits and offset > request.offset:
                return
            yield response

    def suggest(self, text: str, limit: int = 10) -> tuple[Suggestion, ...]:
        text = text.strip() or "\n"
        people = _counted(self.units, "person")
        titles = Counter(title_of(unit) for unit in self.units)
        offered = [
            *(Suggestion(each.value, "person", each.count) for each in people),
            *(Suggestion(text, "headline", count) for text, count in titles.items()),
        ]
        return tuple(each for each in offered if each.text.startswith(text))[:limit]

    def alike(self, text: str, *, limit: int = 10) -> Iterator[Article]:
        articles = [unit for unit in self.units if isinstance(unit, Article)]
        articles.sort(key=lambda unit: -len(set(text) & set(unit.body)))
        return iter(articles[:limit])

    def people(self, text: str = "", *, limit: int = 50, offset: int = 0) -> People:
        held = [each for each in _counted(self.units, "person")]
        begun = [each for each in held if each.value.startswith(text)]
        return People(len(begun), tuple(begun[offset : offset + limit]))

    def holdings(self, *, limit: int, offset: int = 0) -> Holdings:
        held = [u for u in self.units if u.kind in ("article", "roster")]
        shown = held[offset : offset + limit]
        listed = tuple(Holding(unit.id, unit.kind) for unit in shown)
        return Holdings(len(held), listed, self.status().built_at)

    def get(self, id: str) -> Unit | None:
        return next((unit for unit in self.units if unit.id == id), None)

    def update(self, documents: Iterable[Document]) -> UpdateReport:
        raise NotImplementedError

    def replace(self, documents: Iterable[Document]) -> UpdateReport:
        raise NotImplementedError

    def generation(self) -> str | None:
        return None if self.degraded else "g1"

    def status(self) -> IndexStatus:
        dates = [unit.date for unit in self.units if unit.date]
        return IndexStatus(
            generation="g1",
            built_at=dt.datetime(2024, 12, 26, 8, tzinfo=dt.UTC),
            documents=len(self.units),
            kinds=_counted(self.units, "kind"),
            papers=_counted(self.units, "paper"),
            oldest=min(dates, default=None),
            newest=max(dates, default=None),
            issues=len({*dates}),
            bytes=4096,
            degraded=self.degraded,
        )

    def close(self) -> None:
        self.closed = True


def marked(text: str, query: str) -> Snippet:
    """The text in pieces, each occurrence of the query marked."""
    if not query or query not in text:
        return (Piece(text),)
    pieces: list[Piece] = []
    for i, part in enumerate(text.split(query)):
        pieces += [Piece(query, True)] if i else []
        pieces += [Piece(part)] if part else []
    return tuple(pieces)


def _passes(unit: Unit, request: SearchRequest) -> bool:
    kinds = (request.kind,) if request.kind else ("article", "roster")
    exact = ("paper", "page", "section")
    return (
        unit.kind in kinds
        and request.query.strip(" “”") in _text(unit)
        and all(getattr(request, name) in (None, getattr(unit, name)) for name in exact)
        and (request.person is None or request.person in _persons(unit))
        and (request.reporter is None or request.reporter in _reporters(unit))
        and (request.since is None or (unit.date or dt.date.min) >= request.since)
        and (request.until is None or (unit.date or dt.date.max) <= request.until)
    )


def _hit(unit: Unit, query: str) -> Hit:
    return Hit(
        id=unit.id,
        kind=unit.kind,
        title=title_of(unit),
        marked_title=marked(title_of(unit), query),
        snippet=marked(_text(unit)[:120], query),
        score=1.0,
        paper=unit.paper,
        date=unit.date,
        page=unit.page,
        section=unit.section,
        reporters=_reporters(unit),
        why=(Message("标题", "headline"),),
    )


def _text(unit: Unit) -> str:
    if isinstance(unit, Roster):
        printed = [entry.surface for entry in unit.entries]
        printed += [group.role or "" for group in unit.groups]
    else:
        signed = [credit.name for credit in unit.credits]
        taken = [caption.photographer or "" for caption in unit.captions]
        printed = [unit.body, *signed, *taken]
    return "\n".join([title_of(unit), *printed])


def _persons(unit: Unit) -> tuple[str, ...]:
    if isinstance(unit, Roster):
        return tuple(entry.name for entry in unit.entries)
    return unit.persons


def _reporters(unit: Unit) -> tuple[str, ...]:
    return unit.reporters if isinstance(unit, Article) else ()


def _timeline(units: Iterable[Unit]) -> Timeline:
    """By day within a month, else by month."""
    dates = sorted(unit.date for unit in units if unit.date)
    days = len({(date.year, date.month) for date in dates}) < 2
    found = Counter(f"{date}" if days else f"{date:%Y-%m}" for date in dates)
    return Timeline(
        "day" if days else "month", tuple(starmap(FacetValue, found.items()))
    )


def _values(unit: Unit, name: str) -> Iterator[str]:
    if name == "person":
        yield from _persons(unit)
        return
    value = f"{unit.date:%Y}" if name == "year" and unit.date else None
    value = value or getattr(unit, name, None)
    if value:
        yield str(value)


def _counted(units: Iterable[Unit], name: str) -> tuple[FacetValue, ...]:
    found = Counter(value for unit in units for value in _values(unit, name))
    return tuple(FacetValue(value, count) for value, count in found.most_common())
