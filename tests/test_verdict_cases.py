"""Verdicts on cases made from what the sample corpus prints, as the benchmark makes
them from any index."""

import random
from collections.abc import Iterator

import pytest

from indexer.archive import Article
from indexer.corpus import read_vocabulary
from indexer.rebuild import rebuild
from indexer.search import Engine, SearchRequest
from indexer.whoosh_engine import open_engine
from tests.bench.verdicts import Cases, quotations_of, report
from tests.conftest import CORPUS


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    index = tmp_path_factory.mktemp("index")
    with open_engine(
        index, writable=True, vocabulary=read_vocabulary(CORPUS)
    ) as engine:
        rebuild(CORPUS, engine, full=True, jobs=1)
        yield engine


def articles(engine: Engine) -> Iterator[Article]:
    hits = engine.search(SearchRequest(kind="article", limit=200)).hits
    units = (engine.get(hit.id) for hit in hits)
    return (unit for unit in units if isinstance(unit, Article))


def test_verdicts_on_mutated_quotations_are_right(engine: Engine) -> None:
    quotations = list(quotations_of(articles(engine)))
    bodies = [article.body for article in articles(engine)]
    cases = Cases(
        quotations, lambda text: any(text in b for b in bodies), random.Random(7)
    )
    counts, _ = report(engine, cases.drawn(140))
    right = sum(counts[name] for name in counts if name.startswith("right "))
    assert right >= 140 * 0.97
    assert sum(counts[name] for name in counts if name.startswith("false ")) == 0


def test_what_prints_a_text_whole_is_most_alike(engine: Engine) -> None:
    for article in list(articles(engine))[::9]:
        found = next(engine.alike(article.body[:40], limit=3))
        assert article.body[:40] in found.body


def test_a_text_without_letters_is_like_nothing(engine: Engine) -> None:
    assert list(engine.alike("……", limit=3)) == []
    assert len(list(engine.alike("的", limit=3))) == 3
