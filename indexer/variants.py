"""Passages of an article that stand elsewhere in the archive almost word for word:
agenda and report, agency copy, reprints.

Candidates come from the index, part by part of the text. What two articles share is
found by runs of characters that both print; runs in the same order near each other are
one passage, what lies between them is how the two differ.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from indexer import aligning, terms
from indexer.aligning import Difference
from indexer.archive import Article
from indexer.documents import title_of
from indexer.search import Engine, path_of
from indexer.terms import Characters

SECONDS: Final = 2.0
_PART: Final = 160  # letters that are looked up at once
_MOST_PARTS: Final = 24
_FOR_EACH_PART: Final = 6
_CANDIDATES: Final = 16
_GRAM: Final = 6
_MOST_PLACES: Final = 8  # of one gram: what is printed more often tells nothing
_MOST_RUNS: Final = 200
_MOST_PASSAGES: Final = 8
_GAP: Final = 60  # letters between two runs of one passage
_GAP_COST: Final = 0.2
_LEAST: Final = 24  # letters that make a passage
_LEAST_ALIKE: Final = 0.75
_LEAST_CLAUSE: Final = 4
_HARDLY: Final = 0.2
_ENDS: Final = re.compile(r"[^。；;！？!?\n]+[。；;！？!?]*")


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that two articles share; offsets into both bodies. `differences` go
    from this article to the other; `left_out` are sentences and items of this one that
    the other lacks, `added` those that it alone has; `similarity` is how much of the
    shorter side stands in the other, from 0 to 1."""

    start: int
    end: int
    other_start: int
    other_end: int
    similarity: float
    differences: tuple[Difference, ...]
    left_out: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """Another article and the passages that it shares, in the order of the first."""

    article: Article
    passages: tuple[Passage, ...]

    @property
    def letters(self) -> int:
        """How much is shared."""
        return sum(passage.end - passage.start for passage in self.passages)


@dataclass(frozen=True, slots=True)
class Variants:
    """What stands elsewhere, most first; `complete` unless time ran out."""

    found: tuple[Variant, ...]
    complete: bool = True


def variants_of(
    engine: Engine, article: Article, *, limit: int = 10, seconds: float = SECONDS
) -> Variants:
    """The articles that print passages of an article almost word for word. Raises
    SearchTooSlow."""
    deadline = time.monotonic() + seconds
    candidates: dict[str, Article] = {}
    counts: Counter[str] = Counter()
    complete = True
    for part in _parts(article.body):
        if time.monotonic() > deadline:
            complete = False
            break
        for other in engine.alike(part, limit=_FOR_EACH_PART):
            if other.id != article.id:
                candidates[other.id] = other
                counts[other.id] += 1
    found = []
    for id, _ in counts.most_common(_CANDIDATES):
        if time.monotonic() > deadline:
            complete = False
            break
        if passages := shared_passages(article.body, candidates[id].body):
            found.append(Variant(candidates[id], passages))
    found.sort(key=lambda variant: -variant.letters)
    return Variants(tuple(found[:limit]), complete)


def shared_passages(text: str, other: str) -> tuple[Passage, ...]:
    """The passages that two texts share, in the order of the first.

    >>> text = "一、听取和审议政府工作报告；二、补选监察委员会主任、副主任、委员。"
    >>> other = "会议将听取和审议政府工作报告，补选监察委员会主任、副主任、委员。"
    >>> (passage,) = shared_passages(text, other)
    >>> text[passage.start : passage.end]
    '听取和审议政府工作报告；二、补选监察委员会主任、副主任、委员'
    """
    ours, theirs = terms.characters(text), terms.characters(other)
    runs = _runs(ours.text, theirs.text)
    found: list[Passage] = []
    while len(found) < _MOST_PASSAGES and (chain := _best_chain(runs)):
        passage = _passage(text, other, ours, theirs, chain)
        if passage.similarity >= _LEAST_ALIKE:
            found.append(passage)
        runs = [run for run in runs if not _overlaps(run, chain)]
    return tuple(sorted(found, key=lambda passage: passage.start))


def variants_json(article: Article, variants: Variants) -> dict[str, object]:
    """The answer of `/api/v1/articles/{id}/variants`."""
    return {
        "id": article.id,
        "complete": variants.complete,
        "variants": [
            {
                "id": variant.article.id,
                "kind": variant.article.kind,
                "title": title_of(variant.article),
                "paper": variant.article.paper,
                "date": variant.article.date,
                "page": variant.article.page,
                "url": path_of(variant.article.kind, variant.article.id),
                "passages": [
                    _passage_json(article, variant.article, passage)
                    for passage in variant.passages
                ],
            }
            for variant in variants.found
        ],
    }


def _passage_json(
    article: Article, other: Article, passage: Passage
) -> dict[str, object]:
    return {
        "start": passage.start,
        "end": passage.end,
        "text": article.body[passage.start : passage.end],
        "other_start": passage.other_start,
        "other_end": passage.other_end,
        "other_text": other.body[passage.other_start : passage.other_end],
        "similarity": passage.similarity,
        "diff": [
            {"op": each.operation, "text": each.printed, "other": each.other}
            for each in passage.differences
        ],
        "left_out": passage.left_out,
        "added": passage.added,
    }


def _parts(body: str) -> list[str]:
    """A text in parts that are looked up by themselves, at even distances if it is
    long."""
    parts = [""]
    for sentence in _ENDS.findall(body):
        if len(parts[-1]) >= _PART:
            parts.append("")
        parts[-1] += sentence
    step = -(-len(parts) // _MOST_PARTS)
    return parts[::step]


class _Run(NamedTuple):
    """Letters that both texts print."""

    start: int
    other: int
    size: int


def _runs(ours: str, theirs: str) -> list[_Run]:
    """The longest runs that both texts print, by where they start."""
    places: dict[str, list[int]] = {}
    for at in range(len(theirs) - _GRAM + 1):
        places.setdefault(theirs[at : at + _GRAM], []).append(at)
    found = []
    for at in range(len(ours) - _GRAM + 1):
        here = places.get(ours[at : at + _GRAM], ())
        for other in here if len(here) <= _MOST_PLACES else ():
            begun = at and other and ours[at - 1] == theirs[other - 1]
            if not begun:
                found.append(_Run(at, other, _common(ours, theirs, at, other)))
    longest = sorted(found, key=lambda run: -run.size)[:_MOST_RUNS]
    return sorted(longest)


def _common(ours: str, theirs: str, at: int, other: int) -> int:
    size = _GRAM
    most = min(len(ours) - at, len(theirs) - other)
    while size < most and ours[at + size] == theirs[other + size]:
        size += 1
    return size


def _best_chain(runs: Sequence[_Run]) -> list[_Run]:
    """The runs, near each other and in the same order in both texts, that make the
    longest passage; none if that is too short. Runs are cut where they overlap."""
    worth: list[float] = []
    before: list[int] = []
    for number, run in enumerate(runs):
        best, link = float(run.size), -1
        for earlier in range(number):
            gained = _gain(runs[earlier], run)
            if gained is not None and worth[earlier] + gained > best:
                best, link = worth[earlier] + gained, earlier
        worth.append(best)
        before.append(link)
    end = max(range(len(runs)), key=worth.__getitem__, default=-1)
    if end < 0 or worth[end] < _LEAST:
        return []
    chain = []
    while end >= 0:
        chain.append(runs[end])
        end = before[end]
    return chain[::-1]


def _gain(earlier: _Run, run: _Run) -> float | None:
    """What a run adds to a passage that ends with an earlier one."""
    gap = run.start - earlier.start - earlier.size
    other_gap = run.other - earlier.other - earlier.size
    overlap = max(0, -min(gap, other_gap))
    left = run.size - overlap
    if left < _GRAM or max(gap, other_gap) > _GAP or run.other <= earlier.other:
        return None
    return left - _GAP_COST * abs(gap - other_gap)


def _overlaps(run: _Run, chain: Sequence[_Run]) -> bool:
    """Whether a run lies where a passage was found, in the first text."""
    start, end = chain[0].start, chain[-1].start + chain[-1].size
    return run.start < end and start < run.start + run.size


def _passage(
    text: str, other: str, ours: Characters, theirs: Characters, chain: Sequence[_Run]
) -> Passage:
    first, last = chain[0], chain[-1]
    start = ours.offsets[first.start]
    end = ours.offsets[last.start + last.size - 1] + 1
    other_start = theirs.offsets[first.other]
    other_end = theirs.offsets[last.other + last.size - 1] + 1
    differences = aligning.compared(text[start:end], other[other_start:other_end])
    equal = sum(len(d.printed) for d in differences if d.operation == "equal")
    shorter = min(end - start, other_end - other_start)
    return Passage(
        start,
        end,
        other_start,
        other_end,
        round(min(1.0, equal / shorter), 4),
        differences,
        tuple(_lacking([(d.printed, d.operation) for d in differences])),
        tuple(_lacking([(d.other, d.operation) for d in differences])),
    )


def _lacking(pieces: Sequence[tuple[str, str]]) -> Iterator[str]:
    """The sentences and items of one side of which hardly a letter is on the other."""
    text = "".join(piece for piece, _ in pieces)
    equal = [op == "equal" for piece, op in pieces for _ in piece]
    for match in _ENDS.finditer(text):
        places = [at for at in range(*match.span()) if text[at].isalnum()]
        shared = sum(equal[at] for at in places)
        if len(places) >= _LEAST_CLAUSE and shared <= _HARDLY * len(places):
            yield match[0].strip()
