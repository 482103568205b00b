"""A stored unit and the query that found it → the hit that a reader sees.

The same for every engine: which text the title and snippet come from, what is marked,
and which zones the words stand in.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from indexer import query, snippets, terms
from indexer.archive import Article, Quote
from indexer.documents import Shown, title_of
from indexer.messages import Message
from indexer.search import Hit, Spoken
from indexer.snippets import Place, Snippet
from indexer.terms import QueryTerm

_OTHER_FORM: Final = Message("其他写法", "another form")
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
    wanted = needles(query.parse(words).tree)
    return snippets.mark(text, snippets.find(text, wanted))


def hit_of(
    unit: Shown,
    wanted: Sequence[QueryTerm],
    score: float,
    *,
    typed: Sequence[QueryTerm] = (),
) -> Hit:
    """The hit for a unit; `wanted` are the needles of the query, `score` as the engine
    ranked it. `typed` are those that were typed, where other forms are wanted too."""
    title, zones = unit.title, unit.zones
    # All text is looked through at once: a unit has many short passages.
    texts = [title, *(text for zone in zones for text in zone.passages)]
    in_title, *found = snippets.apart(texts, snippets.find("\n".join(texts), wanted))
    names = [zone.name for zone in zones for _ in zone.passages]
    return Hit(
        id=unit.id,
        kind=unit.kind,
        title=title,
        marked_title=snippets.mark(title, in_title),
        snippet=_excerpt(title, zip(names, texts[1:], found, strict=True)),
        score=score,
        paper=unit.paper,
        date=unit.date,
        page=unit.page,
        section=unit.section,
        reporters=unit.reporters,
        why=(*_why(names, found), *_rewritten(texts, typed)),
    )


def quote_hit_of(
    article: Article, number: int, wanted: Sequence[QueryTerm], score: float
) -> Hit:
    """The hit for one of an article's quotes, the printed words whole."""
    quote, title = article.quotes[number], title_of(article)
    body = article.body
    first = body.rfind("\n", 0, quote.start) + 1
    last = body.find("\n", quote.end)
    printed = body[quote.start : quote.end]
    return Hit(
        id=quote.id,
        kind="quote",
        title=title,
        marked_title=snippets.mark(title, snippets.find(title, wanted)),
        snippet=snippets.mark(printed, snippets.find(printed, wanted)),
        score=score,
        paper=article.paper,
        date=article.date,
        page=article.page,
        section=article.section,
        reporters=article.reporters,
        spoken=Spoken(
            quote,
            article.id,
            body.count("\n", 0, quote.start) + 1,
            body[first : quote.start],
            body[quote.end : last if last >= 0 else len(body)],
            _evidence(quote, body),
        ),
    )


def _evidence(quote: Quote, body: str) -> str:
    """The printed words that tell the speaker and the cue, in print order."""
    told = ("speaker", "role", "cue")
    found = {
        (span.start, span.end)
        for item in quote.evidence
        if item.field in told
        for span in item.spans
    }
    return "…".join(dict.fromkeys(body[start:end] for start, end in sorted(found)))


def _excerpt(
    title: str, passages: Iterable[tuple[str, str, Sequence[Place]]]
) -> Snippet:
    """The excerpt of what stands below the title, by paragraph, caption or name; each
    passage with the name of its zone and the places in it."""
    lines: list[str] = []
    places: list[Sequence[Place]] = []
    for zone, passage, found in passages:
        if zone == "bylines":
            continue
        parts = passage.split("\n")
        by_line = snippets.apart(parts, found) if len(parts) > 1 else [found]
        for line, inside in zip(parts, by_line, strict=True):
            if line != title:
                lines.append(line)
                places.append(inside)
    return snippets.excerpt(lines, places)


def _rewritten(texts: Iterable[str], typed: Sequence[QueryTerm]) -> Iterator[Message]:
    """Whether another form than the typed one brought the hit."""
    if typed:
        text = "\n".join(texts)
        printed = terms.characters(text).text
        if not all(
            term.text in printed
            and (not term.whole_word or snippets.find(text, (term,)))
            for term in typed
        ):
            yield _OTHER_FORM


def _why(names: Sequence[str], found: Iterable[Sequence[Place]]) -> tuple[Message, ...]:
    """The zones that print any of what is looked for, by the zone and places of each
    passage."""
    named = (name for name, places in zip(names, found, strict=True) if places)
    return tuple(_ZONE_NAMES[name] for name in dict.fromkeys(named))
