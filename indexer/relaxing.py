"""Where nothing is found, what less to ask for, and what a broad word stands for.

Searches only: an engine says how much each of them finds, and what finds nothing is not
offered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from indexer import query, terms
from indexer.saying import VERB
from indexer.search import SearchRequest
from indexer.tokens import FilterField
from indexer.wordlists import lines_of

_FILTERS: Final[tuple[FilterField, ...]] = (
    "page",
    "section",
    "kind",
    "person",
    "speaker",
    "reporter",
    "paper",
)


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A search that asks for less than one that finds nothing, and what was left
    out."""

    request: SearchRequest
    zh: str
    en: str


def broader(request: SearchRequest, tree: query.Node | None) -> Iterator[Relaxed]:
    """The events that a word for several of them stands for: 两会."""
    for leaf in query.leaves(tree):
        for event, parts in _broad_events():
            if isinstance(leaf, query.Words) and event in leaf.text:
                for part in parts:
                    asked = request.query.replace(event, part)
                    yield Relaxed(_asking(request, asked), f"“{part}”", f"“{part}”")


def relaxed(request: SearchRequest, tree: query.Node | None) -> Iterator[Relaxed]:
    """Searches that ask for less, in the order in which they are offered: without one
    filter, among advertisements too, then for any of the words."""
    for field in _FILTERS:
        if value := getattr(request, field):
            freed: dict[str, Any] = {field: None}  # None is a value of every filter
            yield _freed(replace(request, **freed), query.Filter(field, value))
    if request.since or request.until:
        days = query.Dates(request.since, request.until)
        yield _freed(replace(request, since=None, until=None), days)
    parts = tree.nodes if isinstance(tree, query.And) else ()
    for part in parts:
        if isinstance(part, query.Filter | query.Dates | query.Not):
            rest = query.all_of(each for each in parts if each is not part)
            if rest is not None:
                yield _freed(_asking(request, query.render(rest)), part)
    if tree is not None and request.kind is None:
        among = query.all_of((tree, query.Filter("kind", "ad")))
        if among is not None:
            changed = _asking(request, query.render(among))
            yield Relaxed(changed, "在广告中", "Among advertisements")
    if (any_word := _any_word(tree)) is not None:
        changed = _asking(request, query.render(any_word))
        yield Relaxed(changed, "任一个词", "Any of the words")


def _freed(request: SearchRequest, part: query.Node) -> Relaxed:
    zh, en = query.render(part), query.render(part, "en")
    return Relaxed(replace(request, offset=0), f"去掉“{zh}”", f"Without “{en}”")


def _any_word(tree: query.Node | None) -> query.Node | None:
    """Any word of what is asked in running text; None where there is but one."""
    words = [
        query.Phrase(term.text)
        if isinstance(leaf, query.Phrase)
        else query.Words(term.text)
        for leaf in query.leaves(tree)
        for term in terms.query_terms(leaf.text)
        if not VERB.fullmatch(term.text)
    ]
    found = query.any_of(words)
    return found if isinstance(found, query.Or) and found != tree else None


def _asking(request: SearchRequest, text: str) -> SearchRequest:
    return replace(request, query=text, offset=0)


@lru_cache(maxsize=1)
def _broad_events() -> tuple[tuple[str, tuple[str, ...]], ...]:
    rows = (line.split("\t") for line in lines_of("broad_events.txt"))
    return tuple((row[0], tuple(row[1:])) for row in rows)
