"""Measures the whole service: `python -m tests.bench.service --help`.

Indexes articles by `baosou index`, then times `engine.search` with facets and snippets
in this process, the JSON API and the results page of `baosou serve` under load, and how
long an index takes to open; tells the memory of a serving worker. Queries are words,
pairs and quoted runs of the articles, drawn from a seed.
"""

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
from urllib.parse import quote

import click
import psutil

from indexer import SearchRequest, open_engine
from tests.bench import texts
from tests.bench.load import Timing, ask_each, load, timing_of, tool
from tests.bench.texts import NEWS

_API: Final = "/api/v1/search?q="
_PAGE: Final = "/search?q="
# Searches in this process; HTTP asks all that are drawn.
_SEARCHES: Final = 1_000
_OPENINGS: Final = 3
_OPEN: Final = """
import sys, time, pathlib, indexer
started = time.perf_counter()
indexer.open_engine(pathlib.Path(sys.argv[1]))
print((time.perf_counter() - started) * 1e3)
"""


@click.command()
@click.argument(
    "news", type=click.Path(path_type=Path, exists=True), default=NEWS, required=False
)
@click.option("--size", default=1_000, help="Articles.")
@click.option("--seed", default=lambda: str(time.time_ns()), help="Draws queries.")
@click.option("--queries", "count", default=10_000, help="Different queries.")
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
    click.echo(f"seed {seed}; load by {tool() or 'clients of our own'}", err=True)
    articles = list(texts.read_articles(news, size))
    queries = list(_drawn(articles, random.Random(seed), count))
    with tempfile.TemporaryDirectory(prefix="baosou-bench-") as folder:
        corpus, index = Path(folder, "corpus"), Path(folder, "index")
        indexing = _index(articles, corpus, index)
        opening = min(_opening(index) for _ in range(_OPENINGS))
        click.echo(f"| {size:,} articles | p50 ms | p95 ms | p99 ms | a second |")
        click.echo("| --- | --- | --- | --- | --- |")
        _row("engine.search", _search(index, queries[:_SEARCHES]))
        with _serving(corpus, index, workers) as (url, process):
            # The page gets the queries from the other end: fresh ones, if they suffice.
            for name, path, asked in (
                ("JSON API", _API, queries),
                ("HTML page", _PAGE, queries[::-1]),
            ):
                paths = [path + quote(query) for query in asked]
                timing = load(url, paths, clients=clients, seconds=seconds, wrk=tool())
                _row(name, timing)
            ask_each(url, [_API + quote(query) for query in queries], clients=clients)
            memory = _memory(process)
    click.echo(f"\nindexed in {indexing:.1f} s, opened in {opening:.0f} ms")
    click.echo(f"a worker after {count:,} different queries: {memory}")


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
        every = texts.words_of(body).split()
        words = [word for word in every if len(word) > 1] or every or [body[:2]]
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


def _opening(index: Path) -> float:
    """The milliseconds that opening takes in a process of its own."""
    command = [sys.executable, "-c", _OPEN, str(index)]
    return float(subprocess.check_output(command, text=True))


def _search(index: Path, queries: Sequence[str]) -> Timing:
    with open_engine(index) as engine:
        engine.search(SearchRequest(queries[0]))
        taken = []
        for query in queries:
            started = time.perf_counter()
            engine.search(SearchRequest(query, limit=10))
            taken.append((time.perf_counter() - started) * 1e3)
    return timing_of(taken, sum(taken) / 1e3)


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


def _row(name: str, timing: Timing) -> None:
    shown = " | ".join(f"{each:.2f}" for each in timing.percentiles)
    click.echo(f"| {name} | {shown} | {timing.answers / timing.seconds:,.0f} |")


def _memory(process: "subprocess.Popen[str]") -> str:
    """The largest worker's resident memory, and what of it is not a file's."""
    parent = psutil.Process(process.pid)
    every = (parent, *parent.children(recursive=True))
    resident, worker = max((one.memory_info().rss, one.pid) for one in every)
    told = f"{resident / 1e6:.0f} MB resident"
    rollup = Path(f"/proc/{worker}/smaps_rollup")
    if not rollup.exists():
        return told
    own = re.search(r"^Pss_Anon: *(\d+) kB", rollup.read_text(), re.M)
    return f"{told}, {int(own[1]) / 1e3:.0f} MB of it not mapped files" if own else told


if __name__ == "__main__":
    main()
