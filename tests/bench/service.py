"""Measures the whole service: `python -m tests.bench.service --help`.

Indexes articles by `baosou index`, then times `engine.search` with facets and snippets
in this process, and the JSON API and results page of `baosou serve` with 16 clients
that keep their connections. Queries are words, pairs and quoted runs of the articles,
drawn from a seed.
"""

import asyncio
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import click
import numpy as np
import psutil

from indexer import SearchRequest, open_engine
from tests.bench import texts
from tests.bench.peers import NEWS

_PATHS: Final = {"JSON API": "/api/v1/search?q=", "HTML page": "/search?q="}


@click.command()
@click.argument(
    "news", type=click.Path(path_type=Path, exists=True), default=NEWS, required=False
)
@click.option("--size", default=1_000, help="Articles.")
@click.option("--seed", default=lambda: str(time.time_ns()), help="Draws queries.")
@click.option("--queries", "count", default=500)
@click.option("--clients", default=16)
@click.option("--seconds", default=10.0, help="Load on each of API and page.")
@click.option("--workers", default=1, help="Worker processes of serve.")
def main(
    news: Path,
    size: int,
    seed: str,
    count: int,
    clients: int,
    seconds: float,
    workers: int,
) -> None:
    """Index the first articles of NEWS and time searches, in process and over HTTP."""
    click.echo(f"seed {seed}", err=True)
    articles = list(texts.read_articles(news, size))
    queries = list(_drawn(articles, random.Random(seed), count))
    with tempfile.TemporaryDirectory(prefix="baosou-bench-") as folder:
        corpus, index = Path(folder, "corpus"), Path(folder, "index")
        seconds_taken = _index(articles, corpus, index)
        click.echo(f"| {size:,} articles | p50 ms | p95 ms | p99 ms | a second |")
        click.echo("| --- | --- | --- | --- | --- |")
        _row("engine.search", *_search(index, queries))
        with _serving(corpus, index, workers) as (url, process):
            for name, path in _PATHS.items():
                paths = [path + quote(query) for query in queries]
                _row(name, *asyncio.run(_load(url, paths, clients, seconds)))
            memory = _resident(process)
        click.echo(f"\nindexed in {seconds_taken:.1f} s, {_bytes(index) / 1e6:.1f} MB")
        click.echo(f"serve's processes resident: {memory / 1e6:.0f} MB")


def _drawn(
    articles: Sequence[texts.Article], chance: random.Random, count: int
) -> Iterator[str]:
    """Queries of one word, of two, and quoted runs of 2 to 40 characters, in turns."""
    bodies = [article.body for article in articles if len(article.body) > 60]
    for number in range(count):
        body = chance.choice(bodies)
        if number % 3 == 2:
            start = chance.randrange(len(body) - 40)
            run = body[start : start + chance.randint(2, 40)].replace("\n", "")
            yield f"“{''.join(c for c in run if c.isalnum()) or body[:2]}”"
            continue
        words = [word for word in texts.words_of(body).split() if len(word) > 1]
        yield " ".join(chance.choices(words, k=number % 3 + 1))


def _index(articles: Sequence[texts.Article], corpus: Path, index: Path) -> float:
    """Seconds from JSONL to a published index."""
    corpus.mkdir()
    with Path(corpus, "news.jsonl").open("w", encoding="utf-8") as lines:
        for article in articles:
            row = {"id": article.id, "title": article.title, "body": article.body}
            dated = {"date": article.date} if article.date else {}
            lines.write(json.dumps(row | dated, ensure_ascii=False) + "\n")
    started = time.perf_counter()
    done = subprocess.run(_baosou("index", corpus, index), stdout=subprocess.DEVNULL)
    if done.returncode not in (0, 1):
        raise RuntimeError("the index was not built; see above")
    return time.perf_counter() - started


def _baosou(command: str, corpus: Path, index: Path, *rest: str) -> list[str]:
    run = [sys.executable, "-m", "search_web", command]
    return [*run, str(corpus), "--index", str(index), *rest]


def _search(index: Path, queries: Sequence[str]) -> tuple[list[float], float]:
    """Milliseconds of each query, and the seconds of all."""
    with open_engine(index) as engine:
        engine.search(SearchRequest(queries[0]))
        taken = []
        for query in queries:
            started = time.perf_counter()
            engine.search(SearchRequest(query, limit=10))
            taken.append((time.perf_counter() - started) * 1e3)
    return taken, sum(taken) / 1e3


@contextmanager
def _serving(
    corpus: Path, index: Path, workers: int
) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The address that serve prints once it answers; stops it afterwards."""
    rest = ("--port", "0", "--workers", str(workers))
    command = _baosou("serve", corpus, index, *rest)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout  # it is a pipe
        said = re.search("http://[^ ]+", process.stdout.readline())
        assert said  # serve prints its address first
        try:
            yield said.group(), process
        finally:
            process.terminate()


async def _load(
    url: str, paths: Sequence[str], clients: int, seconds: float
) -> tuple[list[float], float]:
    """Milliseconds of each request of all clients, and how long they went on."""
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 80
    started = time.perf_counter()
    ends = started + seconds
    tasks = (
        _client(host, port, paths[number::clients], ends) for number in range(clients)
    )
    taken = await asyncio.gather(*tasks)
    return [one for each in taken for one in each], time.perf_counter() - started


async def _client(
    host: str, port: int, paths: Sequence[str], ends: float
) -> list[float]:
    """Ask one path after another on one connection until the time is over."""
    reader, writer = await asyncio.open_connection(host, port)
    taken: list[float] = []
    while (started := time.perf_counter()) < ends:
        path = paths[len(taken) % len(paths)]
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path}: {head.splitlines()[0].decode()}")
        length = next(
            line.split(b":")[1]
            for line in head.lower().splitlines()
            if line.startswith(b"content-length:")
        )
        await reader.readexactly(int(length))
        taken.append((time.perf_counter() - started) * 1e3)
    writer.close()
    return taken


def _row(name: str, taken: Sequence[float], seconds: float) -> None:
    p50, p95, p99 = np.percentile(taken, [50, 95, 99])
    rate = len(taken) / seconds
    click.echo(f"| {name} | {p50:.2f} | {p95:.2f} | {p99:.2f} | {rate:,.0f} |")


def _resident(process: "subprocess.Popen[str]") -> int:
    parent = psutil.Process(process.pid)
    every = (parent, *parent.children(recursive=True))
    return sum(int(one.memory_info().rss) for one in every)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
