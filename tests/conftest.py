"""Fixtures shared by the tests: the sample corpus and an index of it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def prose() -> str:
    """Real sentences: all pages of the sample corpus."""
    return "\n".join(p.read_text("utf-8") for p in sorted(CORPUS.rglob("*.txt")))
