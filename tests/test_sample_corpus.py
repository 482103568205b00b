"""The sample corpus: what it holds, and that every page of it is read as its gold says.

`papers/gold.json` was made from the same source as the pages, so the two agree; it has
the shape of a page's units with empty fields left out.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from indexer import corpus, pages
from indexer.archive import Article, Page, Roster, RosterEntry, RosterGroup, Unit
from tests.conftest import CORPUS

# Any: parsed JSON.
GOLD: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "papers" / "gold.json").read_text("utf-8")
)


def test_the_corpus_is_as_large_as_a_visitor_is_told(
    sample_pages: dict[str, Page],
) -> None:
    kinds = [
        unit.kind for page in sample_pages.values() for unit in pages.split(page).units
    ]
    assert len({page.date for page in sample_pages.values()}) == 5
    assert len(sample_pages) == 19
    assert kinds.count("article") == 83
    assert kinds.count("roster") == 9


@pytest.mark.parametrize("gold", GOLD, ids=[gold["page"] for gold in GOLD])
def test_a_page_is_read_as_its_gold_says(
    gold: dict[str, Any], sample_pages: dict[str, Page]
) -> None:
    split = pages.split(sample_pages[gold["page"]])
    assert [_plain(unit) for unit in split.units] == [
        _with_title(unit) for unit in gold["units"]
    ]
    assert list(split.sections) == gold["section"]
    assert [
        {"name": credit.name, "role": credit.role} for credit in split.credits
    ] == gold["credits"]
    assert split.unclaimed == ()


def test_one_name_stands_out_of_the_order_of_strokes(
    sample_pages: dict[str, Page],
) -> None:
    doubts = {
        name
        for page in sample_pages.values()
        for unit in pages.split(page).units
        if isinstance(unit, Roster)
        for audit in unit.audits
        if not audit.ok
        for name in audit.names
    }
    assert doubts == {"汤少游"}


@pytest.fixture(scope="module")
def sample_pages() -> dict[str, Page]:
    entries = (item for item in corpus.read(CORPUS) if isinstance(item, corpus.Entry))
    return {
        f"{entry.record.paper}/{entry.record.date}/{entry.record.label}": entry.record
        for entry in entries
        if isinstance(entry.record, Page)
    }


def _plain(unit: Unit) -> dict[str, Any]:
    record = {
        "kind": unit.kind,
        "title": _title(unit.kicker, unit.headline, unit.deck),
        "adopted_on": unit.adopted_on and unit.adopted_on.isoformat(),
        **(_roster(unit) if isinstance(unit, Roster) else _article(unit)),
    }
    return _without_empty(record)


def _with_title(gold: dict[str, Any]) -> dict[str, Any]:
    parts = ("kicker", "headline", "deck")
    title = _title(*map(gold.get, parts))
    rest = {key: value for key, value in gold.items() if key not in parts}
    return _without_empty({"title": title, **rest})


def _title(*parts: str | None) -> str:
    """The headline with all its parts; where print does not tell them apart, splitting
    leaves them together, so spaces are not compared."""
    return "".join("".join(part.split()) for part in parts if part)


def _article(article: Article) -> dict[str, Any]:
    return {
        "source": article.source,
        "reporters": list(article.reporters),
        "items": article.items,
        "captions": [
            _without_empty({"text": item.text, "photographer": item.photographer})
            for item in article.captions
        ],
        "body": list(article.paragraphs),
    }


def _roster(roster: Roster) -> dict[str, Any]:
    return {"groups": [_group(group) for group in roster.groups]}


def _group(group: RosterGroup) -> dict[str, Any]:
    return _without_empty(
        {
            "role": group.role,
            "declared": group.declared,
            "order": group.order and group.order.value,
            "entries": [_entry(entry) for entry in group.entries],
        }
    )


def _entry(entry: RosterEntry) -> dict[str, Any]:
    return _without_empty(
        {
            "name": entry.name,
            "gender": entry.gender,
            "ethnicity": entry.ethnicity,
            "qualifier": entry.qualifier,
        }
    )


def _without_empty(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value}
