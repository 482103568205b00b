"""`baosou serve` as a process: its index, its address, its signals, its workers."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from indexer.commands import run
from search_web.__main__ import cli

PAGE = "云浦大桥通车\n\n本报讯（记者/章一鸣）大桥昨日通车，两岸居民步行过桥。\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return corpus_in(tmp_path)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running site's address."""
    with serving(corpus_in(tmp_path_factory.mktemp("served"))) as (_, url):
        yield url


def corpus_in(root: Path) -> Path:
    folder = root / "corpus" / "yunpu" / "2024-12-25"
    folder.mkdir(parents=True)
    (folder / "01.txt").write_text(PAGE, "utf-8")
    return root / "corpus"


@contextmanager
def serving(
    corpus: Path, *options: str, **environ: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running site and the address that it printed; told to end, it does."""
    index = str(corpus.parent / "index")
    command = [sys.executable, "-m", "search_web", "serve", str(corpus), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--index", index, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "LANG": "C.UTF-8", **environ},
    )
    try:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, process.communicate()[1]
        yield process, found[0]
    finally:
        process.terminate()
        began = time.monotonic()
        process.communicate(timeout=20)
    assert process.returncode == 0
    assert time.monotonic() - began < 5


def asked(url: str) -> Any:  # Any: JSON
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as answer:
        return json.load(answer)


def test_serve_builds_the_index_and_answers_where_it_says(url: str) -> None:
    assert asked(f"{url}api/v1/search?q=%E9%80%9A%E8%BD%A6")["total"] == 1


@pytest.mark.long
def test_workers_are_real_and_share_what_they_know(corpus: Path) -> None:
    with serving(corpus, "--workers", "2", BAOSOU_ADMIN_TOKEN="t") as (process, url):
        workers = _children(process.pid)
        assert len(workers) >= 2
        request = urllib.request.Request(
            f"{url}api/v1/admin/reindex", headers={"Authorization": "Bearer t"}
        )
        request.method = "POST"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        assert json.load(opener.open(request))["state"] == "running"
        request.method = "GET"
        states = [json.load(opener.open(request))["state"] for _ in range(20)]
        assert "idle" not in states


def test_an_address_may_be_sent_as_it_is_read(url: str) -> None:
    body = '{"text": "大桥昨日通车"}'
    sent = (
        "GET /api/v1/search?q=通车 HTTP/1.1\r\nHost: x\r\n\r\n",
        f"POST /api/v1/verify?lang=甲 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Content-Length: {len(body.encode())}\r\n\r\n{body}",
    )
    where = urlsplit(url)
    assert where.hostname
    answers = b""
    with socket.create_connection((where.hostname, where.port or 80), 10) as talk:
        talk.sendall(sent[0].encode())
        while b'"alternatives"' not in answers:
            answers += talk.recv(65_536)
        talk.sendall(sent[1].encode())
        while part := talk.recv(65_536):
            answers += part
    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert '"query":"通车","total":1'.encode() in answers
    assert "大桥昨日通车".encode() in answers


def test_a_head_without_end_is_hung_up_on(url: str) -> None:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port)) as line:
        line.settimeout(10)
        line.sendall(b"GET / HTTP/1.1\r\nX-Long: ")
        with pytest.raises(ConnectionError):
            line.sendall(b"x" * 20_000_000)
    assert asked(url + "healthz") == {"status": "ok"}


def test_a_busy_port_is_told_before_anything_is_built(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert _serve(corpus, "--port", port) == 2
    assert f"端口 {port} 已被占用" in capsys.readouterr().err
    assert not (corpus.parent / "index").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--host", "203.0.113.7"), "--host"),
        (("--host", "no.such.host.invalid"), "--host"),
        (("--port", "99999"), "99999"),
        (("--workers", "0"), "--workers"),
    ],
)
def test_an_unusable_address_is_told(
    corpus: Path,
    options: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _serve(corpus, *options) == 2
    assert said in capsys.readouterr().err


def test_an_index_of_another_version_is_not_built_over(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = corpus.parent / "index"
    index.mkdir()
    (index / "CURRENT").write_text("not a pointer", "utf-8")
    assert _serve(corpus, "--port", "0") == 3
    assert capsys.readouterr().err
    assert [path.name for path in index.iterdir()] == ["CURRENT"]


def test_without_a_corpus_nothing_is_served(
    corpus: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _serve(corpus / "none", "--port", "0") == 2
    assert "找不到语料" in capfd.readouterr().err


def test_an_empty_corpus_ends_with_the_code_of_index(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert _serve(empty, "--port", "0") == 2
    assert str(empty) in capfd.readouterr().err


def test_all_commands_are_there() -> None:
    names = ["check", "index", "quote", "read", "search", "serve", "status", "terms"]
    assert sorted(cli.commands) == names


def _serve(corpus: Path, *options: str) -> int:
    index = str(corpus.parent / "index")
    arguments = ["serve", str(corpus), "--index", index, *options]
    handler = signal.getsignal(signal.SIGTERM)
    try:
        return run(cli, "baosou", arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        signal.signal(signal.SIGTERM, handler)


def _children(pid: int) -> list[str]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("the list of child processes is only told on Linux")
    return listed.read_text().split()
