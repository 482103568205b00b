"""Search behaviour as data: each case of searches/*.json, on an index of its corpus.

A reader's complaint becomes one more line there: a query, and the ids that must come
first, be found, or be missed, how many there are, how many without other forms
(`exact`), and what else is offered, with how much it finds (`offers`).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer import Engine, SearchRequest, open_engine, read_vocabulary
from indexer.rebuild import rebuild
from tests.conftest import CORPUS

CASES: list[dict[str, Any]] = [  # Any: the cases' JSON
    case
    for path in sorted((Path(__file__).parent / "searches").glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_engine(
        tmp_path_factory.mktemp("index"),
        writable=True,
        vocabulary=read_vocabulary(CORPUS),
    )
    rebuild(CORPUS, engine, full=True, jobs=1)
    yield engine
    engine.close()


def test_every_rule_of_a_query_has_its_case() -> None:
    """A comment begins with the number of the rule that it shows (NEWSPAPER, §3)."""
    numbers = [case["comment"].partition(" ")[0] for case in CASES]
    assert set(range(1, 25)) <= {int(n) for n in numbers if n.isdecimal()}


@pytest.mark.parametrize("case", CASES, ids=[case["query"] for case in CASES])
def test_case(engine: Engine, case: dict[str, Any]) -> None:
    response = engine.search(SearchRequest(case["query"], limit=100))
    ids = [hit.id for hit in response.hits]
    assert {"first", "finds", "misses", "total", "offers"} & set(case)
    assert ids[:1] == [case.get("first", ids[0] if ids else None)] or not ids
    assert "first" not in case or ids
    assert set(case.get("finds", ())) <= set(ids)
    assert not set(case.get("misses", ())) & set(ids)
    assert response.total == case.get("total", response.total)
    assert response.suggestion == case.get("meant", response.suggestion)
    offered = [[each.message.zh, each.total] for each in response.alternatives]
    assert case.get("offers", offered) == offered


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if "exact" in case],
    ids=[case["query"] for case in CASES if "exact" in case],
)
def test_exact_matches_come_first(engine: Engine, case: dict[str, Any]) -> None:
    response = engine.search(SearchRequest(case["query"], limit=100))
    exact = engine.search(SearchRequest(case["query"], limit=100, exact=True))
    assert exact.total == case["exact"] < response.total
    assert response.rewrites
    assert not exact.rewrites
    typed = {hit.id for hit in response.hits[: exact.total]}
    assert typed == {hit.id for hit in exact.hits}
    told = ["其他写法" in [reason.zh for reason in hit.why] for hit in response.hits]
    assert not any(told[: exact.total])
    assert all(told[exact.total :])
