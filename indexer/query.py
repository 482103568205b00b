"""What a reader typed → a tree of what was asked. Never fails: odd syntax becomes plain
text, and a note says so.

Knows what a query means, and how it is said again, and nothing of terms or of an index:
a leaf keeps the text as typed. Trees are kept in one shape by `all_of`, `any_of` and
`negated`: And and Or hold at least two different nodes, none of their own kind, and a
Not never holds a Not.
"""

import dataclasses
import datetime as dt
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from indexer import dates
from indexer.messages import Lang, Message
from indexer.tokens import (
    EMPTY,
    FIELD_NAMES,
    FIELDS,
    HALF_WIDTH,
    MAX_CHARACTERS,
    OPERATORS,
    Field,
    FilterField,
    Kind,
    TextZone,
    Token,
    on_one_line,
    searchable,
    tokens_of,
)

MAX_LEAVES: Final = 32


@dataclass(frozen=True, slots=True)
class Words:
    """An unquoted run without white space; whoever searches turns it into terms."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Quoted text, matched character by character; white space and punctuation do not
    count. `padded` where no marks say so, but single characters that may be a name."""

    text: str
    padded: bool = dataclasses.field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Within:
    """Text that must stand in one zone of a unit, such as 标题:改革."""

    zone: TextZone
    node: Words | Phrase


@dataclass(frozen=True, slots=True)
class Filter:
    """A field that must have this value. Kinds are article, roster, quote or ad; pages
    come without 第 and 版, and may lack leading zeros."""

    field: FilterField
    value: str


@dataclass(frozen=True, slots=True)
class Dates:
    """Days from `since` to `until`, both included; None leaves that end open."""

    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but what the node matches."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """All of the nodes."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the nodes."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What was asked, or forms that print may have instead, which are worth little.
    Never typed: `rewrites` makes it; it reads as what was asked."""

    asked: "Node"
    also: "Node"


Leaf: TypeAlias = Words | Phrase | Within | Filter | Dates
Node: TypeAlias = Leaf | Not | And | Or | Otherwise


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """`tree` is None when nothing was asked, which lists everything. `notes` say what
    was odd and how it was taken; `reading` says how a query of several parts was
    read."""

    tree: Node | None
    notes: tuple[Message, ...] = ()
    reading: Message | None = None


def parse(text: str, is_run: Callable[[str], bool] | None = None) -> ParsedQuery:
    """Read a query; every text is one. `is_run` tells of runs in which 且, 或 or 非 may
    be a character, without their white space, whether print has them.

    >>> parse("改革 且 （开放 或 -旧闻）").reading.zh
    '理解为：改革 且 （开放 或 非 旧闻）'
    >>> parse("記者们").tree
    Words(text='記者们')
    >>> parse("索 非 亚", {"索非亚"}.__contains__).tree
    Phrase(text='索非亚', padded=True)
    """
    if (plainly := _plainly_read(text)) is not None:
        return _as_read(plainly, ())
    notes: list[Message] = []
    cleaned = on_one_line(text, notes)
    odd: list[Message] = []
    tree = _Parser(tokens_of(cleaned, odd, is_run), odd).read()
    if tree is None and searchable(cleaned):
        # 非 alone asks for the character: a query is never only syntax.
        tree = all_of(Phrase(word) for word in cleaned.split() if searchable(word))
        odd = [_ONLY_SYNTAX]
    tree = _first_leaves(tree, odd)
    return _as_read(tree, tuple(dict.fromkeys(notes + odd)))


def render(node: Node, lang: Lang = "zh") -> str:
    """The node as a query that reads the same.

    >>> render(And((Words("人大"), Not(Filter("kind", "roster")))))
    '人大 且 非 类型：名单'
    >>> render(Or((Phrase("改革"), Dates(dt.date(2024, 12, 1), None))), "en")
    '“改革” OR date:2024-12-01..'
    """
    match node:
        case Words(text):
            return text
        case Phrase(text):
            return _in_quotes(text)
        case And(nodes) | Or(nodes):
            word = _OPERATORS[type(node)][lang]
            return f" {word} ".join(_bracketed(child, lang) for child in nodes)
        case Not(child):
            return f"{_OPERATORS[Not][lang]} {_bracketed(child, lang)}"
        case Within(zone, leaf):
            return _fielded(zone, render(leaf, lang), lang)
        case Filter(field, value):
            shown = _KINDS_SHOWN.get(value, value) if lang == "zh" else value
            bare = _BARE.fullmatch(shown) is not None
            return _fielded(field, shown if bare else _in_quotes(shown), lang)
        case Dates(since, until):
            return _fielded("date", _dates_shown(since, until, lang), lang)
        case Otherwise(asked, _):
            return render(asked, lang)


def leaves(node: Node | None) -> tuple[Words | Phrase, ...]:
    """The texts that a hit may print, to be marked there: in the order typed, without
    those that are denied.

    >>> leaves(parse("标题:人大 非 (名单 或 公告)").tree)
    (Words(text='人大'),)
    """
    return () if node is None else tuple(_leaves(node, asked=True))


def plain(node: Node | None) -> tuple[str, tuple[Phrase, ...]] | None:
    """What was typed and which of it in quotes, if it is nothing but words and quotes
    that must all be there; None for anything else.

    >>> plain(parse("谁写了“青浔江上”").tree)
    ('谁写了 青浔江上', (Phrase(text='青浔江上', padded=False),))
    >>> plain(parse("标题:大桥").tree) is None
    True
    """
    nodes = node.nodes if isinstance(node, And) else (node,)
    kept = [leaf for leaf in nodes if isinstance(leaf, Words | Phrase)]
    if len(kept) < len(nodes):
        return None
    marked = (leaf for leaf in kept if isinstance(leaf, Phrase) and not leaf.padded)
    return " ".join(leaf.text for leaf in kept), tuple(marked)


def pasted(text: str) -> str:
    """A text whose quotation marks stand amid its words, as print sets them, without
    them; nothing for any other.

    >>> pasted("老街“微改造”添新景"), pasted("老街 “微改造”")
    ('老街微改造添新景', '')
    """
    return _MARK.sub("", text) if _AMID.search(text) else ""


def all_of(nodes: Iterable[Node]) -> Node | None:
    """All of these nodes as one; None for none.

    >>> all_of([Words("a"), And((Words("b"), Words("a")))])
    And(nodes=(Words(text='a'), Words(text='b')))
    """
    flat = _flat(And, nodes)
    return And(flat) if len(flat) > 1 else next(iter(flat), None)


def any_of(nodes: Iterable[Node]) -> Node | None:
    """Any of these nodes as one; None for none."""
    flat = _flat(Or, nodes)
    return Or(flat) if len(flat) > 1 else next(iter(flat), None)


def negated(node: Node) -> Node:
    """Everything but this node; negating twice changes nothing."""
    return node.node if isinstance(node, Not) else Not(node)


_OPERATORS: Final = {
    And: OPERATORS[Kind.AND],
    Or: OPERATORS[Kind.OR],
    Not: OPERATORS[Kind.NOT],
}
_KINDS: Final = {
    **{"名單": "roster", "引語": "quote", "廣告": "ad"},
    **{"文章": "article", "名单": "roster", "引语": "quote", "广告": "ad"},
}
_KINDS_SHOWN: Final = {kind: name for name, kind in _KINDS.items()}
# Most queries: words of Chinese, none of them an operator or a name set wide, or one
# run in quotes.
_PLAIN_WORDS: Final = re.compile("[\u4e00-\u9fa5]{2,}(?: [\u4e00-\u9fa5]{2,})*")
# A date that is set wide, and what joins words.
_NOT_PLAIN: Final = re.compile("月 | (?:或者|以及|并且) ")
_PLAIN_QUOTE: Final = re.compile("“[\u4e00-\u9fa5A-Za-z0-9]+”")
_MARK: Final = re.compile('[“”„"＂「」『』]')
_AMID: Final = re.compile(r"(?<=\w)[“„\"＂「『]\w|\w[”\"＂」』](?=\w)")
_BARE: Final = re.compile(r"\w[\w·.-]*")
_PAGE: Final = re.compile("第?(.+?)版?")

_TOO_MANY: Final = Message(
    f"检索项超过 {MAX_LEAVES} 个，只用前 {MAX_LEAVES} 个。",
    f"The query has more than {MAX_LEAVES} parts; only the first {MAX_LEAVES} "
    "are used.",
)
_ONLY_SYNTAX: Final = Message(
    "只有运算词或字段名，按普通文字检索。",
    "Only operators or field names: searched as plain text.",
)
_NO_DATE: Final = Message(
    "看不懂的日期按普通文字检索（可写 2024-12、2024-12-25、2024-12-01..2024-12-31）。",
    "What is no date is searched as text (write 2024-12 or 2024-12-01..2024-12-31).",
)
_NO_KIND: Final = Message(
    "没有的类型按普通文字检索（可写 文章、名单、引语、广告）。",
    "What is no kind is searched as text (write article, roster, quote or ad).",
)


def _plainly_read(text: str) -> Node | None:
    """What tokens would be read as, in a fifth of the time, for a text that has next to
    no syntax; None for any other."""
    if len(text) > MAX_CHARACTERS:
        return None
    if _PLAIN_QUOTE.fullmatch(text):
        return Phrase(text[1:-1])
    if not _PLAIN_WORDS.fullmatch(text) or text.count(" ") >= MAX_LEAVES:
        return None
    if _NOT_PLAIN.search(text):
        return None
    return all_of(map(Words, text.split(" ")))


def _as_read(tree: Node | None, notes: tuple[Message, ...]) -> ParsedQuery:
    """A tree with how it was read; a single word is read as it is."""
    if tree is None or isinstance(tree, Words):
        return ParsedQuery(tree, notes)
    zh, en = render(tree, "zh"), render(tree, "en")
    return ParsedQuery(tree, notes, Message(f"理解为：{zh}", f"Read as: {en}"))


class _Parser:
    """Tokens → tree by descent, no deeper than brackets are; brackets must pair."""

    def __init__(self, tokens: list[Token], notes: list[Message]) -> None:
        self._rest = deque(tokens)
        self._notes = notes

    def read(self) -> Node | None:
        """a b 或 c: any of what stands between the 或."""
        parts = [self._all()]
        while operator := self._take(Kind.OR):
            parts.append(self._all())
            if None in parts[-2:]:
                self._lacking(operator)
        return any_of(part for part in parts if part is not None)

    def _all(self) -> Node | None:
        """a 且 非 b c: all of them; white space is as good as 且."""
        nodes: list[Node] = []
        while self._rest and self._rest[0].kind not in (Kind.OR, Kind.CLOSE):
            operator = self._take(Kind.AND)
            node = self._denied()
            if operator and not (nodes and node):
                self._lacking(operator)
            if node is not None:
                nodes.append(node)
        return all_of(nodes)

    def _denied(self) -> Node | None:
        operators: list[Token] = []
        while operator := self._take(Kind.NOT):
            operators.append(operator)
        node = self._one()
        if node is None and operators:
            self._lacking(operators[-1])
        return negated(node) if node is not None and len(operators) % 2 else node

    def _one(self) -> Node | None:
        if field := self._take(Kind.FIELD):
            return self._field(field)
        if self._take(Kind.OPEN):
            if self._rest[0].kind is Kind.CLOSE:
                self._notes.append(EMPTY)
            node = self.read()
            self._rest.popleft()
            return node
        if word := self._take(Kind.WORD):
            return Words(word.text)
        if padded := self._take(Kind.PADDED):
            return Phrase(padded.text, padded=True)
        phrase = self._take(Kind.PHRASE)
        return Phrase(phrase.text) if phrase else None

    def _field(self, field: Token) -> Node | None:
        """A field and what it holds for: a word, a phrase or all that is in
        brackets."""
        is_field = bool(self._rest) and self._rest[0].kind is Kind.FIELD
        node = None if is_field else self._denied()
        if node is None:
            zh = f"“{field.text}：”后面没有内容，已忽略。"
            en = f"Nothing follows “{field.text}:”; it is ignored."
            self._notes.append(Message(zh, en))
            return None
        return _mapped(node, lambda leaf: _in_field(field.text, leaf, self._notes))

    def _take(self, kind: Kind) -> Token | None:
        if self._rest and self._rest[0].kind is kind:
            return self._rest.popleft()
        return None

    def _lacking(self, operator: Token) -> None:
        zh = f"“{operator.text}”旁边缺少检索词，已忽略。"
        en = f"“{operator.text}” lacks a word beside it and is ignored."
        self._notes.append(Message(zh, en))


def _in_field(name: str, leaf: Leaf, notes: list[Message]) -> Leaf:
    """The text in the field; as plain text where the field can't have that value."""
    if not isinstance(leaf, Words | Phrase):
        return leaf
    field = FIELDS[name.translate(HALF_WIDTH).lower()]
    value = leaf.text.translate(HALF_WIDTH)
    match field:
        case "title" | "body" | "caption" | "names" | "kicker":
            return Within(field, leaf)
        case "date":
            if days := dates.read_range(value):
                return Dates(*days)
            notes.append(_NO_DATE)
        case "kind":
            kind = _KINDS.get(value, value.lower())
            if kind in _KINDS_SHOWN:
                return Filter(field, kind)
            notes.append(_NO_KIND)
        case "page":
            label = _PAGE.fullmatch(dates.with_digits(value))
            return Filter(field, label[1].upper() if label else leaf.text)
        case _:
            return Filter(field, leaf.text)
    return replace(leaf, text=f"{name}：{leaf.text}")


def _first_leaves(tree: Node | None, notes: list[Message]) -> Node | None:
    """The tree with no more leaves than the cap, the first ones."""
    room = iter(range(MAX_LEAVES))
    kept = tree and _mapped(tree, lambda leaf: leaf if next(room, -1) >= 0 else None)
    if kept != tree:
        notes.append(_TOO_MANY)
    return kept


def _mapped(node: Node, change: Callable[[Leaf], Leaf | None]) -> Node | None:
    """The tree with each leaf changed, or dropped where None."""
    match node:
        case And(nodes) | Or(nodes):
            inner = (_mapped(child, change) for child in nodes)
            joined = all_of if isinstance(node, And) else any_of
            return joined(child for child in inner if child is not None)
        case Not(child):
            changed = _mapped(child, change)
            return None if changed is None else negated(changed)
        case Otherwise(asked, _):
            return _mapped(asked, change)
        case _:
            return change(node)


def _bracketed(node: Node, lang: Lang) -> str:
    shown = render(node, lang)
    if not isinstance(node, And | Or):
        return shown
    return f"（{shown}）" if lang == "zh" else f"({shown})"


def _in_quotes(text: str) -> str:
    """The text in marks that it doesn't hold itself."""
    pairs = (("“", "”"), ("「", "」"), ("『", "』"))
    free = (pair for pair in pairs if not set(pair) & set(text))
    opening, closing = next(free, pairs[0])
    return f"{opening}{text}{closing}"


def _fielded(name: Field, value: str, lang: Lang) -> str:
    return f"{FIELD_NAMES[name][0]}：{value}" if lang == "zh" else f"{name}:{value}"


def _dates_shown(since: dt.date | None, until: dt.date | None, lang: Lang) -> str:
    if since == until and since is not None:
        return since.isoformat()
    between = "—" if lang == "zh" else ".."
    return between.join(day.isoformat() if day else "" for day in (since, until))


def _leaves(node: Node, *, asked: bool) -> Iterator[Words | Phrase]:
    match node:
        case And(nodes) | Or(nodes):
            for child in nodes:
                yield from _leaves(child, asked=asked)
        case Not(child):
            yield from _leaves(child, asked=not asked)
        case Otherwise(node, also):
            yield from _leaves(node, asked=asked)
            yield from _leaves(also, asked=asked)
        case Within(_, leaf) if asked:
            yield leaf
        case Words() | Phrase() if asked:
            yield node


def _flat(kind: type[And] | type[Or], nodes: Iterable[Node]) -> tuple[Node, ...]:
    """The nodes, each once, with those of the kind replaced by what they hold."""
    parts = (
        part
        for node in nodes
        for part in (node.nodes if isinstance(node, kind) else (node,))
    )
    return tuple(dict.fromkeys(parts))
