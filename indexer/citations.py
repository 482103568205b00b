"""How articles, rosters and quotations are cited, in every form that readers copy.

Knows the newsroom's form, GB/T 7714—2025, BibTeX, RIS and CSL-JSON, and the escapes of
each. What the page does not say is left out. Text is on one line in each form, controls
dropped.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import msgspec

from indexer.archive import Article, Quote, Unit

CitationForm: TypeAlias = Literal["txt", "bib", "ris", "json"]


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation says; `paper` is the paper's name as printed, `page` its label.
    `said` are the words of a quotation; made by `cite`."""

    id: str
    title: str | None
    authors: tuple[str, ...]
    paper: str | None
    date: dt.date | None
    page: str | None
    section: str | None
    said: str | None = None
    direct: bool = True
    speaker: str | None = None
    role: str | None = None


def cite(unit: Unit, paper: str | None, quote: Quote | None = None) -> Citation:
    """The citation of a unit or of a quotation in it; `paper` is the paper's name."""
    signed = unit.reporters if isinstance(unit, Article) else ()
    return Citation(
        id=quote.id if quote else unit.id,
        title=_line(unit.headline or unit.kicker or unit.deck),
        authors=tuple(name for name in map(_line, signed) if name),
        paper=_line(paper),
        date=unit.date,
        page=_label(_line(unit.page)),
        section=_line(unit.section),
        said=_line(quote.text) if quote else None,
        direct=quote is None or quote.kind == "direct",
        speaker=_line(quote.speaker) if quote else None,
        role=_line(quote.role) if quote else None,
    )


def newsroom(citation: Citation) -> str:
    """As newspapers cite each other; a quotation with its words and who said them.

    >>> bridge = Article(
    ...     "p.2025-01-07.01.1", "article", "大桥通车", "", date=dt.date(2025, 1, 7),
    ...     page="01", reporters=("章一鸣",))
    >>> newsroom(cite(bridge, "青浔日报"))
    '《青浔日报》2025年1月7日第1版《大桥通车》'
    >>> words = Quote("p.2025-01-07.01.1.q1", "direct", "等了九年。", 0, 5, "顾长河")
    >>> newsroom(cite(bridge, "青浔日报", words))
    '顾长河：“等了九年。”——《青浔日报》2025年1月7日第1版《大桥通车》'
    """
    day, page = citation.date, citation.page
    numbered = f"第{page}版" if page and page.isdecimal() else page and f"{page}版"
    place = (
        _titled(citation.paper),
        f"{day.year}年{day.month}月{day.day}日" if day else None,
        numbered,
        _titled(citation.title),
    )
    source = "".join(filter(None, place))
    return "——".join(filter(None, (_spoken(citation), source)))


def gbt7714(citation: Citation) -> str:
    """As GB/T 7714—2025 has it: up to three authors, then 等.

    >>> bridge = Article(
    ...     "p.2025-01-07.01.1", "article", "大桥通车", "", date=dt.date(2025, 1, 7),
    ...     page="01", reporters=("章一鸣", "吴桐", "戴小舟", "李岚"))
    >>> gbt7714(cite(bridge, "青浔日报"))
    '章一鸣，吴桐，戴小舟，等. 大桥通车[N]. 青浔日报，2025-01-07（1）.'
    """
    authors = citation.authors
    named = "，".join((*authors[:3], "等") if len(authors) > 3 else authors)
    day = citation.date.isoformat() if citation.date else None
    page = f"（{citation.page}）" if citation.page else ""
    source = "，".join(filter(None, (citation.paper, day))) + page
    parts = (named.rstrip("."), f"{citation.title or ''}[N]", source)
    return ". ".join(filter(None, parts)) + "."


def bibtex(citation: Citation) -> str:
    """A BibTeX entry, UTF-8; `date` is what biblatex reads, `year` what BibTeX does.
    Words that are quoted stand in `annote`, which is read and never printed."""
    day, said = citation.date, _spoken(citation)
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in citation.authors),
        "title": citation.title and f"{{{_tex(citation.title)}}}",
        "journal": citation.paper and _tex(citation.paper),
        "entrysubtype": "newspaper",
        "date": day and day.isoformat(),
        "year": day and f"{day.year:04}",
        "pages": citation.page and _tex(citation.page),
        "annote": said and _tex(said),
    }
    kept = (f"  {name} = {{{text}}},\n" for name, text in fields.items() if text)
    return f"@article{{{_key(citation.id)},\n{''.join(kept)}}}\n"


def ris(citation: Citation) -> str:
    """An RIS record of the type NEWS."""
    day = citation.date
    tags = (
        ("TY", "NEWS"),
        ("ID", _line(citation.id)),
        *(("AU", name) for name in citation.authors),
        ("TI", citation.title),
        ("T2", citation.paper),
        ("PY", day and f"{day.year:04}"),
        ("DA", day and f"{day:%Y/%m/%d}"),
        ("SP", citation.page),
        ("N1", _spoken(citation)),
    )
    return "".join(f"{tag}  - {text}\r\n" for tag, text in tags if text) + "ER  - \r\n"


def csl(citation: Citation) -> dict[str, Any]:  # Any: a JSON object
    """An item of CSL-JSON (csl-data), for msgspec."""
    day = citation.date
    fields: dict[str, Any] = {
        "id": citation.id,
        "type": "article-newspaper",
        "author": [{"literal": name} for name in citation.authors],
        "title": citation.title,
        "container-title": citation.paper,
        "section": citation.section,
        "issued": day and {"date-parts": [[day.year, day.month, day.day]]},
        "page": citation.page,
        "annote": _spoken(citation),
    }
    return {name: value for name, value in fields.items() if value}


def write_citations(citations: Iterable[Citation], form: CitationForm) -> str:
    """A file of citations: `txt` is the newsroom's form and GB/T 7714, `json`
    CSL-JSON."""
    if form == "json":
        items = msgspec.json.encode([csl(each) for each in citations])
        return msgspec.json.format(items, indent=2).decode()
    written = {"txt": _text, "bib": bibtex, "ris": ris}[form]
    return "\n".join(map(written, citations))


def _text(citation: Citation) -> str:
    return f"{newsroom(citation)}\n{gbt7714(citation)}\n"


def _line(text: str | None) -> str | None:
    """The text on one line that every form can carry; None for nothing."""
    return " ".join(_UNPRINTED.sub("", text or "").split()) or None


def _label(label: str | None) -> str | None:
    """A page's label as people write it: 01 is 1."""
    return (label.lstrip("0") or label) if label and label.isdecimal() else label


# Controls that are no white space, halves of surrogates, and what XML has no place for.
_UNPRINTED: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
# Marks inside the same marks change places with the inner ones (GB/T 15834).
_INNER_TITLE: Final = str.maketrans("《》〈〉", "〈〉《》")
_INNER_QUOTE: Final = str.maketrans("“”‘’", "‘’“”")
# Where the inner ones come first, what is quoted stood in such marks already.
_FIRST_INNER: Final = re.compile("[^“]*‘")
_APOSTROPHE: Final = re.compile("(?<=[A-Za-z])’(?=[A-Za-z])")


def _titled(title: str | None) -> str | None:
    return f"《{title.translate(_INNER_TITLE)}》" if title else None


def _spoken(citation: Citation) -> str | None:
    if not citation.said:
        return None
    said = citation.said
    if citation.direct:
        said = f"“{_quoted(said)}”"
    speaker, role = citation.speaker, citation.role
    if speaker is None:
        return said
    # 代表们 and 贺长风等代表 say their role already.
    told = f"（{role}）" if role and role not in speaker else ""
    return f"{speaker}{told}：{said}"


def _quoted(said: str) -> str:
    if _FIRST_INNER.match(said):
        return said
    return "’".join(part.translate(_INNER_QUOTE) for part in _APOSTROPHE.split(said))


# BibTeX counts braces behind a backslash too, so that only words may stand for them.
_TEX: Final = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{mark: f"\\{mark}" for mark in "$&%#_"},
}
_TEX_MARK: Final = re.compile(r"[\\{}~^$&%#_]")
# Pairs that TeX sets as one other character: -- as a dash, '' as a quotation mark.
_LIGATURE: Final = re.compile(r"(?<=-)-|(?<=')'|(?<=[`!?])`|(?<=,),|(?<=<)<|(?<=>)>")


def _tex(text: str) -> str:
    escaped = _TEX_MARK.sub(lambda match: _TEX[match[0]], text)
    return _LIGATURE.sub(lambda match: "{}" + match[0], escaped)


def _key(id: str) -> str:
    """A key that BibTeX takes, another one for every id."""
    return re.sub(r"[^A-Za-z0-9.:-]", lambda match: f"_{ord(match[0]):x}_", id)
