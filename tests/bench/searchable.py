"""How long it takes from a file of articles until they can be searched: tantivy in one
process, and `baosou index`.

Building an index of words that were cut before does not tell: tantivy indexes in
threads of its own while the next texts are cut. So one process reads the compressed
JSONL, cuts with the call that we use and hands each document over with its words, its
day and itself to show. Both run as a command does, in turns; the least time counts.
"""

import json
import lzma
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Final

import tantivy

from indexer import terms
from tests.bench.texts import day_of

_TURNS: Final = 2
_TOGETHER: Final = 1000  # articles that are cut in one call
_HEAP_BYTES: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Searchable:
    """Seconds on the clock, and of all processors together."""

    seconds: float
    cpu: float


def measure(news: Path, size: int, folder: Path) -> dict[str, Searchable]:
    """What the first `size` articles of a file take, by engine; nothing where it has
    fewer."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    if _sliced(news, size, corpus / "news.jsonl.xz") < size:
        return {}
    ours = [sys.executable, "-m", "indexer", "index", str(corpus), "--full", "--index"]
    peer = [sys.executable, "-m", __name__, str(corpus / "news.jsonl.xz")]
    least: dict[str, Searchable] = {}
    for turn in range(_TURNS):
        for name, command in (("tantivy", peer), ("engine.search", ours)):
            taken = _run([*command, str(folder / f"{name}.{turn}")])
            least[name] = min(least.get(name, taken), taken, key=_seconds)
    return least


def index_by_tantivy(news: Path, folder: Path) -> None:
    """Make the articles of a compressed file searchable in an empty folder."""
    folder.mkdir(parents=True)
    index = tantivy.Index(_schema(), path=str(folder))
    writer = index.writer(heap_size=_HEAP_BYTES)
    with lzma.open(news) as lines:
        while rows := list(islice(lines, _TOGETHER)):
            articles = [json.loads(row) for row in rows]
            texts = [a[key] for a in articles for key in ("title", "body")]
            words = _words_of(texts)
            for article, row in zip(articles, rows, strict=True):
                document = tantivy.Document()
                document.add_text("id", article["id"])
                document.add_text("title", next(words))
                document.add_text("body", next(words))
                document.add_integer("day", day_of(article["date"] or ""))
                document.add_bytes("article", row)
                writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def _words_of(texts: Sequence[str]) -> Iterator[str]:
    """The words of each text, joined by spaces."""
    cut = terms.cut_together(texts)
    words = [cut.vocabulary[number] for number in cut.words.tolist()]
    for start, end in pairwise([0, *cut.word_ends.tolist()]):
        yield " ".join(words[start:end])


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("title", tokenizer_name="whitespace")
    builder.add_text_field("body", tokenizer_name="whitespace")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_bytes_field("article", stored=True)
    return builder.build()


def _sliced(news: Path, size: int, path: Path) -> int:
    """Write the first lines of a file compressed; how many there were."""
    with lzma.open(news) if news.suffix == ".xz" else news.open("rb") as lines:
        rows = list(islice(lines, size))
    path.write_bytes(lzma.compress(b"".join(rows), preset=1))
    return len(rows)


def _seconds(taken: Searchable) -> float:
    return taken.seconds


def _run(command: Sequence[str]) -> Searchable:
    before, started = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    seconds, after = time.perf_counter() - started, os.times()
    user = after.children_user - before.children_user
    return Searchable(seconds, user + after.children_system - before.children_system)


if __name__ == "__main__":
    index_by_tantivy(Path(sys.argv[1]), Path(sys.argv[2]))
