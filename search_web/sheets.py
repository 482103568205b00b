"""Rows of text as spreadsheets open them: CSV in UTF-8 with a mark that says so, no
cell a formula."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

CSV: Final = "text/csv; charset=utf-8"
MARK: Final = b"\xef\xbb\xbf"
# What a spreadsheet takes for the beginning of a formula, the full-width forms too.
_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠\t\r]")


def csv_rows(rows: Iterable[tuple[str, ...]]) -> bytes:
    """The rows; the first ones of a file follow MARK.

    >>> csv_rows([("王岚", "=1+1")]).decode()
    "王岚,'=1+1\\r\\n"
    """
    written = io.StringIO()
    writer = csv.writer(written)
    for row in rows:
        writer.writerow([plain(cell) for cell in row])
    return written.getvalue().replace("\0", "").encode("utf-8", "replace")


def plain(cell: str) -> str:
    """A cell that no spreadsheet works out."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
