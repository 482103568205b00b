"""A stored unit and the query that found it → the hit that a reader sees.

The same for every engine: which text the title and snippet come from, what is marked,
and which zones the words stand in.
"""

from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Final, TypeAlias

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
_TITLE: Final = "title"
# The name of a zone and a text that stands there.
_Passage: TypeAlias = tuple[str, str]


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
    wanted = needles(query.parse(words, partial(_prints, text)).tree)
    return snippets.mark(text, snippets.find(text, wanted))


def _prints(text: str, run: str) -> bool:
    return terms.characters(run).text in terms.characters(text).text


def hits_of(
    units: Sequence[tuple[Shown, float]],
    wanted: Sequence[QueryTerm],
    *,
    typed: Sequence[QueryTerm] = (),
) -> list[Hit]:
    """The hits for units, each with its score as the engine ranked it; `wanted` are the
    needles of the query, `typed` those that were typed, where other forms are wanted
    too."""
    printed = [[(_TITLE, unit.title), *unit.passages()] for unit, _ in units]
    # All text of a screen is looked through at once: it has many short passages.
    texts = [text for passages in printed for _, text in passages]
    sought = (*wanted, *(term for term in typed if term not in wanted))
    places = iter(snippets.apart(texts, snippets.find("\n".join(texts), sought)))
    needed = frozenset(sought.index(term) for term in typed if term.text)
    return [
        _hit_of(
            unit, score, passages, list(islice(places, len(passages))), wanted, needed
        )
        for (unit, score), passages in zip(units, printed, strict=True)
    ]


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


def _hit_of(
    unit: Shown,
    score: float,
    passages: Sequence[_Passage],
    places: Sequence[Sequence[Place]],
    wanted: Sequence[QueryTerm],
    needed: frozenset[int],
) -> Hit:
    """The hit for a unit; the first of its passages is its title. `needed` are
    numbers of what was sought, that is of `wanted` and behind it of other terms, which
    must all be printed lest another form brought the hit."""
    title = passages[0][1]
    rewritten = not _has_all(places, needed)
    if any(number >= len(wanted) for number in needed):
        places = [[at for at in each if at[2] < len(wanted)] for each in places]
    below, found = passages[1:], places[1:]
    why = _why(below, found)
    return Hit(
        id=unit.id,
        kind=unit.kind,
        title=title,
        marked_title=snippets.mark(title, places[0]),
        snippet=_excerpt(title, below, found),
        score=score,
        paper=unit.paper,
        date=unit.date,
        page=unit.page,
        section=unit.section,
        reporters=unit.reporters,
        why=(*why, _OTHER_FORM) if rewritten else why,
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
    title: str, passages: Sequence[_Passage], found: Sequence[Sequence[Place]]
) -> Snippet:
    """The excerpt of what stands below the title, by paragraph, caption or name."""
    lines: list[str] = []
    places: list[Sequence[Place]] = []
    for (zone, passage), here in zip(passages, found, strict=True):
        if zone == "bylines" or passage == title:
            continue
        if title not in passage:
            lines.append(passage)
            places.append([at for at in here if passage.find("\n", at[0], at[1]) < 0])
            continue
        parts = passage.split("\n")
        for line, inside in zip(parts, snippets.apart(parts, here), strict=True):
            if line != title:
                lines.append(line)
                places.append(inside)
    return snippets.excerpt(lines, places)


def _has_all(places: Sequence[Sequence[Place]], needed: frozenset[int]) -> bool:
    """Whether each of some needles stands anywhere in a unit."""
    return not needed or needed <= {at[2] for inside in places for at in inside}


def _why(
    passages: Sequence[_Passage], found: Sequence[Sequence[Place]]
) -> tuple[Message, ...]:
    """The zones that print any of what is looked for."""
    told = zip(passages, found, strict=True)
    named = dict.fromkeys([zone for (zone, _), places in told if places])
    return tuple([_ZONE_NAMES[zone] for zone in named])
