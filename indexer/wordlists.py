"""Word lists as files of `indexer/words`, and patterns of many words.

Knows where the files are, and their form: comments by #, and of those with kinds a row
for each, its words behind a tab.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources


def lines_of(file: str) -> list[str]:
    """The lines of a list, without comments and empty ones."""
    text = resources.files("indexer").joinpath("words", file).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def rows_of(file: str) -> Mapping[str, tuple[str, ...]]:
    """The words of a list by kind."""
    rows = (line.split("\t") for line in lines_of(file))
    return {kind: tuple(words.split()) for kind, words in rows}


def any_of(words: Iterable[str]) -> str:
    """A pattern of words, the longest first of those that begin alike.

    By their first characters, for which `re` then looks by table: ten times as fast as
    word by word.

    >>> any_of(["说", "问", "说道"])
    '说(?:道|)|问(?:)'
    """
    begun: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        begun.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in begun.items())
