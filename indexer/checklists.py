"""Many quotations to verify at once: rows of a CSV → the same rows with verdicts.

Knows how spreadsheets write CSV (encodings, tabs and semicolons, cells of several
lines). A row that can't be used is told, and the
others are verified all the same.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.claims import Claim
from indexer.decoding import NotText, decode
from indexer.errors import InputRefused, SearchTooSlow
from indexer.messages import Lang, Message
from indexer.search import Engine
from indexer.sheets import SHEET_MARK, sheet_rows
from indexer.verdict import Checked, answer_json, told, verify, weakest

MAX_TEXT: Final = 2_000
_MOST_LINES: Final = 100  # of one cell
_TEXT_NAMES: Final = frozenset(
    ("text", "quote", "quotation", "引语", "引文", "原话", "内容", "文字", "待核文字")
)
_SPEAKER_NAMES: Final = frozenset(
    ("speaker", "name", "说话人", "发言人", "讲话人", "人物", "姓名")
)
_DELIMITERS: Final = ",\t;"
_UNREADABLE: Final = Message(
    "这一行的引号不成对，没有核对。", "The quote marks of this row don't match."
)
_EMPTY: Final = Message("这一行没有引语。", "There is no quotation in this row.")
_LONG: Final = Message(
    f"这一行超过 {MAX_TEXT} 字，没有核对。", f"This row is over {MAX_TEXT} characters."
)
_BEYOND: Final = Message("行数过多，这一行没有核对。", "Too many rows; not verified.")
_HEADER: Final = {
    "zh": (
        "行", "引语", "说话人", "结论", "说话人一致", "相似度",
        "原文", "原文说话人", "标题", "报纸", "日期", "版次", "编号", "说明",
    ),
    "en": (
        "row", "text", "speaker", "verdict", "speaker_ok", "similarity",
        "printed", "printed_speaker", "title", "paper", "date", "page", "id", "notes",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """A row as given, by the number of its first line; `trouble` says why there is
    nothing to verify, `found` what came of it."""

    number: int
    claim: Claim
    trouble: Message | None = None
    found: tuple[Checked, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether all that it quotes may be printed as it is."""
        return bool(self.found) and all(checked.passes for checked in self.found)


def read_checklist(raw: bytes, source: str) -> tuple[ChecklistRow, ...]:
    """The rows of a CSV file: column `text` (引语), or the first one, and `speaker`
    (说话人), or the second. `source` names it. Raises InputRefused if it is no text.
    """
    try:
        text = decode(raw).text
    except NotText as error:
        raise InputRefused(source, "不是文本文件", "not a text file") from error
    lines = io.StringIO(text, newline="").readlines()
    records = [
        (number, cells)
        for number, cells in _records(lines)
        if cells is None or any(cell.strip() for cell in cells)
    ]
    columns = _columns(records[0][1]) if records else None
    return tuple(
        _row(number, cells, columns or (0, 1))
        for number, cells in (records[1:] if columns else records)
    )


def verified(
    engine: Engine, rows: Iterable[ChecklistRow], *, most: int | None = None
) -> Iterator[ChecklistRow]:
    """Each row with what the archive says of it, no more than `most` of them."""
    for count, row in enumerate(rows):
        if row.trouble:
            yield row
        elif most is not None and count >= most:
            yield ChecklistRow(row.number, row.claim, _BEYOND)
        else:
            yield _verified(engine, row)


def sheet_header(lang: Lang) -> bytes:
    """The beginning of the CSV of verified rows, with the mark of UTF-8 that
    spreadsheets look for."""
    return SHEET_MARK + sheet_rows((_HEADER[lang],))


def sheet_row(row: ChecklistRow, lang: Lang) -> bytes:
    """A verified row as CSV; of several quotations the weakest verdict."""
    given = (str(row.number), row.claim.text, row.claim.speaker or "")
    if row.trouble:
        empty = ("",) * (len(_HEADER[lang]) - len(given) - 1)
        return sheet_rows(((*given, *empty, row.trouble.text(lang)),))
    return sheet_rows(((*given, *_cells(weakest(row.found), lang)),))


def row_json(row: ChecklistRow, lang: Lang) -> dict[str, object]:
    """A verified row in the shape of `/api/v1/verify`, with its number; what is wrong
    with it as `trouble`."""
    if row.trouble:
        given = {"text": row.claim.text, "speaker": row.claim.speaker}
        return {"row": row.number, **given, "trouble": row.trouble.text(lang)}
    return {"row": row.number, **answer_json(row.found, lang), "trouble": None}


def _records(lines: Sequence[str]) -> Iterator[tuple[int, list[str] | None]]:
    """The cells of each record by the number of its first line; None where no record
    begins, and then the next line is tried."""
    first = next(filter(str.strip, lines), "")
    delimiter = max(_DELIMITERS, key=first.count)
    at = 0
    while at < len(lines):
        end, cells = _record(lines, at, delimiter)
        yield at + 1, cells
        at = end


def _record(
    lines: Sequence[str], at: int, delimiter: str
) -> tuple[int, list[str] | None]:
    """Where the record of a line ends, and its cells."""
    for end in range(at + 1, min(at + _MOST_LINES, len(lines)) + 1):
        reader = csv.reader(lines[at:end], delimiter=delimiter, strict=True)
        try:
            return end, next(reader)
        except csv.Error:
            continue
    return at + 1, None


def _columns(cells: list[str] | None) -> tuple[int, int | None] | None:
    """Which columns a header names; None for a row that is none."""
    names = [cell.strip().lower() for cell in cells or ()]
    text = next((i for i, name in enumerate(names) if name in _TEXT_NAMES), None)
    if text is None:
        return None
    return text, next((i for i, n in enumerate(names) if n in _SPEAKER_NAMES), None)


def _row(
    number: int, cells: list[str] | None, columns: tuple[int, int | None]
) -> ChecklistRow:
    if cells is None:
        return ChecklistRow(number, Claim(""), _UNREADABLE)
    text, speaker = (
        cells[i].strip() if i is not None and i < len(cells) else "" for i in columns
    )
    claim = Claim(text[: MAX_TEXT + 1], speaker or None)
    if len(text) > MAX_TEXT:
        return ChecklistRow(number, claim, _LONG)
    return ChecklistRow(number, claim, None if text else _EMPTY)


def _verified(engine: Engine, row: ChecklistRow) -> ChecklistRow:
    try:
        found = verify(engine, row.claim.text, row.claim.speaker)
    except SearchTooSlow as error:
        return ChecklistRow(row.number, row.claim, error.message)
    return ChecklistRow(row.number, row.claim, None, found)


def _cells(checked: Checked, lang: Lang) -> Iterator[str]:
    agreed = {True: ("是", "yes"), False: ("否", "no"), None: ("", "")}
    source = checked.source
    yield checked.verdict
    yield agreed[checked.speaker_ok][lang == "en"]
    yield f"{checked.similarity:g}"
    yield source.text if source else ""
    yield (source.speaker if source else "") or ""
    yield source.title if source else ""
    article = source.article if source else None
    yield (article.paper if article else "") or ""
    yield article.date.isoformat() if article and article.date else ""
    yield (article.page if article else "") or ""
    yield article.id if article else ""
    yield " ".join(note.text(lang) for note in told(checked))
