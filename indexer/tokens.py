"""What a reader typed → tokens: words, quoted phrases, operators, brackets, fields.

Knows how the query language is written: its marks, however wide, its operators and
fields in both languages, names that are set wide, what is too long or too deep. Knows
nothing of trees, which `query` makes of the tokens. What is odd is noted, and never
fails.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final, Literal, TypeAlias

from indexer.messages import Lang, Message

MAX_CHARACTERS: Final = 256
MAX_DEPTH: Final = 5

TextZone: TypeAlias = Literal["title", "body", "caption", "names", "kicker"]
FilterField: TypeAlias = Literal[
    "reporter", "person", "speaker", "role", "page", "section", "paper", "kind"
]
Field: TypeAlias = TextZone | FilterField | Literal["date"]
# What readers call the fields, beside our own word; the first is the name shown.
FIELD_NAMES: Final[dict[Field, tuple[str, ...]]] = {
    "title": ("标题", "標題"),
    "body": ("正文",),
    "caption": ("图片说明", "图片", "摄影", "圖片說明", "圖片", "攝影"),
    "names": ("名单", "名單"),
    "kicker": ("肩题", "引题", "肩題", "引題"),
    "reporter": ("记者", "作者", "記者"),
    "person": ("人物", "人名"),
    "speaker": ("说话人", "說話人"),
    "role": ("身份",),
    "page": ("版次", "版面", "版"),
    "section": ("版名", "栏目", "欄目"),
    "paper": ("报纸", "报", "報紙", "報"),
    "kind": ("类型", "种类", "type", "類型", "種類"),
    "date": ("日期", "时间", "時間"),
}
FIELDS: Final = {
    name: field for field, names in FIELD_NAMES.items() for name in (field, *names)
}


class Kind(StrEnum):
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
class Token:
    """`text` as typed: of a phrase what stands in the marks, of a field its name."""

    kind: Kind
    text: str


# The operators that are words.
OPERATORS: Final[dict[Kind, dict[Lang, str]]] = {
    Kind.AND: {"zh": "且", "en": "AND"},
    Kind.OR: {"zh": "或", "en": "OR"},
    Kind.NOT: {"zh": "非", "en": "NOT"},
}
# Full-width ASCII and the rarer quotation marks, one character for one.
HALF_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(mark): plain
    for plain, marks in {"“": "„‟〝", "”": "〞〟", "「": "｢﹁", "」": "｣﹂"}.items()
    for mark in marks
}
EMPTY: Final = Message(
    "空的引号或括号已忽略。", "Empty quotation marks or brackets are ignored."
)


def on_one_line(text: str, notes: list[Message]) -> str:
    """The text on one line, without what can't be seen, no longer than the cap; a date
    that is set wide is joined, 12 月 25 日."""
    visible = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    line = " ".join(visible.split())
    if " " in line and ("年" in line or "月" in line):
        line = _DATE_SET_WIDE.sub(lambda date: date[0].replace(" ", ""), line)
    if len(line) > MAX_CHARACTERS:
        notes.append(_TOO_LONG)
    return line[:MAX_CHARACTERS].rstrip()


def searchable(text: str) -> bool:
    return any(character.isalnum() for character in text)


def tokens_of(
    text: str, notes: list[Message], is_run: Callable[[str], bool] | None
) -> list[Token]:
    """The query's tokens; brackets pair, and every word and phrase can be searched.
    `is_run` tells whether print has a run in which operators are characters.

    >>> [token.kind.value for token in tokens_of("标题：兰 钧 或 “通车”", [], None)]
    ['field', 'padded', 'or', 'phrase']
    """
    tokens = list(_with_small_operators(_scanned(text, notes)))
    if is_run is not None and any(map(_is_character, tokens)):
        tokens = _with_characters(tokens, is_run)
    named = _with_padded_names(tokens)
    kept = (t for t in named if t.kind is not Kind.WORD or searchable(t.text))
    return _balanced(kept, notes)


_INVISIBLE: Final = re.compile(
    r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    r"\U000e0000-\U000e007f]"
)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NUMERAL: Final = r"[\d一二三四五六七八九十]"
_DATE_SET_WIDE: Final = re.compile(
    rf"(?<!\d)(?:\d{{4}}|[一二][〇零○\d一二三四五六七八九]{{3}}) ?年"
    rf"(?: ?{_NUMERAL}{{1,3}} ?月(?: ?{_NUMERAL}{{1,3}} ?[日号])?)?"
    rf"|(?<!\d){_NUMERAL}{{1,3}} ?月 ?{_NUMERAL}{{1,3}} ?[日号]"
)
_ONE_HAN: Final = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
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
    | (?P<field> (?<![)”"’'」』:]) (?:{"|".join(FIELDS)})\s?:)
    | (?P<not>(?<![)”"’'」』]) [-!] (?=[-!]*(?:\w|[(“"「『‘'《])))
    | (?P<word>(?:(?!&&)[^\s()|“”"「」『』])+)
    | (?P<stray>.)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD_OPERATORS: Final = {
    word: kind for kind, words in OPERATORS.items() for word in words.values()
}
_WILDCARD: Final = re.compile(r"[^\W_]\*|\*[^\W_]|[^\W_]\?+(?=[^\W_])|^\?+[^\W_]")
# What joins two words in Chinese, as the operators do.
_CONJUNCTIONS: Final = {
    "或者": Kind.OR,
    **dict.fromkeys(("和", "与", "及", "以及", "并且"), Kind.AND),
}
_NEVER_NAMES: Final = tuple("说谈讲称谁說談講稱誰")  # 兰 钧 说 谁: two are a name
_WIDEST: Final = 4  # characters of a name that are set wide with an operator's
_JOINED: Final = 2  # words that 或 or 且 joins in print as in queries

_TOO_LONG: Final = Message(
    f"检索词超过 {MAX_CHARACTERS} 个字符，只用前 {MAX_CHARACTERS} 个。",
    f"The query is longer than {MAX_CHARACTERS} characters; only the first "
    f"{MAX_CHARACTERS} are used.",
)
_TOO_DEEP: Final = Message(
    f"括号超过 {MAX_DEPTH} 层，更深的括号已忽略。",
    f"Brackets deeper than {MAX_DEPTH} levels are ignored.",
)
_UNPAIRED_BRACKET: Final = Message(
    "括号没有配对：缺少的已在末尾补上，多余的已忽略。",
    "Brackets don't pair: missing ones were added at the end, others ignored.",
)
_UNPAIRED_QUOTE: Final = Message(
    "引号没有配对：按引到末尾理解，多余的后引号已忽略。",
    "Quotation marks don't pair: what is open was read to the end, others ignored.",
)
_NO_WILDCARDS: Final = Message(
    "不支持通配符，* 和 ? 按普通字符处理；直接输入词的一部分即可。",
    "There are no wildcards: * and ? are plain characters. Part of a word is enough.",
)


def _scanned(text: str, notes: list[Message]) -> list[Token]:
    plain = text.translate(HALF_WIDTH)
    tokens: list[Token] = []
    at = 0
    while at < len(plain):
        match = _QUOTED.match(plain, at) or _TOKEN.match(plain, at)
        assert match is not None  # the last alternative takes any character
        if match.re is _QUOTED:
            token = _phrase(text, match, notes)
        else:
            is_value = plain[at - 1 : at] == ":" and tokens[-1].kind is Kind.FIELD
            token = _token(text, match, notes, is_value=is_value)
        if token is not None:
            tokens.append(token)
        at = match.end()
    return tokens


def _phrase(text: str, match: re.Match[str], notes: list[Message]) -> Token | None:
    inner = text[slice(*match.span(match.lastindex or 0))]
    unclosed = match.lastgroup == "unclosed"
    if unclosed:
        notes.append(_UNPAIRED_QUOTE)
    if searchable(inner):
        return Token(Kind.PHRASE, inner.strip())
    if not unclosed:
        notes.append(EMPTY)
    return None


def _token(
    text: str, match: re.Match[str], notes: list[Message], *, is_value: bool
) -> Token | None:
    """The token of a match; right behind a field's colon a word is never an
    operator."""
    kind = Kind(match.lastgroup or "")
    typed = text[slice(*match.span())]
    if kind is Kind.SPACE:
        return None
    if kind is Kind.STRAY:
        notes.append(_UNPAIRED_QUOTE)
        return None
    if kind is Kind.FIELD:
        return Token(kind, typed[:-1].rstrip())
    if kind is Kind.WORD and not is_value:
        kind = _WORD_OPERATORS.get(match.group(), kind)
    if kind is Kind.WORD and _WILDCARD.search(match.group()):
        notes.append(_NO_WILDCARDS)
    return Token(kind, typed)


def _with_characters(tokens: list[Token], is_run: Callable[[str], bool]) -> list[Token]:
    """The tokens with operators as characters where print has them so: in a name set
    wide, 索 非 亚, or in a line that is pasted with its spaces. Two words with 或 or 且
    between them are none: print joins words so, too."""
    words = [token for token in tokens if token.kind is Kind.WORD]
    others = {token.text for token in tokens if _is_character(token)}
    is_line = len(words) + sum(map(_is_character, tokens)) == len(tokens)
    is_line = is_line and len(words) > (1 if "非" in others else _JOINED)
    if is_line and is_run("".join(token.text for token in tokens)):
        return [Token(Kind.WORD, token.text) for token in tokens]
    return list(_set_wide(tokens, is_run))


def _set_wide(tokens: list[Token], is_run: Callable[[str], bool]) -> Iterator[Token]:
    for is_single, several in groupby(tokens, _may_be_single):
        held = tuple(several)
        run = "".join(token.text for token in held)
        is_mixed = len({_is_character(token) for token in held}) == 2
        if is_single and is_mixed and len(held) <= _WIDEST and is_run(run):
            yield Token(Kind.PADDED, run)
        else:
            yield from held


def _may_be_single(token: Token) -> bool:
    return _is_character(token) or _is_single_han(token)


def _is_character(token: Token) -> bool:
    """Whether a token is an operator that is a Chinese character."""
    is_operator = token.kind in (Kind.AND, Kind.OR, Kind.NOT)
    return is_operator and _ONE_HAN.fullmatch(token.text) is not None


def _with_small_operators(tokens: list[Token]) -> Iterator[Token]:
    """English operators in small letters, and conjunctions, are that where Chinese is
    typed on both sides: 人大 or 政协, 人大 和 政协, but not Romeo and Juliet; nor is a
    conjunction between single characters, which may be a name, 袁 和 平."""
    for place, token in enumerate(tokens):
        beside = (*tokens[max(place - 1, 0) : place], *tokens[place + 1 : place + 2])
        operator = _WORD_OPERATORS.get(token.text.upper())
        if not operator and not any(map(_is_single_han, beside)):
            operator = _CONJUNCTIONS.get(token.text)
        is_between = len(beside) == 2 and all(map(_is_chinese, beside))
        if operator and is_between and token.kind is Kind.WORD:
            token = Token(operator, token.text)
        yield token


def _is_chinese(token: Token) -> bool:
    """Whether a token asks for Chinese, or is a bracket, which may well hold some."""
    if token.kind in (Kind.WORD, Kind.PHRASE):
        return _ONE_HAN.search(token.text) is not None
    return token.kind in (Kind.OPEN, Kind.CLOSE)


def _with_padded_names(tokens: Iterable[Token]) -> Iterator[Token]:
    """Two or three single Han characters in a row are a name set wide: 兰 钧."""
    for is_single, run in groupby(tokens, _is_single_han):
        singles = tuple(run)
        if is_single and len(singles) in (2, 3):
            yield Token(Kind.PADDED, "".join(token.text for token in singles))
        else:
            yield from singles


def _is_single_han(token: Token) -> bool:
    is_word = token.kind is Kind.WORD and token.text not in _NEVER_NAMES
    return is_word and _ONE_HAN.fullmatch(token.text) is not None


def _balanced(tokens: Iterable[Token], notes: list[Message]) -> list[Token]:
    """The tokens with brackets that pair, none deeper than the cap."""
    kept: list[Token] = []
    depth = 0
    for token in tokens:
        depth += token.kind is Kind.OPEN
        if token.kind is Kind.CLOSE and depth == 0:
            notes.append(_UNPAIRED_BRACKET)
            continue
        if token.kind not in (Kind.OPEN, Kind.CLOSE) or depth <= MAX_DEPTH:
            kept.append(token)
        else:
            notes.append(_TOO_DEEP)
        depth -= token.kind is Kind.CLOSE
    if depth:
        notes.append(_UNPAIRED_BRACKET)
    return kept + [Token(Kind.CLOSE, ")")] * min(depth, MAX_DEPTH)
