"""Queries and the documents that answer them: sets that people judged, and known-item
searches drawn from news without asking any engine.

A set is a folder of `docs.jsonl`, `queries.jsonl` and `qrels.tsv` (query, 0, document,
grade). Known items: a document is picked, and what a reader may remember of it typed.
"""

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from indexer import terms
from tests.bench.texts import Article

RANKING: Final = Path(__file__).parents[3] / "shared/data/ranking"
# So many of the first articles are the documents that known items are picked from.
PICKED_FROM: Final = 5_000


@dataclass(frozen=True, slots=True)
class Query:
    """What is typed, and the grade above 0 of each document that answers it.

    `same` are documents as good as the only answer: all of them count as one.
    """

    text: str
    grades: tuple[tuple[str, int], ...]
    same: frozenset[str] = frozenset()

    def folded(self, found: Sequence[str]) -> list[str]:
        """Ids as found, those that are the same as the answer by its id, once.

        >>> Query("", (("a", 1),), frozenset(("b", "c"))).folded(["d", "c", "a", "b"])
        ['d', 'a']
        """
        answer = self.grades[0][0]
        return list(dict.fromkeys(answer if id in self.same else id for id in found))


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Queries over documents of their own."""

    name: str
    documents: tuple[Article, ...]
    queries: tuple[Query, ...]


def read_set(folder: Path) -> JudgedSet:
    """The set in a folder; queries that nothing answers are left out."""
    grades: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
        query, _, document, grade = line.split("\t")
        if int(grade) > 0:
            grades[query].append((document, int(grade)))
    queries = tuple(
        Query(row["query"], tuple(grades[row["id"]]))
        for row in _rows(folder / "queries.jsonl")
        if row["id"] in grades
    )
    documents = tuple(
        Article(row["id"], row.get("date") or "", row.get("title") or "", row["body"])
        for row in _rows(folder / "docs.jsonl")
    )
    return JudgedSet(folder.name, documents, queries)


def known_items(
    articles: Sequence[Article], count: int, seed: str
) -> tuple[JudgedSet, ...]:
    """Three sets of `count` queries over the first articles: headlines with words left
    out, rare words of the lead, excerpts of a sentence.

    An article with the same title or the same opening is the same article.
    """
    documents = tuple(articles[:PICKED_FROM])
    same = _Same(articles)
    memory = _Memory(documents)
    return tuple(
        _drawn(name, documents, same, typed, random.Random(f"{seed}/{name}"), count)
        for name, typed in (
            ("news: headline", memory.headline),
            ("news: words", memory.words),
            ("news: excerpt", memory.excerpt),
        )
    )


# What a reader types for an article; nothing where it has nothing fit to be typed.
_Typed: TypeAlias = Callable[[Article, random.Random], str]

_OPENING: Final = 60
_LEAD: Final = 300
_RARE: Final = (2, 0.005)  # documents at least, share of the documents at most
_EXCERPT: Final = (8, 20)
_SENTENCE_END: Final = re.compile("[。！？；\n]")
_MARKS: Final = re.compile(r"[\W_]+")


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _drawn(
    name: str,
    documents: tuple[Article, ...],
    same: "_Same",
    typed: _Typed,
    chance: random.Random,
    count: int,
) -> JudgedSet:
    queries: list[Query] = []
    for article in chance.sample(documents, len(documents)):
        if len(queries) == count:
            break
        if text := typed(article, chance):
            queries.append(Query(text, ((article.id, 1),), same.ids(article)))
    return JudgedSet(name, documents, tuple(queries))


class _Same:
    """Which articles print the same."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._ids: defaultdict[str, list[str]] = defaultdict(list)
        for article in articles:
            for key in self._keys(article):
                self._ids[key].append(article.id)

    def ids(self, article: Article) -> frozenset[str]:
        return frozenset(id for key in self._keys(article) for id in self._ids[key])

    def _keys(self, article: Article) -> Iterator[str]:
        if title := _MARKS.sub("", article.title):
            yield f"title {title}"
        yield f"opening {_MARKS.sub('', article.body)[:_OPENING]}"


class _Memory:
    """What a reader remembers of an article; words are jieba's."""

    def __init__(self, documents: Sequence[Article]) -> None:
        self._cut = terms.rust_cutter()
        self._holders = Counter(
            word for article in documents for word in self._words(article)
        )
        self._most = max(_RARE[0], _RARE[1] * len(documents))

    def headline(self, article: Article, chance: random.Random) -> str:
        """Its words in order, a third of them forgotten, run together or spaced."""
        words = [w for w in self._cut(article.title) if not _MARKS.fullmatch(w)]
        if len(words) < 4:
            return ""
        kept = sorted(chance.sample(range(len(words)), -(-len(words) * 2 // 3)))
        return chance.choice(("", " ")).join(words[i] for i in kept)

    def words(self, article: Article, chance: random.Random) -> str:
        """Two to four words that few other articles print."""
        rare = [
            word
            for word in sorted(self._words(article))
            if _RARE[0] <= self._holders[word] <= self._most
        ]
        count = chance.randint(2, 4)
        return " ".join(chance.sample(rare, count)) if len(rare) >= count else ""

    def excerpt(self, article: Article, chance: random.Random) -> str:
        """A run of a sentence."""
        sentences = _SENTENCE_END.split(article.body)
        long = [text for text in map(str.strip, sentences) if len(text) >= _EXCERPT[0]]
        if not long:
            return ""
        sentence, length = chance.choice(long), chance.randint(*_EXCERPT)
        start = chance.randint(0, max(len(sentence) - length, 0))
        return sentence[start : start + length]

    def _words(self, article: Article) -> set[str]:
        """The words of two Han characters and more of its beginning."""
        text = f"{article.title}\n{article.body[:_LEAD]}"
        return {w for w in self._cut(text) if len(w) > 1 and all(map(terms.is_han, w))}
