"""Our engine as everyone calls it: `engine.search` whole, with facets and snippets.

A word of a reader's query matches wherever it is printed, inside longer words too, so
totals are to be compared in the class quoted alone.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from indexer import Article, SearchRequest, open_engine
from indexer.documents import of
from tests.bench.peer import TOP, Answer, Found, Maker, Plan, timed
from tests.bench.questions import Question
from tests.bench.texts import Text


def build(folder: Path, texts: Iterable[Text], plan: Plan) -> None:
    """Publish one generation of all texts, each the body of an article."""
    with open_engine(folder, writable=True) as engine:
        engine.replace(of(_article(text)) for text in texts)


class OwnEngine:
    """A Peer over a folder of generations."""

    def __init__(self, folder: Path) -> None:
        self._engine = open_engine(folder)

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        return timed(self._answer, questions)

    def close(self) -> None:
        self._engine.close()

    def _answer(self, question: Question) -> Found:
        query = f"“{''.join(question.parts)}”"
        return Found(self._engine.search(SearchRequest(query, limit=TOP)).total)


OWN: Final = Maker(
    "engine.search",
    build,
    OwnEngine,
    largest=100_000,
    questions=50,
    segmented=False,
    classes=("quoted",),
)


def _article(text: Text) -> Article:
    year, day = text.year, text.day
    date = dt.date(year, day // 100 % 100, day % 100) if day else None
    return Article(str(text.number), "article", None, text.words, date=date)
