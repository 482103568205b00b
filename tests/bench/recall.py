"""Measures what is found: `python -m tests.bench.recall INDEX --help`.

Judges an index by its own units: runs of 2 to 40 characters, quoted, against a scan of
the text; names of people, asked plain, against the units that name them; and names and
headline words with one wrong character (another of the same sound or look, two swapped,
one left out), for which the right one must be suggested. What has results as typed is
not asked. Last the time of suggestions while typing. All is drawn from a seed.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import numpy as np

from indexer import SearchRequest, generations, open_engine, pinyin, terms
from indexer.documents import persons_of, zones_of
from indexer.search import Engine
from indexer.spelling import lookalikes
from indexer.whoosh_index import Snapshot, fingerprint

_LIMIT: Final = 200
# How often a character is printed that a typist of pinyin may have chosen.
_COMMON: Final = 30


@dataclass(frozen=True, slots=True)
class Printed:
    """A unit as it is scanned: its searchable characters by passage, the words of its
    headline, and its people."""

    id: str
    passages: tuple[str, ...]
    headline: tuple[str, ...]
    people: tuple[str, ...]


@dataclass(slots=True)
class Score:
    """How many were asked, how many right."""

    asked: int = 0
    right: int = 0
    skipped: int = 0

    @property
    def line(self) -> str:
        share = self.right / self.asked if self.asked else 0.0
        return f"{self.right} of {self.asked} ({share:.1%}), {self.skipped} not asked"


class Mistakes:
    """What typists do to a word, the word itself where it can't be done."""

    def __init__(self, units: Sequence[Printed], chance: random.Random) -> None:
        self._chance = chance
        printed = Counter(c for unit in units for text in unit.passages for c in text)
        self._alike: dict[str, list[str]] = {}
        for character, count in sorted(printed.items()):
            if count >= _COMMON and (read := pinyin.readings(character)):
                self._alike.setdefault(read[0], []).append(character)
        self.kinds: dict[str, Callable[[str], str]] = {
            "same sound": lambda word: self._replaced(word, self._sound),
            "same look": lambda word: self._replaced(word, lookalikes),
            "swapped": self._swapped,
            "left out": self._left_out,
        }

    def _replaced(self, word: str, others: Callable[[str], Sequence[str]]) -> str:
        found = [(i, [o for o in others(c) if o != c]) for i, c in enumerate(word)]
        found = [(i, other) for i, other in found if other]
        if not found:
            return word
        i, other = self._chance.choice(found)
        return word[:i] + self._chance.choice(other) + word[i + 1 :]

    def _sound(self, character: str) -> Sequence[str]:
        read = pinyin.readings(character)
        return self._alike.get(read[0], []) if read else []

    def _swapped(self, word: str) -> str:
        i = self._chance.randrange(len(word) - 1)
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]

    def _left_out(self, word: str) -> str:
        i = self._chance.randrange(len(word))
        return word[:i] + word[i + 1 :] if len(word) > 2 else word


@click.command()
@click.argument("index", type=click.Path(path_type=Path, exists=True))
@click.option("--seed", default=lambda: str(time.time_ns()), help="Draws everything.")
@click.option("--literals", default=2_000, help="Runs of characters.")
@click.option("--names", default=2_000, help="Names asked plain.")
@click.option("--typos", default=200, help="Names, and words, with each mistake.")
def main(index: Path, seed: str, literals: int, names: int, typos: int) -> None:
    """Print what share of each was found in INDEX."""
    units = printed_in(index)
    chance = random.Random(seed)
    click.echo(f"seed {seed}, {len(units)} units")
    with open_engine(index) as engine:
        click.echo(f"literals: {literals_found(engine, units, chance, literals).line}")
        click.echo(f"names: {names_found(engine, units, chance, names).line}")
        mistakes = Mistakes(units, chance)
        for title, words in asked_words(units).items():
            drawn = chance.sample(words, min(len(words), typos))
            for kind, score in put_right(engine, drawn, mistakes).items():
                click.echo(f"{title}, {kind}: {score.line}")
            click.echo(f"{title}, offered: {offered(engine, drawn)}")


def printed_in(index: Path) -> list[Printed]:
    """All that a search without a kind may find."""
    snapshot = Snapshot(generations.open_current(index, fingerprint()).folder)
    units = map(snapshot.unit, snapshot.collection.live().tolist())
    return [
        Printed(
            unit.id,
            tuple(
                terms.characters(passage).text
                for zone in zones_of(unit)
                for passage in zone.passages
            ),
            tuple(word.text for word in terms.index_terms(unit.headline or "")),
            persons_of(unit),
        )
        for unit in units
        if unit.kind in ("article", "roster")
    ]


def literals_found(
    engine: Engine, units: Sequence[Printed], chance: random.Random, count: int
) -> Score:
    """Quoted runs whose hits are just the units that print them."""
    score = Score()
    for _ in range(count):
        passage = chance.choice(chance.choice(units).passages or ("",))
        length = chance.randint(2, 40)
        start = chance.randrange(max(1, len(passage) - length + 1))
        run = passage[start : start + length]
        if len(run) < 2:
            score.skipped += 1
            continue
        wanted = {u.id for u in units if any(run in text for text in u.passages)}
        score.asked += 1
        score.right += wanted == set(_found(engine, f"“{run}”"))
    return score


def names_found(
    engine: Engine, units: Sequence[Printed], chance: random.Random, count: int
) -> Score:
    """Names whose hits are all the units that name them."""
    holders: dict[str, set[str]] = {}
    for unit in units:
        for name in unit.people:
            holders.setdefault(name, set()).add(unit.id)
    score = Score()
    for name in chance.sample(sorted(holders), min(count, len(holders))):
        score.asked += 1
        score.right += holders[name] <= set(_found(engine, name))
    return score


def asked_words(units: Sequence[Printed]) -> dict[str, list[str]]:
    """Names, and words of headlines, of two Han characters and more, each once."""
    held = {
        "names": {name for unit in units for name in unit.people},
        "words": {word for unit in units for word in unit.headline},
    }
    return {
        title: sorted(w for w in words if len(w) > 1 and all(map(terms.is_han, w)))
        for title, words in held.items()
    }


def put_right(
    engine: Engine, words: Sequence[str], mistakes: Mistakes
) -> dict[str, Score]:
    """Words with each mistake whose suggestion is the word itself; `mixed` takes one
    mistake a word, by turns."""
    scores = {kind: Score() for kind in (*mistakes.kinds, "mixed")}
    for number, word in enumerate(words):
        for turn, (kind, mistaken) in enumerate(mistakes.kinds.items()):
            typed = mistaken(word)
            answer = engine.search(SearchRequest(typed, limit=0))
            fair = typed != word and not answer.total
            mixed = number % len(mistakes.kinds) == turn
            for score in (scores[kind], scores["mixed"])[: 1 + mixed]:
                score.asked += fair
                score.skipped += not fair
                score.right += fair and answer.suggestion == word
    return scores


def offered(engine: Engine, words: Sequence[str]) -> str:
    """How long each beginning of words, written and in pinyin, takes to be answered."""
    times = []
    for word in words:
        read = "".join(pinyin.syllables_of(word))
        for text in (word, read):
            for end in range(1, len(text) + 1):
                started = time.perf_counter()
                engine.suggest(text[:end])
                times.append((time.perf_counter() - started) * 1e3)
    p50, p95 = np.percentile(times, (50, 95))
    return f"{len(times)} beginnings, p50 {p50:.2f} ms, p95 {p95:.2f} ms"


def _found(engine: Engine, query: str) -> Iterator[str]:
    """The ids of all hits."""
    offset = 0
    while hits := engine.search(SearchRequest(query, limit=_LIMIT, offset=offset)).hits:
        yield from (hit.id for hit in hits)
        offset += _LIMIT


if __name__ == "__main__":
    main()
