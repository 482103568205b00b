"""Whoosh 2.7.4 as it comes: its codec, matchers, scoring and collectors."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from whoosh import fields, index, query, sorting
from whoosh.analysis import SpaceSeparatedTokenizer

from tests.bench.peer import TOP, Answer, Found, Maker, Plan, timed
from tests.bench.questions import Question
from tests.bench.texts import Text


def build(folder: Path, texts: Iterable[Text], plan: Plan) -> None:
    """Write texts as they come, a commit for each segment."""
    made = index.create_in(folder, _schema())
    writer = None
    for text in texts:
        writer = writer or made.writer(limitmb=512)
        writer.add_document(
            number=str(text.number),
            words=text.words,
            characters=text.characters,
            day=text.day,
            year=text.year,
        )
        if plan.ends_segment(text.number):
            writer.commit(merge=False)
            writer = None
    if plan.deleted:
        writer = made.writer()
        for number in plan.gone():
            writer.delete_by_term("number", str(number))
        writer.commit(merge=False)
    made.close()


class StockWhoosh:
    """A Peer over a Whoosh index."""

    def __init__(self, folder: Path) -> None:
        self._index = index.open_dir(folder, readonly=True)
        self._searcher = self._index.searcher()

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        return timed(self._answer, questions)

    def close(self) -> None:
        self._searcher.close()
        self._index.close()

    def _answer(self, question: Question) -> Found:
        asked = _query(question)
        match question.asked:
            case "newest":
                found = self._searcher.search(
                    asked, limit=TOP, sortedby="day", reverse=True
                )
                return Found(len(found), tuple(hit["day"] for hit in found))
            case "faceted":
                by_year = sorting.FieldFacet("year", maptype=sorting.Count)
                found = self._searcher.search(
                    asked, limit=TOP, groupedby={"year": by_year}
                )
                return Found(len(found), tuple(sorted(found.groups("year").items())))
        return Found(len(self._searcher.search(asked, limit=TOP)))


WHOOSH: Final = Maker("Whoosh", build, StockWhoosh, largest=10_000, questions=20)


def _schema() -> fields.Schema:
    return fields.Schema(
        number=fields.ID,
        words=fields.TEXT(SpaceSeparatedTokenizer()),
        characters=fields.TEXT(SpaceSeparatedTokenizer()),
        day=fields.NUMERIC(sortable=True, stored=True),
        year=fields.NUMERIC(sortable=True),
    )


def _query(question: Question) -> Any:  # whoosh has no types
    parts = list(question.parts)
    terms = [query.Term("words", word) for word in parts]
    match question.asked:
        case "phrase 3":
            return query.Phrase("words", parts)
        case "quoted":
            return query.Phrase("characters", parts)
        case "OR 5":
            return query.Or(terms)
        case "filtered":
            days = query.NumericRange("day", question.since, question.until)
            return query.And([*terms, query.ConstantScoreQuery(days, 0.0)])
    return query.And(terms) if len(terms) > 1 else terms[0]
