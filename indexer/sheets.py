"""Rows of text as spreadsheets open them: CSV in UTF-8 with a mark that says so, and no
cell that is worked out as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

SHEET_MARK: Final = b"\xef\xbb\xbf"  # at the beginning of a file
# What a spreadsheet takes for the beginning of a formula, in full width too.
_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")


def sheet_rows(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows of CSV, no cell of which a spreadsheet takes for a formula.

    >>> sheet_rows([("=1+1", "甲,乙")]).decode()
    '\\'=1+1,"甲,乙"\\r\\n'
    """
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerows(map(plain_cell, row) for row in rows)
    return written.getvalue().encode("utf-8", "replace")


def plain_cell(cell: str) -> str:
    """A cell that no spreadsheet works out."""
    plain = cell.replace("\0", "")
    return f"'{plain}" if _FORMULA.match(plain) else plain
