"""One place of an article held against a quotation: what of it is printed there.

Knows what tells the verdicts apart (see `verdict`): how many letters are wrong, which
are left out on purpose, and how far a printed quotation goes that a place is part of.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from indexer import aligning, terms
from indexer.aligning import Placed, Step
from indexer.archive import Article, Span
from indexer.bylines import parse_byline
from indexer.marks import marked_runs
from indexer.terms import Characters

FEW: Final = 3
_OF_LONG: Final = 0.05
_LEAST_KEPT: Final = 0.7
_PLACES: Final = 8
_BEGINNING: Final = 4
_BESIDE_CUT: Final = 2
_LONGEST_BYLINE: Final = 120
# What a byline before a sentence has. To read any other beginning of a paragraph as one
# took four fifths of the time that a word of all articles takes to verify.
_SIGNS: Final = re.compile("[讯电]|记者|通讯员|本报|综合|消息")
_DOTS: Final = re.compile(r"…|\.\.")
_CLAUSE_MARKS: Final = frozenset("，。！？；：、…—,.!?;:")
_SENTENCE_ENDS: Final = frozenset("。！？!?…\n")
_OPENINGS: Final = frozenset('“‘「『"＂ \u3000（(《')
_CLOSINGS: Final = frozenset('”’」』"＂ \u3000）)》')
_BEFORE: Final = "".join(_CLAUSE_MARKS | _OPENINGS)
_BEHIND: Final = "".join(_CLAUSE_MARKS | _CLOSINGS)
_BOUNDS: Final = _CLAUSE_MARKS | _OPENINGS | _CLOSINGS | {"\n"}


class Verdict(StrEnum):
    """What the archive says of a quotation, best first."""

    VERBATIM = "逐字一致"
    PUNCTUATION = "仅标点不同"
    CUT = "截取"
    FEW = "个别字不同"
    PARAPHRASE = "改写"
    ABSENT = "未见"


@dataclass(frozen=True, slots=True)
class Printed:
    """An article as quotations are looked for in it."""

    article: Article
    letters: Characters
    runs: tuple[Span, ...]

    @classmethod
    def of(cls, article: Article) -> "Printed":
        letters = terms.characters(article.body)
        return cls(article, letters, marked_runs(article.body))

    def span(self, start: int, end: int) -> Span:
        """The characters from one letter to another, as printed."""
        offsets = self.letters.offsets
        return Span(offsets[start], offsets[end - 1] + 1)

    def between(self, start: int, end: int) -> str:
        """What is printed between the letters before and after some."""
        offsets, body = self.letters.offsets, self.article.body
        first = offsets[start - 1] + 1 if start else 0
        return body[first : offsets[end] if end < len(offsets) else len(body)]

    def is_together(self, start: int, end: int) -> bool:
        """Whether the letters on both sides of a gap are of one quotation, or of one
        paragraph of running text."""
        if not 0 < start <= end < len(self.letters.offsets):
            return False
        first, last = self.letters.offsets[start - 1], self.letters.offsets[end]
        if any(run.start <= first and last < run.end for run in self.runs):
            return True
        apart = any(run.start <= first < run.end for run in self.runs) or any(
            run.start <= last < run.end for run in self.runs
        )
        return not apart and "\n" not in self.article.body[first:last]

    def torn(self, span: Span) -> int:
        """How many ends of a span are inside of a quotation that goes on beyond both
        of its own ends and the span's."""
        head = any(
            run.start < span.start < run.end < span.end
            and self.count(run.start, span.start)
            for run in self.runs
        )
        tail = any(
            span.start < run.start < span.end < run.end
            and self.count(span.end, run.end)
            for run in self.runs
        )
        return head + tail

    def count(self, start: int, end: int) -> int:
        """How many letters stand between two offsets."""
        return self.place(end) - self.place(start)

    def place(self, offset: int) -> int:
        """The number of the first letter from an offset."""
        return bisect_left(self.letters.offsets, offset)


class Judged(NamedTuple):
    """What a place makes of a quotation: offsets of the `span` that is like it, and of
    the whole `quotation` that the span is of."""

    verdict: Verdict
    similarity: float
    span: Span
    quotation: Span


def exact(text: str, printed: Printed) -> Iterator[Judged]:
    """The verdict at each place that prints all letters of a text in a row."""
    wanted = terms.characters(text)
    size = len(wanted.text)
    for at in _occurrences(wanted.text, printed.letters.text):
        yield _Judging(text, wanted, printed, Placed(at, at + size, ())).judged()


def near(text: str, printed: Printed) -> Iterator[Judged]:
    """The verdict at the place that is most like a text, and on the printed quotations
    there that it may be; nothing where they share nothing."""
    wanted = terms.characters(text)
    place = aligning.placed(wanted.text, printed.letters.text)
    if place is None:
        return
    for each in (place, *_marked_near(wanted.text, printed, place)):
        yield _Judging(text, wanted, printed, each).judged()
    other = aligning.reordered(wanted.text, printed.letters.text)
    span = printed.span(other.start, other.end) if other else None
    if other and span and other.differing > FEW and not printed.torn(span):
        yield Judged(Verdict.PARAPHRASE, 1.0, span, _quotation(printed, span))


def _occurrences(wanted: str, text: str) -> Iterator[int]:
    at = text.find(wanted)
    for _ in range(_PLACES):
        if at < 0:
            return
        yield at
        at = text.find(wanted, at + 1)


def _marked_near(wanted: str, printed: Printed, place: Placed) -> Iterator[Placed]:
    """The printed quotations, there or with the same beginning or end, that a text may
    be."""
    letters = printed.letters.text
    for run in printed.runs:
        first, last = printed.place(run.start), printed.place(run.end)
        there = first < place.end and place.start < last
        ends = (wanted[:_BEGINNING], wanted[-_BEGINNING:])
        likely = there or any(letters.find(end, first, last) >= 0 for end in ends)
        found = aligning.within(wanted, letters, first, last) if likely else None
        if found:
            yield found


class _Differing(NamedTuple):
    """How many letters are `wrong` (changed, added, or missing by mistake) and how many
    are left out, inside and at the ends; `narrated`: who spoke, told between two parts
    of the quotation, is left out."""

    wrong: int
    inside: int
    ends: int
    narrated: bool


@dataclass(frozen=True, slots=True)
class _Judging:
    """One place of an article held against a claim."""

    text: str
    wanted: Characters
    printed: Printed
    place: Placed

    def judged(self) -> Judged:
        letters = self.printed.span(self.place.start, self.place.end)
        unit = _quotation(self.printed, letters)
        span = self._with_marks(unit, letters)
        if self._is_reordered(unit):
            return Judged(Verdict.PARAPHRASE, 1.0, span, unit)
        differing = self._differing(unit)
        left_out = differing.inside + differing.ends
        whole = len(self.wanted.text) + left_out
        similarity = max(0.0, 1 - (differing.wrong + left_out) / whole)
        if self._is_stitched(differing, unit, letters):
            verdict = Verdict.PARAPHRASE
        else:
            verdict = self._verdict(differing, span)
        return Judged(verdict, round(similarity, 4), span, unit)

    def _with_marks(self, unit: Span, span: Span) -> Span:
        """A span of letters with the marks around it: all those of a whole quotation,
        else as many as the claim has."""
        printed, text, body = self.printed, self.text, self.printed.article.body
        start, end = span.start, span.end
        ends = printed.count(unit.start, start) + printed.count(end, unit.end)
        if unit in printed.runs and not ends:
            return unit
        first = start - (len(text) - len(text.lstrip(_BEFORE)))
        last = end + len(text) - len(text.rstrip(_BEHIND))
        while start > max(first, 0) and body[start - 1] in _BEFORE:
            start -= 1
        while end < min(last, len(body)) and body[end] in _BEHIND:
            end += 1
        return Span(start, end)

    def _verdict(self, differing: _Differing, span: Span) -> Verdict:
        if not differing.wrong:
            left_out = differing.inside + differing.ends
            return Verdict.CUT if left_out else self._writing(differing, span)
        size = len(self.wanted.text)
        few = differing.wrong <= max(FEW, int(size * _OF_LONG))
        kept = size - differing.wrong >= size * _LEAST_KEPT
        slip = few and kept and not self._is_moved()
        return Verdict.FEW if slip else Verdict.PARAPHRASE

    def _writing(self, differing: _Differing, span: Span) -> Verdict:
        """Of the very same letters: whether the punctuation is the same too."""
        text = self.printed.article.body[span.start : span.end]
        if aligning.same(text, self.text) and not differing.narrated:
            return Verdict.VERBATIM
        narrated = differing.narrated or aligning.same(text, self.text, marks=False)
        return Verdict.PUNCTUATION if narrated else Verdict.FEW  # of another case

    def _differing(self, unit: Span) -> _Differing:
        steps = self.place.steps
        narrated = [step for step in steps if _is_narration(self.printed, step)]
        weighed = [
            self._weighed(number)
            for number, step in enumerate(steps)
            if step not in narrated
        ]
        ends = list(self._ends(unit))
        return _Differing(
            wrong=sum(wrong for wrong, _ in (*weighed, *ends)),
            inside=sum(left_out for _, left_out in weighed),
            ends=sum(left_out for _, left_out in ends),
            narrated=bool(narrated),
        )

    def _weighed(self, number: int) -> tuple[int, int]:
        """The wrong letters of a step, and those that it leaves out."""
        step = self.place.steps[number]
        missing, extra = step.end - step.start, step.other_end - step.other_start
        more = missing - extra
        if step.operation != "equal" and more > 0 and self._is_left_out(number, more):
            return extra, more
        return (0, 0) if step.operation == "equal" else (max(missing, extra), 0)

    def _is_left_out(self, number: int, more: int) -> bool:
        """Whether letters are missing on purpose: more than a slip, with a mark of
        theirs, or where the claim has dots; both sides of the gap in one quotation."""
        steps, printed = self.place.steps, self.printed
        step = steps[number]
        beside = (*steps[max(0, number - 1) : number], *steps[number + 1 : number + 2])
        held = all(other.end - other.start >= _BESIDE_CUT for other in beside)
        gap = self._gap(step.other_start)
        marks = _count_marks(printed.between(step.start, step.end))
        meant = more > FEW or _DOTS.search(gap) or marks > _count_marks(gap)
        return held and bool(meant) and printed.is_together(step.start, step.end)

    def _gap(self, letter: int) -> str:
        """What the claim has before a letter that is none itself."""
        offsets = self.wanted.offsets
        if not 0 < letter < len(offsets):
            return ""
        return self.text[offsets[letter - 1] + 1 : offsets[letter]]

    def _ends(self, unit: Span) -> Iterator[tuple[int, int]]:
        """The wrong letters and those left out, before and after the place in its
        quotation."""
        printed, place = self.printed, self.place
        span = printed.span(place.start, place.end)
        head = printed.count(unit.start, span.start)
        tail = printed.count(span.end, unit.end)
        for start, end in (
            (place.start - head, place.start),
            (place.end, place.end + tail),
        ):
            slip = unit in printed.runs and end - start == 1
            wrong = slip and not _is_clause(printed, start, end)
            yield (1, 0) if wrong else (0, end - start)

    def _is_stitched(self, differing: _Differing, unit: Span, span: Span) -> bool:
        """Whether the claim joins what print has apart: a piece of a quotation and what
        stands outside of it, or pieces of running text further apart than it is
        long."""
        changed = differing.wrong + differing.inside
        if unit not in self.printed.runs and changed:
            far = differing.inside > len(self.wanted.text) and not differing.narrated
            return far or self.printed.torn(span) > 0
        return self.printed.torn(span) > 1

    def _is_moved(self) -> bool:
        """Whether a run that is added in one place is left out in another."""
        letters, wanted = self.printed.letters.text, self.wanted.text
        differ = [step for step in self.place.steps if step.operation != "equal"]
        removed = [letters[step.start : step.end] for step in differ]
        added = [wanted[step.other_start : step.other_end] for step in differ]
        return any(
            len(run) > 1 and any(run in other for other in removed) for run in added
        )

    def _is_reordered(self, unit: Span) -> bool:
        """Whether the claim is the quotation's clauses in another order."""
        left = self.wanted.text
        whole = terms.characters(self.printed.article.body[unit.start : unit.end]).text
        if left == whole or sorted(left) != sorted(whole):
            return False
        for clause in _clauses(self.printed.article.body[unit.start : unit.end]):
            left = left.replace(clause, " ", 1)
        return not left.strip()


def _count_marks(text: str) -> int:
    return sum(character in _CLAUSE_MARKS for character in text)


def _clauses(text: str) -> list[str]:
    """The letters between punctuation marks, longest first."""
    parts = re.split(f"[{re.escape(''.join(_CLAUSE_MARKS))}\\s]+", text)
    clauses = (terms.characters(part).text for part in parts)
    return sorted(filter(None, clauses), key=len, reverse=True)


def _quotation(printed: Printed, span: Span) -> Span:
    """The whole that a span is of: one that it fills, else the innermost quotation
    around it, else its sentences."""
    body = printed.article.body
    quotes = [Span(quote.start, quote.end) for quote in printed.article.quotes]
    around = [
        run
        for run in (*printed.runs, *quotes)
        if run.start <= span.start and span.end <= run.end
    ]
    for run in around:
        if not printed.count(run.start, span.start) + printed.count(span.end, run.end):
            return run
    in_marks = [run for run in around if run in printed.runs]
    if in_marks:
        return min(in_marks, key=lambda run: run.end - run.start)
    return span if _is_told_between(printed, span) else _sentences(body, span)


def _is_told_between(printed: Printed, span: Span) -> bool:
    """Whether a span begins with one quotation and ends with another."""
    return any(
        run.start <= span.start < run.end < span.end
        and not printed.count(run.start, span.start)
        for run in printed.runs
    ) and any(
        span.start < run.start < span.end <= run.end
        and not printed.count(span.end, run.end)
        for run in printed.runs
    )


def _sentences(body: str, span: Span) -> Span:
    """The sentences of running text that a span is of; a byline before them is none."""
    start, end = span.start, span.end
    while start and body[start - 1] not in _SENTENCE_ENDS | {"：", ":"}:
        start -= 1
    while end < len(body) and body[end] not in _SENTENCE_ENDS:
        end += 1
    before = body[start : span.start]
    opens = not start or body[start - 1] == "\n"
    short = 0 < len(before) < _LONGEST_BYLINE
    signed = opens and short and _SIGNS.search(before)
    byline = parse_byline(before) if signed else None
    return Span(start + byline.start + byline.length if byline else start, end)


def _is_clause(printed: Printed, start: int, end: int) -> bool:
    """Whether letters left out are a clause of their own, marks on both sides."""
    body, offsets = printed.article.body, printed.letters.offsets
    before = body[offsets[start - 1] + 1 : offsets[start]] if start else "。"
    after = body[offsets[end - 1] + 1 : offsets[end]] if end < len(offsets) else "。"
    return bool(_BOUNDS.intersection(before)) and bool(_BOUNDS.intersection(after))


def _is_narration(printed: Printed, step: Step) -> bool:
    """Whether what is left out stands between two quotations: ”他说，“."""
    offsets, runs = printed.letters.offsets, printed.runs
    if step.operation != "delete" or not step.start or step.end >= len(offsets):
        return False
    before, after = offsets[step.start - 1], offsets[step.end]
    inside = offsets[step.start : step.end]
    return (
        any(run.start <= before < run.end <= inside[0] for run in runs)
        and any(inside[-1] < run.start <= after < run.end for run in runs)
        and not any(run.start <= place < run.end for run in runs for place in inside)
    )
