"""A question over an index: which documents may answer it, and in what order.

Who asks in natural language does not demand every word. Words and rare pairs of
characters choose what may answer; of that what comes far behind the best is left out,
and the best of it are ordered by three grains (words, pairs, single characters) of all
that they print. Weights were tuned on one set of questions and checked on another:
`python -m tests.bench.ranking --ablation` shows what each part brings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Any, Final

import numpy as np
from whoosh.query import And, NullQuery, Or, Term

from indexer.arrays import (
    Array,
    Closeness,
    Collection,
    Grain,
    Literal,
    Matches,
    Sought,
    Statistics,
    ranked,
)
from indexer.documents import ZONES
from indexer.query import Phrase
from indexer.terms import characters, phrase_term
from indexer.weighing import Part, Parts, parts_of
from indexer.whoosh_query import SCORE_DIGITS, literal, words_field

READ_AGAIN: Final = 500  # documents
# What has less than this share of the best score does not answer.
LEAST: Final = 0.2

_PAIR_WEIGHT: Final = 1.0  # beside a word, where candidates are chosen
_RARE: Final = 5_000  # places of a pair; to look up more takes longer than it brings
_LEAST_IDF: Final = 0.1  # Whoosh's falls below 0 for pairs printed many times each
_COMMON: Final = 0.05  # of all documents print a word that chooses none
_NOTHING: Final = Grain(0.0, 0.75, 0.0, ())
_WORDS: Final = Grain(0.27, 0.75, 0.1, ())
_PAIRS: Final = Grain(0.07, 0.75, 0.0, ((80, 0.05),))
_CHARACTERS: Final = Grain(0.18, 1.0, 0.1, ((30, 0.05), (80, 0.05)))


@dataclass(frozen=True, slots=True)
class Grains:
    """What words, pairs and single characters add to a score; `learnt` is whether they
    weigh what example questions taught, or all the same."""

    words: Grain = _WORDS
    pairs: Grain = _PAIRS
    characters: Grain = _CHARACTERS
    learnt: bool = True

    def without(self, *grains: str) -> "Grains":
        """The others alone, to see what some bring."""
        changes: dict[str, Any] = {name: _NOTHING for name in grains}
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
        if self.learnt:
            return parts
        grains = (parts.words, parts.pairs, parts.characters)
        return Parts(*(tuple(Part(p.text, 1.0) for p in grain) for grain in grains))


GRAINS: Final = Grains()


def asked_of(parts: Parts, quoted: Sequence[Phrase], collection: Collection) -> Any:
    """The Whoosh query for what may answer a question, and prints what is quoted."""
    found: list[Any] = [
        Term(words_field(zone), part.text, boost=_boost(part, frequency, collection))
        for part in _telling(parts.words, collection)
        for zone in ZONES
        if (frequency := collection.frequency(words_field(zone), part.text))
    ]
    found += [
        _scored(part, printed, collection)
        for part in parts.pairs
        if 0 < (printed := collection.printed(part.text)) <= _RARE
    ]
    said = [literal(phrase_term(p.text).text, scored=False) for p in quoted]
    return And([Or(found), *said]) if found else NullQuery


def sought_in(
    parts: Parts, collection: Collection, grains: Grains = GRAINS
) -> list[Sought]:
    """What is looked for in the documents that may answer."""
    words = [(p, _printing(p.text, collection), grains.words) for p in parts.words]
    pairs = [(p, collection.printed(p.text), grains.pairs) for p in parts.pairs]
    single = [
        (p, collection.printed(p.text), grains.characters) for p in parts.characters
    ]
    return [
        Sought(characters(part.text).text, grain, part.weight * _idf(n, collection))
        for part, n, grain in (*words, *pairs, *single)
        if grain != _NOTHING
    ]


def answering(matches: Matches) -> Matches:
    """Those that may answer: not far behind the best."""
    assert matches.scores is not None  # questions are scored
    if not len(matches.docs):
        return matches
    near = matches.scores >= matches.scores.max() * np.float32(LEAST)
    return Matches(matches.docs[near], matches.scores[near])


def reordered(
    matches: Matches,
    sought: Sequence[Sought],
    ties: Array,
    closeness: Closeness,
) -> Matches:
    """The matches with the scores of three grains: those of the best READ_AGAIN, and
    behind them the others in the order they had. `ties` are by document: the lower of
    equals is the better."""
    assert matches.scores is not None  # questions are scored
    head = ranked(matches, ties, READ_AGAIN, digits=SCORE_DIGITS)
    if not len(head):
        return matches
    close = closeness.scores(matches.docs[head], sought)
    scores = matches.scores.astype(np.float64)
    rest = np.ones(len(scores), bool)
    rest[head] = False
    if rest.any():
        scores *= close.min() / max(float(scores[rest].max()), 1e-9) * 0.99
    scores[head] = close
    return Matches(matches.docs, scores)


def _telling(words: tuple[Part, ...], collection: Collection) -> tuple[Part, ...]:
    """The words that choose what may answer: those that few documents print, if there
    are any."""
    most = collection.documents * _COMMON
    rare = tuple(part for part in words if _printing(part.text, collection) <= most)
    return rare or words


def _printing(word: str, collection: Collection) -> int:
    """How many documents print a word, by the zone where most do."""
    return max(collection.frequency(words_field(zone), word) for zone in ZONES)


def _scored(part: Part, printed: int, collection: Collection) -> Literal:
    weight = _PAIR_WEIGHT * _boost(part, printed, collection)
    sections = {place: (words_field(zone), weight) for place, zone in enumerate(ZONES)}
    return Literal(part.text, sections)


def _boost(part: Part, frequency: int, collection: Collection) -> float:
    """What makes Whoosh's inverse document frequency ours, times the part's weight."""
    theirs = Statistics(collection.documents, 0).idf(frequency)
    return part.weight * _idf(frequency, collection) / max(theirs, _LEAST_IDF)


def _idf(frequency: int, collection: Collection) -> float:
    """Robertson and Sparck Jones, above 0 for what every document prints."""
    documents = collection.documents
    inside = min(frequency, documents)
    return log(1 + (documents - inside + 0.5) / (inside + 0.5))
