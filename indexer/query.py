"""What a reader typed → a tree of what was asked. Never fails: odd syntax becomes plain
text, and a note says so.

Knows the query language (operators, quotation marks, brackets, fields, caps) and
nothing of terms or of an index: a leaf keeps the text as typed. Trees are kept in one
shape by `all_of`, `any_of` and `negated`: And and Or hold at least two different nodes,
none of their own kind, and a Not never holds a Not. Long, but one idea: tokens, parser
and rendering are the same language, and change together.
"""

import dataclasses
import datetime as dt
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Final, Literal, TypeAlias

from indexer import dates
from indexer.messages import Lang, Message

MAX_CHARACTERS: Final = 256
MAX_DEPTH: Final = 5
MAX_LEAVES: Final = 32

TextZone: TypeAlias = Literal["title", "body", "caption", "names", "kicker"]
FilterField: TypeAlias = Literal[
    "reporter", "person", "speaker", "role", "page", "section", "paper", "kind"
]


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
    cleaned = _clean(text, notes)
    odd: list[Message] = []
    tree = _Parser(_tokens(cleaned, odd, is_run), odd).read()
    if tree is None and _searchable(cleaned):
        # 非 alone asks for the character: a query is never only syntax.
        tree = all_of(Phrase(word) for word in cleaned.split() if _searchable(word))
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


_Field: TypeAlias = TextZone | FilterField | Literal["date"]
# What readers call the fields, beside our own word; the first is the name shown.
_NAMES: Final[dict[_Field, tuple[str, ...]]] = {
    "title": ("标题",),
    "body": ("正文",),
    "caption": ("图片说明", "图片", "摄影"),
    "names": ("名单",),
    "kicker": ("肩题", "引题"),
    "reporter": ("记者", "作者"),
    "person": ("人物", "人名"),
    "speaker": ("说话人",),
    "role": ("身份",),
    "page": ("版次", "版面", "版"),
    "section": ("版名", "栏目"),
    "paper": ("报纸", "报"),
    "kind": ("类型", "种类", "type"),
    "date": ("日期", "时间"),
}
_FIELDS: Final = {
    name: field for field, names in _NAMES.items() for name in (field, *names)
}
_KINDS: Final = {"文章": "article", "名单": "roster", "引语": "quote", "广告": "ad"}
_KINDS_SHOWN: Final = {kind: name for name, kind in _KINDS.items()}
_OPERATORS: Final[dict[type[Node], dict[Lang, str]]] = {
    And: {"zh": "且", "en": "AND"},
    Or: {"zh": "或", "en": "OR"},
    Not: {"zh": "非", "en": "NOT"},
}

# Full-width ASCII and the rarer quotation marks, one character for one.
_PLAIN: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(mark): plain
    for plain, marks in {"“": "„‟〝", "”": "〞〟", "「": "｢﹁", "」": "｣﹂"}.items()
    for mark in marks
}
_INVISIBLE: Final = re.compile(
    r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    r"\U000e0000-\U000e007f]"
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ONE_HAN: Final = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

# Most queries: words of Chinese, none of them an operator or a name set wide, or one
# run in quotes.
_PLAIN_WORDS: Final = re.compile("[\u4e00-\u9fa5]{2,}(?: [\u4e00-\u9fa5]{2,})*")
_PLAIN_QUOTE: Final = re.compile("“[\u4e00-\u9fa5A-Za-z0-9]+”")
# Marks of the double kind are equal, so that any of them may close another. Single ones
# are apostrophes too: they must open a token, and not close before a letter.
_QUOTED: Final = re.compile(
    r"""
      “((?:[^“”]|“[^“”]*”)*)” | “([^”"]*)["”] | “([^“]*)“
    | "([^"“”]*)["“”]
    | (?<![^\s(|&:!-]) (?: ”([^”]+)” | ‘(.+?)’(?![A-Za-z0-9]) | '(.+?)'(?![A-Za-z0-9]) )
    | 「([^」]*)」 | 『([^』]*)』
    | [“"「『](?P<unclosed>.*)
    """,
    re.VERBOSE,
)
_TOKEN: Final = re.compile(
    rf"""
      (?P<space>\s+) | (?P<open>\() | (?P<close>\)) | (?P<or>\|\|?) | (?P<and>&&)
    | (?P<field> (?<![)”"’'」』:]) (?:{"|".join(_FIELDS)})\s?:)
    | (?P<not>(?<![)”"’'」』]) [-!] (?=[-!]*(?:\w|[(“"「『‘'《])))
    | (?P<word>(?:(?!&&)[^\s()|“”"「」『』])+)
    | (?P<stray>.)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MARK: Final = re.compile('[“”„"＂「」『』]')
_AMID: Final = re.compile(r"(?<=\w)[“„\"＂「『]\w|\w[”\"＂」』](?=\w)")
_WORD_OPERATORS: Final = {
    word: node.__name__.lower()
    for node, words in _OPERATORS.items()
    for word in words.values()
}
_BARE: Final = re.compile(r"\w[\w·.-]*")
_WILDCARD: Final = re.compile(r"[^\W_]\*|\*[^\W_]|[^\W_]\?+(?=[^\W_])|^\?+[^\W_]")
_NEVER_NAMES: Final = ("说", "谈", "讲", "称", "谁")  # 兰 钧 说 谁: two are a name
_WIDEST: Final = 4  # characters of a name that are set wide with an operator's
_JOINED: Final = 2  # words that 或 or 且 joins in print as in queries
_PAGE: Final = re.compile("第?(.+?)版?")

_TOO_LONG: Final = Message(
    f"检索词超过 {MAX_CHARACTERS} 个字符，只用前 {MAX_CHARACTERS} 个。",
    f"The query is longer than {MAX_CHARACTERS} characters; only the first "
    f"{MAX_CHARACTERS} are used.",
)
_TOO_DEEP: Final = Message(
    f"括号超过 {MAX_DEPTH} 层，更深的括号已忽略。",
    f"Brackets deeper than {MAX_DEPTH} levels are ignored.",
)
_TOO_MANY: Final = Message(
    f"检索项超过 {MAX_LEAVES} 个，只用前 {MAX_LEAVES} 个。",
    f"The query has more than {MAX_LEAVES} parts; only the first {MAX_LEAVES} "
    "are used.",
)
_UNPAIRED_BRACKET: Final = Message(
    "括号没有配对：缺少的已在末尾补上，多余的已忽略。",
    "Brackets don't pair: missing ones were added at the end, others ignored.",
)
_UNPAIRED_QUOTE: Final = Message(
    "引号没有配对：按引到末尾理解，多余的后引号已忽略。",
    "Quotation marks don't pair: what is open was read to the end, others ignored.",
)
_EMPTY: Final = Message(
    "空的引号或括号已忽略。", "Empty quotation marks or brackets are ignored."
)
_ONLY_SYNTAX: Final = Message(
    "只有运算词或字段名，按普通文字检索。",
    "Only operators or field names: searched as plain text.",
)
_NO_WILDCARDS: Final = Message(
    "不支持通配符，* 和 ? 按普通字符处理；直接输入词的一部分即可。",
    "There are no wildcards: * and ? are plain characters. Part of a word is enough.",
)
_NO_DATE: Final = Message(
    "看不懂的日期按普通文字检索（可写 2024-12、2024-12-25、2024-12-01..2024-12-31）。",
    "What is no date is searched as text (write 2024-12 or 2024-12-01..2024-12-31).",
)
_NO_KIND: Final = Message(
    "没有的类型按普通文字检索（可写 文章、名单、引语、广告）。",
    "What is no kind is searched as text (write article, roster, quote or ad).",
)


class _Kind(StrEnum):
    SPACE = "space"
    STRAY = "stray"
    OPEN = "open"
    CLOSE = "close"
    OR = "or"
    AND = "and"
    NOT = "not"
    FIELD = "field"
    WORD = "word"
    PHRASE = "phrase"
    PADDED = "padded"


@dataclass(frozen=True, slots=True)
class _Token:
    """`text` as typed: of a phrase what stands in the marks, of a field its name."""

    kind: _Kind
    text: str


def _plainly_read(text: str) -> Node | None:
    """What tokens would be read as, in a fifth of the time, for a text that has next to
    no syntax; None for any other."""
    if len(text) > MAX_CHARACTERS:
        return None
    if _PLAIN_QUOTE.fullmatch(text):
        return Phrase(text[1:-1])
    if not _PLAIN_WORDS.fullmatch(text) or text.count(" ") >= MAX_LEAVES:
        return None
    return all_of(map(Words, text.split(" ")))


def _as_read(tree: Node | None, notes: tuple[Message, ...]) -> ParsedQuery:
    """A tree with how it was read; a single word is read as it is."""
    if tree is None or isinstance(tree, Words):
        return ParsedQuery(tree, notes)
    zh, en = render(tree, "zh"), render(tree, "en")
    return ParsedQuery(tree, notes, Message(f"理解为：{zh}", f"Read as: {en}"))


def _clean(text: str, notes: list[Message]) -> str:
    """The text on one line, without what can't be seen, no longer than the cap."""
    visible = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    line = " ".join(visible.split())
    if len(line) > MAX_CHARACTERS:
        notes.append(_TOO_LONG)
    return line[:MAX_CHARACTERS].rstrip()


def _searchable(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _tokens(
    text: str, notes: list[Message], is_run: Callable[[str], bool] | None
) -> list[_Token]:
    """The query's tokens; brackets pair, and every word and phrase can be searched."""
    plain = text.translate(_PLAIN)
    tokens: list[_Token] = []
    at = 0
    while at < len(plain):
        match = _QUOTED.match(plain, at) or _TOKEN.match(plain, at)
        assert match is not None  # the last alternative takes any character
        if match.re is _QUOTED:
            token = _phrase(text, match, notes)
        else:
            is_value = plain[at - 1 : at] == ":" and tokens[-1].kind is _Kind.FIELD
            token = _token(text, match, notes, is_value=is_value)
        if token is not None:
            tokens.append(token)
        at = match.end()
    tokens = list(_with_small_operators(tokens))
    if is_run is not None and any(map(_is_character, tokens)):
        tokens = _with_characters(tokens, is_run)
    named = _with_padded_names(tokens)
    kept = (t for t in named if t.kind is not _Kind.WORD or _searchable(t.text))
    return _balanced(kept, notes)


def _phrase(text: str, match: re.Match[str], notes: list[Message]) -> _Token | None:
    inner = text[slice(*match.span(match.lastindex or 0))]
    unclosed = match.lastgroup == "unclosed"
    if unclosed:
        notes.append(_UNPAIRED_QUOTE)
    if _searchable(inner):
        return _Token(_Kind.PHRASE, inner.strip())
    if not unclosed:
        notes.append(_EMPTY)
    return None


def _token(
    text: str, match: re.Match[str], notes: list[Message], *, is_value: bool
) -> _Token | None:
    """The token of a match; right behind a field's colon a word is never an
    operator."""
    kind = _Kind(match.lastgroup or "")
    typed = text[slice(*match.span())]
    if kind is _Kind.SPACE:
        return None
    if kind is _Kind.STRAY:
        notes.append(_UNPAIRED_QUOTE)
        return None
    if kind is _Kind.FIELD:
        return _Token(kind, typed[:-1].rstrip())
    if kind is _Kind.WORD and not is_value:
        kind = _Kind(_WORD_OPERATORS.get(match.group(), kind))
    if kind is _Kind.WORD and _WILDCARD.search(match.group()):
        notes.append(_NO_WILDCARDS)
    return _Token(kind, typed)


def _with_characters(
    tokens: list[_Token], is_run: Callable[[str], bool]
) -> list[_Token]:
    """The tokens with operators as characters where print has them so: in a name set
    wide, 索 非 亚, or in a line that is pasted with its spaces. Two words with 或 or 且
    between them are none: print joins words so, too."""
    words = [token for token in tokens if token.kind is _Kind.WORD]
    others = {token.text for token in tokens if _is_character(token)}
    is_line = len(words) + sum(map(_is_character, tokens)) == len(tokens)
    is_line = is_line and len(words) > (1 if "非" in others else _JOINED)
    if is_line and is_run("".join(token.text for token in tokens)):
        return [_Token(_Kind.WORD, token.text) for token in tokens]
    return list(_set_wide(tokens, is_run))


def _set_wide(tokens: list[_Token], is_run: Callable[[str], bool]) -> Iterator[_Token]:
    for is_single, several in groupby(tokens, _may_be_single):
        held = tuple(several)
        run = "".join(token.text for token in held)
        is_mixed = len({_is_character(token) for token in held}) == 2
        if is_single and is_mixed and len(held) <= _WIDEST and is_run(run):
            yield _Token(_Kind.PADDED, run)
        else:
            yield from held


def _may_be_single(token: _Token) -> bool:
    return _is_character(token) or _is_single_han(token)


def _is_character(token: _Token) -> bool:
    """Whether a token is an operator that is a Chinese character."""
    is_operator = token.kind in (_Kind.AND, _Kind.OR, _Kind.NOT)
    return is_operator and _ONE_HAN.fullmatch(token.text) is not None


def _with_small_operators(tokens: list[_Token]) -> Iterator[_Token]:
    """English operators in small letters are that where Chinese is typed on both sides:
    人大 or 政协, but not Romeo and Juliet."""
    for place, token in enumerate(tokens):
        operator = _WORD_OPERATORS.get(token.text.upper())
        beside = (*tokens[max(place - 1, 0) : place], *tokens[place + 1 : place + 2])
        is_between = len(beside) == 2 and all(map(_is_chinese, beside))
        if operator and is_between and token.kind is _Kind.WORD:
            token = _Token(_Kind(operator), token.text)
        yield token


def _is_chinese(token: _Token) -> bool:
    """Whether a token asks for Chinese, or is a bracket, which may well hold some."""
    if token.kind in (_Kind.WORD, _Kind.PHRASE):
        return _ONE_HAN.search(token.text) is not None
    return token.kind in (_Kind.OPEN, _Kind.CLOSE)


def _with_padded_names(tokens: Iterable[_Token]) -> Iterator[_Token]:
    """Two or three single Han characters in a row are a name set wide: 兰 钧."""
    for is_single, run in groupby(tokens, _is_single_han):
        singles = tuple(run)
        if is_single and len(singles) in (2, 3):
            yield _Token(_Kind.PADDED, "".join(token.text for token in singles))
        else:
            yield from singles


def _is_single_han(token: _Token) -> bool:
    is_word = token.kind is _Kind.WORD and token.text not in _NEVER_NAMES
    return is_word and _ONE_HAN.fullmatch(token.text) is not None


def _balanced(tokens: Iterable[_Token], notes: list[Message]) -> list[_Token]:
    """The tokens with brackets that pair, none deeper than the cap."""
    kept: list[_Token] = []
    depth = 0
    for token in tokens:
        depth += token.kind is _Kind.OPEN
        if token.kind is _Kind.CLOSE and depth == 0:
            notes.append(_UNPAIRED_BRACKET)
            continue
        if token.kind not in (_Kind.OPEN, _Kind.CLOSE) or depth <= MAX_DEPTH:
            kept.append(token)
        else:
            notes.append(_TOO_DEEP)
        depth -= token.kind is _Kind.CLOSE
    if depth:
        notes.append(_UNPAIRED_BRACKET)
    return kept + [_Token(_Kind.CLOSE, ")")] * min(depth, MAX_DEPTH)


class _Parser:
    """Tokens → tree by descent, no deeper than brackets are; brackets must pair."""

    def __init__(self, tokens: list[_Token], notes: list[Message]) -> None:
        self._rest = deque(tokens)
        self._notes = notes

    def read(self) -> Node | None:
        """a b 或 c: any of what stands between the 或."""
        parts = [self._all()]
        while operator := self._take(_Kind.OR):
            parts.append(self._all())
            if None in parts[-2:]:
                self._lacking(operator)
        return any_of(part for part in parts if part is not None)

    def _all(self) -> Node | None:
        """a 且 非 b c: all of them; white space is as good as 且."""
        nodes: list[Node] = []
        while self._rest and self._rest[0].kind not in (_Kind.OR, _Kind.CLOSE):
            operator = self._take(_Kind.AND)
            node = self._denied()
            if operator and not (nodes and node):
                self._lacking(operator)
            if node is not None:
                nodes.append(node)
        return all_of(nodes)

    def _denied(self) -> Node | None:
        operators: list[_Token] = []
        while operator := self._take(_Kind.NOT):
            operators.append(operator)
        node = self._one()
        if node is None and operators:
            self._lacking(operators[-1])
        return negated(node) if node is not None and len(operators) % 2 else node

    def _one(self) -> Node | None:
        if field := self._take(_Kind.FIELD):
            return self._field(field)
        if self._take(_Kind.OPEN):
            if self._rest[0].kind is _Kind.CLOSE:
                self._notes.append(_EMPTY)
            node = self.read()
            self._rest.popleft()
            return node
        if word := self._take(_Kind.WORD):
            return Words(word.text)
        if padded := self._take(_Kind.PADDED):
            return Phrase(padded.text, padded=True)
        phrase = self._take(_Kind.PHRASE)
        return Phrase(phrase.text) if phrase else None

    def _field(self, field: _Token) -> Node | None:
        """A field and what it holds for: a word, a phrase or all that is in
        brackets."""
        is_field = bool(self._rest) and self._rest[0].kind is _Kind.FIELD
        node = None if is_field else self._denied()
        if node is None:
            zh = f"“{field.text}：”后面没有内容，已忽略。"
            en = f"Nothing follows “{field.text}:”; it is ignored."
            self._notes.append(Message(zh, en))
            return None
        return _mapped(node, lambda leaf: _in_field(field.text, leaf, self._notes))

    def _take(self, kind: _Kind) -> _Token | None:
        if self._rest and self._rest[0].kind is kind:
            return self._rest.popleft()
        return None

    def _lacking(self, operator: _Token) -> None:
        zh = f"“{operator.text}”旁边缺少检索词，已忽略。"
        en = f"“{operator.text}” lacks a word beside it and is ignored."
        self._notes.append(Message(zh, en))


def _in_field(name: str, leaf: Leaf, notes: list[Message]) -> Leaf:
    """The text in the field; as plain text where the field can't have that value."""
    if not isinstance(leaf, Words | Phrase):
        return leaf
    field = _FIELDS[name.translate(_PLAIN).lower()]
    value = leaf.text.translate(_PLAIN)
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


def _fielded(name: _Field, value: str, lang: Lang) -> str:
    return f"{_NAMES[name][0]}：{value}" if lang == "zh" else f"{name}:{value}"


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
