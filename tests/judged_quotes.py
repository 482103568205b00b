"""The judge of the ledger: quotes found by scanning every article, with no index.

It shares with the ledger what a query asks for and the weights; matching and scoring
are its own. Of a quote all but the speaker is its article's.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from indexer import query, terms
from indexer.archive import Article, Quote
from indexer.documents import UNKNOWN_SPEAKER, Document
from indexer.search import SearchRequest
from indexer.whoosh_query import REWRITTEN_WEIGHT
from tests.brute_force import BruteForce

Scores = dict[str, float]


@dataclass(frozen=True)
class JudgedQuotes:
    """Answers which quotes match a tree, with their scores, by id."""

    articles: tuple[Article, ...]
    units: BruteForce

    def of(self, node: query.Node | None) -> Scores:
        match node:
            case None | query.Filter("kind", "quote"):
                return self._where(lambda quote: True)
            case query.Filter("kind", _):
                return {}
            case query.Filter("speaker", name):
                return self._where(lambda quote: name in _speakers(quote))
            case query.Filter("role", words):
                return self._where(lambda quote: _plain(words) in _plain(quote.role))
            case query.Words(text):
                return self._words(text)
            case query.Phrase(text):
                return self._term(_plain(text))
            case query.And(nodes):
                parts = [self.of(inner) for inner in nodes]
                common = set.intersection(*map(set, parts))
                return {id: sum(part[id] for part in parts) for id in common}
            case query.Or(nodes):
                return _sum(self.of(inner) for inner in nodes)
            case query.Not(inner):
                found = self.of(inner)
                return self._where(lambda quote: quote.id not in found)
            case query.Otherwise(asked, also):
                forms = self.of(also).items()
                weak = {id: score * REWRITTEN_WEIGHT for id, score in forms}
                return _sum([self.of(asked), weak])
        held = SearchRequest(query.render(node), kind="all", exact=True)
        units = {id for id, _ in self.units.search(held)}
        return self._where(lambda quote: quote.id.rpartition(".q")[0] in units)

    def _words(self, text: str) -> Scores:
        parts = [self._term(term.text) for term in terms.query_terms(text)]
        common = set.intersection(*map(set, parts))
        more = self._said(_plain(text)) if len(parts) > 1 else {}
        return {id: sum(p[id] for p in parts) + more.get(id, 0) for id in common}

    def _term(self, text: str) -> Scores:
        by = self._where(lambda quote: text in _label(quote))
        idf = self._idf(len(by))
        return _sum([self._said(text), dict.fromkeys(by, idf)])

    def _said(self, text: str) -> Scores:
        printed = {quote.id: _plain(quote.text) for quote in self._quotes()}
        counts = {id: _count(said, text) for id, said in printed.items()}
        found = {id: tf for id, tf in counts.items() if tf}
        average = sum(map(len, printed.values())) / len(printed)
        idf = self._idf(len(found))
        return {
            id: idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len(printed[id]) / average))
            for id, tf in found.items()
        }

    def _idf(self, frequency: int) -> float:
        return math.log(len(self._quotes()) / (frequency + 1)) + 1

    def _where(self, test: Callable[[Quote], bool]) -> Scores:
        return {quote.id: 0.0 for quote in self._quotes() if test(quote)}

    def _quotes(self) -> list[Quote]:
        return [quote for article in self.articles for quote in article.quotes]


def judged(
    articles: tuple[Article, ...], documents: tuple[Document, ...]
) -> JudgedQuotes:
    return JudgedQuotes(articles, BruteForce(documents))


def _sum(parts: Iterable[Scores]) -> Scores:
    found: Scores = {}
    for part in parts:
        for id, score in part.items():
            found[id] = found.get(id, 0.0) + score
    return found


def _speakers(quote: Quote) -> list[str]:
    every = [speaker.name or speaker.surface for speaker in quote.speakers]
    return [name for name in (quote.speaker, *every) if name] or [UNKNOWN_SPEAKER]


def _label(quote: Quote) -> str:
    return "|".join([*_speakers(quote), quote.role or ""])


def _plain(text: str | None) -> str:
    return "".join(c for c in terms.fold(text or "") if c.isalnum())


def _count(said: str, text: str) -> int:
    return sum(said.startswith(text, at) for at in range(len(said)))
