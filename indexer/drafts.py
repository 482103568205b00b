"""The pieces of a page sorted into units in the making.

Knows which text stands under which headline, also where two headlines come before two
texts, whose picture a caption tells of, and what is the page's own: section names,
credits, running heads. `pages` makes units of the drafts; `layout` says what each line
is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import permutations

from indexer import bylines
from indexer.archive import Credit, Span
from indexer.layout import Placed, Role, read_layout
from indexer.lines import Piece
from indexer.names import HAN


@dataclass
class Draft:
    """A unit in the making. A paragraph is the runs of print that make it up."""

    heads: list[Piece] = field(default_factory=list)
    bylines: list[Piece] = field(default_factory=list)
    paragraphs: list[list[Span]] = field(default_factory=list)
    captions: list[list[Piece]] = field(default_factory=list)
    listed: int = 0  # characters in rows of names
    kind: str = "article"
    guessed: bool = False

    @property
    def start(self) -> int:
        """Where it begins on the page."""
        if self.heads:
            return self.heads[0].runs[0].start
        pieces = [*self.bylines, *(piece for group in self.captions for piece in group)]
        runs = [piece.runs for piece in pieces] + self.paragraphs
        return min((run[0].start for run in runs), default=0)

    @property
    def told(self) -> bool:
        """Whether it has a text."""
        return bool(self.paragraphs or self.bylines)

    @property
    def may_list(self) -> bool:
        """Whether it is worth reading as a list of names."""
        size = sum(run.end - run.start for runs in self.paragraphs for run in runs)
        title = self.heads[-1].text if self.heads else ""
        return "名单" in title or self.listed > 0.3 * size


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page sorted: its units in the making, in print order, and what belongs to no
    unit. `claimed` is where the sections, credits and running heads are printed."""

    drafts: tuple[Draft, ...]
    sections: tuple[str, ...]
    credits: tuple[Credit, ...]
    claimed: tuple[Span, ...]


def read_sheet(text: str) -> Sheet:
    """A page's text sorted into units in the making."""
    sorter = _Sorter(text)
    for placed in read_layout(text):
        sorter.take(placed)
    return sorter.sheet()


def print_of(text: str, runs: Iterable[Span]) -> str:
    """The print of these runs as one text; words of Latin letters keep apart.

    >>> print_of("通\\n车 new\\nyear", (Span(0, 1), Span(2, 7), Span(8, 12)))
    '通车 new year'
    """
    joined = ""
    for run in runs:
        part = text[run.start : run.end].strip()
        if joined and part and _is_latin(joined[-1]) and _is_latin(part[0]):
            joined += " "
        joined += part
    return joined


class _Sorter:
    """Sorts the pieces of a page into drafts."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._heads: list[list[Piece]] = []
        self._texts: list[Draft] = []
        self._loose: list[list[Piece]] = []  # captions that stand before a text
        self._last: Role | None = None
        self._drafts: list[Draft] = []
        self._sections: list[str] = []
        self._credits: list[Credit] = []
        self._claimed: list[Span] = []

    def take(self, placed: Placed) -> None:
        piece = placed.piece
        match placed.role:
            case Role.HEADLINE:
                self._head(piece)
            case Role.HEADLINE_MORE:
                self._heads[-1].append(piece)
            case Role.BYLINE:
                self._body(placed).bylines.append(piece)
            case Role.PARAGRAPH:
                draft = self._body(placed)
                draft.paragraphs.append(list(piece.runs))
                draft.listed += len(piece.text) if placed.listed else 0
            case Role.CONTINUATION:
                self._body(placed).paragraphs[-1].extend(piece.runs)
            case Role.CAPTION:
                self._caption(piece)
            case Role.AD:
                self._advertise(piece)
            case _:
                self._furnish(placed)
        self._last = placed.role

    def sheet(self) -> Sheet:
        self._close()
        return Sheet(
            drafts=tuple(self._drafts),
            sections=tuple(self._sections),
            credits=tuple(self._credits),
            claimed=tuple(self._claimed),
        )

    def _close(self) -> None:
        """Ends the texts under the headlines met so far."""
        self._drafts += _matched(self._text, self._heads, self._texts, self._loose)
        self._drafts.sort(key=lambda draft: draft.start)
        self._heads, self._texts, self._loose = [], [], []

    def _head(self, piece: Piece) -> None:
        if self._texts:
            self._close()
        self._heads.append([piece])

    def _body(self, placed: Placed) -> Draft:
        if not self._texts or placed.opens_body:
            self._texts.append(Draft())
        return self._texts[-1]

    def _caption(self, piece: Piece) -> None:
        together = self._last is Role.CAPTION and piece.gap == 0
        target = self._texts[-1].captions if self._texts else self._loose
        if together and target:
            target[-1].append(piece)
        else:
            target.append([piece])

    def _advertise(self, piece: Piece) -> None:
        last = self._drafts[-1] if self._last is Role.AD else None
        if last and (piece.gap == 0 or not last.paragraphs):
            self._drafts[-1].paragraphs.append(list(piece.runs))
            return
        self._drafts.append(Draft(heads=[piece], kind="ad"))

    def _furnish(self, placed: Placed) -> None:
        piece = placed.piece
        if placed.role is Role.BANNER:
            self._sections.append(print_of(self._text, piece.runs))
            self._claimed += piece.runs
        elif placed.role is Role.CREDIT:
            found = bylines.parse_page_credits(print_of(self._text, piece.runs))
            self._credits += found or ()
            self._claimed += piece.runs if found else ()
        else:
            self._claimed += piece.runs
            name = _section_name(self._text, piece.runs[0])
            self._sections += [name] if name and name not in self._sections else []


_LABEL = re.compile(
    r"第?[A-Za-zＡ-Ｚ]?\d{1,3}版?|\d{4}年\d{1,2}月\d{1,2}日|星期[一二三四五六日]|农历\S*"
    r"|(?:责编|编辑|版式)\S*|(?:专栏|栏目|版面|版名|版次)[：:]"
)


def _section_name(text: str, run: Span) -> str | None:
    """The section in a running head: 15 体育 2026年4月30日 星期四."""
    line = text[run.start : run.end]
    rest = _LABEL.sub(lambda match: " " * len(match[0]), line)
    found = re.search(rf"[{HAN}][{HAN}·]{{1,9}}", rest)
    return found.group() if found else None


def _matched(
    text: str,
    heads: list[list[Piece]],
    texts: list[Draft],
    loose: list[list[Piece]],
) -> Iterator[Draft]:
    """Each headline with its text: by what they say where there are several, else in
    print order."""
    if texts:
        texts[0].captions[:0] = loose
    elif loose:
        texts.append(Draft(captions=loose))
    order, sure = _pairing(text, heads, texts)
    for index in range(max(len(heads), len(texts))):
        draft = texts[order[index]] if index < len(order) else Draft()
        draft.heads = heads[index] if index < len(heads) else []
        draft.guessed = not sure
        yield draft
    if len(texts) > 1:
        _share_captions(text, texts)


def _pairing(
    text: str, heads: list[list[Piece]], texts: list[Draft]
) -> tuple[tuple[int, ...], bool]:
    """Which text each headline has; sure where what they say agrees with it."""
    count = len(texts)
    printed = tuple(range(count))
    if not 1 < len(heads) == count <= 4:
        return printed, len(heads) <= 1
    words = [_words(piece.text for piece in head) for head in heads]
    told = [_words([_text_of(text, draft)]) for draft in texts]
    kinship = [[len(a & b) / (len(a) or 1) for b in told] for a in words]

    def fit(order: tuple[int, ...]) -> float:
        shared = sum(kinship[i][j] for i, j in enumerate(order))
        return shared + (0.15 if order == printed else 0.0)

    best = max(permutations(printed), key=fit)
    plain = sum(max(row) > 0 for row in kinship)
    return best, best == printed and plain == count


def _share_captions(text: str, texts: list[Draft]) -> None:
    """Moves a caption to the text that it speaks of more, names above all."""
    told = [_words([_text_of(text, draft)]) for draft in texts]
    for index, draft in enumerate(texts[:-1]):
        moving = []
        for caption in draft.captions:
            words = _words(piece.text for piece in caption)
            if len(words & told[index + 1]) > len(words & told[index]):
                moving.append(caption)
        draft.captions = [c for c in draft.captions if c not in moving]
        texts[index + 1].captions[:0] = moving


def _text_of(text: str, draft: Draft) -> str:
    return "\n".join(print_of(text, runs) for runs in draft.paragraphs)


def _words(texts: Iterable[str]) -> frozenset[str]:
    """Pairs and triples of Han characters."""
    runs = [run for text in texts for run in re.findall(f"[{HAN}]{{2,}}", text)]
    return frozenset(
        run[i : i + size]
        for run in runs
        for size in (2, 3)
        for i in range(len(run) - 1)
    )


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()
