"""tantivy (Rust) through tantivy-py: one index, one thread."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import tantivy
from tantivy import FieldType, Occur, Query, SearchResult

from tests.bench.peer import TOP, Answer, Found, Maker, Plan, timed
from tests.bench.questions import Question
from tests.bench.texts import Text

# Enough that 100,000 texts make one segment, as in the other engines.
_HEAP_BYTES: Final = 2 << 30


def build(folder: Path, texts: Iterable[Text], plan: Plan) -> None:
    """Write texts as they come, a commit for each segment."""
    index = tantivy.Index(_schema(), path=str(folder))
    writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
    for text in texts:
        document = tantivy.Document()
        document.add_text("words", text.words)
        document.add_text("characters", text.characters)
        document.add_integer("day", text.day)
        document.add_integer("year", text.year)
        document.add_integer("number", text.number)
        writer.add_document(document)
        if plan.ends_segment(text.number):
            writer.commit()
    for number in plan.gone():
        writer.delete_documents_by_term("number", number)
    writer.commit()
    writer.wait_merging_threads()


class TantivyIndex:
    """A Peer over a tantivy index."""

    def __init__(self, folder: Path) -> None:
        index = tantivy.Index.open(str(folder))
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        return timed(self._answer, questions)

    def close(self) -> None:
        del self._searcher

    def _answer(self, question: Question) -> Found:
        query = self._query(question)
        if question.asked == "newest":
            found = self._searcher.search(query, TOP, order_by_field="day")
            return Found(_total(found), tuple(int(day) for day, _ in found.hits))
        found = self._searcher.search(query, TOP)
        if question.asked != "faceted":
            return Found(_total(found))
        counted = self._searcher.aggregate(query, _BY_YEAR)["year"]["buckets"]
        pairs = ((int(item["key"]), item["doc_count"]) for item in counted)
        return Found(_total(found), tuple(sorted(pairs)))

    def _query(self, question: Question) -> Query:
        match question.asked:
            case "phrase 3":
                return self._phrase("words", question.parts)
            case "quoted":
                return self._phrase("characters", question.parts)
            case "AND 2" | "AND 3":
                return self._all(question.parts, Occur.Must)
            case "OR 5":
                return self._all(question.parts, Occur.Should)
            case "filtered":
                days = Query.range_query(
                    self._schema,
                    "day",
                    FieldType.Integer,
                    question.since,
                    question.until,
                )
                unscored = Query.const_score_query(days, 0.0)
                word = self._term(question.parts[0])
                return Query.boolean_query([(Occur.Must, word), (Occur.Must, unscored)])
        return self._term(question.parts[0])

    def _term(self, word: str) -> Query:
        return Query.term_query(self._schema, "words", word, "freq")

    def _all(self, words: tuple[str, ...], occur: Occur) -> Query:
        return Query.boolean_query([(occur, self._term(word)) for word in words])

    def _phrase(self, field: str, parts: tuple[str, ...]) -> Query:
        return Query.phrase_query(self._schema, field, list(parts))


TANTIVY: Final = Maker("tantivy", build, TantivyIndex)

_BY_YEAR: Final = {"year": {"terms": {"field": "year", "size": 1000}}}


def _total(found: SearchResult) -> int:
    # Its type stub leaves `count` out.
    return int(found.count)  # type: ignore[attr-defined]  # its stubs lack it


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", tokenizer_name="whitespace")
    builder.add_text_field("characters", tokenizer_name="whitespace")
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_integer_field("year", fast=True)
    builder.add_integer_field("number", indexed=True)
    return builder.build()
