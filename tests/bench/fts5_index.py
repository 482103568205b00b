"""SQLite's FTS5, fed with our words: a contentless table of words and one of
characters, days beside them."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tests.bench.peer import TOP, Answer, Found, Maker, Plan, timed
from tests.bench.questions import Question
from tests.bench.texts import Text


def build(folder: Path, texts: Iterable[Text], plan: Plan) -> None:
    """Write all texts in one transaction and merge what that left into one segment."""
    base = sqlite3.connect(folder / "fts5.sqlite")
    base.executescript(_TABLES)
    for text in texts:
        number = text.number
        base.execute("INSERT INTO days VALUES (?, ?, ?)", (number, text.day, text.year))
        for table, parts in (("words", text.words), ("characters", text.characters)):
            base.execute(
                f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", (number, parts)
            )
    for table in ("words", "characters"):
        base.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
    base.commit()
    base.close()


class Fts5Index:
    """A Peer over an SQLite file."""

    def __init__(self, folder: Path) -> None:
        self._base = sqlite3.connect(
            f"{(folder / 'fts5.sqlite').as_uri()}?mode=ro", uri=True
        )
        self._base.execute("PRAGMA mmap_size = 8589934592")

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        return timed(self._answer, questions)

    def close(self) -> None:
        self._base.close()

    def _answer(self, question: Question) -> Found:
        values = {
            "asked": _match(question),
            "since": question.since,
            "until": question.until,
        }
        total, screen, *facets = _STATEMENTS.get(question.asked, _PLAIN)
        (found,) = self._base.execute(total, values).fetchone()
        rows = self._base.execute(screen, values).fetchall()
        if question.asked == "newest":
            return Found(found, tuple(day for (day,) in rows))
        for statement in facets:
            pairs = self._base.execute(statement, values).fetchall()
            return Found(found, tuple((year, count) for year, count in pairs))
        return Found(found)


FTS5: Final = Maker("FTS5", build, Fts5Index, segmented=False)

# ASCII punctuation and space part tokens, everything else stays as it is.
_TABLES: Final = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE days (number INTEGER PRIMARY KEY, day INTEGER, year INTEGER);
    CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='ascii');
    CREATE VIRTUAL TABLE characters USING fts5(text, content='', tokenize='ascii');
"""
_RANKED: Final = f"ORDER BY rank LIMIT {TOP}"
_WORDS: Final = "FROM words WHERE words MATCH :asked"
_DATED: Final = "FROM words JOIN days ON number = words.rowid WHERE words MATCH :asked"
_WITHIN: Final = f"{_DATED} AND day BETWEEN :since AND :until"
_PLAIN: Final = (
    f"SELECT count(*) {_WORDS}",
    f"SELECT rowid, rank {_WORDS} {_RANKED}",
)
_QUOTED: Final = "FROM characters WHERE characters MATCH :asked"
_STATEMENTS: Final[dict[str, tuple[str, ...]]] = {
    "quoted": (
        f"SELECT count(*) {_QUOTED}",
        f"SELECT rowid, rank {_QUOTED} {_RANKED}",
    ),
    "filtered": (
        f"SELECT count(*) {_WITHIN}",
        f"SELECT words.rowid, rank {_WITHIN} {_RANKED}",
    ),
    "newest": (
        f"SELECT count(*) {_WORDS}",
        f"SELECT day {_DATED} ORDER BY day DESC LIMIT {TOP}",
    ),
    "faceted": (
        *_PLAIN,
        f"SELECT year, count(*) {_DATED} GROUP BY year ORDER BY year",
    ),
}


def _match(question: Question) -> str:
    """The question in FTS5's language.

    >>> _match(Question("AND 2", ("建设", "医院")))
    '"建设" AND "医院"'
    >>> _match(Question("phrase 3", ("建设", "医院")))
    '"建设 医院"'
    """
    if question.asked in ("phrase 3", "quoted"):
        return f'"{" ".join(question.parts)}"'
    operator = " OR " if question.asked == "OR 5" else " AND "
    return operator.join(f'"{word}"' for word in question.parts)
