"""What a newspaper page holds: pages, articles, rosters, quotations, and their ids.

Plain frozen values without I/O; every other module speaks in them. A record keeps its
place on the page (spans are character offsets into the page's text, end excluded), so
that nothing is invented and everything can be checked. What a page does not say is
None. Records are msgspec Structs, which are made in a twentieth of the time of frozen
dataclasses: an index makes some millions.
"""

import datetime as dt
from enum import StrEnum
from typing import Literal, TypeAlias

from msgspec import Struct

from indexer.messages import Message


class Span(Struct, frozen=True):
    """A run of characters, `start` included and `end` excluded."""

    start: int
    end: int


class FieldSpans(Struct, frozen=True):
    """Where on the page a field of a unit is printed; a body cut by columns has several
    spans, in reading order."""

    field: str
    spans: tuple[Span, ...]


class Notice(Struct, frozen=True):
    """A doubt about how a unit was read: a stable code and a sentence for people."""

    code: str
    message: Message


class Page(Struct, frozen=True):
    """One newspaper page (版) as extracted: `label` as printed, such as 01 or A02;
    `source` names the file for messages."""

    paper: str
    date: dt.date
    label: str
    text: str
    source: str = ""

    @property
    def id(self) -> str:
        return f"{self.paper}.{self.date.isoformat()}.{self.label}"


class Credit(Struct, frozen=True):
    """A person named in a byline: role as printed (记者, 通讯员, 摄, 责编), org where
    one is printed (临江日报)."""

    name: str
    role: str | None = None
    org: str | None = None


class Caption(Struct, frozen=True):
    """A picture's caption; `text` without the photographer's credit."""

    text: str
    photographer: str | None = None


class Speaker(Struct, frozen=True):
    """Who said a quotation: `surface` as it is printed there, `name` the fullest name
    that the article prints for it, None where it prints none. Then `surface` is the
    fullest phrase for it (一位女工, where 她 or 这位女工 is printed there).

    `how` the text points at the speaker: by name, pronoun (他), noun (这位负责人),
    collective (江轶、游盟长等), or not at all, so that it is implied.
    """

    surface: str
    name: str | None = None
    role: str | None = None
    how: Literal["name", "pronoun", "noun", "collective", "implied"] = "name"


class Quote(Struct, frozen=True):
    """A quotation (引语) in an article; `start` and `end` are offsets into the
    article's body, outer quotation marks excluded.

    `speaker` is the first speaker's name, else the surface; where it is None, `unknown`
    says why. `said_on`, `place` and `occasion` are what the text says of them, and
    `evidence` is where in the body it does: spans for `speaker`, `role`, `cue`,
    `said_on`, `place`, `occasion`.
    """

    id: str
    kind: Literal["direct", "indirect"]
    text: str
    start: int
    end: int
    speaker: str | None = None
    role: str | None = None
    cue: str | None = None
    speakers: tuple[Speaker, ...] = ()
    said_on: dt.date | None = None
    place: str | None = None
    occasion: str | None = None
    unknown: str | None = None
    evidence: tuple[FieldSpans, ...] = ()


class Article(Struct, frozen=True):
    """An article (篇) or advertisement. `body` is its paragraphs joined by newlines.

    `source` is the printed origin (本报讯, 新华社北京9月25日电), `place` and `dated`
    what a dateline says. `reporters` are the names that signed as reporters, in print
    order; `credits` everyone that the byline names, with roles. `persons` are people
    that the text names, bylines apart.
    """

    id: str
    kind: Literal["article", "ad"]
    headline: str | None
    body: str
    paper: str | None = None
    date: dt.date | None = None
    page: str | None = None
    section: str | None = None
    kicker: str | None = None
    deck: str | None = None
    source: str | None = None
    place: str | None = None
    dated: str | None = None
    reporters: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    captions: tuple[Caption, ...] = ()
    adopted_by: str | None = None
    adopted_on: dt.date | None = None
    items: int | None = None
    quotes: tuple[Quote, ...] = ()
    persons: tuple[str, ...] = ()
    warnings: tuple[Notice, ...] = ()
    spans: tuple[FieldSpans, ...] = ()

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return tuple(self.body.split("\n")) if self.body else ()


class Order(StrEnum):
    """The order that a roster claims for its names."""

    STROKE = "stroke"
    PINYIN = "pinyin"
    VOTES = "votes"
    NONE = "none"


class RosterEntry(Struct, frozen=True):
    """One person of a roster: `surface` as printed (王 娴(女)), `name` without padding;
    `qualifier` any other note (河南, 解放军)."""

    name: str
    surface: str
    gender: str | None = None
    ethnicity: str | None = None
    qualifier: str | None = None
    span: Span | None = None


class RosterGroup(Struct, frozen=True):
    """Names under one role; `declared` is the count that the page states."""

    entries: tuple[RosterEntry, ...]
    role: str | None = None
    declared: int | None = None
    order: Order | None = None


class Audit(Struct, frozen=True):
    """A check of a roster against itself: counts met, claimed order kept; `names` are
    those in doubt (never changed)."""

    kind: Literal["count", "stroke", "pinyin"]
    ok: bool
    message: Message
    names: tuple[str, ...] = ()


class Roster(Struct, frozen=True):
    """A list of names (名单). `notes` are the printed lines around the names: counts,
    claims of order, who adopted it."""

    id: str
    headline: str | None
    groups: tuple[RosterGroup, ...]
    notes: tuple[str, ...] = ()
    kind: Literal["roster"] = "roster"
    paper: str | None = None
    date: dt.date | None = None
    page: str | None = None
    section: str | None = None
    kicker: str | None = None
    deck: str | None = None
    meeting: str | None = None
    adopted_by: str | None = None
    adopted_on: dt.date | None = None
    audits: tuple[Audit, ...] = ()
    warnings: tuple[Notice, ...] = ()
    spans: tuple[FieldSpans, ...] = ()

    @property
    def entries(self) -> tuple[RosterEntry, ...]:
        return tuple(entry for group in self.groups for entry in group.entries)


Unit: TypeAlias = Article | Roster


class SplitPage(Struct, frozen=True):
    """A page read into its units in print order. `unclaimed` are the characters, white
    space apart, that no unit, banner or credit took."""

    page: Page
    units: tuple[Unit, ...]
    sections: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    unclaimed: tuple[Span, ...] = ()


def unit_id(page: Page, number: int) -> str:
    """The id of a page's unit; `number` counts from 1 in print order.

    >>> unit_id(Page("linjiang-ribao", dt.date(2024, 12, 25), "01", ""), 3)
    'linjiang-ribao.2024-12-25.01.3'
    """
    return f"{page.id}.{number}"
