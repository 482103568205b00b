"""What is learnt of the grains of a question."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tantivy", reason="tantivy is not installed (extra bench)")

from indexer import documents, open_engine
from indexer.archive import Article
from indexer.relevance import GRAINS, Question
from indexer.whoosh_engine import WhooshEngine
from tests.bench.grains import PARTS, examples, fitted
from tests.bench.judged import Query

ROWS = (
    ("g60", "G60科创走廊2024年开工，浔江大桥是第一段。"),
    ("bridge", "浔江大桥通车，全长一千二百米，2023年完工。"),
    ("fish", "鳜鱼丰收，养殖户说价格比去年好。"),
)
ASKED = (
    Query("G60科创走廊是哪一年开工的", (("g60", 1),)),
    Query("浔江大桥2023年什么时候通车", (("bridge", 1),)),
    Query("量子望远镜是谁造的", (("fish", 1),)),
)


def test_the_parts_at_their_weights_are_the_whole_score(tmp_path: Path) -> None:
    with open_engine(tmp_path, writable=True) as engine:
        assert isinstance(engine, WhooshEngine)
        engine.replace(documents.of(Article(id, "article", id, b)) for id, b in ROWS)
        with engine._reading() as (_, snapshot):
            learnt = examples(snapshot, ASKED)
            assert len(learnt) == 2  # nothing of the third is printed
            for query, (given, right) in zip(ASKED, learnt, strict=False):
                question = Question(GRAINS.parts_of(query.text), snapshot.pool)
                docs = question.chosen().docs
                whole = question.scores(docs, snapshot.closeness)
                assert right.sum() == 1
                assert sorted(given @ _weights()) == pytest.approx(sorted(whole))


def test_what_tells_answers_is_weighed() -> None:
    chance = np.random.default_rng(5)
    given = [chance.random((12, 3)) for _ in range(200)]
    best = [one @ (1, 0, 2) == (one @ (1, 0, 2)).max() for one in given]
    first, useless, better = fitted(list(zip(given, best, strict=True)))
    assert first == 1
    assert useless < 0.2
    assert 1.5 < better < 2.5


def _weights() -> list[float]:
    words, pairs, characters = GRAINS.words, GRAINS.pairs, GRAINS.characters
    kinds = (words.numbers, words.letters, words.single, words.double, words.longer)
    lead = (worth for _, worth in characters.lead)
    found = [
        *kinds,
        pairs.presence,
        pairs.near,
        characters.frequency,
        *lead,
        GRAINS.headline,
    ]
    assert len(found) == len(PARTS)
    return found
