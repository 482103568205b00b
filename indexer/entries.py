"""The people of rosters as rows of a table: sorted, chosen, set against another list,
looked for in all rosters.

Knows when two entries are one person (padding folded, notes such as 河南 kept apart)
and how lists of names are put in order. The pages and the API of rosters are made of
this.
"""

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
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
            self.gender in ("", entry.gender)
            and self.ethnicity.strip() in (entry.ethnicity or "")
            and (not self.name or name_key(self.name) in name_key(entry.name))
            and (not self.role or name_key(self.role) in name_key(role or ""))
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


@lru_cache(maxsize=4096)
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
    ours, theirs = people_of(left), people_of(right)
    alone = Counter(name_key(listed.entry.name) for listed in ours)
    waiting: dict[str, list[int]] = {}
    for i, listed in enumerate(theirs):
        waiting.setdefault(name_key(listed.entry.name), []).append(i)
    both: dict[int, int] = {}
    for i, listed in enumerate(ours):
        key = name_key(listed.entry.name)
        named = waiting.get(key, [])
        same = _same(listed, [theirs[j] for j in named], alone=alone[key] == 1)
        if same is not None:
            both[i] = named.pop(same)
    met = {*both.values()}
    return Comparison(
        tuple((ours[i], theirs[j]) for i, j in both.items()),
        tuple(listed for i, listed in enumerate(ours) if i not in both),
        tuple(listed for j, listed in enumerate(theirs) if j not in met),
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
    places: dict[tuple[str, str | None], int] = {}  # where someone stands in found
    for group in roster.groups:
        role = (group.role,) if group.role else ()
        earlier = dict(places)
        for entry in group.entries:
            key = name_key(entry.name), entry.qualifier
            if key in earlier:
                i = earlier.pop(key)
                found[i] = replace(found[i], roles=(*found[i].roles, *role))
            else:
                places.setdefault(key, len(found))
                found.append(Listed(entry, role))
    return tuple(found)


def _in_order(rows: list[RosterRow], order: Listing) -> list[RosterRow]:
    if order is Listing.STROKES:
        return sorted(rows, key=lambda row: strokes_of(row.entry.name))
    if order is Listing.PINYIN:
        return sorted(rows, key=lambda row: spelling_of(row.entry.name))
    return rows


def _same(listed: Listed, named: list[Listed], *, alone: bool) -> int | None:
    """Which of those of that name is the same person."""
    note = listed.entry.qualifier
    for i, other in enumerate(named):
        if other.entry.qualifier == note:
            return i
    if alone and len(named) == 1 and None in (note, named[0].entry.qualifier):
        return 0
    return None
