"""Measures what comes first: `python -m tests.bench.ranking --help`.

Judged queries, asked of our engine as readers ask it and of peers over the same
documents: the set's own alone, then among news. Indexes, and the peers' answers, are
kept in a folder where one is given, so that only what is ours is measured again.
"""

import hashlib
import json
import math
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

import click
import numpy as np

from indexer.generations import open_current
from indexer.whoosh_index import Snapshot, fingerprint
from tests.bench import judged, report, texts
from tests.bench.judged import RANKING, JudgedSet, Query
from tests.bench.peer import TOP
from tests.bench.rankers import (
    ABLATIONS,
    CORPUS,
    DOCUMENTS,
    PEERS,
    Ablation,
    RankerMaker,
    own,
)
from tests.bench.texts import NEWS, Article

Half: TypeAlias = Literal["even", "odd", "all"]
# The ids of the best ten, and the milliseconds that finding them took.
Answers: TypeAlias = dict[str, tuple[list[str], float]]

_OWN: Final = Ablation("engine.search")


@dataclass(frozen=True, slots=True)
class Score:
    """Means over the queries: 1 is best; `error` is the standard error of `mrr`, times
    are milliseconds a query."""

    queries: int
    mrr: float
    error: float
    ndcg: float
    hit1: float
    hit10: float
    mean: float
    p95: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """A table: one set among some documents, a score for each engine."""

    title: str
    documents: int
    scores: tuple[tuple[str, Score], ...]


def reciprocal(query: Query, found: Sequence[str]) -> float:
    """1 by the rank of the first answer among the best ten, 0 where there is none.

    >>> reciprocal(Query("", (("a", 1),)), ["b", "a"])
    0.5
    """
    right = dict(query.grades)
    ranks = (rank for rank, id in enumerate(found[:TOP], 1) if id in right)
    return 1 / next(ranks, math.inf)


def gain(query: Query, found: Sequence[str]) -> float:
    """nDCG at ten: grades, discounted by rank, by the most that could be had.

    >>> round(gain(Query("", (("a", 1), ("c", 3))), ["a", "b", "c"]), 3)
    0.689
    """
    grades = dict(query.grades)
    best = _discounted(sorted(grades.values(), reverse=True)[:TOP])
    return _discounted([grades.get(id, 0) for id in found[:TOP]]) / best


def score(queries: Sequence[Query], answers: Answers) -> Score:
    """How well all queries of a set were answered."""
    found = [(q, q.folded(answers[q.text][0]), answers[q.text][1]) for q in queries]
    ranks = np.array([reciprocal(query, ids) for query, ids, _ in found])
    times = np.array([took for _, _, took in found])
    return Score(
        queries=len(found),
        mrr=float(ranks.mean()),
        error=float(ranks.std() / math.sqrt(len(ranks))),
        ndcg=float(np.mean([gain(query, ids) for query, ids, _ in found])),
        hit1=float((ranks == 1).mean()),
        hit10=float((ranks > 0).mean()),
        mean=float(times.mean()),
        p95=float(np.percentile(times, 95)),
    )


def measure(
    asked: JudgedSet,
    others: Sequence[Article],
    makers: Sequence[RankerMaker],
    work: Path,
) -> Ranking:
    """Build what is not there yet, ask everyone, and score."""
    pool = pool_of(asked.documents, others, work)
    ids = [a.id for a in texts.read_articles(pool / CORPUS / DOCUMENTS)]
    asked = replace(asked, queries=tuple(within(asked.queries, frozenset(ids))))
    scores = []
    for maker in makers:
        folder = pool / maker.index
        build_once(maker, pool, folder)
        answers = _answers(maker, folder, [query.text for query in asked.queries], ids)
        scores.append((maker.name, score(asked.queries, answers)))
        _say(f"{asked.name}, {len(ids)} documents, {maker.name}: done")
    return Ranking(asked.name, len(ids), tuple(scores))


def markdown(ranking: Ranking) -> str:
    """A table in Markdown."""
    queries = ranking.scores[0][1].queries
    shape = f"{queries:,} queries, {ranking.documents:,} documents"
    head = ("MRR@10", "nDCG@10", "hit@1", "hit@10", "mean ms", "p95 ms")
    lines = [
        f"| {ranking.title}: {shape} | {' | '.join(head)} |",
        "| --- " * (len(head) + 1) + "|",
        *(f"| {name} | {_cells(score)} |" for name, score in ranking.scores),
    ]
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("sets", nargs=-1, type=click.Path(path_type=Path))
@click.option("--news", type=click.Path(path_type=Path, exists=True), default=NEWS)
@click.option(
    "--distractors", default=100_000, help="Articles of the news; 0 for none."
)
@click.option("--half", type=click.Choice(("even", "odd", "all")), default="all")
@click.option(
    "--queries", "most", default=1_000, help="Of each set, evenly; 0 for all."
)
@click.option("--seed", default="news", help="Draws the known items.")
@click.option("--ablation", is_flag=True, help="Our engine again with parts left out.")
@click.option("--fresh", is_flag=True, help="Build our index anew.")
@click.option("--work", type=click.Path(path_type=Path), help="Keep the indexes there.")
@click.option(
    "--readme",
    type=click.Path(path_type=Path, exists=True),
    help="Put the tables between its two marks <!-- ranking -->.",
)
def main(
    sets: tuple[Path, ...],
    news: Path,
    distractors: int,
    half: Half,
    most: int,
    seed: str,
    ablation: bool,
    fresh: bool,
    work: Path | None,
    readme: Path | None,
) -> None:
    """Rank the documents of SETS: folders, names of shared ones, or `news` for known
    items; all of these where none is given."""
    makers = (own(_OWN), *map(own, ABLATIONS if ablation else ()), *PEERS)
    articles = tuple(texts.read_articles(news, max(distractors, judged.PICKED_FROM)))
    names = sets or (*sorted(RANKING.iterdir()), Path("news"))
    tables = []
    with _folder(work) as folder:
        for outdated in folder.glob("*/own-*") if fresh else ():
            shutil.rmtree(outdated)
        for asked in _sets(names, articles, most, seed):
            chosen = replace(asked, queries=chosen_of(asked.queries, half, most))
            for others in (articles[:0], articles[:distractors])[
                : 1 + bool(distractors)
            ]:
                made = measure(chosen, others, makers, folder)
                tables.append(markdown(made))
                click.echo(tables[-1])
    if readme:
        text = report.inserted(readme.read_text("utf-8"), "\n".join(tables), "ranking")
        readme.write_text(text, encoding="utf-8")


def _discounted(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))


def within(queries: Sequence[Query], ids: frozenset[str]) -> Iterator[Query]:
    """What can be answered, by documents that are there."""
    for query in queries:
        if grades := tuple(pair for pair in query.grades if pair[0] in ids):
            yield replace(query, grades=grades)


def pool_of(
    documents: Sequence[Article], others: Sequence[Article], work: Path
) -> Path:
    """The folder of these documents, named after what they say, their corpus in it."""
    own_ids = {article.id for article in documents}
    lines = [
        json.dumps(
            {"id": a.id, "date": a.date or None, "title": a.title, "body": a.body},
            ensure_ascii=False,
        )
        for a in (*documents, *(other for other in others if other.id not in own_ids))
    ]
    content = "\n".join(lines).encode()
    pool = work / hashlib.sha256(content).hexdigest()[:12]
    corpus = pool / CORPUS
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / DOCUMENTS).write_bytes(content)
    return pool


def build_once(maker: RankerMaker, pool: Path, folder: Path) -> None:
    """Builds under another name: what bears its own is whole."""
    if folder.exists():
        return
    making = pool / f"{maker.index}.building"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    maker.build(pool, making)
    making.rename(folder)


def opened(
    names: Sequence[str],
    articles: Sequence[Article],
    half: Half,
    most: int,
    work: Path,
) -> Iterator[tuple[str, Snapshot, tuple[Query, ...]]]:
    """Shared sets by name, each alone and then among articles, in our own index, with
    so many queries of a half of them, 0 for all."""
    maker = own(_OWN)
    for name in names:
        asked = judged.read_set(RANKING / name)
        for others in ((), articles):
            pool = pool_of(asked.documents, others, work)
            build_once(maker, pool, pool / maker.index)
            generation = open_current(pool / maker.index, fingerprint())
            queries = chosen_of(asked.queries, half, most)
            yield name, Snapshot(generation.folder), queries


def _answers(
    maker: RankerMaker, folder: Path, queries: Sequence[str], ids: Sequence[str]
) -> Answers:
    """The answers to each query; a peer's are kept beside its index."""
    path = folder.with_suffix(".answers.json")
    kept: Answers = {}
    if not maker.own and path.exists():
        kept = json.loads(path.read_text("utf-8"))
    unasked = [query for query in dict.fromkeys(queries) if query not in kept]
    if not unasked:
        return kept
    with closing(maker.open(folder)) as ranker:
        ranker.best(unasked[0])  # what is loaded at the first question
        for query in unasked:
            started = time.perf_counter()
            best = ranker.best(query)
            took = (time.perf_counter() - started) * 1e3
            found = [ids[item] if isinstance(item, int) else item for item in best]
            kept[query] = found, took
    if not maker.own:
        path.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
    return kept


def _sets(
    names: Sequence[Path], articles: Sequence[Article], most: int, seed: str
) -> Iterator[JudgedSet]:
    for name in names:
        if name == Path("news"):
            yield from judged.known_items(articles, most or _ALL_NEWS, seed)
        else:
            yield judged.read_set(name if name.exists() else RANKING / name)


def chosen_of(queries: tuple[Query, ...], half: Half, most: int) -> tuple[Query, ...]:
    """A half of the queries, each second one, and so many of it, evenly."""
    some = {"even": queries[::2], "odd": queries[1::2], "all": queries}[half]
    if not most or len(some) <= most:
        return some
    return tuple(some[number * len(some) // most] for number in range(most))


def _cells(score: Score) -> str:
    shares = (score.ndcg, score.hit1, score.hit10)
    cells = [f"{_share(score.mrr)} ± {_share(score.error)}", *map(_share, shares)]
    return " | ".join((*cells, f"{score.mean:.2f}", f"{score.p95:.2f}"))


def _share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


@contextmanager
def _folder(work: Path | None) -> Iterator[Path]:
    if work:
        work.mkdir(parents=True, exist_ok=True)
        yield work
        return
    with tempfile.TemporaryDirectory(prefix="baosou-ranking-") as temporary:
        yield Path(temporary)


def _say(line: str) -> None:
    click.echo(line, err=True)


_ALL_NEWS: Final = 1_000


if __name__ == "__main__":
    main()
