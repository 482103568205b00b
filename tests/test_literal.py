"""Runs of characters against every place of what is printed."""

from pathlib import Path

import numpy as np
import pytest
from whoosh import fields

from indexer.arrays import Entry, Layout
from indexer.arrays.gather import Gatherer
from indexer.arrays.segment import Segment

LAYOUT = Layout.of(fields.Schema(words=fields.TEXT()), text=True)
RARE = "玄黄宇宙洪荒"


def printed(size: int) -> list[str]:
    """Documents of two frequent characters and a few rare ones, one of them printed in
    many."""
    random = np.random.default_rng(size)
    found = ["天地" * 12 + "天天"]
    for _ in range(size):
        letters = random.choice(list("天地" * 20 + RARE), int(random.integers(1, 60)))
        found.append("".join(letters) + "地天" * int(random.integers(8)))
    return found


def starts_of(run: str, text: str) -> list[int]:
    return [n for n in range(len(text)) if text.startswith(run, n)]


@pytest.mark.parametrize("size", [3, 300])
def test_runs_stand_where_they_are_printed(tmp_path: Path, size: int) -> None:
    documents = printed(size)
    gatherer = Gatherer(LAYOUT, tmp_path / "one")
    for text in documents:
        gatherer.add(Entry({}, b"", ((0, text + "\0"),)))
    gatherer.write()
    literals = Segment(tmp_path / "one").literals
    assert literals is not None
    whole = "".join(text + "\0" for text in documents)
    random = np.random.default_rng(1)
    runs = {"天", "地天" * 9, "天地" * 9 + "玄", "玄" * 20, "天" * 30, ""}
    for length in range(1, 30):
        for start in random.integers(0, len(whole) - length, 12).tolist():
            runs.add(whole[start : start + length].split("\0")[0])
    for run in sorted(runs):
        expected = starts_of(run, whole) if run else []
        assert literals.places(run).tolist() == expected, run
        assert list(literals.found(run)) == expected, run
        assert literals.most(run) >= len(expected)
        if 0 < len(run) < 3:
            assert literals.count(run) == len(expected)
