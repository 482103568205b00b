"""How much of an index stays in memory."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from indexer.arrays.resident import Pages, resident


@dataclass
class Parts:
    """A segment that notes which parts of it are given back."""

    released: list[int] = field(default_factory=list)

    def release(self, part: int, parts: int) -> None:
        assert parts == 20
        self.released.append(part)


def searched(times: int, taken: int) -> list[int]:
    segment = Parts()
    # A segment is asked for nothing else.
    pages = Pages([segment], most=100, taken=lambda: taken)  # type: ignore[list-item]
    for _ in range(times):
        pages.keep_few()
    return segment.released


def test_pages_stay_while_there_is_room() -> None:
    assert searched(1000, taken=100) == []


def test_too_many_pages_are_given_back_part_by_part() -> None:
    assert searched(50, taken=101) == [0, 1, 2, 3, 4]


def test_the_more_are_too_many_the_more_are_given_back() -> None:
    assert searched(20, taken=100 + 25_000_000) == [0, 1, 2, 3, 4, 5]
    assert searched(10, taken=100 + 900_000_000) == [0, 1, 2, 3, 4]


def test_every_part_has_its_turn() -> None:
    assert searched(210, taken=101) == [*range(20), 0]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_the_memory_of_this_process_is_told() -> None:
    assert resident() > 10_000_000


def test_a_system_that_does_not_tell_keeps_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("indexer.arrays.resident._SIZES", tmp_path / "missing")
    assert resident() == 0
