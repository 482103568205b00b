"""A plot of time against size, both logarithmic, one panel a question class, as SVG."""

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from tests.bench.questions import CLASSES, Class
from tests.bench.report import Run

_COLUMNS: Final = 4
_WIDTH, _HEIGHT, _LEFT, _TOP = 210, 170, 46, 34  # of a panel; its margins, in pixels
_INNER_WIDTH, _INNER_HEIGHT = _WIDTH - _LEFT - 10, _HEIGHT - _TOP - 26
# Told apart by people who don't see all colours (Okabe and Ito).
_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")


def plot(runs: Sequence[Run]) -> str:
    """Mean milliseconds of each engine by number of texts."""
    names = list(dict.fromkeys(name for run in runs for name in run.built))
    sizes = sorted({run.plan.size for run in runs})
    means = [t.mean for run in runs for r in run.results for t in r.timings.values()]
    axes = _Axes(_decades(sizes), _decades(means))
    rows = math.ceil(len(CLASSES) / _COLUMNS)
    width, height = _COLUMNS * _WIDTH, rows * _HEIGHT + 24
    panels = "".join(
        f'<g transform="translate({i % _COLUMNS * _WIDTH} {i // _COLUMNS * _HEIGHT})">'
        f"{''.join(_panel(asked, runs, names, axes))}</g>"
        for i, asked in enumerate(CLASSES)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="10">'
        f'<rect width="{width}" height="{height}" fill="white"/>'
        f"{panels}{''.join(_legend(names, height - 10))}</svg>\n"
    )


class _Axes:
    """Turns sizes and milliseconds into pixels of a panel."""

    def __init__(self, sizes: range, times: range) -> None:
        self.sizes, self.times = sizes, times

    def x(self, size: float) -> float:
        return _LEFT + _share(size, self.sizes) * _INNER_WIDTH

    def y(self, milliseconds: float) -> float:
        return _TOP + (1 - _share(milliseconds, self.times)) * _INNER_HEIGHT


def _share(value: float, decades: range) -> float:
    return (math.log10(value) - decades[0]) / (decades[-1] - decades[0])


def _decades(values: Sequence[float]) -> range:
    """The powers of ten that hold all values, two at least.

    >>> _decades([0.004, 30])
    range(-3, 3)
    """
    low = math.floor(math.log10(min(values)))
    return range(low, max(math.ceil(math.log10(max(values))), low + 1) + 1)


def _panel(
    asked: Class, runs: Sequence[Run], names: Sequence[str], axes: _Axes
) -> Iterator[str]:
    yield f'<text x="{_LEFT}" y="{_TOP - 8}" font-weight="bold">{asked}</text>'
    bottom, right = _TOP + _INNER_HEIGHT, _LEFT + _INNER_WIDTH
    for power in axes.times:
        y = axes.y(10.0**power)
        yield f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#ddd"/>'
        label = f"{10.0**power:g} ms"
        yield f'<text x="{_LEFT - 3}" y="{y + 3:.1f}" text-anchor="end">{label}</text>'
    for power in axes.sizes:
        x, label = axes.x(10.0**power), f"{10**power:,}"
        yield f'<path d="M{x:.1f} {_TOP}V{bottom}" stroke="#ddd"/>'
        if power in (axes.sizes[0], axes.sizes[-1]):
            anchor = "start" if power == axes.sizes[0] else "end"
            yield (
                f'<text x="{x:.1f}" y="{bottom + 13}" text-anchor="{anchor}">'
                f"{label}</text>"
            )
    for name, colour in zip(names, _COLOURS, strict=False):
        yield from _line(_points(asked, runs, name, axes), colour)


def _points(
    asked: Class, runs: Sequence[Run], name: str, axes: _Axes
) -> list[tuple[float, float]]:
    return [
        (axes.x(run.plan.size), axes.y(result.timings[name].mean))
        for run in sorted(runs, key=lambda run: run.plan.size)
        for result in run.results
        if result.asked == asked and name in result.timings
    ]


def _line(points: Sequence[tuple[float, float]], colour: str) -> Iterator[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for x, y in points:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>'


def _legend(names: Sequence[str], y: int) -> Iterator[str]:
    for i, (name, colour) in enumerate(zip(names, _COLOURS, strict=False)):
        x = _LEFT + i * 100
        yield f'<rect x="{x}" y="{y - 8}" width="10" height="10" fill="{colour}"/>'
        yield f'<text x="{x + 14}" y="{y + 1}">{escape(name)}</text>'
