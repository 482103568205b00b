"""Fixtures shared by the tests: the sample corpus and an index of it."""

from pathlib import Path

import pytest
from hypothesis import settings

# An example of 24 ms took 490 when others used the processors: the usual 200 ms tell
# nothing where these are shared, two seconds that something hangs.
settings.register_profile("shared", deadline=2000)
settings.load_profile("shared")

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
# Pages, rosters and quotations that people marked; their tests are skipped without it.
SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def prose() -> str:
    """Real sentences: all pages of the sample corpus."""
    return "\n".join(p.read_text("utf-8") for p in sorted(CORPUS.rglob("*.txt")))
