"""What is to be verified: one quotation, those of a paragraph, or the rows of a CSV."""

from dataclasses import dataclass
from typing import Final

from indexer import terms
from indexer.archive import Article, Span
from indexer.marks import marked_runs, outermost
from indexer.quotes import extract

_LEAST: Final = 6
_SENTENCE_MARKS: Final = frozenset("，。！？；…,.!?;")
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
    """The quotations that a text may be or have; without a `speaker` each of a
    paragraph has the one that the paragraph names.

    >>> claims_in("“这座桥我们等了九年。”").whole.text
    '这座桥我们等了九年。'
    >>> text = "船工游长庚说：“这座桥等了九年，值得。”又说“好”。"
    >>> [(part.text, part.speaker) for part in claims_in(text).parts]
    [('这座桥等了九年，值得。', '游长庚')]
    """
    text, by = text.strip(), (speaker or "").strip() or None
    outer = tuple(outermost(text, marked_runs(text)))
    if len(outer) == 1 and _is_all(text, outer[0]):
        return Claims(Claim(text[outer[0].start : outer[0].end], by))
    said = _said(text) if outer else {}
    parts = (run for run in outer if run.start in said or _is_speech(text, run))
    return Claims(
        Claim(text, by),
        tuple(
            Claim(text[run.start : run.end], by or said.get(run.start)) for run in parts
        ),
    )


def told_in(text: str, speaker: str | None = None) -> Claim | None:
    """The statement without marks that most of a text is, and who makes it there.

    >>> told_in("船工游长庚说，这座桥等了九年。")
    Claim(text='这座桥等了九年。', speaker='游长庚')
    """
    quotes = extract(Article("", "article", None, text))
    longest = max(quotes, key=lambda quote: len(quote.text), default=None)
    if longest is None or len(longest.text) < max(_LEAST, len(text) / 2):
        return None
    by = (speaker or "").strip() or longest.speakers[0].name
    return Claim(longest.text, by)


def _said(text: str) -> dict[int, str | None]:
    """Where the text says that somebody speaks, and who: a name, or None."""
    quotes = extract(Article("", "article", None, text))
    return {
        quote.start: quote.speakers[0].name if quote.speakers else None
        for quote in quotes
        if quote.kind == "direct"
    }


def _is_all(text: str, run: Span) -> bool:
    outside = text[: run.start] + text[run.end :]
    return not terms.characters(outside).text


def _is_speech(text: str, run: Span) -> bool:
    """Whether words in marks are said rather than named: a term has no sentence."""
    words = text[run.start : run.end]
    before = text[: run.start - 1].rstrip()[-1:]
    said = bool(_SENTENCE_MARKS.intersection(words)) or before in _BEFORE_SPEECH
    return said and len(terms.characters(words).text) >= _LEAST
