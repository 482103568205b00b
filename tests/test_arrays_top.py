"""The best of many numbers, against sorting all of them."""

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.arrays.codes import score_table
from indexer.arrays.container import Array, ArrayWriter, open_arrays
from indexer.arrays.postings import KEPT, TOPS_FROM, write_tops_of
from indexer.arrays.streams import few_set
from indexer.arrays.top import at_least, best, best_by, lowest

SIZES = st.sampled_from([0, 1, 2, 127, 128, 129, 640, 1_281, 9_000])
LIMITS = st.sampled_from([0, 1, 2, 10, 50, 200, 20_000])
EXAMPLES = settings(max_examples=60)


@st.composite
def scores(draw: st.DrawFn) -> Array:
    """Some float32 numbers, many of them equal, some below 0, most 0."""
    random = np.random.default_rng(draw(st.integers(0, 999)))
    kinds = draw(st.sampled_from([2, 30, 1_000_000]))
    found = (random.integers(0, kinds, draw(SIZES)) / 8 - 2).astype(np.float32)
    return found * (random.random(len(found)) < draw(st.sampled_from([0.02, 0.5, 1])))


@EXAMPLES
@given(scores(), LIMITS)
def test_the_best_are_those_of_a_whole_stable_sort(held: Array, k: int) -> None:
    expected = np.argsort(-held, kind="stable")[:k]
    assert best(held, k).tolist() == expected.tolist()


@EXAMPLES
@given(scores(), LIMITS, st.sampled_from([0, 1, 6]))
def test_equal_rounded_scores_are_in_the_order_of_their_ties(
    held: Array, k: int, digits: int
) -> None:
    ties = np.random.default_rng(5).permutation(len(held))
    rounded = np.round(held.astype(np.float64), digits)
    expected = np.lexsort((ties, -rounded))[:k]
    assert best_by(held, ties.take, k, digits=digits).tolist() == expected.tolist()


@EXAMPLES
@given(scores(), LIMITS)
def test_the_lowest_are_those_of_a_whole_stable_sort(held: Array, k: int) -> None:
    for keys in (held, (held * 8).astype(np.int64)):
        expected = np.argsort(keys, kind="stable")[:k]
        assert lowest(keys, k).tolist() == expected.tolist()


@EXAMPLES
@given(scores().filter(len), st.integers(1, 300))
def test_at_least_k_reach_the_bound(held: Array, k: int) -> None:
    k = min(k, len(held))
    assert np.count_nonzero(held >= at_least(held, k)) >= k


def test_the_best_of_a_term_are_those_of_a_whole_stable_sort(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    lengths = [0, 127, 128, 129, 255, 256, 257, 5_000, 65_536, 65_537, 3, 140_000, 128]
    starts = np.cumsum([0, *lengths]).astype(np.uint32)
    docs = random.integers(0, 1 << 20, int(starts[-1])).astype(np.uint32)
    codes = random.choice([257, 258, 600, 9_000], len(docs)).astype(np.uint16)
    for name, array in (("docs", docs), ("codes", codes)):
        with ArrayWriter(tmp_path / f"s.{name}") as writer:
            writer.put(name, array)
    write_tops_of(tmp_path / "s", starts, [(0, len(lengths), 20.0)])
    tops = open_arrays(tmp_path / "s.tops").arrays
    terms = [n for n, length in enumerate(lengths) if length >= TOPS_FROM]
    assert tops["terms"].tolist() == terms
    for row, term in enumerate(terms):
        places = np.arange(starts[term], starts[term + 1])
        order = np.argsort(-score_table(20.0)[codes[places]], kind="stable")[:KEPT]
        kept = slice(row * KEPT, (row + 1) * KEPT)
        assert tops["docs"][kept].tolist() == docs[places[order]].tolist()
        assert tops["codes"][kept].tolist() == codes[places[order]].tolist()


@EXAMPLES
@given(SIZES, st.sampled_from([0, 0.01, 0.3, 1]))
def test_few_flags_are_found_where_they_are_set(size: int, share: float) -> None:
    flags = np.random.default_rng(size).random(size) < share
    assert few_set(flags).tolist() == np.flatnonzero(flags).tolist()
