"""The measurement of the service runs, with wrk or without."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("psutil", reason="psutil is not installed (extra bench)")

from tests.bench import service


@pytest.fixture
def news(tmp_path: Path, prose: str) -> Path:
    """Thirty articles of the sample corpus's lines."""
    lines = [line for line in prose.split("\n") if len(line) > 20]
    rows = (
        {"id": f"n{number}", "date": "2024-05-02", "title": line[:12], "body": line * 4}
        for number, line in enumerate(lines[:30])
    )
    path = tmp_path / "news.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def test_every_figure_is_told(news: Path) -> None:
    options = ["--size=30", "--queries=20", "--clients=4", "--seconds=0.2", "--seed=1"]
    ran = CliRunner().invoke(service.main, [str(news), *options])
    assert ran.exit_code == 0, ran.output
    for name in ("engine.search", "JSON API", "HTML page"):
        assert re.search(rf"\| {name}( \| [\d.]+){{3}} \| [\d,]+ \|", ran.output)
    assert re.search(r"opened in \d+ ms", ran.output)
    assert re.search(r"after 20 different queries: \d+ MB resident", ran.output)
