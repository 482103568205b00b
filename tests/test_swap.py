"""Twenty clients search while the index is rebuilt: each is answered from one build."""

import subprocess
import sys
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.test_serve import asked, serving

ARTICLE = '{{"id": "yunpu.{n}", "title": "大桥通车{n}", "body": "桥上的第{n}盏灯。"}}\n'
CLIENTS = 20


def write_articles(corpus: Path, count: int) -> None:
    corpus.mkdir(exist_ok=True)
    lines = (ARTICLE.format(n=n) for n in range(count))
    (corpus / "articles.jsonl").write_text("".join(lines), "utf-8")


def rebuild(corpus: Path, *options: str) -> None:
    command = [sys.executable, "-m", "indexer", "index", str(corpus), *options]
    index = ("--index", str(corpus.parent / "index"))
    subprocess.run([*command, *index], check=True, capture_output=True)


@pytest.mark.long
def test_a_rebuild_under_load(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    write_articles(corpus, 150)
    totals: defaultdict[str, set[int]] = defaultdict(set)
    done = threading.Event()

    def client(url: str) -> int:
        searches = 0
        while not done.is_set():
            answer = asked(f"{url}api/v1/search?q=%E5%A4%A7%E6%A1%A5&limit=5")
            totals[answer["generation"]].add(answer["total"])
            searches += 1
        return searches

    with serving(corpus) as (_, url), ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(client, url) for _ in range(CLIENTS)]
        try:
            for count, options in ((300, ()), (150, ("--full",)), (300, ("--full",))):
                write_articles(corpus, count)
                rebuild(corpus, *options)
        finally:
            done.set()
        assert all(searches.result() > 0 for searches in clients)
    assert len(totals) >= 3
    assert {frozenset(seen) for seen in totals.values()} == {
        frozenset({150}),
        frozenset({300}),
    }
