"""JSONL, plain or compressed → lines → units; hides compression, line limits, JSON
and the types of its fields. Only corpus.py uses this.

An object has `title` and `body` (paragraphs joined by newlines), and may have `id`,
`paper`, `date`, `page`, `reporters`, `kind`; other keys are left alone. An object of
the kind roster has its names in `body`.
"""

import codecs
import datetime as dt
import gzip
import itertools
import json
import lzma
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Final

import msgspec
from msgspec.structs import replace

from indexer import quotes, rosters
from indexer.archive import Article, Notice, Roster, RosterGroup, Span, Unit
from indexer.cues import scan
from indexer.decoding import REPLACEMENT, NotText, decode, encoding_of
from indexer.errors import InputRefused
from indexer.messages import Message
from indexer.papers import Paper, issue_date
from indexer.terms import simplified
from indexer.traditional import Print, as_printed
from indexer.witnesses import persons_in_each

MAX_LINE_BYTES: Final = 16 << 20
SUFFIXES: Final = (".jsonl", ".jsonl.xz", ".jsonl.gz")


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of a file; `first` is the number of the first, `stem` what ids are
    made of where an object has none, `bytes` how much of the file was used up.

    A row of None stands for a line that is longer than any article.
    """

    path: str
    stem: str
    paper: Paper | None
    encoding: str
    first: int
    rows: tuple[bytes | None, ...]
    bytes: int


def read_lines(
    file: IO[bytes], path: str, stem: str, paper: Paper | None
) -> Iterator[Lines | InputRefused]:
    """The lines of an open file in chunks of some 256 KB.

    What breaks the file (damaged compression, a picture under a wrong name) ends it
    with an InputRefused.
    """
    first, used = 1, 0
    blocks = _blocks(_expanded(file, path), file)
    try:
        head = next(blocks, b"")
        encoding = encoding_of(head)
        decode(head[:_CHECKED])
        for rows in _rows(_splittable(itertools.chain([head], blocks), encoding)):
            position = file.tell()
            yield Lines(path, stem, paper, encoding, first, rows, position - used)
            first, used = first + len(rows), position
    except NotText:
        zh, en = "不是文本，或编码无法识别", "not text, or in an unknown encoding"
        yield InputRefused(path, zh, en)
    except (lzma.LZMAError, zlib.error, EOFError, gzip.BadGzipFile, _Bomb) as error:
        zh = f"压缩内容已损坏，此行之后未读（{error}）"
        en = f"its compressed content is damaged and was not read further ({error})"
        yield InputRefused(path, zh, en, line=first)


def units_of(lines: Lines) -> list[tuple[int, Unit | InputRefused]]:
    """The unit on each line that is not empty, or what is wrong with it, and the line's
    number.

    Every line is read before any is searched for people and quotations: what a step
    needs stays at hand in the machine's cache, which saves a fifth of the search.
    """
    read = [
        (number, _unit_of(lines, number, row))
        for number, row in enumerate(lines.rows, lines.first)
        if row is None or row.strip()
    ]
    complete = iter(_complete([unit for _, unit in read if isinstance(unit, Article)]))
    return [
        (number, next(complete) if isinstance(unit, Article) else unit)
        for number, unit in read
    ]


def _complete(articles: Sequence[Article]) -> list[Article]:
    """The articles with those whom they name, and with what is said in them."""
    read = list(map(_simplified, articles))
    bodies = [article.body for article in read]
    scanned = scan(bodies)
    named = [
        replace(article, persons=persons) if persons else article
        for article, persons in zip(read, persons_in_each(bodies, scanned), strict=True)
    ]
    heard = quotes.with_quotes(named, scanned.cues())
    return [
        found if plain is article else _as_printed(found, article)
        for found, plain, article in zip(heard, read, articles, strict=True)
    ]


def _simplified(article: Article) -> Article:
    """The article as it is read; itself where nothing of it is traditional."""
    body = simplified(article.body)
    if body is article.body:
        return article
    signed = tuple(map(simplified, article.reporters))
    return replace(article, body=body, reporters=signed)


def _as_printed(found: Article, article: Article) -> Article:
    """The article with what was found in its simplified text."""
    found = as_printed(found, Print(found.body, article.body))
    return replace(article, persons=found.persons, quotes=found.quotes)


def _unit_of(lines: Lines, number: int, row: bytes | None) -> Unit | InputRefused:
    try:
        if row is None:
            raise _Wrong("这一行过长", "the line is too long")
        record = _object(row, lines.encoding)
        article = _article(record, lines.paper, f"{lines.stem}.{number}")
        kind = _optional(record, "kind")
    except _Wrong as wrong:
        zh, en = wrong.message.zh, wrong.message.en
        return InputRefused(lines.path, zh, en, line=number)
    return (_roster(article) if kind == "roster" else None) or article


def is_usable_id(id: str) -> bool:
    """Whether a text can be one segment of a URL's path, and so an id.

    >>> [is_usable_id(id) for id in ("xw:2024-09.3", "第1篇", "a/b", "..", " a")]
    [True, True, False, False, False]
    """
    return (
        0 < len(id) <= 200
        and id == id.strip()
        and id not in (".", "..")
        and not _UNUSABLE.search(id)
    )


class _Wrong(ValueError):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.message = Message(zh, en)


class _Bomb(ValueError):
    pass


_RECORDS: Final = msgspec.json.Decoder(dict[str, object])
_BLOCK = 1 << 18
_CHECKED = 1 << 14
_BOMB_BYTES, _BOMB_RATIO = 64 << 20, 300
_UNUSABLE = re.compile("[/\\\\\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd\u2028\u2029]")
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# What begins with one class of characters is found three times as fast as what begins
# with either of two.
_BREAK = re.compile("[\r\x0b\x0c\x85\u2028\u2029](?:(?<=\r)\n)?")
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_DATE = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d\d)(\d\d))"
    r"(?:[T ].*)?"
)


def _expanded(file: IO[bytes], path: str) -> IO[bytes] | gzip.GzipFile:
    if path.lower().endswith(".xz"):
        return lzma.open(file)
    if path.lower().endswith(".gz"):
        return gzip.open(file)
    return file


def _blocks(expanded: IO[bytes] | gzip.GzipFile, file: IO[bytes]) -> Iterator[bytes]:
    total = 0
    while block := expanded.read(_BLOCK):
        total += len(block)
        # No text shrinks so far; what does is made to fill memory or disk.
        if total > max(_BOMB_BYTES, _BOMB_RATIO * file.tell()):
            raise _Bomb(f"more than {_BOMB_RATIO}:1")
        yield block


def _splittable(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The blocks in an encoding where the byte 10 ends lines and means nothing else."""
    if not encoding.startswith("utf-16"):
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for block in blocks:
        yield decoder.decode(block).encode()


def _rows(blocks: Iterable[bytes]) -> Iterator[tuple[bytes | None, ...]]:
    """The lines that end in each block; None for one longer than MAX_LINE_BYTES."""
    begun, too_long = b"", False
    for block in blocks:
        *rows, rest = block.split(b"\n")
        begun += rows[0] if rows else rest
        if len(begun) > MAX_LINE_BYTES:
            begun, too_long = b"", True
        if rows:
            yield (None if too_long else begun, *rows[1:])
            begun, too_long = rest, False
    if begun or too_long:
        yield (None if too_long else begun,)


def _object(row: bytes, encoding: str) -> dict[str, object]:
    # In half the time where it succeeds; what it refuses is read or refused by words.
    with suppress(msgspec.MsgspecError, RecursionError):
        return _RECORDS.decode(row)
    try:
        record = json.loads(_decoded(row, encoding).removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        zh = f"不是合法的 JSON（第 {error.colno} 个字符处）"
        raise _Wrong(zh, f"not valid JSON: {error}") from error
    except (ValueError, RecursionError) as error:
        zh, en = "JSON 嵌套过深或数字过长", "JSON nested too deeply, or a huge number"
        raise _Wrong(zh, en) from error
    if not isinstance(record, dict):
        raise _Wrong("每行应是一个 JSON 对象", "each line must be a JSON object")
    return record


def _decoded(row: bytes, encoding: str) -> str:
    for name in ("utf-8", encoding):
        with suppress(UnicodeDecodeError):
            return row.decode(name)
    try:
        return decode(row).text
    except NotText as error:
        raise _Wrong(
            "不是文本，或编码无法识别", "not text, or in an unknown encoding"
        ) from error


def _article(record: dict[str, object], paper: Paper | None, default: str) -> Article:
    headline, body = _needed(record, "title"), _needed(record, "body")
    headline = " ".join(headline.split("\n")).strip()
    if not headline and not body.strip():
        raise _Wrong("标题和正文都是空的", "title and body are both empty")
    named, kind = _optional(record, "paper"), _optional(record, "kind")
    return Article(
        id=_id(record, default),
        kind="ad" if kind == "ad" else "article",
        headline=headline or None,
        body=body.strip("\n"),
        paper=paper.id_of(named) if paper else named,
        date=_date(record),
        page=_page(record),
        reporters=_reporters(record),
        warnings=_warnings(headline, body, kind or "article"),
    )


def _needed(record: dict[str, object], key: str) -> str:
    value = record.get(key)
    if value is None:
        raise _Wrong(f"缺少 {key}", f"{key} is missing")
    return _text(key, value)


def _optional(record: dict[str, object], key: str) -> str | None:
    value = record.get(key)
    return None if value is None else _text(key, value).strip() or None


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise _Wrong(f"{key} 应是文本", f"{key} must be a text")
    if not _ODD.search(value):
        return value  # as nearly all: in half of the time that both would take
    return _UNREADABLE.sub(REPLACEMENT, _BREAK.sub("\n", value))


def _id(record: dict[str, object], default: str) -> str:
    value = record.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        value = default
    if not isinstance(value, str) or not is_usable_id(value):
        raise _Wrong(
            "id 不能用作网址的一段（不可含 / 和 \\、首尾空格或控制字符，至多 200 字）",
            "the id can't be part of a URL: no / or \\, no spaces around it, no "
            "control characters, at most 200 characters",
        )
    return value


def _date(record: dict[str, object]) -> dt.date | None:
    value = record.get("date")
    if value is None or value == "":
        return None
    try:
        day = _day(str(value).strip())
    except ValueError as error:
        zh = f"没有这样的日期：{value!r:.40}"
        raise _Wrong(zh, f"there is no such date: {value!r:.40}") from error
    if day is None:
        raise _Wrong(
            f"日期应为 年-月-日：{value!r:.40}", f"no YYYY-MM-DD date: {value!r:.40}"
        )
    return day


@lru_cache(maxsize=1 << 13)  # many articles are of one day
def _day(written: str) -> dt.date | None:
    """The day that is written so, None where none is; raises ValueError for one that
    there is not."""
    match = _DATE.fullmatch(written)
    if match is None:
        return None
    year, _, *parts = match.groups()
    month, day = (int(part) for part in parts if part)
    return issue_date(int(year), month, day)


def _page(record: dict[str, object]) -> str | None:
    value = record.get("page")
    if isinstance(value, int) and not isinstance(value, bool):
        # Pages count from 1; archives write 0 where there is no page.
        return str(value) if value > 0 else None
    return _optional(record, "page")


def _reporters(record: dict[str, object]) -> tuple[str, ...]:
    value = record.get("reporters")
    if value is None:
        return ()
    names = re.split("[、，,;；/\n]", value) if isinstance(value, str) else value
    if not isinstance(names, list):
        raise _Wrong("reporters 应是姓名的列表", "reporters must be a list of names")
    stripped = (_text("reporters", name).strip() for name in names)
    return tuple(dict.fromkeys(name for name in stripped if name))


def _roster(article: Article) -> Roster | None:
    """The article as the list of names that it is said to be, if it holds any."""
    text = article.body
    lines = [Span(*match.span()) for match in re.finditer(r"[^\n]+", text)]
    printed = f"{article.headline or ''}\n{text}"
    read = simplified(printed)
    parsed = rosters.parse_roster(text, lines, headline=read.partition("\n")[0])
    if not parsed.entries:
        return None
    roster = Roster(
        id=article.id,
        headline=article.headline,
        groups=tuple(_unplaced(group) for group in parsed.groups),
        notes=parsed.notes,
        paper=article.paper,
        date=article.date,
        page=article.page,
        meeting=parsed.meeting,
        adopted_by=parsed.adopted_by,
        adopted_on=parsed.adopted_on,
        audits=parsed.audits,
        warnings=(*_lost(article.headline or "", text), *parsed.warnings),
    )
    return roster if read is printed else as_printed(roster, Print(read, printed))


def _unplaced(group: RosterGroup) -> RosterGroup:
    """The group without spans, which are places on a page."""
    return replace(
        group, entries=tuple(replace(entry, span=None) for entry in group.entries)
    )


def _warnings(headline: str, body: str, kind: str) -> tuple[Notice, ...]:
    if kind in ("article", "ad"):
        return _lost(headline, body)
    zh, en = f"kind 为“{kind}”，按文章收录", f"of kind {kind!r}: read as an article"
    return (Notice("kind", Message(zh, en)), *_lost(headline, body))


def _lost(headline: str, body: str) -> tuple[Notice, ...]:
    lost = headline.count(REPLACEMENT) + body.count(REPLACEMENT)
    if not lost:
        return ()
    zh, en = f"有 {lost} 个字符无法识别", f"{lost} characters could not be read"
    return (Notice("encoding", Message(zh, en)),)
