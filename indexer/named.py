"""Whom a query names, by what stands beside the name → the name alone.

A title (副院长龙小舟), a byline (记者 兰钧) or a verb of saying (龙小舟说医疗) is
printed otherwise, or elsewhere, than it is typed. Each door adds to `notes` what
readers are told of it.
"""

import re
from functools import lru_cache
from typing import Final

from indexer import names, query, terms
from indexer.messages import Message
from indexer.saying import VERB
from indexer.witnesses import find_persons

_SHORTEST_NAME: Final = 2
# Characters of a run that may hold a name and a word that witnesses it.
_LEAST_WITNESSED, _LONGEST_WITNESSED = 3, 30
_ENDS_WITH_VERB: Final = re.compile(f"(?:{VERB.pattern})\\Z")
# How print signs for a name, before it and behind it.
_SIGNING: Final = re.compile("[^记通]*记者|通讯员|摄影?|作者|编辑|责编")
_SIGNED: Final = re.compile(
    "[^记通]*(?:记者|通讯员|摄影|作者|编辑|责编)(.{2,8})|(.{2,8})摄影?"
)


def person(text: str, notes: list[Message]) -> query.Node | None:
    """The person of 副院长龙小舟; with what they speak of in 龙小舟说医疗."""
    byline = _SIGNED.fullmatch(text)
    if byline and names.is_name(name := byline[1] or byline[2]):
        return _named(name, notes)
    people = _people(text)
    if len(people) != 1:
        return None
    name, start, end = people[0]
    if end == len(text) and start:
        return _named(name, notes)
    verb = VERB.match(text, end)
    if verb is None or verb.end() == len(text):
        return None
    return _spoken(name, query.Words(text[verb.end() :]), notes)


def _named(name: str, notes: list[Message]) -> query.Phrase:
    notes.append(
        Message(f"也检索人名“{name}”。", f"The name “{name}” is searched too.")
    )
    return query.Phrase(name)


def signed(nodes: tuple[query.Node, ...], notes: list[Message]) -> list[query.Node]:
    """记者 兰钧, 兰钧 摄: the name alone, which stands in a byline or a credit."""
    texts = [
        node.text for node in nodes if isinstance(node, query.Words | query.Phrase)
    ]
    others = [text for text in texts if not _SIGNING.fullmatch(text)]
    if len(texts) != 2 or len(nodes) != 2 or len(others) != 1:
        return []
    return [_named(name, notes) for name in others if names.is_name(name)]


def said(nodes: tuple[query.Node, ...], notes: list[Message]) -> list[query.Node]:
    """谁 说 什么: the speaker and the rest, without the verb."""
    name, rest = "", nodes[1:]
    match nodes:
        case (query.Words(first) | query.Phrase(first), query.Words(verb), _, *_) if (
            VERB.fullmatch(verb) and names.is_name(first)
        ):
            name, rest = first, nodes[2:]
        case (query.Words(first), _, *_) if _ENDS_WITH_VERB.search(first):
            for person, _, end in _people(terms.fold(first)):
                if VERB.fullmatch(first, end):
                    name = person
    what = query.all_of(rest) if name else None
    return [_spoken(name, what, notes)] if what else []


def _spoken(name: str, what: query.Node, notes: list[Message]) -> query.Node:
    notes.append(
        Message(
            f"按“{name}”谈到“{query.render(what)}”理解。",
            f"Read as “{name}” speaking of “{query.render(what, 'en')}”.",
        )
    )
    return query.And((query.Phrase(name), what))


@lru_cache(maxsize=1 << 12)
def _people(text: str) -> tuple[tuple[str, int, int], ...]:
    """The people whom the words beside them show in a run of a query."""
    if not _LEAST_WITNESSED <= len(text) <= _LONGEST_WITNESSED:
        return ()
    if found := find_persons(text):
        return tuple((each.name, each.span.start, each.span.end) for each in found)
    # Readers ask with verbs that print has for other things too: 龙小舟谈医疗.
    verb = VERB.search(text, _SHORTEST_NAME)
    name = text[: verb.start()] if verb else ""
    is_known = names.is_name(name) or names.sounds_foreign(name)
    return ((name, 0, len(name)),) if is_known else ()
