"""What one request asks of an opened index: how its query is read, what matches, and
what else is offered where little does.

Words must all be printed; what reads as a question, or as a sentence that is nowhere,
is answered by how close documents come. Other forms that print has are searched too,
letters are read as pinyin, and who said what is asked of the ledger.
"""

import time
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

import numpy as np

from indexer import ledger, query, terms
from indexer.arrays import Array, Context, Known, Matches, contexts
from indexer.correcting import corrected, doubted
from indexer.documents import ZONES
from indexer.messages import Message
from indexer.relaxing import Relaxed, broader, relaxed
from indexer.relevance import (
    Grains,
    Question,
    among,
    answering,
    asked_of,
    reordered,
)
from indexer.rewrites import Rewriter, Rewritten
from indexer.saying import Saying, saying
from indexer.search import Alternative, SearchRequest, Sort
from indexer.spelt import spelt_out
from indexer.terms import QueryTerm
from indexer.weighing import (
    asks,
    beside_asking,
    is_list,
    is_long,
    is_phrase,
    is_short,
    telling,
)
from indexer.whoosh_index import Snapshot
from indexer.whoosh_query import (
    UNIT_KINDS,
    asks_quotes,
    compiled,
    filtered,
    is_scored,
    kinds_of,
    literal,
)

_QUESTION: Final = Message(
    "按提问理解：不要求每个字词都有，最相关的在前",
    "read as a question: not every word must be there, the closest come first",
)
_LONG: Final = Message(
    "检索词较长：不要求每个字词都有，最相关的在前",
    "a long query: not every word must be there, the closest come first",
)
_NONE_PRINTS_ALL: Final = Message(
    "没有一篇印有全部字词：最相关的在前",
    "nothing prints all of these words: the closest come first",
)
_FEW_PRINT_ALL: Final = Message(
    "印有全部字词的在前；其后不要求每个字词都有，最相关的在前",
    "what prints all of these words comes first; behind it not every word must be "
    "there, the closest first",
)
_UNITS: Final = query.any_of(query.Filter("kind", kind) for kind in UNIT_KINDS)
_CUT_NUMBER: Final = Message(
    "报上首尾连着别的数字：按印出的字符检索",
    "begins or ends within a printed number: searched by its characters",
)
_LEAST_CUT: Final = 6  # characters: 1月5日 is not meant by 11月5日
_LEAST_SAID: Final = 8  # characters of a question that answers may print in a row
_LEAST_PASTED: Final = 5  # characters of a headline
# How a query is told to be read that is answered by how close documents come.
CLOSEST: Final = (_QUESTION, _LONG, _NONE_PRINTS_ALL, _FEW_PRINT_ALL)
# Fewer than fill a screen: what else comes close is worth being seen.
_FEW: Final = 10
# Where a run is read to tell whether it is a word: places, and characters beside it,
# enough for words to be cut there as in the whole text.
_PLACES, _REACH = 32, 6


class Found(NamedTuple):
    """How a query was read, and what that finds; the query that may have been `meant`
    where nothing prints all that was typed, or what was typed is no word."""

    read: Rewritten
    matches: Matches
    meant: str | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What one request asks of a snapshot, all of it before one deadline: every step
    may raise TimeoutError."""

    snapshot: Snapshot
    rewriter: Rewriter
    request: SearchRequest
    deadline: float
    grains: Grains
    known: dict[QueryTerm, ledger.Saying] = field(default_factory=dict)

    def parsed(self) -> query.ParsedQuery:
        """What was typed, as a query: 非 and its like are characters where this index
        has them so, 索 非 亚."""
        return query.parse(self.request.query, self._is_run)

    def read(self, tree: query.Node | None) -> Rewritten:
        """A tree with the other forms that this index prints."""
        if self.request.exact:
            return Rewritten(tree)
        if spoken := self._spoken(tree):
            return spoken
        if tree is not None and (spelt := spelt_out(tree, self._read_as)):
            return Rewritten(query.Otherwise(tree, spelt[0]), spelt[1])
        return self._rewritten(tree)

    def found(self, tree: query.Node | None) -> Found:
        """What a tree finds: all of it, or for a question, and where nothing prints all
        of many words, what answers best."""
        typed = None if self.request.exact else query.plain(tree)
        text, quoted = typed or ("", ())
        read = self.read(tree)
        plain = bool(text) and not asks_quotes(read.tree, self.request)
        note = _reading(text, quoted, read) if plain else None
        # A long name, or a printed sentence, is looked for as it is.
        if note and not self._prints(text):
            return self._answered(tree, text, note, quoted)
        matches = self.matches(read.tree, scored=is_scored(read.tree))
        if len(matches.docs):
            if read.notes or note:  # what is long is printed just so
                return Found(read, matches)
            found = Found(read, matches, self.doubted(tree))
            few = len(matches.docs) < _FEW and plain and not quoted
            return self._filled(found, text) if few and is_phrase(text) else found
        if plain and not quoted and len(text) >= _LEAST_CUT:
            cut = query.Phrase(text)
            matches = self.matches(cut, scored=True)
            if len(matches.docs):
                return Found(Rewritten(cut, (_CUT_NUMBER,)), matches)
        if note:
            return self._answered(tree, text, note, quoted)
        meant = self.meant(tree)
        typo = is_short(text) and meant is not None  # suggested, never put right
        if quoted and not asks(text) and is_long(query.pasted(self.request.query)):
            text, quoted = query.pasted(self.request.query), ()
        if not plain or quoted or typo or self._is_list(text):
            return Found(read, matches, meant)
        return self._answers(text, _NONE_PRINTS_ALL, quoted)._replace(meant=meant)

    def matches(self, tree: query.Node | None, *, scored: bool = False) -> Matches:
        """Units that match, and behind them quotes where they are asked for."""
        quotes = asks_quotes(tree, self.request)
        if quotes and kinds_of(tree, self.request) == ("quote",):
            return self._quotes(tree, scored=scored)
        asked = compiled(tree, self.request, self.snapshot.collection)
        units = self._matches(asked, scored=scored)
        return _joined(units, self._quotes(tree, scored=scored)) if quotes else units

    def meant(self, tree: query.Node | None) -> str | None:
        """The nearest query with results to one that has none."""
        if tree is None:
            return None
        better = corrected(tree, self.snapshot.offers.spelling, self._finds)
        return self._suggested(better) if better else None

    def doubted(self, tree: query.Node | None) -> str | None:
        """What was rather meant by a query that has results as typed."""
        if tree is None:
            return None
        lexis = self.snapshot.offers.spelling
        better = doubted(tree, lexis, self._counted, self._contexts)
        return self._suggested(better) if better and self._finds(better) else None

    def _suggested(self, tree: query.Node) -> str:
        """A query as it is suggested; a name as it is printed, 乾 is folded to 干."""
        if isinstance(tree, query.Words):
            named = self.snapshot.offers.suggestions.named(tree.text)
            return "".join((named or tree.text).split())
        return query.render(tree)

    def alternatives(
        self, tree: query.Node | None, meant: str | None, *, none: bool
    ) -> tuple[Alternative, ...]:
        """Other searches that find something, as they are offered: the parts of a broad
        event and, where nothing is found, what asks for less."""
        ways = list(broader(self.request, tree))
        if none:
            ways += relaxed(self.request, tree)
        if meant is not None:
            near = replace(self.request, query=meant, offset=0)
            shown = meant if meant.startswith("“") else f"“{meant}”"
            ways.append(Relaxed(near, f"改查{shown}", f"Search for {shown}"))
        counted = [(way, self._total(way.request)) for way in ways]
        return tuple(_alternative(way, total) for way, total in counted if total)

    def _answered(
        self,
        tree: query.Node | None,
        text: str,
        note: Message,
        quoted: tuple[query.Phrase, ...],
    ) -> Found:
        """What answers a question, or what may have been meant where nothing does."""
        found = self._answers(text, note, quoted)
        if len(found.matches.docs):
            return found._replace(meant=self.doubted(tree))
        return found._replace(meant=self.meant(tree))

    def _answers(
        self,
        text: str,
        note: Message,
        quoted: tuple[query.Phrase, ...],
    ) -> Found:
        """What may answer a question, by how close it comes; all of it prints what is
        quoted."""
        read = Rewritten(_marked(text, quoted), (note,))
        question = self._question(text)
        close = self._close(question, quoted)
        said = beside_asking(text)
        if len(said) >= _LEAST_SAID and self.request.sort is Sort.RELEVANCE:
            first = self._matches_said(said, quoted)
            if 0 < len(first) < _FEW:
                close = self._above(first, close, question)
        return Found(read, close)

    def _filled(self, found: Found, text: str) -> Found:
        """Behind the few that print all of some words, the closest of them first, what
        else comes close; in any other order than that they stand alone."""
        if self.request.sort is not Sort.RELEVANCE:
            return found
        question, first = self._question(text), found.matches.docs
        close = self._close(question, ())
        if np.isin(close.docs, first).all():
            return found
        matches = self._above(first, close, question)
        read = replace(found.read, notes=(_FEW_PRINT_ALL,))
        return found._replace(read=read, matches=matches)

    def _above(self, first: Array, close: Matches, question: Question) -> Matches:
        """Some documents, the closest of them first, and behind them the others that
        come close."""
        behind = ~np.isin(close.docs, first)
        assert close.scores is not None  # they are in order of them
        docs, scores = close.docs[behind], close.scores[behind]
        above = question.scores(first, self.snapshot.closeness)
        above += scores.max(initial=0.0)
        docs = np.concatenate([first, docs])
        order = docs.argsort()
        return Matches(docs[order], np.concatenate([above, scores])[order])

    def _matches_said(self, said: str, quoted: tuple[query.Phrase, ...]) -> Array:
        """The units that print a text in a row, and what is quoted."""
        tree = query.all_of((query.Phrase(said), *quoted))
        asked = compiled(tree, self.request, self.snapshot.collection)
        return self._matches(asked, scored=False).docs

    def _is_list(self, text: str) -> bool:
        """Whether no word of a text may be left out: of a few, or of a phrase of which
        some are printed nowhere."""
        if not is_list(text) or not is_phrase(text):
            return is_list(text)
        return not all(self._prints(term.text) for term in terms.query_terms(text))

    def _question(self, text: str) -> Question:
        return Question(self.grains.parts_of(text), self.snapshot.pool, self.grains)

    def _close(self, question: Question, quoted: tuple[query.Phrase, ...]) -> Matches:
        """What may answer a question, in the order asked for."""
        chosen = question.chosen()
        asked = asked_of(chosen, quoted)
        asked = filtered(asked, self.request, self.snapshot.collection)
        self._check()
        if not isinstance(asked, Known):  # as most questions are: nothing else is asked
            chosen = among(chosen, self._matches(asked, scored=False).docs)
        matches = answering(chosen)
        if self.request.sort is not Sort.RELEVANCE:
            return matches
        snapshot = self.snapshot
        return reordered(matches, question, snapshot.newest, snapshot.closeness)

    def _total(self, request: SearchRequest) -> int:
        other = replace(self, request=request)
        read = other.read(other.parsed().tree)
        return len(other.matches(read.tree).docs)

    def _quotes(self, tree: query.Node | None, *, scored: bool) -> Matches:
        asking = ledger.Asking(self._units, self._check, self.known)
        held = self.snapshot.ledger
        return held.matches(tree, self.request, asking, scored=scored)

    def _units(self, tree: query.Node | None, request: SearchRequest) -> Array:
        plain = replace(request, kind="all", speaker=None, role=None, speech=None)
        asked = compiled(tree, plain, self.snapshot.collection)
        return self._matches(asked, scored=False).docs

    def _check(self) -> None:
        if time.monotonic() > self.deadline:
            raise TimeoutError

    def _spoken(self, tree: query.Node | None) -> Rewritten | None:
        """What a query like 兰钧 说 大桥 asks of the ledger, where it finds that. What
        is typed in one run is searched as words, too."""
        asked = saying(tree)
        if asked is None or self.request.kind or self.request.speaker:
            return None
        if asked.run and self._is_no_saying(asked):
            return None
        by_name, by_role = asked.tree("speaker"), asked.tree("role")
        found = next((t for t in (by_name, by_role) if self._finds(t)), None)
        if found is None:
            return None
        note = _asked_ledger(found)
        if not asked.run:
            return Rewritten(found, (note,))
        words = Rewritten(tree)
        if asked.said:
            words = self._rewritten(tree)
        printed = query.all_of(node for node in (words.tree, _UNITS) if node)
        both = query.any_of(node for node in (found, printed) if node)
        return Rewritten(both, (note, *words.notes))

    def _rewritten(self, tree: query.Node | None) -> Rewritten:
        return self.rewriter.rewritten(tree, self._prints, self.snapshot.times)

    def _is_no_saying(self, asked: Saying) -> bool:
        """Whether a run is printed just so, or too much for what somebody said."""
        said = asked.said.text if isinstance(asked.said, query.Words) else ""
        return is_long(said) or self._prints(asked.run)

    def _finds(self, tree: query.Node) -> bool:
        return len(self.matches(tree).docs) > 0

    def _read_as(self, letters: str) -> tuple[str, ...]:
        """What letters are the pinyin of, unless they are printed themselves."""
        offers = self.snapshot.offers
        return () if self._prints(letters) else offers.suggestions.read_as(letters)

    def _is_run(self, text: str) -> bool:
        """Whether a text is a name or a word, or longer and stands in a headline."""
        if len(text) >= _LEAST_PASTED:
            return self._counted(text, in_headline=True) > 0
        known = self.snapshot.offers.spelling.knows(text)
        return known or (len(terms.index_terms(text)) == 1 and self._prints(text))

    def _prints(self, text: str) -> bool:
        return self._counted(text) > 0

    def _counted(self, text: str, in_headline: bool = False) -> int:
        """How many units print a text in a row."""
        zones = ("headline",) if in_headline else ZONES
        asked = literal(terms.characters(text).text, zones, scored=False)
        return len(self._matches(asked, scored=False).docs)

    def _contexts(self, text: str) -> list[Context]:
        """Some of the places where a text is printed in a row."""
        collection = self.snapshot.collection
        return contexts(text, collection, most=_PLACES, reach=_REACH)

    def _matches(self, asked: Any, *, scored: bool) -> Matches:
        return self.snapshot.searcher.matches(
            asked, scored=scored, deadline=self.deadline
        )


def _reading(
    text: str, quoted: tuple[query.Phrase, ...], read: Rewritten
) -> Message | None:
    """How a query is read that need not be printed whole; None for keywords, and for
    what print has in another form."""
    if asks(text):
        return _QUESTION
    # To cut a text into words takes long: what is quoted need not be.
    return _LONG if not (quoted or read.notes) and is_long(text) else None


def _joined(units: Matches, quotes: Matches) -> Matches:
    docs = np.concatenate([units.docs, quotes.docs])
    if units.scores is None or quotes.scores is None:
        return Matches(docs, None)
    return Matches(docs, np.concatenate([units.scores, quotes.scores]))


def _asked_ledger(tree: query.Node) -> Message:
    return Message(
        f"按“谁说了什么”在引语中检索：{query.render(tree, 'zh')}",
        f"Searched quotations for who said what: {query.render(tree, 'en')}",
    )


def _marked(text: str, quoted: tuple[query.Phrase, ...]) -> query.Node | None:
    """What is worth marking in an answer."""
    return query.any_of((*quoted, *(query.Words(word) for word in telling(text))))


def _alternative(way: Relaxed, total: int) -> Alternative:
    return Alternative(Message(way.zh, way.en), way.request, total)
