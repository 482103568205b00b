"""The best k of many scores, without sorting them.

Of scores laid out in 32 rows the k-th highest of the columns' maxima is a lower bound
of the k-th highest score, and finding maxima is vectorised; so is it of the maxima of
the maxima, and so on until few are left. What reaches the bound is little more than k.
`np.argpartition` on an accumulator that is mostly zero needs 4 to 7 ms at 100,000
documents; this .03.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from indexer.arrays.container import Array

_ROWS: Final = 32
FEW: Final = 128  # as many are sorted outright
_SORTED: Final = 256  # as many keys are
_WHOLE: Final = 1 << 15  # as many are compared outright


class Best(NamedTuple):
    """How many documents match, and the numbers and scores of the best of them."""

    total: int
    docs: Array
    scores: Array


def best_of(docs: Array, scores: Array, limit: int) -> Best:
    """The highest scores of some documents (ascending); of equal ones the lower number
    first."""
    total = len(docs)
    if total == 1 and limit > 0:
        return Best(1, docs, scores)
    if total > FEW:
        places = best(scores, limit)
    else:
        places = (-scores).argsort(kind="stable")[:limit]
    return Best(total, docs[places], scores[places])


def at_least(scores: Array, k: int) -> float:
    """A bound that at least k of the scores reach, and few others; k is positive."""
    columns = len(scores) // _ROWS
    if columns < 2 * k:
        scores = scores.copy()
        scores.partition(len(scores) - k)
        return float(scores[len(scores) - k])
    return at_least(_maxima(scores, columns), k)


def _maxima(scores: Array, columns: int) -> Array:
    """The highest score of each column; the method `max` takes 1 µs longer."""
    rows = scores[: columns * _ROWS].reshape(_ROWS, columns)
    found: Array = np.maximum.reduce(rows)
    return found


def best(scores: Array, k: int) -> Array:
    """The places of the k highest scores, highest first, the earlier of equals."""
    if len(scores) <= FEW:
        return (-scores).argsort(kind="stable")[:k]
    if k <= 0:
        return np.empty(0, np.int64)
    columns = len(scores) // _ROWS
    if columns < 2 * k:
        near = (scores >= at_least(scores, min(k, len(scores)))).nonzero()[0]
    else:
        near = _near(scores, columns, k)
    return near[(-scores[near]).argsort(kind="stable")[:k]]


def best_by(
    scores: Array, ties: Callable[[Array], Array], k: int, *, digits: int
) -> Array:
    """The places of the k highest scores after rounding; of equal ones those of the
    lowest `ties`, given for some places, come first."""
    if k <= 0 or not len(scores):
        return np.empty(0, np.int64)
    if len(scores) == 1:  # as of most quoted runs
        return np.zeros(1, np.int64)
    near = np.arange(len(scores))
    if len(scores) > max(k, FEW):
        # Within one unit of the last digit rounding may change the order.
        near = np.flatnonzero(scores >= at_least(scores, k) - 10.0**-digits)
    rounded = np.round(scores[near].astype(np.float64), digits)
    return near[np.lexsort((ties(near), -rounded))[:k]]


def lowest(keys: Array, k: int) -> Array:
    """The places of the k lowest keys, lowest first, the earlier of equals."""
    if len(keys) <= _SORTED or k >= len(keys):
        return keys.argsort(kind="stable")[:k]
    if k <= 0:
        return np.empty(0, np.int64)
    # NumPy parts whole numbers faster than columns have minima.
    parted = keys.copy()
    parted.partition(k - 1)
    near = (keys <= parted[k - 1]).nonzero()[0]
    found: Array = near[keys.take(near).argsort(kind="stable")[:k]]
    return found


def _near(scores: Array, columns: int, k: int) -> Array:
    """The places of scores that may be among the k highest, ascending: of many scores
    only columns whose maximum reaches the bound are looked at."""
    maxima = _maxima(scores, columns)
    least = at_least(maxima, k)
    if len(scores) <= _WHOLE:
        return (scores >= least).nonzero()[0]
    chosen = (maxima >= least).nonzero()[0]
    rows = scores[: columns * _ROWS].reshape(_ROWS, columns)
    row, column = (rows.take(chosen, axis=1) >= least).nonzero()
    rest = (scores[columns * _ROWS :] >= least).nonzero()[0] + columns * _ROWS
    near = np.concatenate((row * columns + chosen.take(column), rest))
    near.sort()
    return near
