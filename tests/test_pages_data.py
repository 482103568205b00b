"""Page splitting against gold in the folder of shared data: the seed page exactly, the
others by their scorer. Run it as a script for the figures.
"""

import datetime as dt
import importlib.util
import json
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import pytest

from indexer import pages
from indexer.archive import Article, Page, Roster, RosterGroup, SplitPage, Unit
from tests.conftest import SHARED

BARS: Final = {"pages_dev": 0.95, "pages_dev_modern": 0.92}

# Any: parsed JSON.
Gold: TypeAlias = dict[str, Any]


@pytest.mark.skipif(not (SHARED / "seed_page").exists(), reason="no shared data here")
def test_the_seed_page_is_read_as_its_gold_says() -> None:
    gold = json.loads((SHARED / "seed_page/gold.json").read_text("utf-8"))
    page = read("seed_page", gold["page"])
    assert list(page.sections) == gold["section"]
    assert page.unclaimed == ()
    assert [_plain(unit) for unit in page.units] == gold["units"]


@pytest.mark.parametrize("name", BARS)
def test_pages_are_split_right(name: str) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"no {name} among the shared data here")
    golds = json.loads((SHARED / name / "gold.json").read_text("utf-8"))
    predicted = {key: predict(read(name, key)) for key in golds}
    line = _scorer(name)(golds, predicted)
    print(line)
    assert float(line.rsplit(None, 1)[1]) >= BARS[name]


def read(name: str, key: str) -> SplitPage:
    paper, date, label = key.split("/")
    text = (SHARED / name / f"{key}.txt").read_text("utf-8")
    return pages.split(Page(paper, dt.date.fromisoformat(date), label, text))


def predict(page: SplitPage) -> list[dict[str, str]]:
    """The articles in the scorer's form: kicker, headline and deck as one title."""
    return [
        {
            "title": " ".join(filter(None, (unit.kicker, unit.headline, unit.deck))),
            "body": unit.body,
        }
        for unit in page.units
        if isinstance(unit, Article) and unit.kind == "article"
    ]


def _scorer(name: str) -> Callable[[Gold, Gold], str]:
    """`score` of the score.py that lies with the pages, or with their elder set."""
    path = next(SHARED.glob(f"{name}/score.py"), SHARED / "pages_dev/score.py")
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    score: Callable[[Gold, Gold], str] = module.score
    return score


def _plain(unit: Unit) -> Gold:
    """A unit in the gold's form: what it does not have is left out."""
    record: Gold = {
        "kind": unit.kind,
        "kicker": unit.kicker,
        "headline": unit.headline,
        "deck": unit.deck,
        "adopted_on": unit.adopted_on and unit.adopted_on.isoformat(),
    }
    if isinstance(unit, Roster):
        record["groups"] = [_group(group) for group in unit.groups]
    else:
        record |= {
            "source": unit.source,
            "reporters": list(unit.reporters),
            "items": unit.items,
            "captions": [
                {"text": caption.text, "photographer": caption.photographer}
                for caption in unit.captions
            ],
            "body": list(unit.paragraphs),
        }
    return {key: value for key, value in record.items() if value}


def _group(group: RosterGroup) -> Gold:
    entries = [
        {"name": entry.name, "gender": entry.gender, "ethnicity": entry.ethnicity}
        for entry in group.entries
    ]
    record = {
        "role": group.role,
        "declared": group.declared,
        "order": group.order and group.order.value,
        "entries": [{k: v for k, v in entry.items() if v} for entry in entries],
    }
    return {key: value for key, value in record.items() if value}


def _figures() -> None:
    """The score of every layout and set; the last number of a line is F1."""
    for name in BARS:
        golds = json.loads((SHARED / name / "gold.json").read_text("utf-8"))
        predicted = {key: predict(read(name, key)) for key in golds}
        score = _scorer(name)
        for layout in sorted({gold.get("layout", "") for gold in golds.values()}):
            part = {k: g for k, g in golds.items() if g.get("layout", "") == layout}
            print(f"{name} {layout:8}", score(part, predicted))
        print(f"{name} all     ", score(golds, predicted))


if __name__ == "__main__":
    _figures()
