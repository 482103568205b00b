"""Measures engines against each other: `python -m tests.bench.peers --help`.

Same texts, same words, fresh questions of a seed, totals compared; ends with 1 when any
engine counts differently. Hides where indexes lie meanwhile and in which order the work
is done: cut, build each engine's index, open all, then let them answer in turns.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from tests.bench import builds, contest, plot, questions, report, searchable, texts
from tests.bench.makers import MAKERS
from tests.bench.peer import Maker, Plan
from tests.bench.questions import CLASSES
from tests.bench.report import Run
from tests.bench.texts import NEWS

_SIZES: Final = (1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Contest:
    """What is to be measured: `news` the articles, `count` questions of a class."""

    news: Path
    seed: str
    count: int
    rounds: int
    makers: tuple[Maker, ...]


def measure(asked: Contest, plan: Plan, folder: Path) -> Run:
    """Build everything for one size in an empty folder, and let the engines answer."""
    source = folder / "texts"
    started = time.perf_counter()
    _write_texts(asked, plan.size, source)
    cutting = time.perf_counter() - started
    makers = [maker for maker in asked.makers if _fits(maker, plan)]
    built = {}
    for maker in makers:
        built[maker.name] = builds.build(maker.name, source, folder / maker.name, plan)
        _say(f"{plan.size} {maker.name}: built in {built[maker.name].seconds:.1f} s")
    drawn = questions.draw(
        source, plan.size, asked.seed, count=asked.count, deleted=plan.deleted
    )
    results = []
    with ExitStack() as opened:
        peers = {
            maker.name: opened.enter_context(closing(maker.open(folder / maker.name)))
            for maker in makers
        }
        for name in CLASSES:
            able = [m for m in makers if name in m.classes]
            if not able:
                continue
            results.append(
                contest.compare(
                    name,
                    {m.name: peers[m.name] for m in able},
                    {m.name: drawn[name][: m.questions] for m in able},
                    rounds=asked.rounds,
                )
            )
            _say(f"{plan.size} {name}: done")
    taken = searchable.measure(asked.news, plan.size, folder / "searchable")
    size = source.stat().st_size
    return Run(plan, cutting, size, built, tuple(results), taken)


@click.command()
@click.argument(
    "news", type=click.Path(path_type=Path, exists=True), default=NEWS, required=False
)
@click.option(
    "--size", "sizes", type=int, multiple=True, help="Texts; may be repeated."
)
@click.option("--engine", "names", type=click.Choice(tuple(MAKERS)), multiple=True)
@click.option("--seed", default=lambda: str(time.time_ns()), help="Draws questions.")
@click.option("--questions", "count", default=200, help="Of each class.")
@click.option("--rounds", default=5, help="A question's time is its least of so many.")
@click.option("--segments", default=1, help="Segments of each index.")
@click.option("--deleted", default=0, help="Delete each so-manieth text; 0 for none.")
@click.option("--work", type=click.Path(path_type=Path), help="Keep the indexes there.")
@click.option("--svg", type=click.Path(path_type=Path), help="Plot time by size there.")
@click.option(
    "--readme",
    type=click.Path(path_type=Path, exists=True),
    help="Put the tables between its two marks <!-- peers -->.",
)
def main(
    news: Path,
    sizes: tuple[int, ...],
    names: tuple[str, ...],
    seed: str,
    count: int,
    rounds: int,
    segments: int,
    deleted: int,
    work: Path | None,
    svg: Path | None,
    readme: Path | None,
) -> None:
    """Time engines on NEWS, a JSONL file of articles (plain or .xz).

    Prints a block of Markdown for each size, as README has it. Sizes beyond the file
    are made of its paragraphs, put together anew.
    """
    _say(f"seed {seed}")
    makers = tuple(MAKERS[name] for name in names or MAKERS)
    asked = Contest(news, seed, count, rounds, makers)
    runs = []
    for size in sizes or _SIZES:
        with _folder(work, size) as folder:
            runs.append(measure(asked, Plan(size, segments, deleted), folder))
        click.echo(report.markdown(runs[-1]))
    if svg:
        svg.write_text(plot.plot(runs), encoding="utf-8")
    if readme:
        text = readme.read_text("utf-8")
        tables = "\n".join(map(report.markdown, runs))
        readme.write_text(report.inserted(text, tables), encoding="utf-8")
    wrong = [line for run in runs for line in report.differences(run)]
    for line in wrong:
        _say(line)
    sys.exit(1 if wrong else 0)


def _write_texts(asked: Contest, size: int, path: Path) -> None:
    """The first articles as they are; where there are too few, recombined ones."""
    articles = texts.texts_of(texts.read_articles(asked.news, size))
    if texts.write_texts(path, articles) < size:
        everything = texts.read_articles(asked.news)
        texts.write_texts(path, texts.recombined(everything, size, asked.seed))


def _fits(maker: Maker, plan: Plan) -> bool:
    whole = plan.segments == 1 and not plan.deleted
    return plan.size <= maker.largest and (whole or maker.segmented)


@contextmanager
def _folder(work: Path | None, size: int) -> Iterator[Path]:
    if work:
        folder = work / str(size)
        folder.mkdir(parents=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="baosou-bench-") as temporary:
        yield Path(temporary)


def _say(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    main()
