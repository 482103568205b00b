"""Judges verdicts: `python -m tests.bench.verdicts INDEX --help`.

Makes cases from the quotations that an index prints in marks, from a seed: as printed;
other punctuation; one to three characters changed, added or missing; cut at an end or
inside; clauses or halves in another order; sentences that no newspaper prints; and, for
those whose speaker the index knows, somebody else as the speaker. A case counts as
right where its verdict is. A changed quotation may be another one that is printed
elsewhere too; such cases are drawn again.
"""

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import numpy as np

from indexer import generations, open_engine, terms
from indexer.archive import Article
from indexer.judging import Verdict
from indexer.marks import marked_runs
from indexer.search import Engine
from indexer.verdict import Checked, verify
from indexer.whoosh_index import Snapshot, fingerprint

_MARKS: Final = "，。；：、！？"
_LEAST: Final = 12
_MOST: Final = 150  # Chinese characters
_SHORTEST: Final = 6  # letters of a cut
_WRONG_SPEAKER: Final = "wrong speaker"


@dataclass(frozen=True, slots=True)
class Printed:
    """A quotation as printed, and its speaker where the index knows one."""

    text: str
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """A text that is asked, and what has to come of it."""

    name: str
    text: str
    verdict: Verdict
    speaker: str | None = None
    speaker_ok: bool | None = None

    def is_right(self, found: Checked) -> bool:
        same_speaker = self.speaker is None or found.speaker_ok is self.speaker_ok
        return found.verdict is self.verdict and same_speaker


class Cases:
    """Cases made of printed quotations; `prints` says whether a text is printed."""

    def __init__(
        self,
        quotations: list[Printed],
        prints: Callable[[str], bool],
        chance: random.Random,
    ) -> None:
        self._quotations, self._prints, self._chance = quotations, prints, chance
        characters = "".join(printed.text for printed in quotations)
        self._han = sorted({c for c in characters if terms.is_han(c)})
        self._speakers = sorted({p.speaker for p in quotations if p.speaker})

    def drawn(self, count: int) -> Iterator[Case]:
        """So many cases, the kinds by turns; a kind that can't be drawn is left out."""
        kinds: tuple[tuple[str, Verdict, Callable[[str], str]], ...] = (
            ("as printed", Verdict.VERBATIM, _as_printed),
            ("punctuation", Verdict.PUNCTUATION, self.repunctuated),
            ("1-3 characters", Verdict.FEW, self.misprinted),
            ("cut", Verdict.CUT, self.cut),
            ("reordered", Verdict.PARAPHRASE, self.reordered),
            ("absent", Verdict.ABSENT, self.invented),
        )
        known = [printed for printed in self._quotations if printed.speaker]
        speakers = bool(known) and len(self._speakers) > 1
        for number in range(count):
            kind = number % (len(kinds) + speakers)
            if kind == len(kinds):
                yield self._by_another(self._chance.choice(known))
                continue
            if kind == 0 and speakers and number % 2:
                yield _by_the_same(self._chance.choice(known))
                continue
            name, verdict, change = kinds[kind]
            yield Case(name, self._changed(change), verdict)

    def repunctuated(self, text: str) -> str:
        """Marks left out or others instead."""
        places = [i for i, c in enumerate(text) if c in _MARKS]
        if not places or self._chance.random() < 0.3:
            return re.sub(f"[{_MARKS}]", "", text) if places else f"{text}！"
        at = self._chance.choice(places)
        other = self._chance.choice([c for c in _MARKS if c != text[at]])
        return text[:at] + other + text[at + 1 :]

    def misprinted(self, text: str) -> str:
        """One to three characters changed, added or left out."""
        places = [i for i, c in enumerate(text) if terms.is_han(c)]
        many = min(self._chance.randint(1, 3), len(places))
        for at in sorted(self._chance.sample(places, many), reverse=True):
            drawn = self._chance.choice([c for c in self._han if c != text[at]])
            instead = self._chance.choice((drawn, drawn, "", text[at] + drawn))
            text = text[:at] + instead + text[at + 1 :]
        return text

    def cut(self, text: str) -> str:
        """A part left out: an end, a clause, or a stretch inside, with dots or not."""
        size, part = len(text), self._chance.uniform(0.3, 0.5)
        clauses = _clauses(text)
        way = self._chance.randrange(4)
        if way == 0 and len(clauses) > 1:
            del clauses[self._chance.randrange(len(clauses))]
            return "".join(clauses)
        if way < 2:
            return text[int(size * part) :]
        if way == 2:
            return text[: size - int(size * part)]
        start = int(size * 0.3)
        dots = self._chance.choice(("", "……"))
        return text[:start] + dots + text[start + max(5, int(size * part * 0.7)) :]

    def reordered(self, text: str) -> str:
        """The clauses in another order, or the halves of one clause."""
        clauses = _clauses(text)
        if len(clauses) > 1:
            self._chance.shuffle(clauses)
            return "".join(clauses)
        words = [word.text for word in terms.index_terms(text)]
        half = len(words) // 2
        return "".join(words[half:] + words[:half])

    def invented(self, _: str) -> str:
        """As many words from as many quotations: what nobody said."""
        words = [
            self._chance.choice(terms.index_terms(printed.text)).text
            for printed in self._chance.choices(self._quotations, k=14)
        ]
        return "".join(words[:7]) + "，" + "".join(words[7:]) + "。"

    def _changed(self, change: Callable[[str], str]) -> str:
        while True:
            text = self._chance.choice(self._quotations).text
            changed = change(text)
            letters = terms.characters(changed).text
            another = len(letters) < _SHORTEST or self._is_another(letters, text)
            if not another and (changed != text or change is _as_printed):
                return changed

    def _is_another(self, letters: str, text: str) -> bool:
        """Whether what came out is a quotation of its own elsewhere."""
        return letters not in terms.characters(text).text and self._prints(letters)

    def _by_another(self, printed: Printed) -> Case:
        name = self._chance.choice([n for n in self._speakers if n != printed.speaker])
        return Case(_WRONG_SPEAKER, printed.text, Verdict.VERBATIM, name, False)


def _by_the_same(printed: Printed) -> Case:
    name = printed.speaker
    return Case("as printed", printed.text, Verdict.VERBATIM, name, name is not None)


def _as_printed(text: str) -> str:
    return text


def _clauses(text: str) -> list[str]:
    return [part for part in re.split(f"(?<=[{_MARKS}])", text) if part]


def quotations_of(articles: Iterator[Article]) -> Iterator[Printed]:
    """What articles print in marks, of a length that can be told apart."""
    for article in articles:
        said = {quote.text: quote.speaker for quote in article.quotes}
        for run in marked_runs(article.body):
            text = article.body[run.start : run.end]
            plain = "\n" not in text and not set("“”") & set(text)
            han = sum(map(terms.is_han, terms.characters(text).text))
            if plain and _LEAST <= han <= _MOST:
                yield Printed(text, said.get(text))


def _is_false(case: Case, found: Checked) -> bool:
    """Whether a text is called verbatim though its source has other characters."""
    if found.verdict is not Verdict.VERBATIM or found.source is None:
        return False
    texts = (case.text, found.source.text)
    asked, printed = (terms.characters(text).text for text in texts)
    return asked != printed


def report(engine: Engine, cases: Iterator[Case]) -> tuple[Counter[str], list[float]]:
    """How many cases of each kind were asked, were right (`right …`) and were called
    verbatim with other characters (`false …`), and what each took in milliseconds."""
    counts: Counter[str] = Counter()
    times = []
    for case in cases:
        started = time.perf_counter()
        (found, *_) = verify(engine, case.text, case.speaker)
        times.append((time.perf_counter() - started) * 1000)
        right = case.is_right(found)
        counts[case.name] += 1
        counts[f"right {case.name}"] += right
        counts[f"false {case.name}"] += _is_false(case, found)
        if not right:
            click.echo(f"{case.name}: {found.verdict} {case.text}", err=True)
    return counts, times


@click.command(help=__doc__)
@click.argument("index", type=click.Path(path_type=Path))
@click.option("--cases", default=600, show_default=True)
@click.option("--articles", default=6000, show_default=True, help="read for quotations")
@click.option("--seed", default=1, show_default=True)
def main(index: Path, cases: int, articles: int, seed: int) -> None:
    chance = random.Random(seed)
    snapshot = Snapshot(generations.open_current(index, fingerprint()).folder)
    numbers = snapshot.collection.live().tolist()
    drawn = chance.sample(numbers, min(articles, len(numbers)))
    units = (snapshot.unit(number) for number in drawn)
    quotations = list(quotations_of(u for u in units if isinstance(u, Article)))
    with open_engine(index) as engine:
        verify(engine, "先问一次，词典和索引就都读进来了。")

        def prints(letters: str) -> bool:
            found = next(engine.alike(letters, limit=1), None)
            return found is not None and letters in terms.characters(found.body).text

        made = Cases(quotations, prints, chance).drawn(cases)
        counts, times = report(engine, made)
    names = [name for name in counts if not name.startswith(("right ", "false "))]
    for name in names:
        right = counts[f"right {name}"]
        click.echo(
            f"{name:16} {right:4} of {counts[name]:4} {right / counts[name]:6.1%}"
        )
    total, right = (sum(counts[p + n] for n in names) for p in ("", "right "))
    false = sum(counts[f"false {name}"] for name in names)
    p50, p95 = np.percentile(times, [50, 95])
    click.echo(f"{'all':16} {right:4} of {total:4} {right / total:6.1%}")
    click.echo(
        f"{len(quotations)} quotations; other characters called verbatim: {false}"
    )
    click.echo(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, longest {max(times):.1f} ms")


if __name__ == "__main__":
    main()
