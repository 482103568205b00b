"""The measure of what is found, on the sample corpus, and what it must not miss."""

import random
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import pytest

from indexer import Engine, open_engine
from indexer.rebuild import rebuild
from tests.bench import recall
from tests.bench.recall import Mistakes, Printed, Scan
from tests.conftest import CORPUS

RIGHT, ASKED = attrgetter("right"), attrgetter("asked")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recall")
    with open_engine(path, writable=True) as engine:
        rebuild(CORPUS, engine, full=True, jobs=1)
    return path


@pytest.fixture(scope="module")
def units(index: Path) -> list[Printed]:
    return recall.printed_in(index)


@pytest.fixture(scope="module")
def scan(units: list[Printed]) -> Scan:
    return Scan(units)


@pytest.fixture(scope="module")
def engine(index: Path) -> Iterator[Engine]:
    with open_engine(index) as engine:
        yield engine


def test_a_scan_looks_into_passages_one_by_one() -> None:
    units = [
        Printed("a", ("甲乙丙", "丁"), (), ()),
        Printed("b", ("乙丙丙乙",), (), ()),
    ]
    scan = Scan(units)
    assert scan.printing("乙丙") == {"a", "b"}
    assert scan.printing("丁") == {"a"}
    assert scan.printing("丙丁") == scan.printing("戊") == set()


def test_every_literal_is_found_and_nothing_else(engine: Engine, scan: Scan) -> None:
    score = recall.literals_found(engine, scan, random.Random("runs"), 300)
    assert (score.right, score.asked + score.skipped) == (score.asked, 300)
    assert score.asked > 250


def test_every_name_is_found_however_typed(engine: Engine, scan: Scan) -> None:
    people = sorted({name for unit in scan.units for name in unit.people})
    scores = recall.names_found(engine, scan, people)
    assert set(scores) == {"plain", "padded", "padded wide", "quoted"}
    for score in scores.values():
        assert score.right == score.asked > 100


@pytest.mark.parametrize("title", ["names", "words"])
def test_one_wrong_character_is_put_right(
    engine: Engine, units: list[Printed], title: str
) -> None:
    chance = random.Random("typos")
    known = recall.asked_words(units)[title]
    words = chance.sample(known, 60)
    scores = recall.put_right(engine, words, Mistakes(units, chance), set(known))
    assert scores["silent"].right >= 0.9 * scores["silent"].asked > 0
    several = [scores[kind] for kind in ("same sound", "same look", "swapped")]
    right, asked = (sum(map(of, several)) for of in (RIGHT, ASKED))
    assert right >= 0.9 * asked > 0


@pytest.mark.parametrize("title", ["names", "words"])
def test_a_right_word_is_never_corrected(
    engine: Engine, units: list[Printed], title: str
) -> None:
    assert recall.corrected(engine, recall.asked_words(units)[title]) == []


def test_names_that_people_marked_are_asked() -> None:
    marked = {"units": [{"reporters": ["龚云舟"], "groups": [{"name": "覃海"}]}]}
    assert set(recall.named_in(marked)) == {"龚云舟", "覃海"}


def test_a_mistake_changes_one_place(units: list[Printed]) -> None:
    mistakes = Mistakes(units, random.Random("kinds")).kinds
    assert sorted(mistakes["swapped"]("甲乙丙")) == sorted("甲乙丙")
    assert len(mistakes["left out"]("甲乙丙")) == 2
    assert mistakes["left out"]("甲乙") == "甲乙"
    (place,) = [i for i, c in enumerate(mistakes["same look"]("未未")) if c != "未"]
    assert place in (0, 1)
