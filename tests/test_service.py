"""The measurement of the service runs, with wrk or without."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("psutil", reason="psutil is not installed (extra bench)")

from tests.bench import load, service


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


class Counted(BaseHTTPRequestHandler):
    """Answers `/ok` at once, and nothing else."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ok" else 404)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Counted) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("wrk", [load.tool(), None], ids=["wrk", "own clients"])
def test_load_counts_answers_and_refuses_failures(
    address: str, wrk: str | None
) -> None:
    timing = load.load(address, ["/ok"] * 4, clients=4, seconds=0.2, wrk=wrk)
    assert timing.answers > 4
    assert 0 < timing.percentiles[0] <= timing.percentiles[2]
    with pytest.raises(RuntimeError):
        load.load(address, ["/ok", "/no"] * 4, clients=4, seconds=0.2, wrk=wrk)


def test_each_path_is_asked_once(address: str) -> None:
    assert load.ask_each(address, ["/ok"] * 9, clients=4).answers == 9


@pytest.mark.long
def test_every_figure_is_told(news: Path) -> None:
    options = ["--size=30", "--queries=20", "--clients=4", "--seconds=0.2", "--seed=1"]
    ran = CliRunner().invoke(service.main, [str(news), *options])
    assert ran.exit_code == 0, ran.output
    for name in ("engine.search", "JSON API", "HTML page"):
        assert re.search(rf"\| {name}( \| [\d.]+){{3}} \| [\d,]+ \|", ran.output)
    assert re.search(r"opened in \d+ ms", ran.output)
    assert re.search(r"after 20 different queries: \d+ MB resident", ran.output)
