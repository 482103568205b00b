"""A person's page, and the list of everyone in the index.

Hides how what the archive prints of a name becomes a time line for each of the people
who bear it, and what is said where print does not tell them apart.
"""

import datetime as dt
import string
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indexer import (
    Article,
    Namesake,
    People,
    Person,
    PersonQuote,
    PersonRole,
    SearchRequest,
    Source,
    newsroom,
    read_person,
)
from search_web.citing import citation_of
from search_web.listing import Box, Link, Screen, issue_link, place_link
from search_web.params import read_screen, typed
from search_web.site import Visit, missing, visit_of

SCREEN: Final = 60
EventKind = Literal["quote", "indirect", "roster", "mention", "byline"]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing on a time line: what was printed of the person, and where; of a
    quotation `copied` is what to paste, its source with it."""

    kind: EventKind
    label: str
    text: str
    note: str
    unit: Link
    issue: Link | None
    place: Link | None
    copied: str = ""


@dataclass(frozen=True, slots=True)
class ShownRole:
    """A role with where it is printed: how often, and the last and first time."""

    text: str
    how: str
    count: int
    last: Link
    first: Link | None


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """One of those who bear the name; `events` newest first."""

    id: str
    title: str
    detail: tuple[str, ...]
    roles: tuple[ShownRole, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What person.html shows; `loose` are events of whom it can't be told."""

    box: Box
    person: Person
    summary: tuple[str, ...]
    note: str
    people: tuple[ShownPerson, ...]
    loose: tuple[Event, ...]
    bylines: tuple[Event, ...]
    searches: tuple[Link, ...]
    json: str


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """What people.html shows: a screen of the list."""

    box: Box
    query: str
    people: People
    named: tuple[Link, ...]
    letters: tuple[Link, ...]
    previous: str
    next: str
    json: str


def person(request: Request) -> Response:
    """Everything that the index holds of a name; another writing of it leads there."""
    visit = visit_of(request)
    found = known_person(visit)
    if found.name != request.path_params["name"]:
        return RedirectResponse(visit.links.person(found.name), 301)
    return visit.page("person.html", _person(visit, found))


def people(request: Request) -> Response:
    """Everyone in the index, or those whose name begins with `?q=`, in characters,
    pinyin or initials."""
    visit = visit_of(request)
    query = typed(request.query_params.get("q", "")).strip()
    limit, offset, _ = read_screen(request.query_params, usual=SCREEN)
    found = visit.engine.people(query, limit=limit, offset=offset)
    return visit.page("people.html", _people(visit, query, found, limit, offset))


def known_person(visit: Visit) -> Person:
    """The person that the address names; refuses a name that the index has not."""
    name = typed(visit.request.path_params["name"]).strip()
    found = read_person(visit.engine, name) if name else None
    if found is None or not found.read:
        raise missing(
            "索引中没有这个人名。可在检索框里查找相近的写法。",
            "The index has nobody of that name. Try the search box.",
        )
    return found


def _person(visit: Visit, person: Person) -> PersonPage:
    name, events = person.name, _events(visit, person)
    return PersonPage(
        box=Box(name),
        person=person,
        summary=_summary(visit, person),
        note=_note(visit, person),
        people=tuple(
            _shown(
                visit,
                each,
                [role for role in person.roles if role.person == each.number],
                tuple(event for number, event in events if number == each.number),
            )
            for each in person.people
        ),
        loose=tuple(event for number, event in events if number is None),
        bylines=tuple(
            _event(visit, "byline", byline.role or "", "", byline.source)
            for byline in person.bylines
        ),
        searches=_searches(visit, person),
        json=visit.links.to("api_person", name=name),
    )


def _searches(visit: Visit, person: Person) -> tuple[Link, ...]:
    name = person.name
    asked = (
        ("person.mentioning", SearchRequest(person=name), person.total),
        ("person.saying", SearchRequest(kind="quote", speaker=name), person.said),
        ("person.signing", SearchRequest(reporter=name), person.signed),
        ("person.printing", SearchRequest(f"“{name}”"), None),
    )
    return tuple(
        Link(visit.say(key), visit.links.search(request), total)
        for key, request, total in asked
    )


def _summary(visit: Visit, person: Person) -> tuple[str, ...]:
    say = visit.say
    held = person.total + person.signed
    return tuple(
        sentence
        for given, sentence in (
            (person.total, say("person.named", count=person.total)),
            (person.said, say("person.said", count=person.said)),
            (person.signed, say("person.signed", count=person.signed)),
            (person.read < held, say("person.cut", count=person.read)),
        )
        if given
    )


def _note(visit: Visit, person: Person) -> str:
    """What is to be said of how the people of the name are told apart."""
    if len(person.people) < 2:
        return ""
    key = "person.certain" if person.certain else "person.uncertain"
    return visit.say(key, count=len(person.people))


def _shown(
    visit: Visit, each: Namesake, roles: list[PersonRole], events: tuple[Event, ...]
) -> ShownPerson:
    say = visit.say
    days = [day.isoformat() for day in (each.since, each.until) if day]
    detail = (
        each.gender,
        each.ethnicity,
        each.qualifier,
        say("person.units", count=each.units),
        "—".join(dict.fromkeys(days)),
    )
    return ShownPerson(
        id=f"person-{each.number}",
        title=_title(visit, each),
        detail=tuple(filter(None, detail)),
        roles=_roles(visit, roles),
        events=events,
    )


def _title(visit: Visit, each: Namesake) -> str:
    """What someone is known as besides the name."""
    if each.roles:
        return each.roles[0]
    return each.qualifier or visit.say("person.unknown")


def _roles(visit: Visit, roles: list[PersonRole]) -> tuple[ShownRole, ...]:
    """Each role once, with where it was printed last and first."""
    by_text: dict[str, list[PersonRole]] = {}
    for role in roles:
        by_text.setdefault(role.text, []).append(role)
    return tuple(
        ShownRole(
            text,
            visit.say.listed(
                tuple(dict.fromkeys(visit.say(f"how.{role.how}") for role in held))
            ),
            len(held),
            _dated(visit, held[0].source),
            _dated(visit, held[-1].source) if len(held) > 1 else None,
        )
        for text, held in by_text.items()
    )


def _events(visit: Visit, person: Person) -> list[tuple[int | None, Event]]:
    """What is printed of whom, newest first; what was said on a day stands before what
    else was printed of it."""
    found: list[tuple[int | None, Source, Event]] = []
    for said in person.quotes:
        kind: EventKind = "quote" if said.quote.kind == "direct" else "indirect"
        event = _event(
            visit, kind, said.quote.text, _said(said), said.source, said.paragraph
        )
        event = replace(event, copied=_copied(visit, said))
        found.append((said.person, said.source, event))
    for line in person.rosters:
        event = _event(
            visit, "roster", line.entry.surface, line.role or "", line.source
        )
        found.append((line.person, line.source, event))
    for mention in person.mentions:
        times = visit.say("person.times", count=mention.count)
        event = _event(
            visit, "mention", mention.text, times, mention.source, mention.paragraph
        )
        found.append((mention.person, mention.source, event))
    found.sort(key=lambda each: each[1].date or dt.date.min, reverse=True)
    return [(number, event) for number, _, event in found]


def _copied(visit: Visit, said: PersonQuote) -> str:
    """A quotation with its source, cited as far as the source tells."""
    source = said.source
    unit = Article(
        source.id,
        "article",
        source.title,
        "",
        paper=source.paper,
        date=source.date,
        page=source.page,
    )
    return newsroom(citation_of(visit, unit, said.quote))


def _said(said: PersonQuote) -> str:
    """When, where and on what occasion, as far as the text says; the role stands
    above."""
    quote = said.quote
    day = quote.said_on.isoformat() if quote.said_on else None
    return " ".join(filter(None, (day, quote.place, quote.occasion)))


def _event(
    visit: Visit,
    kind: EventKind,
    text: str,
    note: str,
    source: Source,
    paragraph: int | None = None,
) -> Event:
    query = "" if kind == "byline" else visit.request.path_params["name"]
    anchor = f"#p{paragraph}" if paragraph else ""
    return Event(
        kind,
        visit.say(f"event.{kind}"),
        text,
        note,
        Link(source.title, visit.links.unit(source.kind, source.id, query) + anchor),
        issue_link(visit, source.paper, source.date),
        place_link(visit, source.paper, source.date, source.page),
    )


def _dated(visit: Visit, source: Source) -> Link:
    label = source.date.isoformat() if source.date else source.title
    return Link(label, visit.links.unit(source.kind, source.id))


def _people(
    visit: Visit, query: str, found: People, limit: int, offset: int
) -> PeoplePage:
    asked = {"q": query} if query else {}
    screen = Screen(limit, offset, found.total, usual=SCREEN)
    before, after = screen.around(visit, "people", asked)
    return PeoplePage(
        box=Box(),
        query=query,
        people=found,
        named=tuple(
            Link(each.value, visit.links.person(each.value), each.count)
            for each in found.people
        ),
        letters=tuple(
            Link(
                letter.upper(),
                visit.links.to("people", {"q": letter}),
                current=letter == query.lower(),
            )
            for letter in _initials()
        ),
        previous=before,
        next=after,
        json=visit.links.to("api_people", asked),
    )


def _initials() -> Iterable[str]:
    """The letters that syllables begin with."""
    return (letter for letter in string.ascii_lowercase if letter not in "iuv")
