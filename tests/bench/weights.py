"""What the words of a question are worth, learnt from example questions.

    python -m tests.bench.weights --work FOLDER [SETS] [--half even] [--out FILE]

writes `indexer/words/query_weights.txt`, a text a line: what it weighs fitted to what
answers questions, alone and among news (`tests.bench.refining`), and what it weighs by
how often it is asked (`tests.bench.asked`). Learn from one set or half, and measure
another.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import click

from tests.bench import asked, judged, ranking, refining, texts
from tests.bench.judged import RANKING, Query
from tests.bench.ranking import Half
from tests.bench.texts import NEWS

OUT: Final = Path(__file__).parents[2] / "indexer/words/query_weights.txt"


@click.command()
@click.argument("sets", nargs=-1)
@click.option("--half", type=click.Choice(("even", "odd", "all")), default="all")
@click.option("--queries", "most", default=1_500, help="Fitted to, of each set.")
@click.option("--distractors", default=100_000, help="Articles of the news.")
@click.option(
    "--work", type=click.Path(path_type=Path), required=True, help="Keeps the indexes."
)
@click.option("--out", type=click.Path(path_type=Path), default=OUT)
def main(
    sets: tuple[str, ...],
    half: Half,
    most: int,
    distractors: int,
    work: Path,
    out: Path,
) -> None:
    """Learn from SETS of the shared folder, from all where none is named."""
    names = sets or tuple(sorted(folder.name for folder in RANKING.iterdir()))
    articles = tuple(texts.read_articles(NEWS, distractors))
    printed = (f"{a.title}\n{a.body}" for a in islice(articles, asked.ARTICLES))
    weights = asked.learnt(
        [
            _questions(
                ranking.chosen_of(judged.read_set(RANKING / name).queries, half, 0)
            )
            for name in names
        ],
        printed,
    )
    examples = [
        example
        for _, snapshot, queries in ranking.opened(names, articles, half, most, work)
        for example in refining.examples(snapshot, queries, weights)
    ]
    fitted = refining.refined(examples, weights)
    rows = sorted((fitted[text], weights[text], text) for text in weights)
    lines = [f"{text}\t{worth:.2f}\t{seldom:.2f}\n" for worth, seldom, text in rows]
    out.write_text("".join(lines), "utf-8")
    click.echo(f"{len(examples)} examples, {len(lines)} weights")


def _questions(queries: Sequence[Query]) -> list[str]:
    """What is asked about each document, a line for each question."""
    about: dict[str, list[str]] = {}
    for query in queries:
        about.setdefault(query.grades[0][0], []).append(query.text)
    return ["\n".join(questions) for questions in about.values()]


if __name__ == "__main__":
    main()
