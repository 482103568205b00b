"""What is to be verified: one quotation, those of a paragraph, or the rows of a CSV."""

from dataclasses import dataclass
from typing import Final

from indexer import terms
from indexer.archive import Span
from indexer.marks import marked_runs

_LEAST: Final = 6
_SENTENCE_MARKS: Final = frozenset("，。！？；…,.!?;")
_OUTER_MARKS: Final = '“「"＂'
_BEFORE_SPEECH: Final = "：:，,"


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that somebody is said to have said."""

    text: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """A text as one quotation, and the quotations that it has in marks: it may be
    either, a paragraph or a quotation with marks of its own."""

    whole: Claim
    parts: tuple[Claim, ...] = ()


def claims_in(text: str, speaker: str | None = None) -> Claims:
    """The quotations that a text may be or have.

    >>> claims_in("“这座桥我们等了九年。”").whole.text
    '这座桥我们等了九年。'
    >>> [part.text for part in claims_in("他说：“等了九年，值得。”又说“好”。").parts]
    ['等了九年，值得。']
    """
    text, by = text.strip(), (speaker or "").strip() or None
    outer = _outer(text)
    if len(outer) == 1 and _is_all(text, outer[0]):
        return Claims(Claim(text[outer[0].start : outer[0].end], by))
    parts = (run for run in outer if _is_speech(text, run))
    return Claims(
        Claim(text, by), tuple(Claim(text[run.start : run.end], by) for run in parts)
    )


def _outer(text: str) -> list[Span]:
    """The marked runs that are in no other."""
    found: list[Span] = []
    for run in marked_runs(text):
        inside = found and run.start < found[-1].end
        if not inside and text[run.start - 1] in _OUTER_MARKS:
            found.append(run)
    return found


def _is_all(text: str, run: Span) -> bool:
    outside = text[: run.start] + text[run.end :]
    return not terms.characters(outside).text


def _is_speech(text: str, run: Span) -> bool:
    """Whether words in marks are said rather than named: a term has no sentence."""
    words = text[run.start : run.end]
    before = text[: run.start - 1].rstrip()[-1:]
    said = bool(_SENTENCE_MARKS.intersection(words)) or before in _BEFORE_SPEECH
    return said and len(terms.characters(words).text) >= _LEAST
