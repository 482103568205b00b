"""What a corpus prints, read into units: pages are split, articles are there already.

A page that the rules choke on is refused and reported like a file that can't be read;
no page costs the archive. `batches` makes documents of what comes from here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from indexer import corpus, pages
from indexer.archive import Article, Notice, Page, Quote, Unit
from indexer.corpus import UNDATED, Chunk, InputNotice
from indexer.errors import InputRefused
from indexer.messages import Message


class Split(msgspec.Struct, frozen=True):
    """An input read into its units; `unclaimed` counts a page's characters, white space
    apart, that no unit took."""

    path: str
    line: int | None
    units: tuple[Unit, ...]
    unclaimed: int = 0

    @property
    def warnings(self) -> int:
        return sum(len(unit.warnings) for unit in self.units)


Input: TypeAlias = Split | InputRefused | InputNotice


def read_units(root: Path, *, undated: bool = False) -> Iterator[Input]:
    """What each input of a corpus splits into, in order, without any index.

    With `undated`, pages whose path gives no paper and date are read too; their units
    have neither.
    """
    for chunk in corpus.chunks(root, undated=undated):
        yield from split_chunk(chunk)


def split_chunk(chunk: Chunk) -> Iterator[Input]:
    """What each input of a chunk splits into, in order."""
    for item in corpus.read_chunk(chunk):
        if not isinstance(item, corpus.Entry):
            yield item
        elif isinstance(item.record, Page):
            yield _split_page(item.path, item.record)
        else:
            yield Split(item.path, item.line, (item.record,))


def _split_page(path: str, page: Page) -> Split | InputRefused:
    try:
        split = pages.split(page)
    except Exception as error:
        # One page that the rules choke on must not cost the archive; it is reported.
        reason = f"{type(error).__name__}: {error}"
        zh, en = (
            f"拆分出错，请报告（{reason}）",
            f"splitting failed, report it: {reason}",
        )
        return InputRefused(path, zh, en)
    units = split.units
    if page.date == UNDATED:
        units = tuple(_without_place(unit, page) for unit in units)
    unclaimed = sum(span.end - span.start for span in split.unclaimed)
    return Split(path, None, units, unclaimed)


def _without_place(unit: Unit, page: Page) -> Unit:
    """A unit of a page whose path gives no paper and date: it has neither, and its id
    begins with the page's label."""
    id = page.label + unit.id.removeprefix(page.id)
    zh = "路径没有写明报纸和日期"
    warning = Notice("no-place", Message(zh, "the path gives no paper and date"))
    adopted_on = unit.adopted_on
    if adopted_on and adopted_on.year == UNDATED.year:
        adopted_on = None  # its year is the page's, which nobody knows
    placed = replace(
        unit,
        id=id,
        paper=None,
        date=None,
        adopted_on=adopted_on,
        warnings=(*unit.warnings, warning),
    )
    if not isinstance(placed, Article):
        return placed
    quotes = tuple(_renamed(quote, unit.id, id) for quote in placed.quotes)
    return replace(placed, quotes=quotes)


def _renamed(quote: Quote, before: str, after: str) -> Quote:
    return replace(quote, id=after + quote.id.removeprefix(before))
