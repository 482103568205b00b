"""Real lists and bylines, from the folder of data beside the checkout."""

import json

import pytest

from indexer.archive import Order, Span
from indexer.bylines import parse_byline
from indexer.rosters import ParsedRoster, parse_roster
from tests.conftest import SHARED

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="no folder shared/data beside the checkout"
)


def rows(file: str) -> list[dict[str, object]]:
    lines = (SHARED / "rosters" / file).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def spans(text: str) -> list[Span]:
    found, place = [], 0
    for line in text.split("\n"):
        found.append(Span(place, place + len(line)))
        place += len(line) + 1
    return found


def read(text: object) -> ParsedRoster:
    assert isinstance(text, str)
    return parse_roster(text, spans(text))


def golden(row: dict[str, object]) -> list[str]:
    listed = row["names"]
    assert isinstance(listed, list)
    return [each["name"] if isinstance(each, dict) else each for each in listed]


def test_lists_whose_count_is_met_are_read_name_for_name() -> None:
    for row in rows("lists.jsonl"):
        found = [entry.name for entry in read(row["text"]).entries]
        assert len(found) == row["declared"]
        if row["n_names"] == row["declared"]:
            assert found == golden(row)


def test_nothing_of_a_list_stays_unread() -> None:
    for row in rows("lists.jsonl"):
        roster = read(row["text"])
        assert roster.warnings == ()
        assert set(golden(row)) <= {entry.name for entry in roster.entries}


def test_padded_lists() -> None:
    for row in rows("padded.jsonl"):
        assert [entry.name for entry in read(row["text"]).entries] == golden(row)


def test_bylines() -> None:
    for row in rows("bylines.jsonl"):
        byline = parse_byline(str(row["text"]))
        assert byline is not None
        assert list(byline.reporters) == row["names"]


def test_the_rosters_of_the_seed_page() -> None:
    (page,) = (SHARED / "seed_page").rglob("01.txt")
    text = page.read_text("utf-8")
    lines = spans(text)
    parsed = [
        parse_roster(text, lines[first:last])
        for first, last in ((58, 65), (68, 85), (88, 94))
    ]
    assert [[len(group.entries) for group in each.groups] for each in parsed] == [
        [14],
        [60, 1],
        [6],
    ]
    presidium = parsed[1]
    assert presidium.groups[0].order is Order.STROKE
    assert sum(entry.gender is not None for entry in presidium.entries) == 9
    assert [each.ethnicity for each in presidium.entries if each.ethnicity] == ["苗族"]
    doubted = [audit.names for audit in presidium.audits if not audit.ok]
    assert doubted == [("邹凌云",)]
