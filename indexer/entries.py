"""The people of rosters as rows of a table: sorted, chosen, set against another list,
looked for in all rosters.

Knows when two entries are one person (padding folded, notes such as 河南 kept apart)
and how lists of names are put in order. The pages and the API of rosters are made of
this.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from indexer import query
from indexer.archive import Roster, RosterEntry
from indexer.pinyin import spelling_of
from indexer.rosters import strokes_of
from indexer.search import Engine, SearchRequest, Sort
from indexer.terms import fold

MAX_ROSTERS: Final = 200  # that one look for entries reads


class Listing(StrEnum):
    """How the entries of a roster are put in order."""

    PRINTED = "printed"
    STROKES = "strokes"
    PINYIN = "pinyin"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; an empty field asks for nothing. `name` and `role`
    may be a part of what is printed, so may a people (维吾尔 of 维吾尔族)."""

    name: str = ""
    gender: str = ""
    ethnicity: str = ""
    role: str = ""

    def holds(self, role: str | None, entry: RosterEntry) -> bool:
        """Whether an entry of a group of that role is asked for.

        >>> Wanted(name="兰 军").holds("委员", RosterEntry("兰军", "兰军"))
        True
        """
        return (
            name_key(self.name) in name_key(entry.name)
            and self.gender in ("", entry.gender)
            and self.ethnicity.strip() in (entry.ethnicity or "")
            and name_key(self.role) in name_key(role or "")
        )

    @property
    def words(self) -> tuple[str, ...]:
        """What a roster must print that has such an entry."""
        asked = (self.name, self.gender, self.ethnicity, self.role)
        return tuple(filter(str.strip, asked))


@dataclass(frozen=True, slots=True)
class RosterRow:
    """An entry of a roster: its number in print within its group, and the group's
    role."""

    number: int
    role: str | None
    entry: RosterEntry


@dataclass(frozen=True, slots=True)
class Listed:
    """One person of a roster, whom several of its groups may name."""

    entry: RosterEntry
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who stands in both of two lists, as each prints them, and who in one only."""

    both: tuple[tuple[Listed, Listed], ...]
    left: tuple[Listed, ...]
    right: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row, and the roster that prints it."""

    roster: Roster
    row: RosterRow


@dataclass(frozen=True, slots=True)
class FoundRows:
    """The entries that were looked for: `total` are all that the newest `read` rosters
    hold of them; `rosters` is how many print the words that were asked for."""

    rows: tuple[FoundRow, ...]
    total: int
    read: int
    rosters: int


def name_key(name: str) -> str:
    """What is the same for two writings of a name: padding, width and traditional forms
    don't count.

    >>> name_key("蘭　軍") == name_key("兰军")
    True
    """
    return "".join(fold(name).split())


def groups_of(
    roster: Roster, wanted: Wanted, order: Listing = Listing.PRINTED
) -> tuple[tuple[RosterRow, ...], ...]:
    """The rows of each of a roster's groups that are wanted, in that order; empty for a
    group that has none."""
    found = (
        [
            RosterRow(number, group.role, entry)
            for number, entry in enumerate(group.entries, 1)
            if wanted.holds(group.role, entry)
        ]
        for group in roster.groups
    )
    return tuple(tuple(_in_order(rows, order)) for rows in found)


def compare(left: Roster, right: Roster) -> Comparison:
    """The people of two rosters, each in the order of print of the left one, then of
    the right.

    Two entries are one person when their names agree and their notes do. One without a
    note is the other's where no third entry has the name.
    """
    ours, theirs = people_of(left), list(people_of(right))
    both: list[tuple[Listed, Listed]] = []
    for listed in ours:
        same = _same(listed, theirs, alone=_namesakes(listed, ours) == 1)
        if same:
            theirs.remove(same)
            both.append((listed, same))
    met = {id(pair[0]) for pair in both}
    return Comparison(
        tuple(both),
        tuple(listed for listed in ours if id(listed) not in met),
        tuple(theirs),
    )


def find_rows(
    engine: Engine, wanted: Wanted, *, limit: int, offset: int = 0
) -> FoundRows:
    """The wanted entries of the newest rosters that may hold any, newest first."""
    asked = query.all_of(query.Phrase(text) for text in wanted.words)
    request = SearchRequest(
        query.render(asked) if asked else "",
        kind="roster",
        sort=Sort.NEWEST,
        limit=MAX_ROSTERS,
        exact=True,
    )
    answer = engine.search(request)
    units = (engine.get(hit.id) for hit in answer.hits)
    rosters = [unit for unit in units if isinstance(unit, Roster)]
    rows = [
        FoundRow(roster, row)
        for roster in rosters
        for group in groups_of(roster, wanted)
        for row in group
    ]
    shown = tuple(rows[offset : offset + limit])
    return FoundRows(shown, len(rows), len(rosters), answer.total)


def people_of(roster: Roster) -> tuple[Listed, ...]:
    """The people of a roster in print order, those of several groups once with all
    their roles."""
    found: list[Listed] = []
    for group in roster.groups:
        earlier = len(found)
        role = (group.role,) if group.role else ()
        for entry in group.entries:
            i = _place(entry, found[:earlier])
            if i is None:
                found.append(Listed(entry, role))
            else:
                found[i] = replace(found[i], roles=(*found[i].roles, *role))
    return tuple(found)


def one_person(one: RosterEntry, other: RosterEntry) -> bool:
    """Whether two entries name one person by name and note."""
    return (name_key(one.name), one.qualifier) == (
        name_key(other.name),
        other.qualifier,
    )


def _in_order(rows: list[RosterRow], order: Listing) -> list[RosterRow]:
    if order is Listing.STROKES:
        return sorted(rows, key=lambda row: strokes_of(row.entry.name))
    if order is Listing.PINYIN:
        return sorted(rows, key=lambda row: spelling_of(row.entry.name))
    return rows


def _same(listed: Listed, others: list[Listed], *, alone: bool) -> Listed | None:
    for other in others:
        if one_person(listed.entry, other.entry):
            return other
    named = list(_named(listed, others))
    if alone and len(named) == 1:
        notes = listed.entry.qualifier, named[0].entry.qualifier
        return named[0] if None in notes else None
    return None


def _named(listed: Listed, others: list[Listed]) -> Iterator[Listed]:
    key = name_key(listed.entry.name)
    return (other for other in others if name_key(other.entry.name) == key)


def _namesakes(listed: Listed, ours: tuple[Listed, ...]) -> int:
    return sum(1 for _ in _named(listed, list(ours)))


def _place(entry: RosterEntry, found: list[Listed]) -> int | None:
    places = (i for i, each in enumerate(found) if one_person(entry, each.entry))
    return next(places, None)
