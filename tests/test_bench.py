"""The benchmark measures right answers: every engine counts alike."""

import json
import random
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TypeAlias

import pytest

pytest.importorskip("tantivy", reason="tantivy is not installed (extra bench)")

import tantivy

from tests.bench import contest, questions, searchable, texts
from tests.bench.makers import MAKERS
from tests.bench.peer import Maker, Peer, Plan
from tests.bench.questions import CLASSES, Class, Question

SIZE = 200
PLAN = Plan(SIZE)
Peers: TypeAlias = dict[str, Peer]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, prose: str) -> Path:
    """200 texts recombined from the sample corpus."""
    path = tmp_path_factory.mktemp("bench") / "texts"
    lines = [line for line in prose.split("\n") if line.strip()]
    chance = random.Random("days")
    articles = [
        texts.Article(str(n), f"20{chance.randint(10, 24)}-05-{n % 28 + 1:02}", *pair)
        for n, pair in enumerate(zip(lines[::2], lines[1::2], strict=False))
    ]
    texts.write_texts(path, texts.recombined(articles, SIZE, "seed"))
    return path


@pytest.fixture(scope="module")
def drawn(source: Path) -> dict[Class, list[Question]]:
    return questions.draw(source, SIZE, "seed", count=10)


def built(maker: Maker, source: Path, folder: Path) -> closing[Peer]:
    maker.build(folder, texts.read_texts(source), PLAN)
    return closing(maker.open(folder))


@pytest.fixture(scope="module")
def peers(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peers]:
    with ExitStack() as opened:
        yield {
            name: opened.enter_context(
                built(maker, source, tmp_path_factory.mktemp(name))
            )
            for name, maker in MAKERS.items()
        }


@pytest.mark.long
@pytest.mark.parametrize("asked", CLASSES)
def test_engines_count_alike(
    asked: Class, peers: Peers, drawn: dict[Class, list[Question]]
) -> None:
    able = {n: peer for n, peer in peers.items() if asked in MAKERS[n].classes}
    lists = dict.fromkeys(able, drawn[asked])
    result = contest.compare(asked, able, lists, rounds=1)
    assert result.differences == ()
    assert len(result.timings) == len(able) >= 3


def test_counts_are_those_of_a_scan(
    source: Path, tmp_path: Path, drawn: dict[Class, list[Question]]
) -> None:
    padded = [f" {text.words} " for text in texts.read_texts(source)]
    with built(next(iter(MAKERS.values())), source, tmp_path) as first:
        for question in drawn["AND 2"] + drawn["phrase 3"]:
            whole = question.asked == "phrase 3"
            runs = [" ".join(question.parts)] if whole else question.parts
            expected = sum(all(f" {run} " in text for run in runs) for text in padded)
            (answer,) = first.ask([question])
            assert answer.total == expected > 0


@pytest.mark.long
def test_articles_become_searchable_from_jsonl_on(tmp_path: Path) -> None:
    news = tmp_path / "news.jsonl"
    articles = [
        {
            "id": str(n),
            "date": f"2024-05-0{n}",
            "title": "大桥通车",
            "body": "市民参观。",
        }
        for n in range(1, 4)
    ]
    news.write_text("".join(json.dumps(a) + "\n" for a in articles), "utf-8")
    taken = searchable.measure(news, 3, tmp_path / "work")
    assert taken.keys() == {"tantivy", "engine.search"}
    index = tantivy.Index.open(str(tmp_path / "work" / "tantivy.0"))
    found = index.searcher().search(index.parse_query("参观", ["body"]), 10)
    assert len(found.hits) == 3
    assert searchable.measure(news, 4, tmp_path / "more") == {}
