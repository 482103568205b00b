"""The measure of what is found, on the sample corpus, and what it must not miss."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import Engine, open_engine
from indexer.rebuild import rebuild
from tests.bench import recall
from tests.bench.recall import Mistakes, Printed
from tests.conftest import CORPUS


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
def engine(index: Path) -> Iterator[Engine]:
    with open_engine(index) as engine:
        yield engine


def test_every_literal_is_found_and_nothing_else(
    engine: Engine, units: list[Printed]
) -> None:
    score = recall.literals_found(engine, units, random.Random("runs"), 300)
    assert (score.right, score.asked + score.skipped) == (score.asked, 300)
    assert score.asked > 250


def test_every_name_is_found(engine: Engine, units: list[Printed]) -> None:
    score = recall.names_found(engine, units, random.Random("names"), 10_000)
    assert score.right == score.asked > 100


@pytest.mark.parametrize("title", ["names", "words"])
def test_one_wrong_character_is_put_right(
    engine: Engine, units: list[Printed], title: str
) -> None:
    chance = random.Random("typos")
    words = chance.sample(recall.asked_words(units)[title], 60)
    scores = recall.put_right(engine, words, Mistakes(units, chance))
    right = sum(score.right for kind, score in scores.items() if kind != "left out")
    asked = sum(score.asked for kind, score in scores.items() if kind != "left out")
    assert right >= 0.9 * asked > 0


def test_a_mistake_changes_one_place(units: list[Printed]) -> None:
    mistakes = Mistakes(units, random.Random("kinds")).kinds
    assert sorted(mistakes["swapped"]("甲乙丙")) == sorted("甲乙丙")
    assert len(mistakes["left out"]("甲乙丙")) == 2
    assert mistakes["left out"]("甲乙") == "甲乙"
    (place,) = [i for i, c in enumerate(mistakes["same look"]("未未")) if c != "未"]
    assert place in (0, 1)
