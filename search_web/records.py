"""People and rosters in the JSON of the API: the shape of each answer, and how it is
made. Every unit that is spoken of comes with the address of its page.
"""

from typing import Any, TypedDict

import msgspec

from indexer import (
    Comparison,
    FoundRows,
    Listed,
    People,
    Person,
    Roster,
    source_of,
)
from search_web.params import Links


class SourceJson(TypedDict):
    id: str
    kind: str
    title: str
    paper: str | None
    date: str | None
    page: str | None
    url: str


class NamedJson(TypedDict):
    name: str
    count: int
    url: str


class PeopleJson(TypedDict):
    query: str
    total: int
    limit: int
    offset: int
    people: list[NamedJson]


class NamesakeJson(TypedDict):
    number: int
    roles: list[str]
    qualifier: str | None
    gender: str | None
    ethnicity: str | None
    units: int
    since: str | None
    until: str | None


class PersonRoleJson(TypedDict):
    text: str
    how: str
    person: int | None
    source: SourceJson


class PersonRosterJson(TypedDict):
    name: str
    surface: str
    gender: str | None
    ethnicity: str | None
    qualifier: str | None
    role: str | None
    person: int | None
    source: SourceJson


class PersonQuoteJson(TypedDict):
    id: str
    kind: str
    text: str
    role: str | None
    cue: str | None
    said_on: str | None
    place: str | None
    occasion: str | None
    paragraph: int
    person: int | None
    source: SourceJson


class PersonMentionJson(TypedDict):
    count: int
    text: str
    paragraph: int | None
    person: int | None
    source: SourceJson


class PersonBylineJson(TypedDict):
    role: str | None
    source: SourceJson


class PersonJson(TypedDict):
    name: str
    people: list[NamesakeJson]
    certain: bool
    roles: list[PersonRoleJson]
    rosters: list[PersonRosterJson]
    quotes: list[PersonQuoteJson]
    mentions: list[PersonMentionJson]
    bylines: list[PersonBylineJson]
    total: int
    signed: int
    said: int
    read: int


class RosterRowJson(TypedDict):
    name: str
    surface: str
    gender: str | None
    ethnicity: str | None
    qualifier: str | None
    role: str | None
    number: int
    source: SourceJson


class RosterRowsJson(TypedDict):
    total: int
    limit: int
    offset: int
    read: int
    rosters: int
    rows: list[RosterRowJson]


class ListedJson(TypedDict):
    name: str
    surface: str
    gender: str | None
    ethnicity: str | None
    qualifier: str | None
    roles: list[str]


class PairJson(TypedDict):
    a: ListedJson
    b: ListedJson


class ComparisonJson(TypedDict):
    a: SourceJson
    b: SourceJson
    both: list[PairJson]
    only_a: list[ListedJson]
    only_b: list[ListedJson]


def people_json(
    people: People, query: str, limit: int, offset: int, links: Links
) -> PeopleJson:
    """A screen of the list of people, in the shape of PeopleJson."""
    return {
        "query": query,
        "total": people.total,
        "limit": limit,
        "offset": offset,
        "people": [
            {"name": each.value, "count": each.count, "url": links.person(each.value)}
            for each in people.people
        ],
    }


def person_json(person: Person, links: Links) -> dict[str, Any]:
    """A person in the shape of PersonJson."""
    record: dict[str, Any] = msgspec.to_builtins(person)
    for field in ("roles", "rosters", "quotes", "mentions", "bylines"):
        record[field] = [_flat(each, links) for each in record[field]]
    return record


def rows_json(
    found: FoundRows, limit: int, offset: int, links: Links
) -> dict[str, Any]:
    """Entries of rosters in the shape of RosterRowsJson."""
    rows = (
        {**msgspec.to_builtins(each.row), "source": _source(each.roster)}
        for each in found.rows
    )
    return {
        "total": found.total,
        "limit": limit,
        "offset": offset,
        "read": found.read,
        "rosters": found.rosters,
        "rows": [_flat(row, links) for row in rows],
    }


def comparison_json(
    left: Roster, right: Roster, compared: Comparison, links: Links
) -> dict[str, Any]:
    """Two rosters set against each other, in the shape of ComparisonJson."""
    return {
        "a": _placed(_source(left), links),
        "b": _placed(_source(right), links),
        "both": [{"a": _listed(a), "b": _listed(b)} for a, b in compared.both],
        "only_a": [_listed(each) for each in compared.left],
        "only_b": [_listed(each) for each in compared.right],
    }


def _flat(record: dict[str, Any], links: Links) -> dict[str, Any]:
    """A record with what is printed and where on one level."""
    inner = {**record.pop("entry", {}), **record.pop("quote", {})}
    return {**inner, **record, "source": _placed(record["source"], links)}


def _placed(source: dict[str, Any], links: Links) -> dict[str, Any]:
    return {**source, "url": links.unit(source["kind"], source["id"])}


def _source(roster: Roster) -> dict[str, Any]:
    record: dict[str, Any] = msgspec.to_builtins(source_of(roster))
    return record


def _listed(listed: Listed) -> dict[str, Any]:
    return {**msgspec.to_builtins(listed.entry), "roles": listed.roles}
