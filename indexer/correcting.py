"""A query that finds nothing, or what is no word → the nearest one that was meant.

Parts that find nothing by themselves are taken for mistaken, and so are runs that are
no word and never stand for themselves where they are printed: they begin or end within
words (市互 for 互市 in 本市互联网), or are part of a longer one. A word of the language
or of the index is never corrected. Knows no index: it is handed what words may have
meant, what a query finds, and what is printed around a run.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from itertools import combinations, islice
from typing import Final, NamedTuple, Protocol, TypeAlias

from indexer import names, query, spelling, terms
from indexer.spelling import Mistake
from indexer.weighing import asks

# Whether any unit matches a query.
Finds: TypeAlias = Callable[[query.Node], bool]
# How many units print a text in a row, anywhere or in headlines.
Counted: TypeAlias = Callable[[str, bool], int]
# What is printed before and behind a text, at some of the places that print it.
Around: TypeAlias = Callable[[str], Sequence[tuple[str, str]]]

_MOST: Final = 4  # parts that are looked at, so that no query takes long
_TRIED: Final = 2  # corrections that are tried for each
_TOGETHER: Final = 3  # words that one may have been cut into
_SPANS: Final = 16
_MISREAD: Final = 8  # readings of one text of letters and digits
_PAIRS: Final = 8
# A run that stands for itself at more of its places than these is meant. At less a word
# near to it may be, if it is printed so much oftener than the run stands; what looks
# like a name may be one that print doesn't introduce.
_SELDOM: Final = 0.2
_OFTENER, _OFTENER_THAN_NAME = 10, 30
_BESIDE: Final = (1, 2)  # characters of a name that stand beside a run
_LONGEST: Final = 13  # characters of a run that may be a word with one too many


class Lexis(Protocol):
    """The words of an index."""

    def knows(self, typed: str) -> bool:
        """Whether a text is one of them."""

    def near(self, typed: str) -> Sequence[spelling.Near]:
        """Those that a text may have meant, the likeliest first."""


def corrected(tree: query.Node, words: Lexis, finds: Finds) -> query.Node | None:
    """The query with the parts that find nothing put right; None where that can't be
    done or helps nothing. A word of the index finds nothing by what else is asked."""
    parts = [leaf for leaf in _asked(tree) if _text_of(leaf)][:_MOST]
    changes: dict[query.Node, query.Node] = {}
    for leaf in dict.fromkeys(parts):
        if not finds(leaf) and not words.knows(_text_of(leaf)):
            better = _meant(leaf, words, finds)
            if better is None:
                return None
            changes[leaf] = better
    found = _changed(tree, changes)
    return found if changes and found and finds(found) else None


def doubted(
    tree: query.Node, words: Lexis, counted: Counted, around: Around
) -> query.Node | None:
    """A query with results in which what is no word is put right; None where nothing is
    in doubt. Most queries are of words: they cost a look at each; a question is no
    word with a slip."""
    parts = [
        leaf
        for leaf in _asked(tree)
        if isinstance(leaf, query.Words) and not asks(leaf.text)
    ][:_MOST]
    changes: dict[query.Node, query.Node] = {}
    for leaf in dict.fromkeys(parts):
        text = terms.characters(leaf.text).text
        if better := _likelier(text, words, counted, around):
            changes[leaf] = query.Words(better)
    return _changed(tree, changes) if changes else None


class _Fix(NamedTuple):
    """A word to put in place of what stands from start to end."""

    start: int
    end: int
    word: str


def _likelier(text: str, words: Lexis, counted: Counted, around: Around) -> str | None:
    """The word that a run was meant for, if it is none itself."""
    parts = terms.index_terms(text) if len(text) <= _LONGEST else ()
    if len(parts) < 2 or words.knows(text):
        return None
    count = counted(text, False)
    # 大桥通车 is of words, and nothing as long is printed in a row by chance.
    if count and all(len(part.text) > 1 for part in parts):
        return None
    near = words.near(text)
    most = Mistake.LEFT_OUT if count else Mistake.LOOSE
    meant = next((each.word for each in near if each.mistake <= most), None)
    if meant is None or not count:
        return meant
    longer = {each.word for each in near if len(each.word) > len(text)}
    people = words if names.is_name(meant) else None
    places = [_stands(text, longer, people, *place) for place in around(text)]
    share = sum(places) / max(len(places), 1)
    if share > _SELDOM or (share and counted(text, True)):
        return None
    often = _OFTENER_THAN_NAME if names.is_name(text) else _OFTENER
    return meant if counted(meant, False) >= often * share * count else None


def _stands(
    text: str, longer: Container[str], people: Lexis | None, before: str, behind: str
) -> bool:
    """Whether a run stands for itself between what is printed before and behind it: as
    no part of a `longer` word, nor across two names."""
    if before[-1:] + text in longer or text + behind[:1] in longer:
        return False
    is_cut_out = _is_cut_out(text, before, behind)
    return is_cut_out and not (people and _is_across(text, people, before, behind))


def _is_across(text: str, people: Lexis, before: str, behind: str) -> bool:
    """Whether a known name ends or begins within a run: 斌李 in 王斌、李明."""
    heads = [before[-size:] for size in _BESIDE if size <= len(before)]
    tails = [behind[:size] for size in _BESIDE if size <= len(behind)]
    reaching = (
        name
        for cut in range(1, len(text))
        for name in (
            *(head + text[:cut] for head in heads),
            *(text[cut:] + tail for tail in tails),
        )
    )
    return any(names.is_name(name) and people.knows(name) for name in reaching)


def _is_cut_out(text: str, before: str, behind: str) -> bool:
    """Whether a run begins and ends where words do."""
    start, end = len(before), len(before) + len(text)
    words = terms.index_terms(before + text + behind)
    begins = any(word.start == start for word in words)
    return begins and any(word.end == end for word in words)


def _meant(leaf: query.Leaf, words: Lexis, finds: Finds) -> query.Leaf | None:
    """What a part meant that finds nothing."""
    text = _text_of(leaf)
    for word in (*_near(text, words, _TRIED), *_misread(text)):
        if finds(better := _with_text(leaf, _cased(word, text))):
            return better
    if isinstance(leaf, query.Words):
        return _pieced(text, words, finds)
    return None


def _pieced(text: str, words: Lexis, finds: Finds) -> query.Leaf | None:
    """A run with one word put right, or two, which may have been cut apart:
    互联往医院."""
    fixes: list[_Fix] = []
    for start, end in _spans(text):
        span = text[start:end]
        if finds(query.Phrase(span)):
            continue
        for word in (*_near(span, words, 1), *_misread(span)):
            fixes.append(_Fix(start, end, _cased(word, span)))
            if finds(better := _fixed(text, fixes[-1:])):
                return better
    for pair in islice(combinations(sorted(fixes), 2), _PAIRS):
        if pair[0].end <= pair[1].start and finds(better := _fixed(text, pair)):
            return better
    return None


def _misread(text: str) -> Iterator[str]:
    """What a text of letters and digits may have been meant for."""
    folded = terms.fold(text)
    if folded.isascii() and folded.isalnum():
        yield from islice(spelling.misread(folded), _MISREAD)


def _near(text: str, words: Lexis, most: int) -> list[str]:
    """What a text may have meant; a word of the language only by a slip."""
    is_word = len(terms.index_terms(text)) == 1 and terms.is_han(text[0])
    near = words.near(text)
    kept = (each.word for each in near if each.mistake == Mistake.SLIP or not is_word)
    return list(islice(kept, most))


def _cased(word: str, typed: str) -> str:
    """A folded word in capitals where such are typed: g60 is no G60."""
    return word.upper() if any(map(str.isupper, typed)) else word


def _fixed(text: str, fixes: Sequence[_Fix]) -> query.Words:
    """The text with some words put right, in print order."""
    for fix in reversed(fixes):
        text = text[: fix.start] + fix.word + text[fix.end :]
    return query.Words(text)


def _spans(text: str) -> list[tuple[int, int]]:
    """Where one to three neighbouring words of a run stand, the shortest first."""
    words = terms.index_terms(text)
    spans = {
        (first.start, last.end)
        for i, first in enumerate(words)
        for last in words[i : i + _TOGETHER]
    }
    spans -= {(0, len(text))}
    return sorted(spans, key=lambda span: (span[1] - span[0], span))[:_SPANS]


def _asked(node: query.Node) -> Iterator[query.Leaf]:
    """The parts of a query that are not denied, in the order typed."""
    match node:
        case query.And(nodes) | query.Or(nodes):
            for child in nodes:
                yield from _asked(child)
        case query.Words() | query.Phrase() | query.Within() | query.Filter():
            yield node


def _text_of(leaf: query.Leaf) -> str:
    """What of a part can be misspelt."""
    match leaf:
        case query.Words(text) | query.Phrase(text):
            return text
        case query.Within(_, inner):
            return inner.text
        case query.Filter("person" | "reporter" | "speaker", value):
            return value
    return ""


def _with_text(leaf: query.Leaf, text: str) -> query.Leaf:
    match leaf:
        case query.Words(_):
            return query.Words(text)
        case query.Within(zone, inner):
            return query.Within(zone, type(inner)(text))
        case query.Filter(field, _):
            return query.Filter(field, text)
    return query.Phrase(text)


def _changed(
    node: query.Node, changes: dict[query.Node, query.Node]
) -> query.Node | None:
    match node:
        case query.And(nodes):
            return query.all_of(filter(None, (_changed(n, changes) for n in nodes)))
        case query.Or(nodes):
            return query.any_of(filter(None, (_changed(n, changes) for n in nodes)))
    return changes.get(node, node)
