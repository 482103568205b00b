"""Letters that are typed for Chinese → the people or headlines that are read so.

shenyun, shen yun zhou, shěn yún zhōu and syz; beside other words (shenyunzhou 大桥),
and as the value of a field of people (记者:shenyunzhou). Reads queries only: it is
handed how an index reads letters, which is not at all where it prints them.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from indexer import names, pinyin, query, terms
from indexer.messages import Message

# The people or headlines that letters are read as, the likeliest first.
ReadAs: TypeAlias = Callable[[str], tuple[str, ...]]

_SHOWN: Final = 3  # readings that a note names
_APOSTROPHES: Final = str.maketrans("", "", "'’")


def spelt_out(
    tree: query.Node, read_as: ReadAs
) -> tuple[query.Node, tuple[Message, ...]] | None:
    """A query with what its letters are read as, and notes that say it; None where no
    letters are. A query of nothing but letters is one name.

    >>> tree = query.parse("shen yun zhou").tree
    >>> spelt_out(tree, lambda text: ("沈云舟",))[0]
    Words(text='沈云舟')
    """
    words = tree.nodes if isinstance(tree, query.And) else (tree,)
    texts = [word.text for word in words if isinstance(word, query.Words)]
    notes: list[Message] = []
    if len(texts) == len(words) and _letters("".join(texts)):
        meant = _read("".join(texts), read_as, notes)
    else:
        meant = _spelt(tree, read_as, notes)
    return (meant, tuple(dict.fromkeys(notes))) if meant and notes else None


def _spelt(
    node: query.Node, read_as: ReadAs, notes: list[Message]
) -> query.Node | None:
    """The tree with each part read that is of letters."""
    match node:
        case query.And(nodes):
            return query.all_of(
                filter(None, (_spelt(n, read_as, notes) for n in nodes))
            )
        case query.Or(nodes):
            return query.any_of(
                filter(None, (_spelt(n, read_as, notes) for n in nodes))
            )
        case query.Words(text):
            return _read(text, read_as, notes) or node
        case query.Filter("person" | "reporter" | "speaker" as field, value):
            people = tuple(filter(names.is_name, _found(value, read_as)))
            named = query.any_of(query.Filter(field, name) for name in people)
            return _noted(value, people, named, notes) or node
    return node


def _read(text: str, read_as: ReadAs, notes: list[Message]) -> query.Node | None:
    """Any of what letters are read as."""
    found = _found(text, read_as)
    nodes = (query.Words(t) if names.is_name(t) else query.Phrase(t) for t in found)
    return _noted(text, found, query.any_of(nodes), notes)


def _found(text: str, read_as: ReadAs) -> tuple[str, ...]:
    letters = _letters(text)
    return read_as(letters) if letters else ()


def _noted(
    text: str,
    found: tuple[str, ...],
    meant: query.Node | None,
    notes: list[Message],
) -> query.Node | None:
    """What letters mean, and a note that says it."""
    if meant is not None:
        shown = found[:_SHOWN]
        more = "" if len(shown) == len(found) else "…"
        zh = f"“{text}”按拼音理解为：{'、'.join(shown)}{more}"
        notes.append(
            Message(zh, f"“{text}” was read as pinyin: {', '.join(shown)}{more}")
        )
    return meant


def _letters(text: str) -> str:
    """The letters of a text of nothing else, without tones; nothing for any other."""
    if "\u3400" <= text[:1] <= "\u9fff":  # Chinese, as most queries are
        return ""
    plain = pinyin.toneless(terms.fold(text)).translate(_APOSTROPHES)
    return plain if plain.isascii() and plain.isalpha() and len(plain) > 1 else ""
