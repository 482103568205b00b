"""Measures what is found: `python -m tests.bench.recall --help`.

Judges an index by its own units: runs of 2 to 40 characters, quoted, against a scan of
the text; the names of all people, asked plain, padded and in quotes, against the same
scan; and names and headline words with one wrong character (another of the same sound
or look, two swapped, one left out), for which the right one must be suggested, unless
what was typed is a word itself. No right word may get a suggestion. Last the time of
suggestions while typing. All is drawn from a seed.

Without an index one is built of the data beside the checkout: its page, its rosters and
bylines, and articles of the news; the names that people marked there are asked too.
"""

import json
import lzma
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from indexer import SearchRequest, generations, open_engine, pinyin, terms
from indexer.documents import persons_of, signers_of, zones_of
from indexer.rebuild import rebuild
from indexer.search import Engine
from indexer.spelling import lookalikes
from indexer.whoosh_index import Snapshot, fingerprint

DATA: Final = Path(__file__).parents[3] / "shared/data"
_SEED_PAGE: Final = "seed_page/gold.json"
_ONLY_PAGES: Final = shutil.ignore_patterns("*.json")
_NEWS: Final = 100_000
# Where names stand in what people marked.
_MARKS: Final = ("name", "names", "reporters", "photographer", "speakers")
_LIMIT: Final = 200
_SHOWN: Final = 20
_PADDED: Final = 4  # characters of a name that may be set wide
# A byline is read where it belongs to an article.
_SIGNED: Final = "大桥今日通车\n\n{}\n\n市民一早上桥参观，桥头人来人往。\n"
# How often a character is printed that a typist of pinyin may have chosen.
_COMMON: Final = 30


@dataclass(frozen=True, slots=True)
class Printed:
    """A unit as it is scanned: its searchable characters by passage, the words of its
    headline, and all its people, those who sign too."""

    id: str
    passages: tuple[str, ...]
    headline: tuple[str, ...]
    people: tuple[str, ...]


class Scan:
    """The text of units as one, in which a run is looked for character by character."""

    def __init__(self, units: Sequence[Printed]) -> None:
        self.units = units
        self.passages = [(text, n) for n, u in enumerate(units) for text in u.passages]
        self._text = "\n".join(text for text, _ in self.passages)
        self._ends = np.cumsum([len(text) + 1 for text, _ in self.passages])

    def printing(self, run: str) -> set[str]:
        """The ids of the units that print it within one passage."""
        found: set[str] = set()
        at = self._text.find(run)
        while at >= 0:
            place = int(np.searchsorted(self._ends, at, "right"))
            found.add(self.units[self.passages[place][1]].id)
            at = self._text.find(run, int(self._ends[place]))
        return found


@dataclass(slots=True)
class Score:
    """How many were asked, how many right, and what was wrong."""

    asked: int = 0
    right: int = 0
    skipped: int = 0
    missed: list[str] = field(default_factory=list)

    def count(self, asked: str, *, right: bool, fair: bool = True) -> None:
        self.asked += fair
        self.right += fair and right
        self.skipped += not fair
        if fair and not right:
            self.missed.append(asked)

    @property
    def line(self) -> str:
        share = self.right / self.asked if self.asked else 0.0
        skipped = f", {self.skipped} not asked" if self.skipped else ""
        return f"{self.right} of {self.asked} ({share:.1%}){skipped}"


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
@click.argument("index", type=click.Path(path_type=Path, exists=True), required=False)
@click.option("--data", type=click.Path(path_type=Path, exists=True), default=DATA)
@click.option("--articles", default=5_000, help="Of the news, where INDEX is built.")
@click.option("--seed", default=lambda: str(time.time_ns()), help="Draws everything.")
@click.option("--literals", default=2_000, help="Runs of characters.")
@click.option("--names", type=int, help="Names, instead of all.")
@click.option("--typos", default=200, help="Names, and words, with each mistake.")
@click.option("--right", default=2_000, help="Names, and words, as they are.")
def main(
    index: Path | None,
    data: Path,
    articles: int,
    seed: str,
    literals: int,
    names: int | None,
    typos: int,
    right: int,
) -> None:
    """Print what share of each was found in INDEX, or in what is built of the data."""
    chance = random.Random(seed)
    click.echo(f"seed {seed}")
    with ExitStack() as stack:
        marked: frozenset[str] = frozenset()
        if index is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            marked = built_of(data, folder, chance, articles)
            index = folder / "index"
        units = printed_in(index)
        scan = Scan(units)
        engine = stack.enter_context(open_engine(index))
        click.echo(f"{len(units)} units")
        click.echo(f"literals: {literals_found(engine, scan, chance, literals).line}")
        asked = sorted(marked.union(*(unit.people for unit in units)))
        asked = asked if names is None else chance.sample(asked, min(names, len(asked)))
        for way, score in names_found(engine, scan, asked).items():
            missed = f": {'、'.join(score.missed[:_SHOWN])}" if score.missed else ""
            click.echo(f"names, {way}: {score.line}{missed}")
        mistakes = Mistakes(units, chance)
        for title, words in asked_words(units).items():
            drawn = chance.sample(words, min(len(words), right))
            wrongly = corrected(engine, drawn)
            click.echo(f"{title}, right but corrected: {len(wrongly)} of {len(drawn)}")
            drawn = chance.sample(words, min(len(words), typos))
            for kind, score in put_right(engine, drawn, mistakes, set(words)).items():
                click.echo(f"{title}, {kind}: {score.line}")
            click.echo(f"{title}, offered: {offered(engine, drawn)}")


def built_of(
    data: Path, folder: Path, chance: random.Random, articles: int
) -> frozenset[str]:
    """Build `folder/index` of the data; all names that are marked in it."""
    corpus = folder / "corpus"
    shutil.copytree(data / "seed_page", corpus, ignore=_ONLY_PAGES)
    marked: set[str] = set(named_in(json.loads((data / _SEED_PAGE).read_text("utf-8"))))
    for path in sorted((data / "rosters").glob("*.jsonl")):
        pages = corpus / path.stem / "2000-01-01"
        pages.mkdir(parents=True)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            row = json.loads(line)
            signed = path.stem == "bylines"
            text = _SIGNED.format(row["text"]) if signed else row["text"]
            (pages / f"{number:02}.txt").write_text(text, "utf-8")
            marked.update(named_in({"names": row["names"]}))
    chosen = set(chance.sample(range(_NEWS), articles))
    with (
        lzma.open(data / "news_100k.jsonl.xz") as lines,
        (corpus / "n.jsonl").open("wb") as kept,
    ):
        kept.writelines(line for n, line in enumerate(lines) if n in chosen)
    with open_engine(folder / "index", writable=True) as engine:
        rebuild(corpus, engine, full=True)
    return frozenset(marked)


def named_in(marked: Any) -> Iterator[str]:  # Any: JSON
    """The names in what people marked, wherever they stand."""
    match marked:
        case dict():
            for key, value in marked.items():
                if key in _MARKS:
                    held = value if isinstance(value, list) else [value]
                    yield from (each for each in held if isinstance(each, str))
                yield from named_in(value)
        case list():
            for each in marked:
                yield from named_in(each)


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
            (*persons_of(unit), *signers_of(unit)),
        )
        for unit in units
        if unit.kind in ("article", "roster")
    ]


def literals_found(
    engine: Engine, scan: Scan, chance: random.Random, count: int
) -> Score:
    """Quoted runs whose hits are just the units that print them."""
    score = Score()
    for _ in range(count):
        passage, _ = chance.choice(scan.passages)
        length = chance.randint(2, 40)
        start = chance.randrange(max(1, len(passage) - length + 1))
        run = passage[start : start + length]
        right = scan.printing(run) == set(_found(engine, f"“{run}”"))
        score.count(run, right=right, fair=len(run) > 1)
    return score


def names_found(engine: Engine, scan: Scan, names: Sequence[str]) -> dict[str, Score]:
    """Names in each way to type them whose hits are all units that print them, and in
    quotes no others. A name that no unit prints is missed; foreign names are not
    padded."""
    scores = {way: Score() for way in ("plain", "padded", "padded wide", "quoted")}
    for name in names:
        printing = scan.printing(terms.characters(name).text)
        ways = (name, " ".join(name), "　".join(name), f"“{name}”")
        for (way, score), typed in zip(scores.items(), ways, strict=True):
            found = set(_found(engine, typed))
            right = found == printing if way == "quoted" else found >= printing
            fair = len(name) <= _PADDED or not way.startswith("padded")
            score.count(typed, right=right and bool(printing), fair=fair)
    return scores


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


def corrected(engine: Engine, words: Sequence[str]) -> list[str]:
    """Those of some words that get a suggestion."""
    answers = (engine.search(SearchRequest(word, limit=0)) for word in words)
    return [word for word, a in zip(words, answers, strict=True) if a.suggestion]


def put_right(
    engine: Engine, words: Sequence[str], mistakes: Mistakes, known: Container[str]
) -> dict[str, Score]:
    """Words with each mistake whose suggestion is the word itself; `mixed` takes one
    mistake a word, by turns, and `silent` are those that find nothing. What is a word
    itself, of the index (`known`) or of the language, is not asked."""
    scores = {kind: Score() for kind in (*mistakes.kinds, "mixed", "silent")}
    for number, word in enumerate(words):
        for turn, (kind, mistaken) in enumerate(mistakes.kinds.items()):
            typed = mistaken(word)
            if typed == word:
                continue
            answer = engine.search(SearchRequest(typed, limit=0))
            right = answer.suggestion == word
            fair = not answer.total or not _is_word(typed, known)
            scores[kind].count(typed, right=right, fair=fair)
            if number % len(mistakes.kinds) == turn:
                scores["mixed"].count(typed, right=right, fair=fair)
            if not answer.total:
                scores["silent"].count(typed, right=right)
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


def _is_word(text: str, known: Container[str]) -> bool:
    return text in known or len(terms.index_terms(text)) == 1


def _found(engine: Engine, query: str) -> Iterator[str]:
    """The ids of all hits."""
    offset = 0
    while hits := engine.search(SearchRequest(query, limit=_LIMIT, offset=offset)).hits:
        yield from (hit.id for hit in hits)
        offset += _LIMIT


if __name__ == "__main__":
    main()
