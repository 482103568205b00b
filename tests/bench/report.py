"""What was measured, as tables for people and for README, and as a plot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.builds import Built
from tests.bench.contest import Result, Timing
from tests.bench.peer import Plan
from tests.bench.searchable import Searchable


@dataclass(frozen=True, slots=True)
class Run:
    """One size: what each engine's index cost, and a result for each class.

    `cutting` is the seconds that cutting the texts into words took, once for all;
    `text_bytes` the words' own size; `searchable` what some engines took from JSONL on.
    """

    plan: Plan
    cutting: float
    text_bytes: int
    built: dict[str, Built]
    results: tuple[Result, ...]
    searchable: dict[str, Searchable]


def markdown(run: Run) -> str:
    """Both tables of one size, in Markdown."""
    shape = f"{run.plan.size:,} texts"
    if run.plan.segments > 1 or run.plan.deleted:
        shape += f", {run.plan.segments} segments, {len(run.plan.gone()):,} deleted"
    lines = (f"#### {shape}", "", *_times(run), "", *_costs(run), "")
    return "\n".join(lines)


def inserted(text: str, tables: str, name: str = "peers") -> str:
    """A text with tables in place of what stands between its two marks of that name.

    >>> inserted("a\\n<!-- peers -->\\nold\\n<!-- peers -->\\nb", "new\\n")
    'a\\n<!-- peers -->\\n\\nnew\\n<!-- peers -->\\nb'
    """
    mark = f"<!-- {name} -->"
    before, _, after = text.split(mark)
    return f"{before}{mark}\n\n{tables}{mark}{after}"


def differences(run: Run) -> Iterator[str]:
    """A line for each answer that is not the first engine's."""
    for result in run.results:
        for item in result.differences:
            parts = " ".join(item.question.parts)
            yield (
                f"DIFFERENT {result.asked} [{parts}] at {run.plan.size}: {item.engine} "
                f"{item.answer.total} {item.answer.detail}, "
                f"first engine {item.first.total} {item.first.detail}"
            )


def ratio(result: Result, name: str) -> float:
    """An engine's mean time by the first engine's; under 1 is faster."""
    return result.timings[name].mean / next(iter(result.timings.values())).mean


def _times(run: Run) -> Iterator[str]:
    """p50 / p95 / mean in ms, and the ratio of means to the first engine."""
    names = list(run.built)
    yield _row(["p50 / p95 / mean ms (× mean of the first)", *names])
    yield _row(["---"] * (len(names) + 1))
    for result in run.results:
        cells = [_cell(result, name) for name in names]
        yield _row([result.asked, *cells])


def _costs(run: Run) -> Iterator[str]:
    """What each index cost to write, and what lies on the disk."""
    yield _row(["", *run.built])
    yield _row(["---"] * (len(run.built) + 1))
    built = run.built.values()
    seconds = [f"{run.cutting:.1f} + {item.seconds:.1f} s" for item in built]
    yield _row(["cutting into words + index", *seconds])
    whole = [_searchable(run.searchable.get(name)) for name in run.built]
    yield _row(["from JSONL to searchable (of all processors)", *whole])
    peaks = [f"{item.peak_memory / 1e6:,.0f} MB" for item in built]
    yield _row(["peak memory of the build", *peaks])
    disk = [f"{i.bytes / 1e6:,.1f} MB, ×{i.bytes / run.text_bytes:.2f}" for i in built]
    yield _row(["on disk, × words", *disk])
    yield _row(["of it", *(_parts(item) for item in built)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(result: Result, name: str) -> str:
    if name not in result.timings:
        return "–"
    return f"{_timing(result.timings[name])} (×{_figure(ratio(result, name))})"


def _timing(timing: Timing) -> str:
    shown = (_figure(value) for value in (timing.p50, timing.p95, timing.mean))
    return " / ".join(shown)


def _figure(value: float) -> str:
    """Three figures at most.

    >>> [_figure(value) for value in (0.00171, 0.171, 1.71, 17.1, 1711.0)]
    ['.0017', '.171', '1.71', '17.1', '1711']
    """
    digits = 4 if value < 0.1 else 3 if value < 1 else 2 if value < 10 else 1
    shown = f"{value:.{digits if value < 100 else 0}f}"
    return shown.removeprefix("0") if value < 1 else shown


def _searchable(taken: Searchable | None) -> str:
    return f"{taken.seconds:.1f} s ({taken.cpu:.1f})" if taken else "–"


def _parts(built: Built) -> str:
    largest = built.parts[:4]
    return ", ".join(f"{name} {size / 1e6:.1f}" for name, size in largest)
