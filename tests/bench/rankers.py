"""Engines as the measure of ranking asks them: a query in, the ids of the best ten out.

The peers get one field of title and body, cut by jieba, and take a query as any of its
words; ours gets the articles by the road that all corpora take, and the query as typed.
"""

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

from tantivy import Index, Occur
from tantivy import Query as Asked

from indexer import SearchRequest, open_engine, terms
from indexer.rebuild import rebuild
from indexer.relevance import GRAINS, Words
from indexer.whoosh_index import fingerprint
from tests.bench import fts5_index, pairs_index, tantivy_index, texts
from tests.bench.peer import TOP, Plan
from tests.bench.texts import Text

CORPUS: Final = "corpus"
DOCUMENTS: Final = "documents.jsonl"


class Ranker(Protocol):
    """An opened index of documents that are numbered or have ids."""

    def best(self, query: str) -> Sequence[int | str]:
        """The best ten, the best first: their numbers, or their ids."""

    def close(self) -> None:
        """Give back files."""


@dataclass(frozen=True, slots=True)
class RankerMaker:
    """An engine under its name: how a corpus folder of one file becomes its index in an
    empty folder, and how that is opened; `index` names the folder of the index."""

    name: str
    index: str
    build: Callable[[Path, Path], None]
    open: Callable[[Path], Ranker]
    own: bool = False


class TantivyRanker:
    def __init__(self, folder: Path) -> None:
        index = Index.open(str(folder))
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()
        assert self._searcher.num_segments == 1, "else addresses are not numbers"

    def best(self, query: str) -> list[int]:
        words = _words(query)
        found = [Asked.term_query(self._schema, "words", w, "freq") for w in words]
        asked = Asked.boolean_query([(Occur.Should, term) for term in found])
        hits = self._searcher.search(asked, TOP, count=False).hits
        return [address.doc for _, address in hits]

    def close(self) -> None:
        del self._searcher


class Fts5Ranker:
    def __init__(self, folder: Path) -> None:
        path = (folder / "fts5.sqlite").as_uri()
        self._base = sqlite3.connect(f"{path}?mode=ro", uri=True)
        self._base.execute("PRAGMA mmap_size = 8589934592")

    def best(self, query: str) -> list[int]:
        asked = " OR ".join(f'"{word}"' for word in _words(query))
        return [row for (row,) in self._base.execute(_BEST, (asked,))]

    def close(self) -> None:
        self._base.close()


class PairsRanker:
    def __init__(self, folder: Path) -> None:
        self._index = pairs_index.PairsIndex(folder)

    def best(self, query: str) -> list[int]:
        return self._index.best(terms.characters(query).text)

    def close(self) -> None:
        del self._index


class OwnRanker:
    """`engine.search` as readers have it; `engine` and `request` are what else is
    passed to `open_engine` and to SearchRequest."""

    def __init__(
        self,
        folder: Path,
        engine: Mapping[str, Any],  # Any: keyword arguments
        request: Mapping[str, Any],
    ) -> None:
        self._engine = open_engine(folder, **engine)
        self._request = request

    def best(self, query: str) -> list[str]:
        asked = SearchRequest(query, limit=TOP, **self._request)
        return [hit.id for hit in self._engine.search(asked).hits]

    def close(self) -> None:
        self._engine.close()


@dataclass(frozen=True, slots=True)
class Ablation:
    """A row of the table of what each part brings: a name, and how our engine is opened
    and asked for it."""

    name: str
    engine: Mapping[str, Any] = field(default_factory=dict)  # Any: keyword arguments
    request: Mapping[str, Any] = field(default_factory=dict)


_NOT_HEADED: Final = replace(GRAINS, learnt=False, headline=0.0)
_UNLEARNT: Final = _NOT_HEADED.without_lead()
_ALIKE: Final = replace(_UNLEARNT, words=Words())
_WORDS_ALONE: Final = _ALIKE.without("pairs", "characters")
ABLATIONS: Final = (
    Ablation("all words, as typed", request={"exact": True}),
    Ablation("words alone", engine={"grains": _WORDS_ALONE}),
    Ablation("+ bigrams", engine={"grains": _ALIKE.without("characters")}),
    Ablation("+ single characters", engine={"grains": _ALIKE}),
    Ablation("+ kinds of words", engine={"grains": _UNLEARNT}),
    Ablation("+ lead", engine={"grains": _NOT_HEADED}),
    Ablation("+ headlines", engine={"grains": replace(GRAINS, learnt=False)}),
)


_BEST: Final = f"SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT {TOP}"
_TEXTS: Final = "texts"
_Build: TypeAlias = Callable[[Path, Path], None]


def _from_texts(build: Callable[[Path, Iterable[Text], Plan], None]) -> _Build:
    """A build that reads the words that all peers share, cut by the first."""

    def from_texts(pool: Path, folder: Path) -> None:
        path = pool / _TEXTS
        if not path.exists():
            articles = texts.read_articles(pool / CORPUS / DOCUMENTS)
            texts.write_texts(path.with_suffix(".part"), texts.texts_of(articles))
            path.with_suffix(".part").rename(path)
        build(
            folder, texts.read_texts(path), Plan(sum(1 for _ in texts.read_texts(path)))
        )

    return from_texts


def _build_own(pool: Path, folder: Path) -> None:
    with open_engine(folder, writable=True) as engine:
        report = rebuild(pool / CORPUS, engine, full=True, jobs=os.cpu_count() or 1)
    if report.refused:
        raise RuntimeError(f"not every document was taken: {report.refused[0]}")


def _words(query: str) -> list[str]:
    """The different words of a query, in its order."""
    return list(dict.fromkeys(texts.words_of(query).split()))


def own(row: Ablation) -> RankerMaker:
    """Our engine, opened and asked in a way; all ways share one index, which is of the
    format of the day."""
    kept = hashlib.sha256(repr(sorted(fingerprint().items())).encode()).hexdigest()
    return RankerMaker(
        row.name,
        f"own-{kept[:8]}",
        _build_own,
        lambda folder: OwnRanker(folder, row.engine, row.request),
        own=True,
    )


PEERS: Final = (
    RankerMaker(
        "tantivy, jieba", "tantivy", _from_texts(tantivy_index.build), TantivyRanker
    ),
    RankerMaker("FTS5, jieba", "fts5", _from_texts(fts5_index.build), Fts5Ranker),
    RankerMaker(
        "character pairs", "pairs", _from_texts(pairs_index.build), PairsRanker
    ),
)
