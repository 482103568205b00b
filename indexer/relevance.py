"""A question over an index: which documents may answer it, and in what order.

Who asks in natural language does not demand every word. Words and rare pairs of
characters choose what may answer; of that what comes far behind the best is left out,
and the best of it are ordered by three grains (words, pairs, single characters) of all
that they print. What each part is worth is learnt from half of some judged questions
(`python -m tests.bench.grains`); `python -m tests.bench.ranking --ablation` shows what
it brings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import log
from typing import Any, Final, NamedTuple

import numpy as np
from whoosh.query import And, NullQuery

from indexer.arrays import (
    Array,
    Closeness,
    Grain,
    Known,
    Matches,
    Pool,
    Pooled,
    Sought,
    counts,
    few_set,
    postings,
    ranked,
    standing_in,
)
from indexer.documents import ZONES
from indexer.query import Phrase
from indexer.terms import is_han, phrase_term
from indexer.weighing import Part, Parts, parts_of
from indexer.whoosh_query import SCORE_DIGITS, literal

READ_AGAIN: Final = 200  # documents at most
# Of those the best are, and what has such a share of the best score.
_SURELY: Final = 50
_NEAR: Final = 0.3
_HEADLINE_SECTION: Final = ZONES.index("headline")
# What has less than this share of the best score does not answer.
LEAST: Final = 0.2

_PAIR_WEIGHT: Final = 1.0  # beside a word, where candidates are chosen
_RARE: Final = 3_000  # places of a pair; to look up more takes longer than it brings
# A word chooses none that so many documents print, and such a share of all.
_MANY: Final = 500
_COMMON: Final = 0.03


@dataclass(frozen=True, slots=True)
class Words:
    """What BM25 of a word counts for, by what kind of word it is. Han words count
    again by their pairs and characters, numbers and letters do not."""

    numbers: float = 1.0
    letters: float = 1.0
    # Han words of one character, of two, and of more.
    single: float = 1.0
    double: float = 1.0
    longer: float = 1.0

    def worth(self, word: str) -> float:
        """What a word counts for.

        >>> [Words(9, 8, 1, 2, 3).worth(word) for word in ("2024", "g60", "桥", "大桥")]
        [9, 8, 1, 2]
        """
        if word.isdecimal():
            return self.numbers
        if not is_han(word[0]):
            return self.letters
        return (self.single, self.double, self.longer)[min(len(word), 3) - 1]


_NONE: Final = (np.empty(0, np.uint32), np.empty(0))
_NO_WORDS: Final = Words(0, 0, 0, 0, 0)
_NOTHING: Final = Grain()
_CHOOSING: Final = Words(numbers=2.0, letters=2.0)
# By `python -m tests.bench.grains --half even`, before headlines were weighed: with
# them it gives .8 for these and less for words, which costs texts without headlines.
_WORDS: Final = Words(1.0, 0.67, 0.34, 0.17, 0.13)
_PAIRS: Final = Grain(presence=0.08, near=0.08)
_HEADLINE: Final = 0.5
_CHARACTERS: Final = Grain(0.77, 1.0, lead=((30, 0.4), (80, 0.42)))


@dataclass(frozen=True, slots=True)
class Grains:
    """What words, pairs and single characters add to a score, and words again by their
    idf in a `headline` of which all is asked; `learnt` is whether they weigh what
    example questions taught, or all the same."""

    words: Words = _WORDS
    pairs: Grain = _PAIRS
    characters: Grain = _CHARACTERS
    headline: float = _HEADLINE
    learnt: bool = True

    def without(self, *grains: str) -> "Grains":
        """The others alone, to see what some bring."""
        nothing: Mapping[str, Any] = {"words": _NO_WORDS}
        changes = {name: nothing.get(name, _NOTHING) for name in grains}
        return replace(self, **changes)

    def without_lead(self) -> "Grains":
        """The same wherever in a document the text stands."""
        return replace(
            self,
            pairs=replace(self.pairs, lead=()),
            characters=replace(self.characters, lead=()),
        )

    def parts_of(self, text: str) -> Parts:
        """The parts of a question at their weights."""
        parts = parts_of(text)
        return parts if self.learnt else parts.weighed({})


GRAINS: Final = Grains()


class _Word(NamedTuple):
    """A word of a question, what has it, and its idf."""

    part: Part
    held: Pooled
    idf: float

    def worth(self, words: Words) -> float:
        """What it counts for by its kind."""
        return self.part.weight * words.worth(self.part.text) * self.idf


@dataclass(frozen=True)
class Question:
    """What was asked of an index, looked up in it once."""

    parts: Parts
    pool: Pool
    grains: Grains = field(default=GRAINS)

    def chosen(self) -> Matches:
        """What may answer, and how much speaks for it: words that few documents print,
        if there are any, and rare pairs of characters that are no such words."""
        found = [self._having(), self._printing()]
        docs, scores = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        sums = np.bincount(docs, scores)
        best = few_set(sums > 0)
        return Matches(best.astype(np.uint32), sums.take(best).astype(np.float32))

    def scores(self, docs: Array, closeness: Closeness) -> Array:
        """How close documents come (float64), by three grains."""
        sums = closeness.scores(docs, self._sought())
        worths = [(word.worth(self.grains.words), word.held) for word in self._words]
        told = [(worth, held) for worth, held in worths if worth]
        if told:
            often = counts([held for _, held in told], docs)
            sums += np.array([w for w, _ in told]) @ self.pool.bm25(docs, often)
        if self.grains.headline:
            sums += self.grains.headline * self._headed(docs)
        return sums

    def _headed(self, docs: Array) -> Array:
        """What the words of its headline weigh, for each document whose headline stands
        in the question whole: who asks 浔江大桥有多长 asks for that first."""
        found, text = np.zeros(len(docs)), self.parts.text
        collection = self.pool.collection
        for place, headline in standing_in(text, collection, docs, _HEADLINE_SECTION):
            found[place] = sum(
                word.part.weight * word.idf
                for word in self._words
                if word.part.text in headline
            )
        return found

    @cached_property
    def _words(self) -> tuple[_Word, ...]:
        held = [(part, self.pool.word(part.text)) for part in self.parts.words]
        return tuple([_Word(part, one, self._idf(one.size)) for part, one in held])

    def _having(self) -> tuple[Array, Array]:
        """The documents that have each of the words that choose, and what that is
        worth."""
        held = [word for word in self._words if word.held.lists]
        most = max(_MANY, self.pool.collection.documents * _COMMON)
        chosen = [word for word in held if word.held.size <= most] or held
        if not chosen:
            return _NONE
        size = self.pool.collection.size
        docs, words, counts = postings([word.held for word in chosen], size)
        worths = [word.worth(_CHOOSING) for word in chosen]
        return docs, np.array(worths).take(words) * self.pool.bm25(docs, counts)

    def _printing(self) -> tuple[Array, Array]:
        """The documents that print each of the rare pairs that are no words, and what
        that is worth."""
        words = {part.text for part in self.parts.words}
        printed = self.pool.collection.printed
        pairs = [
            pair
            for pair in self.parts.pairs
            if pair.text not in words and 0 < printed(pair.text) <= _RARE
        ]
        docs, numbers = self.pool.printing([pair.text for pair in pairs])
        sizes = np.bincount(numbers, minlength=len(pairs)).tolist()
        worths = [
            _PAIR_WEIGHT * pair.weight * self._idf(size)
            for pair, size in zip(pairs, sizes, strict=True)
        ]
        return docs, np.array(worths, float).take(numbers)

    def _sought(self) -> list[Sought]:
        """The pairs and characters that are looked for. A character weighs what it is
        asked for, however rare: news of common things are in common characters."""
        printed = self.pool.collection.printed
        pairs = {
            p.text: p.weight * self._idf(printed(p.text)) for p in self.parts.pairs
        }
        single = {part.text: part.weight for part in self.parts.characters}
        grains = ((self.grains.pairs, pairs), (self.grains.characters, single))
        return [Sought(*one) for one in grains if one[0] != _NOTHING and one[1]]

    def _idf(self, frequency: int) -> float:
        """Robertson and Sparck Jones, above 0 for what every document prints."""
        documents = self.pool.collection.documents
        inside = min(frequency, documents)
        return log(1 + (documents - inside + 0.5) / (inside + 0.5))


def asked_of(chosen: Matches, quoted: Sequence[Phrase]) -> Any:
    """The Whoosh query for what may answer, and prints what is quoted."""
    if not len(chosen.docs):
        return NullQuery
    said = [literal(phrase_term(p.text).text, scored=False) for p in quoted]
    known = Known(chosen.docs)
    return And([known, *said]) if said else known


def among(chosen: Matches, docs: Array) -> Matches:
    """Those of the chosen that a search for them found."""
    if len(docs) == len(chosen.docs):  # as most searches are without filters
        return chosen
    assert chosen.scores is not None  # it is chosen by them
    return Matches(docs, chosen.scores.take(chosen.docs.searchsorted(docs)))


def answering(matches: Matches) -> Matches:
    """Those that may answer: not far behind the best."""
    assert matches.scores is not None  # questions are scored
    if not len(matches.docs):
        return matches
    least = matches.scores.max() * np.float32(LEAST)
    near = (matches.scores >= least).nonzero()[0]
    return Matches(matches.docs.take(near), matches.scores.take(near))


def worth_reading(scores: Array) -> int:
    """How many of some documents are worth being read again, by what speaks for them,
    the highest first: most of what comes far behind the best would stay there.

    >>> worth_reading(np.ones(300)), worth_reading(np.append(9.0, np.ones(299)))
    (200, 50)
    """
    near = int((scores >= scores[:1] * _NEAR).sum())
    return min(max(near, _SURELY), READ_AGAIN)


def reordered(
    matches: Matches, question: Question, ties: Array, closeness: Closeness
) -> Matches:
    """The matches with the scores of three grains: those that are worth being read
    again, and behind them the others in the order they had. `ties` are by document: the
    lower of equals is the better."""
    assert matches.scores is not None  # questions are scored
    head = ranked(matches, ties, READ_AGAIN, digits=SCORE_DIGITS)
    head = head[: worth_reading(matches.scores.take(head))]
    if not len(head):
        return matches
    head.sort()  # as lists are: looked up in order, they are near each other
    close = question.scores(matches.docs[head], closeness)
    scores = matches.scores.astype(np.float64)
    rest = np.ones(len(scores), bool)
    rest[head] = False
    if rest.any():
        scores *= close.min() / max(float(scores[rest].max()), 1e-9) * 0.99
    scores[head] = close
    return Matches(matches.docs, scores)
