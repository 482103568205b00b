"""Texts that run over several pages: which page an article's marks name (下转第2版,
上接第1版), and which article of that page answers them. Used by the site."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from indexer.archive import Article
from indexer.dates import with_digits

CONTINUED: Final = "continued"  # the code of the notice that quotes a mark


class Turn(NamedTuple):
    """The page, as printed, at which an article goes on or from which it comes."""

    onward: bool
    page: str


def turns_of(article: Article) -> tuple[Turn, ...]:
    """What the marks of an article say."""
    notices = [n.message.zh for n in article.warnings if n.code == CONTINUED]
    found = filter(None, map(_MARK.search, notices))
    return tuple(Turn("转" in mark["way"], mark["page"]) for mark in found)


def is_page(printed: str, label: str) -> bool:
    """Whether a mark means the page of that label.

    >>> [is_page("二", "A02"), is_page("B2", "A02"), is_page("12", "02")]
    [True, False, False]
    """
    meant, labelled = _LABEL.search(with_digits(printed)), _LABEL.search(label)
    return (
        meant is not None
        and labelled is not None
        and int(meant["number"]) == int(labelled["number"])
        and meant["letter"].upper() in ("", labelled["letter"].upper())
    )


def counterpart(
    article: Article, turn: Turn, others: Iterable[Article]
) -> Article | None:
    """The article of the other page whose mark leads back: of several the one whose
    headline is most like, none where that does not tell."""
    back = [other for other in others if _leads_back(other, turn, article.page or "")]
    likeness = [_shared(article, other) for other in back]
    best = max(likeness, default=0)
    if len(back) == 1 or likeness.count(best) == 1:
        return back[likeness.index(best)]
    return None


_MARK: Final = re.compile(
    r"(?P<way>[上下紧][转接]|转|接)\s*第?\s*(?P<page>[A-Za-z]?[\d一二三四五六七八九十]{1,3})\s*版"
)
_LABEL: Final = re.compile(r"(?P<letter>[A-Za-z]?)(?P<number>\d{1,3})$")


def _leads_back(other: Article, turn: Turn, label: str) -> bool:
    return any(
        back.onward != turn.onward and is_page(back.page, label)
        for back in turns_of(other)
    )


def _shared(one: Article, other: Article) -> int:
    return len({*(one.headline or "")} & {*(other.headline or "")})
