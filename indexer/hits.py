"""A stored unit and the query that found it → the hit that a reader sees.

The same for every engine: which text the title and snippet come from, what is marked,
and which zones the words stand in.
"""

from typing import Final

from indexer import query, snippets, terms
from indexer.archive import Article, Unit
from indexer.documents import title_of, zones_of
from indexer.messages import Message
from indexer.search import Hit
from indexer.snippets import Snippet
from indexer.terms import QueryTerm

_ZONE_NAMES: Final = {
    "headline": Message("标题", "headline"),
    "kicker": Message("肩题", "kicker"),
    "deck": Message("副题", "deck"),
    "body": Message("正文", "text"),
    "captions": Message("图片说明", "caption"),
    "names": Message("名单", "roster"),
    "bylines": Message("署名", "byline"),
}


def needles(tree: query.Node | None) -> tuple[QueryTerm, ...]:
    """What a query looks for in text, negated parts left out."""
    found: list[QueryTerm] = []
    for leaf in query.leaves(tree) if tree else ():
        if isinstance(leaf, query.Words):
            found += terms.query_terms(leaf.text)
        if isinstance(leaf, query.Phrase):
            found.append(terms.phrase_term(leaf.text))
    return tuple(dict.fromkeys(found))


def mark(text: str, words: str) -> Snippet:
    """The whole text with what a query looks for marked."""
    return snippets.mark(text, needles(query.parse(words).tree))


def hit_of(unit: Unit, tree: query.Node | None, score: float) -> Hit:
    """The hit for a unit; `score` as the engine ranked it."""
    wanted = needles(tree)
    title = title_of(unit)
    return Hit(
        id=unit.id,
        kind=unit.kind,
        title=title,
        marked_title=snippets.mark(title, wanted),
        snippet=snippets.excerpt(_passages(unit, title), wanted),
        score=score,
        paper=unit.paper,
        date=unit.date,
        page=unit.page,
        section=unit.section,
        reporters=unit.reporters if isinstance(unit, Article) else (),
        why=_why(unit, wanted),
    )


def _passages(unit: Unit, title: str) -> tuple[str, ...]:
    """The text below the title, by paragraph, caption or name."""
    zones = (zone for zone in zones_of(unit) if zone.name not in ("bylines",))
    texts = (text for zone in zones for text in zone.passages)
    return tuple(line for text in texts for line in text.split("\n") if line != title)


def _why(unit: Unit, wanted: tuple[QueryTerm, ...]) -> tuple[Message, ...]:
    """The zones that print any of what is looked for."""
    return tuple(
        _ZONE_NAMES[zone.name]
        for zone in zones_of(unit)
        if any(snippets.find(text, wanted) for text in zone.passages)
    )
