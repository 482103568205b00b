"""Rosters as tables: order, choice, difference, and entries found across rosters."""

import pytest

from indexer import corpus
from indexer.archive import Page, Roster, RosterEntry, RosterGroup
from indexer.entries import Listing, Wanted, compare, find_rows, groups_of
from indexer.pages import split
from tests.canned_engine import CannedEngine
from tests.conftest import SHARED

SEED = SHARED / "seed_page"


def entry(
    printed: str,
    gender: str | None = None,
    ethnicity: str | None = None,
    qualifier: str | None = None,
) -> RosterEntry:
    name = "".join(printed.split())
    return RosterEntry(name, printed, gender, ethnicity, qualifier)


def roster(id: str, *entries: RosterEntry, role: str | None = None) -> Roster:
    return Roster(id, "名单", (RosterGroup(entries, role),))


def names(rows: tuple[tuple[object, ...], ...]) -> list[str]:
    return [row.entry.name for group in rows for row in group]  # type: ignore[attr-defined]


SHORES = roster(
    "p.1",
    entry("方 静", gender="女"),
    entry("仇远", ethnicity="苗族"),
    entry("丁一"),
    entry("单静", gender="女", ethnicity="维吾尔族"),
    role="委员",
)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Listing.PRINTED, ["方静", "仇远", "丁一", "单静"]),
        (Listing.STROKES, ["丁一", "仇远", "方静", "单静"]),
        (Listing.PINYIN, ["丁一", "方静", "仇远", "单静"]),
    ],
)
def test_entries_are_put_in_order(order: Listing, expected: list[str]) -> None:
    rows = groups_of(SHORES, Wanted(), order)
    assert names(rows) == expected
    assert {row.number for row in rows[0]} == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(name="静"), ["方静", "单静"]),
        (Wanted(name="方　静"), ["方静"]),
        (Wanted(gender="女", ethnicity="维吾尔"), ["单静"]),
        (Wanted(role="委"), ["方静", "仇远", "丁一", "单静"]),
        (Wanted(role="主任"), []),
    ],
)
def test_entries_are_chosen(wanted: Wanted, expected: list[str]) -> None:
    assert names(groups_of(SHORES, wanted)) == expected


def test_lists_are_compared_by_name_whatever_the_padding() -> None:
    left = roster("p.1", entry("兰 军"), entry("方静"))
    right = roster("p.2", entry("沈一鸣"), entry("蘭軍"))
    found = compare(left, right)
    assert [(a.entry.surface, b.entry.surface) for a, b in found.both] == [
        ("兰 军", "蘭軍")
    ]
    assert [each.entry.name for each in found.left] == ["方静"]
    assert [each.entry.name for each in found.right] == ["沈一鸣"]


def test_a_note_keeps_two_people_apart() -> None:
    one, other = entry("王凯", qualifier="河南"), entry("王凯", qualifier="解放军")
    found = compare(roster("p.1", one, other), roster("p.2", other))
    assert [a.entry.qualifier for a, _ in found.both] == ["解放军"]
    assert [each.entry.qualifier for each in found.left] == ["河南"]


def test_an_entry_without_a_note_is_nobody_of_two() -> None:
    one, other = entry("王凯", qualifier="河南"), entry("王凯", qualifier="解放军")
    bare = roster("p.2", entry("王凯"))
    assert compare(roster("p.1", one, other), bare).both == ()
    assert len(compare(roster("p.1", one), bare).both) == 1


def test_who_stands_in_two_groups_is_one_person() -> None:
    chair = RosterGroup((entry("方静"), entry("丁一")), "成员")
    clerk = RosterGroup((entry("方 静"),), "秘书长")
    both = Roster("p.1", None, (chair, clerk))
    found = compare(both, roster("p.2", entry("方静")))
    assert [a.roles for a, _ in found.both] == [("成员", "秘书长")]
    assert [each.entry.name for each in found.left] == ["丁一"]


def test_entries_are_found_in_all_rosters() -> None:
    other = roster("p.2", entry("石敢当", gender="女"))
    found = find_rows(CannedEngine((SHORES, other)), Wanted(role="委员"), limit=2)
    assert (found.total, found.read, found.rosters) == (4, 1, 1)
    assert [each.row.entry.name for each in found.rows] == ["方静", "仇远"]


@pytest.mark.skipif(not SEED.exists(), reason="needs the shared data")
def test_the_rosters_of_a_real_page_lie_in_each_other() -> None:
    records = (getattr(item, "record", None) for item in corpus.read(SEED))
    pages = (record for record in records if isinstance(record, Page))
    units = [unit for page in pages for unit in split(page).units]
    standing, members, clerks = (unit for unit in units if isinstance(unit, Roster))
    inside = compare(standing, members)
    assert (len(inside.both), inside.left) == (14, ())
    outside = compare(clerks, members)
    assert len(outside.left) == 2
    assert len(outside.both) == 4
