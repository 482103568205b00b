"""What the archive prints of a person: roles, rosters, quotations, mentions, bylines.

Pure but for `read_person`, which asks an engine for the units that name one. Keeps
people of one name apart by what print says beside it (a role and its unit, a note such
as 河南, 女, a people) and never guesses: a mention without a role is nobody's where
several people share the name. Who signs an article is not mentioned by it.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from indexer import query
from indexer.archive import Article, Quote, Roster, RosterEntry, Unit
from indexer.documents import title_of
from indexer.entries import name_key
from indexer.namesakes import Evidence, Namesake, told_apart
from indexer.roles import offices_of, roles_beside, unit_key
from indexer.rosters import is_role
from indexer.search import Engine, SearchRequest, Sort
from indexer.terms import simplified

MAX_UNITS: Final = 200  # the newest that are read of those that name someone
_SENTENCE: Final = 120  # characters shown of a sentence

RolePlace: TypeAlias = Literal["before", "behind", "caption", "quote", "roster"]


@dataclass(frozen=True, slots=True)
class Source:
    """The unit that prints something, and where that was printed."""

    id: str
    kind: str
    title: str
    paper: str | None
    date: dt.date | None
    page: str | None


@dataclass(frozen=True, slots=True)
class PersonRole:
    """A role as it is printed, and how: before or behind the name, in a caption, with a
    quotation, or as the role of a roster's group."""

    text: str
    how: RolePlace
    source: Source
    person: int | None = None


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """The person's line in a roster, and the role of its group."""

    entry: RosterEntry
    role: str | None
    source: Source
    person: int | None = None


@dataclass(frozen=True, slots=True)
class PersonQuote:
    """Something that the person said, and in which paragraph, counted from 1."""

    quote: Quote
    paragraph: int
    source: Source
    person: int | None = None


@dataclass(frozen=True, slots=True)
class PersonMention:
    """An article that names the person, how often, the first sentence that does and
    its paragraph, None outside of the body."""

    count: int
    text: str
    paragraph: int | None
    source: Source
    person: int | None = None


@dataclass(frozen=True, slots=True)
class PersonByline:
    """An article or picture that the name signs, and the role printed with it."""

    role: str | None
    source: Source


@dataclass(frozen=True, slots=True)
class Person:
    """Everything under one name, as most print it, newest first. `people` are those who
    bear it as far as print tells them apart, numbered from 1; the `person` of a record
    is the number of whom it speaks of, None where that can't be told.

    `total` units name them, `signed` are signed so and `said` quotations are theirs;
    `read` of the units were read, the newest. `certain` is whether print contradicts
    that two of `people` are one.
    """

    name: str
    people: tuple[Namesake, ...] = ()
    certain: bool = True
    roles: tuple[PersonRole, ...] = ()
    rosters: tuple[PersonEntry, ...] = ()
    quotes: tuple[PersonQuote, ...] = ()
    mentions: tuple[PersonMention, ...] = ()
    bylines: tuple[PersonByline, ...] = ()
    total: int = 0
    signed: int = 0
    said: int = 0
    read: int = 0


def read_person(engine: Engine, name: str) -> Person:
    """What an index holds of a name, its newest MAX_UNITS units read; raises what
    `engine.search` does."""
    asked = SearchRequest(limit=MAX_UNITS, sort=Sort.NEWEST, exact=True)
    named = engine.search(replace(asked, person=name))
    signed = engine.search(replace(asked, reporter=name))
    # Photographers and editors are in no filter, but whatever is printed is found.
    printed = engine.search(replace(asked, query=query.render(query.Phrase(name))))
    spoken = engine.search(replace(asked, speaker=name, kind="quote"))
    ids = [hit.id for hit in (*named.hits, *signed.hits, *printed.hits)]
    ids += [hit.spoken.article for hit in spoken.hits if hit.spoken]
    units = map(engine.get, dict.fromkeys(ids))
    found = person_of(name, [unit for unit in units if unit is not None])
    return replace(
        found,
        total=max(named.total, found.total),
        signed=max(signed.total, found.signed),
        said=max(spoken.total, found.said),
    )


def person_of(name: str, units: Iterable[Unit]) -> Person:
    """What these units print of a name.

    >>> text = "市长王岚到场。王岚剪彩。"
    >>> told = Article("p.1", "article", "通车", text, persons=("王岚",))
    >>> person = person_of("王岚", [told])
    >>> [(role.text, role.person) for role in person.roles]
    [('市长', 1)]
    >>> [(mention.count, mention.text) for mention in person.mentions]
    [(2, '市长王岚到场。')]
    """
    ordered = sorted(units, key=lambda unit: unit.date or dt.date.min, reverse=True)
    found = [each for unit in ordered for each in _read(name_key(name), unit)]
    people, numbers, certain = told_apart([each.evidence for each in found])
    told = [each.of(number) for each, number in zip(found, numbers, strict=True)]
    bylines = tuple(
        byline for unit in ordered for byline in _bylines(name_key(name), unit)
    )
    naming = {each.source for each in found}
    signed = {byline.source for byline in bylines}
    names = Counter(each.name for each in found) or Counter(["".join(name.split())])
    return Person(
        names.most_common(1)[0][0],
        people,
        certain,
        roles=tuple(role for each in told for role in each.roles),
        rosters=tuple(entry for each in told for entry in each.entries),
        quotes=tuple(quote for each in told for quote in each.quotes),
        mentions=tuple(mention for each in told for mention in each.mentions),
        bylines=bylines,
        total=len(naming),
        signed=len(signed),
        said=sum(len(each.quotes) for each in found),
        read=len(naming | signed),
    )


def source_of(unit: Unit) -> Source:
    """Where a unit is printed."""
    return Source(unit.id, unit.kind, title_of(unit), unit.paper, unit.date, unit.page)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one unit prints of one person, and what tells that person from others."""

    name: str
    evidence: Evidence
    source: Source
    roles: tuple[PersonRole, ...] = ()
    entries: tuple[PersonEntry, ...] = ()
    quotes: tuple[PersonQuote, ...] = ()
    mentions: tuple[PersonMention, ...] = ()

    def of(self, person: int | None) -> "_Found":
        """The same, said of that person."""
        return replace(
            self,
            roles=tuple(replace(each, person=person) for each in self.roles),
            entries=tuple(replace(each, person=person) for each in self.entries),
            quotes=tuple(replace(each, person=person) for each in self.quotes),
            mentions=tuple(replace(each, person=person) for each in self.mentions),
        )


def _read(key: str, unit: Unit) -> Iterator[_Found]:
    if isinstance(unit, Roster):
        yield from _in_roster(key, unit)
    elif found := _in_article(key, unit):
        yield found


def _in_roster(key: str, roster: Roster) -> Iterator[_Found]:
    source = source_of(roster)
    body = unit_key(roster.meeting or roster.adopted_by or "")
    for number, group in enumerate(roster.groups):
        held = group.role if group.role and is_role(group.role) else None
        for entry in group.entries:
            if name_key(entry.name) != key:
                continue
            evidence = Evidence(
                units=(body,) if body else (),
                roles=(held,) if held else (),
                date=roster.date,
                qualifier=entry.qualifier,
                gender=entry.gender,
                ethnicity=entry.ethnicity,
                list=f"{roster.id}/{number}",
            )
            role = PersonRole(held, "roster", source) if held else None
            line = PersonEntry(entry, group.role, source)
            yield _Found(entry.name, evidence, source, (role,) if role else (), (line,))


def _in_article(key: str, article: Article) -> _Found | None:
    source = source_of(article)
    said = tuple(
        PersonQuote(quote, _paragraph(article, quote.start), source)
        for quote in article.quotes
        if key in map(name_key, _speakers(quote))
    )
    printed = next((name for name in article.persons if name_key(name) == key), None)
    if printed is None and not said:
        return None
    speakers = (name for each in said for name in _speakers(each.quote))
    name = printed or next(name for name in speakers if name_key(name) == key)
    places = tuple(_places(article, name))
    roles = _roles(places, name, article, said)
    evidence = Evidence(
        offices=tuple(office for role in roles for office in offices_of(role.text)),
        roles=tuple(dict.fromkeys(role.text for role in roles)),
        date=article.date,
    )
    named = (_mention(article, places),) if printed or places else ()
    return _Found(name, evidence, source, roles, (), said, named)


def _mention(article: Article, places: Sequence["_Place"]) -> PersonMention:
    if not places:
        return PersonMention(0, "", None, source_of(article))
    first = places[0]
    in_body = first.text == article.body
    return PersonMention(
        len(places),
        _sentence(first),
        _paragraph(article, first.start) if in_body else None,
        source_of(article),
    )


def _paragraph(article: Article, place: int) -> int:
    return article.body.count("\n", 0, place) + 1


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text of an article prints the name."""

    text: str
    start: int
    is_caption: bool


def _places(article: Article, name: str) -> Iterator[_Place]:
    """Where a name stands that is no part of a longer one, in the body first."""
    longer = [other for other in article.persons if name in other and other != name]
    for text, is_caption in _texts(article):
        inside = {
            start + other.index(name)
            for other in longer
            for start in _finds(text, other)
        }
        for start in _finds(text, name):
            if start not in inside:
                yield _Place(text, start, is_caption)


def _texts(article: Article) -> Iterator[tuple[str, bool]]:
    """What an article prints, and whether it is a caption."""
    yield article.body, False
    for text in (article.kicker, article.headline, article.deck):
        if text:
            yield text, False
    for caption in article.captions:
        yield caption.text, True


def _finds(text: str, part: str) -> Iterator[int]:
    return (match.start() for match in re.finditer(re.escape(part), text))


def _roles(
    places: Iterable[_Place], name: str, article: Article, said: Iterable[PersonQuote]
) -> tuple[PersonRole, ...]:
    """The roles that an article gives the person, each once; one that holds another
    name is somebody else's."""
    source = source_of(article)
    others = [other for other in article.persons if other != name]
    found: dict[str, PersonRole] = {}
    for place in places:
        end = place.start + len(name)
        for role in roles_beside(simplified(place.text), place.start, end):
            text = "".join(place.text[role.span.start : role.span.end].split())
            how: RolePlace = "caption" if place.is_caption else role.how
            if not any(other in text for other in others):
                found.setdefault(text, PersonRole(text, how, source))
    for spoken in said:
        if role_said := spoken.quote.role:
            found.setdefault(role_said, PersonRole(role_said, "quote", source))
    return tuple(found.values())


def _speakers(quote: Quote) -> tuple[str, ...]:
    named = tuple(speaker.name for speaker in quote.speakers if speaker.name)
    return named or ((quote.speaker,) if quote.speaker else ())


def _sentence(printed: _Place) -> str:
    """The sentence that stands there, cut where it is long."""
    text, place = printed.text, printed.start
    start = max(text.rfind(mark, 0, place) + 1 for mark in "。！？!?\n")
    ends = [text.find(mark, place) for mark in "。！？!?\n"]
    end = min((at + 1 for at in ends if at >= 0), default=len(text))
    first = max(start, min(place - _SENTENCE // 2, end - _SENTENCE))
    last = min(end, first + _SENTENCE)
    cut = ("…" if first > start else "", "…" if last < end else "")
    return cut[0] + text[first:last].strip() + cut[1]


def _bylines(key: str, unit: Unit) -> Iterator[PersonByline]:
    if not isinstance(unit, Article):
        return
    signed = {name: "" for name in unit.reporters}
    signed |= {credit.name: credit.role or "" for credit in unit.credits}
    for caption in unit.captions:
        if caption.photographer:
            signed.setdefault(caption.photographer, "摄")
    for name, role in signed.items():
        if name_key(name) == key:
            yield PersonByline(role or None, source_of(unit))
