"""People of one name, told apart by what print says beside it.

Two pieces of evidence speak of one person when they share a unit (市中心医院), an
office, or a note (河南); of two where notes, gender or peoples differ, or one list
prints the name twice. What connects to nobody stays by itself, and what says nothing is
nobody's as soon as there are two.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.roles import Office, unit_key


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one unit prints of who someone is. `units` are bodies without a title;
    `list` names the list that an entry stands in."""

    offices: tuple[Office, ...] = ()
    units: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    date: dt.date | None = None
    qualifier: str | None = None
    gender: str | None = None
    ethnicity: str | None = None
    list: str | None = None

    @property
    def tells(self) -> bool:
        """Whether it says anything that another may share."""
        return bool(self.offices or self.units or self.qualifier)


@dataclass(frozen=True, slots=True)
class Namesake:
    """One of the people of a name: the roles that print gives, newest first, the notes
    beside the name, how many units speak of the person, and their first and last
    day."""

    number: int
    roles: tuple[str, ...]
    qualifier: str | None
    gender: str | None
    ethnicity: str | None
    units: int
    since: dt.date | None
    until: dt.date | None


def told_apart(
    found: Sequence[Evidence],
) -> tuple[tuple[Namesake, ...], tuple[int | None, ...], bool]:
    """The people that pieces of evidence, newest first, speak of; of each piece the
    number of its person, None where it can't be told; and whether print contradicts
    that two of the people are one.

    >>> doctor = Evidence((Office("市医院", "医生"),), roles=("市医院医生",))
    >>> deputy = Evidence((Office("市人大", "代表"),), roles=("市人大代表",))
    >>> people, numbers, certain = told_apart([doctor, deputy, doctor, Evidence()])
    >>> [person.roles for person in people], numbers, certain
    ([('市医院医生',), ('市人大代表',)], (1, 2, 1, None), False)
    """
    telling = [i for i, each in enumerate(found) if each.tells]
    groups = _known(found, _groups(found, telling or range(len(found))))
    held = [[found[i] for i in group] for group in groups]
    numbers = tuple(_number(i, each, groups, held) for i, each in enumerate(found))
    people = tuple(
        _namesake(place, [e for e, n in zip(found, numbers, strict=True) if n == place])
        for place in range(1, len(groups) + 1)
    )
    apart = all(
        _contradict(one, other) for i, one in enumerate(held) for other in held[i + 1 :]
    )
    return people, numbers, apart


def _groups(found: Sequence[Evidence], places: Iterable[int]) -> list[list[int]]:
    """Pieces of evidence by person, in the order of each person's first piece."""
    groups: list[list[int]] = []
    for place in places:
        joined, rest = [place], []
        for group in groups:
            held = [found[i] for i in group]
            ours = [found[i] for i in joined]
            if _linked(found[place], held) and not _contradict(ours, held):
                joined = [*joined, *group]
            else:
                rest.append(group)
        groups = [*rest, sorted(joined)]
    return sorted(groups)


def _known(found: Sequence[Evidence], groups: list[list[int]]) -> list[list[int]]:
    """The groups of whom print says more than which meeting they came to, if any."""
    named = [
        group
        for group in groups
        if any(found[i].roles or found[i].qualifier for i in group)
    ]
    return named or groups


def _number(
    place: int, each: Evidence, groups: list[list[int]], held: list[list[Evidence]]
) -> int | None:
    """The number of the group that holds a piece, or the only one it may belong to."""
    for number, group in enumerate(groups, 1):
        if place in group:
            return number
    possible = [
        number
        for number, pieces in enumerate(held, 1)
        if not _contradict([each], pieces)
    ]
    return possible[0] if len(possible) == 1 else None


def _linked(each: Evidence, group: Iterable[Evidence]) -> bool:
    return not each.tells or any(_share(each, other) for other in group)


def _share(one: Evidence, other: Evidence) -> bool:
    if one.qualifier and one.qualifier == other.qualifier:
        return True
    if any(_same_unit(a, b) for a in _units(one) for b in _units(other)):
        return True
    return any(
        a.title == b.title and not (a.unit and b.unit)
        for a in one.offices
        for b in other.offices
    )


def _units(each: Evidence) -> tuple[str, ...]:
    noted = (unit_key(each.qualifier),) if each.qualifier else ()
    return (*each.units, *(office.unit for office in each.offices), *noted)


def _same_unit(one: str, other: str) -> bool:
    """Whether two units may be one: 市人大 and 青浔市人大."""
    short, long = sorted((one, other), key=len)
    return len(short) > 1 and long.endswith(short)


def _contradict(ones: Iterable[Evidence], others: Iterable[Evidence]) -> bool:
    others = tuple(others)
    return any(_differ(one, other) for one in ones for other in others)


def _differ(one: Evidence, other: Evidence) -> bool:
    pairs = (
        (one.qualifier, other.qualifier),
        (one.gender, other.gender),
        (one.ethnicity, other.ethnicity),
    )
    if any(a and b and a != b for a, b in pairs):
        return True
    return one.list is not None and one.list == other.list


def _namesake(number: int, found: Sequence[Evidence]) -> Namesake:
    days = sorted(each.date for each in found if each.date)
    return Namesake(
        number=number,
        roles=tuple(dict.fromkeys(role for each in found for role in each.roles)),
        qualifier=_first(each.qualifier for each in found),
        gender=_first(each.gender for each in found),
        ethnicity=_first(each.ethnicity for each in found),
        units=len(found),
        since=days[0] if days else None,
        until=days[-1] if days else None,
    )


def _first(values: Iterable[str | None]) -> str | None:
    return next(filter(None, values), None)
