"""What the grains of a question are worth, learnt from judged questions.

    python -m tests.bench.grains [SETS] [--half even] [--work FOLDER]

prints the weights of `indexer/relevance.py`, that of numbers being 1. What each part of
a score gives to the documents that may answer is asked of our own engine, alone and
among news; weights are then fitted, none below 0, so that what was judged right is the
likeliest (Cao and others 2007, "Learning to rank: from pairwise approach to listwise
approach"). `--times NAME=4` counts a set so often: one where most answers are first
already says little about the others. Learn from one set or half, and measure another.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
import numpy as np
from numpy.typing import NDArray

from indexer.arrays import Grain
from indexer.relevance import GRAINS, READ_AGAIN, Grains, Question, Words
from indexer.whoosh_index import Snapshot
from tests.bench import ranking, texts
from tests.bench.judged import RANKING, Query
from tests.bench.ranking import Half
from tests.bench.texts import NEWS

# What a question's candidates get by each part, and which of them answer it.
Example = tuple[NDArray[np.float64], NDArray[np.bool_]]

_STEPS: Final = 300
_RATE: Final = 0.05
_DECAY: Final = 1e-3  # of weights, in units of how much a part varies

_NO_WORDS: Final = Words(0, 0, 0, 0, 0)
_KINDS: Final = ("numbers", "letters", "single", "double", "longer")
_NONE: Final = Grains(_NO_WORDS, Grain(), Grain(), 0.0)
PARTS: Final[dict[str, Grains]] = {
    **{
        f"words.{kind}": replace(_NONE, words=replace(_NO_WORDS, **{kind: 1.0}))
        for kind in _KINDS
    },
    "pairs.presence": replace(_NONE, pairs=Grain(presence=1.0)),
    "pairs.near": replace(_NONE, pairs=Grain(near=1.0)),
    "characters.frequency": replace(_NONE, characters=Grain(1.0, 1.0)),
    **{
        f"characters.lead {end}": replace(_NONE, characters=Grain(lead=((end, 1.0),)))
        for end, _ in GRAINS.characters.lead
    },
    "headline": replace(_NONE, headline=1.0),
}


def examples(snapshot: Snapshot, queries: Sequence[Query]) -> list[Example]:
    """What can be learnt of queries whose answer is among what is read again."""
    numbers = snapshot.numbers()
    found = []
    for query in queries:
        parts = GRAINS.parts_of(query.text)
        chosen = Question(parts, snapshot.pool).chosen()
        assert chosen.scores is not None  # it is chosen by them
        docs = chosen.docs[np.argsort(-chosen.scores, kind="stable")[:READ_AGAIN]]
        right = np.isin(docs, [numbers[id] for id, _ in query.grades])
        if right.any():
            given = [
                Question(parts, snapshot.pool, part).scores(docs, snapshot.closeness)
                for part in PARTS.values()
            ]
            found.append((np.column_stack(given), right))
    return found


def fitted(examples: Sequence[Example]) -> NDArray[np.float64]:
    """The weight of each part, the first being 1, by Adam on the mean logarithm of how
    likely the answers are.

    >>> chance = np.random.default_rng(1)
    >>> given = [chance.random((9, 2)) for _ in range(99)]
    >>> best = [(one @ (1, 3) == (one @ (1, 3)).max()) for one in given]
    >>> bool(2 < fitted(list(zip(given, best)))[1] < 4)
    True
    """
    given = np.concatenate([one for one, _ in examples])
    right = np.concatenate([answers for _, answers in examples])
    scale = given.std(axis=0) + 1e-9
    given = given / scale
    sizes = np.array([len(answers) for _, answers in examples])
    starts = np.cumsum(sizes) - sizes
    weights = np.full(given.shape[1], 0.4)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        scores = given @ weights
        chance = np.exp(
            scores - np.maximum.reduceat(scores, starts).repeat(sizes)
        ).clip(1e-30)
        answers = chance * right
        off = chance / np.add.reduceat(chance, starts).repeat(sizes)
        off -= answers / np.add.reduceat(answers, starts).repeat(sizes)
        slope = off @ given / len(sizes) + _DECAY * weights
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        even = np.sqrt(square / (1 - 0.99**step)) + 1e-9
        weights = (weights - _RATE * mean / (1 - 0.9**step) / even).clip(0)
    weights = weights / scale
    found: NDArray[np.float64] = weights / weights[0]
    return found


@click.command()
@click.argument("sets", nargs=-1)
@click.option("--half", type=click.Choice(("even", "odd", "all")), default="all")
@click.option("--times", multiple=True, help="NAME=N: count a set N times.")
@click.option("--distractors", default=100_000, help="Articles of the news.")
@click.option(
    "--work", type=click.Path(path_type=Path), required=True, help="Keeps the indexes."
)
def main(
    sets: tuple[str, ...],
    half: Half,
    times: tuple[str, ...],
    distractors: int,
    work: Path,
) -> None:
    """Learn from SETS of the shared folder, from all where none is named."""
    often = {name: int(count) for name, _, count in (t.partition("=") for t in times)}
    articles = tuple(texts.read_articles(NEWS, distractors))
    learnt: list[Example] = []
    names = sets or tuple(sorted(folder.name for folder in RANKING.iterdir()))
    for name, snapshot, queries in ranking.opened(names, articles, half, 0, work):
        found = examples(snapshot, queries)
        learnt += found * often.get(name, 1)
        click.echo(f"{name}: {len(found)} examples", err=True)
    for part, weight in zip(PARTS, fitted(learnt), strict=True):
        click.echo(f"{part}\t{weight:.2f}")


if __name__ == "__main__":
    main()
