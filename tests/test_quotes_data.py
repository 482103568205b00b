"""Quotations against hand labels in the folder of shared data: the newspaper articles
by their scorer, the seed page exactly.
"""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from indexer import jsonl, pages
from indexer.archive import Article, Page, Quote
from tests.conftest import SHARED

LABELLED: Final = SHARED / "quotes"
SEED: Final = SHARED / "seed_page"


@pytest.mark.skipif(not LABELLED.exists(), reason="no labelled quotations here")
def test_speech_and_speakers_are_found_in_real_articles(tmp_path: Path) -> None:
    rows = [
        json.dumps({"id": article.id, "quotes": [*map(_plain, article.quotes)]})
        for article in _articles()
    ]
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("\n".join(rows), "utf-8")
    command = [sys.executable, str(LABELLED / "score.py"), str(predicted), "--json"]
    scored = subprocess.run(command, check=True, capture_output=True, text=True)
    main = json.loads(scored.stdout)["MAIN"]
    assert main["F1"] >= 0.96
    assert main["spk_acc"] >= 0.90
    assert main["e2e_F1"] >= 0.90


@pytest.mark.skipif(not SEED.exists(), reason="no seed page here")
def test_seed_page_has_its_nine_quotations_and_no_term() -> None:
    gold = json.loads((SEED / "gold.json").read_text("utf-8"))
    direct = [quote for quote in _seed_quotes(gold["page"]) if quote.kind == "direct"]
    assert [
        {"text": quote.text, "speakers": [speaker.name for speaker in quote.speakers]}
        for quote in direct
    ] == gold["direct_quotes"]


@pytest.mark.skipif(not SEED.exists(), reason="no seed page here")
def test_statements_of_the_seed_page_have_speakers() -> None:
    gold = json.loads((SEED / "gold.json").read_text("utf-8"))
    told = [quote for quote in _seed_quotes(gold["page"]) if quote.kind == "indirect"]
    assert 16 <= len(told) <= 22
    assert all(quote.speaker and quote.cue for quote in told)


def _articles() -> list[Article]:
    files = sorted(LABELLED.glob("*/articles.jsonl"))
    rows = tuple(row for file in files for row in file.read_bytes().splitlines())
    lines = jsonl.Lines("articles.jsonl", "articles", None, "utf-8", 1, rows, 0)
    units = (unit for _, unit in jsonl.units_of(lines))
    return [unit for unit in units if isinstance(unit, Article)]


def _plain(quote: Quote) -> dict[str, Any]:  # Any: what the scorer reads
    return {
        "text": quote.text,
        "speaker": quote.speaker,
        "kind": quote.kind,
        "start": quote.start,
        "end": quote.end,
    }


def _seed_quotes(key: str) -> list[Quote]:
    paper, day, label = key.split("/")
    text = (SEED / paper / day / f"{label}.txt").read_text("utf-8")
    split = pages.split(Page(paper, dt.date.fromisoformat(day), label, text))
    articles = [unit for unit in split.units if isinstance(unit, Article)]
    return [quote for article in articles for quote in article.quotes]
