"""Our arrays alone, without the engine around them: Whoosh's query objects over a
Whoosh schema, asked as the other engines are."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from whoosh import fields
from whoosh.query import And, ConstantScoreQuery, NumericRange, Or, Phrase, Term

from indexer.arrays import (
    ArraySearcher,
    Collection,
    Entry,
    Facets,
    IndexWriter,
    Layout,
    Literal,
    open_segments,
    ordered,
)
from tests.bench.peer import TOP, Answer, Found, Maker, Plan, timed
from tests.bench.questions import Question
from tests.bench.texts import Text

_MEMORY: Final = 768 << 20  # as the engine has it
_SECTIONS: Final = {0: ("words", 1.0)}


def build(folder: Path, texts: Iterable[Text], plan: Plan) -> None:
    """Write texts as they come, a commit for each segment."""
    layout = Layout.of(_schema(), values=("year",), text=True)
    writer = IndexWriter(folder, layout, memory=_MEMORY)
    for text in texts:
        writer.add(_entry(text))
        if plan.ends_segment(text.number):
            writer.commit(merge=False)
            writer = IndexWriter(folder, layout, memory=_MEMORY)
    for number in plan.gone():
        writer.delete(number)
    writer.commit(merge=False)


class ArraysIndex:
    """A Peer over an index of array segments."""

    def __init__(self, folder: Path) -> None:
        self._collection = Collection(open_segments(folder), _schema())
        self._searcher = ArraySearcher(self._collection)
        self._facets = Facets(self._collection)
        days = [segment.numbers("day") for segment in self._collection.segments]
        numbers = [day for day in days if day is not None]
        self._days = np.concatenate(numbers).astype(np.int32)
        self._newest = -self._days

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        return timed(self._answer, questions)

    def close(self) -> None:
        del self._searcher

    def _answer(self, question: Question) -> Found:
        if question.asked not in ("newest", "faceted"):
            return Found(self._searcher.best(_query(question), TOP).total)
        matches = self._searcher.matches(_query(question), scored=False)
        total = len(matches.docs)
        if question.asked == "newest":
            first = matches.docs[ordered(matches, self._newest, TOP)]
            return Found(total, tuple(self._days[first].tolist()))
        best = self._searcher.best(_query(question), TOP)
        years = self._facets.count("year", matches.docs, 1000)
        return Found(best.total, tuple(sorted((int(y), n) for y, n in years)))


ARRAYS: Final = Maker("arrays", build, ArraysIndex)


def _schema() -> fields.Schema:
    return fields.Schema(
        words=fields.TEXT(phrase=True),
        day=fields.NUMERIC(signed=False, sortable=True),
    )


def _entry(text: Text) -> Entry:
    return Entry(
        terms={"words": text.words.replace(" ", "\n")},
        stored=b"",
        text=((0, text.words.replace(" ", "") + "\x00"),),
        numbers={"day": text.day},
        values={"year": (str(text.year),)},
    )


def _query(question: Question) -> Any:  # Any: a Whoosh query
    parts = question.parts
    match question.asked:
        case "AND 2" | "AND 3":
            return And([Term("words", word) for word in parts])
        case "OR 5":
            return Or([Term("words", word) for word in parts])
        case "phrase 3":
            return Phrase("words", list(parts))
        case "quoted":
            return Literal("".join(parts), _SECTIONS)
        case "filtered":
            days = NumericRange("day", question.since, question.until)
            return And([Term("words", parts[0]), ConstantScoreQuery(days, 0.0)])
    return Term("words", parts[0])
