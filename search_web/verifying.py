"""Verifying quotations: the page with its form, a CSV of many, and the API.

Hides how a form is read, what is too much for one request, and how a verdict is told:
its tone, where its source stands, what may be copied.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from indexer import (
    MAX_CLAIM,
    Checked,
    ChecklistRow,
    Difference,
    InputRefused,
    Message,
    QuoteSource,
    Verdict,
    answer_json,
    cite,
    newsroom,
    read_checklist,
    sheet_header,
    sheet_row,
    told,
    verified,
    verify,
    weakest,
)
from search_web.api import json_answer
from search_web.listing import Box, Link, issue_link, place_link
from search_web.params import Fault
from search_web.site import Refusal, Visit, visit_of

MAX_SHEET: Final = 1 << 20  # bytes of a form with a CSV
MAX_SHEET_ROWS: Final = 300  # at some 20 ms each
_TONES: Final = {
    Verdict.VERBATIM: "good",
    Verdict.PUNCTUATION: "good",
    Verdict.CUT: "fair",
    Verdict.FEW: "poor",
    Verdict.PARAPHRASE: "poor",
    Verdict.ABSENT: "poor",
}
_UNUSABLE: Final = Message("请求无法使用。", "The request can't be used.")
_NO_TEXT: Final = Message("没有引语。请给出 text。", "There is no text to verify.")
_LONG: Final = Message(
    f"超过 {MAX_CLAIM} 字。请分几次核对。",
    f"It is over {MAX_CLAIM} characters: verify it in parts.",
)


class Asked(msgspec.Struct, frozen=True):
    """The body of `POST /api/v1/verify`."""

    text: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """One quotation's verdict as it is shown. `quotation` is what print has around its
    source, whose own words are `printed`."""

    text: str
    verdict: str
    tone: str
    speaker: str
    similarity: str
    notes: tuple[str, ...]
    diff: tuple[Difference, ...] = ()
    printed: str = ""
    quotation: str = ""
    source: Link | None = None
    places: tuple[Link | None, ...] = ()
    said_by: str = ""
    citation: str = ""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A row of a CSV as it is shown."""

    number: int
    text: str
    speaker: str
    verdict: str = ""
    tone: str = "poor"
    source: Link | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """What verify.html shows."""

    box: Box
    text: str
    speaker: str
    most: int = MAX_CLAIM
    rows: int = MAX_SHEET_ROWS
    rulings: tuple[Ruling, ...] = ()
    lines: tuple[SheetLine, ...] = ()
    passed: str = ""
    trouble: str = ""


async def page(request: Request) -> Response:
    """The form, and the verdict on `?text=` and `speaker=`, or on what is posted."""
    if request.method == "POST":
        return await _posted(request)
    given = request.query_params
    asked = Asked(_plain(given.get("text", "")), _plain(given.get("speaker", "")))
    return await run_in_threadpool(_ruled, visit_of(request), asked)


async def answer(request: Request) -> Response:
    """The verdict on a posted text, in the shape of VerifyJson; 422 for a text that
    can't be used."""
    visit = visit_of(request)
    try:
        asked = msgspec.json.decode(await request.body(), type=Asked)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        said = Message(f"JSON 无法使用：{error}", f"The JSON can't be used: {error}")
        raise Refusal(422, _UNUSABLE, faults=(Fault("body", said),)) from error
    text = _plain(asked.text)
    wrong = _trouble(text) if text else _NO_TEXT
    if wrong:
        raise Refusal(422, _UNUSABLE, faults=(Fault("text", wrong),))
    speaker = _plain(asked.speaker or "")
    found = await run_in_threadpool(lambda: verify(visit.engine, text, speaker))
    return json_answer(answer_json(found, visit.lang))


async def _posted(request: Request) -> Response:
    """What a form sends: a text, or a CSV file, whose verdicts may be wanted as CSV."""
    visit = visit_of(request)
    async with request.form(max_files=1, max_fields=8) as form:
        text, speaker, form_of_answer = (
            value if isinstance(value := form.get(name), str) else ""
            for name in ("text", "speaker", "as")
        )
        file = form.get("file")
        raw = await file.read() if isinstance(file, UploadFile) else b""
    name = (file.filename if isinstance(file, UploadFile) else None) or "CSV"
    if not raw:
        asked = Asked(_plain(text), _plain(speaker))
        return await run_in_threadpool(_ruled, visit, asked)
    answered = _sheet if form_of_answer == "csv" else _sheet_page
    return await run_in_threadpool(answered, visit, raw, _plain(name))


def _ruled(visit: Visit, asked: Asked) -> Response:
    """The page with the verdicts on a text."""
    wrong = _trouble(asked.text)
    usable = bool(asked.text) and wrong is None
    found = verify(visit.engine, asked.text, asked.speaker) if usable else ()
    return visit.page(
        "verify.html",
        VerifyPage(
            Box(),
            asked.text[:MAX_CLAIM],
            asked.speaker or "",
            rulings=tuple(_ruling(visit, checked) for checked in found),
            trouble=wrong.text(visit.lang) if wrong else "",
        ),
        status=422 if wrong else 200,
    )


def _sheet(visit: Visit, raw: bytes, name: str) -> Response:
    """The verdicts on a CSV as a CSV to download."""
    try:
        rows = _verified(visit, raw, name)
    except InputRefused as error:
        return _refused(visit, error)
    body = b"".join(sheet_row(row, visit.lang) for row in rows)
    headers = {"Content-Disposition": 'attachment; filename="verdicts.csv"'}
    whole = sheet_header(visit.lang) + body
    return Response(whole, headers=headers, media_type="text/csv; charset=utf-8")


def _sheet_page(visit: Visit, raw: bytes, name: str) -> Response:
    """The page with a verdict for each row of a CSV."""
    try:
        rows = _verified(visit, raw, name)
    except InputRefused as error:
        return _refused(visit, error)
    passed = sum(row.passes for row in rows)
    said = visit.say("verify.passed", passed=passed, total=len(rows))
    lines = tuple(_line(visit, row) for row in rows)
    shown = VerifyPage(Box(), "", "", lines=lines, passed=said)
    return visit.page("verify.html", shown)


def _verified(visit: Visit, raw: bytes, name: str) -> tuple[ChecklistRow, ...]:
    rows = read_checklist(raw, name)
    return tuple(verified(visit.engine, rows, most=MAX_SHEET_ROWS))


def _refused(visit: Visit, error: InputRefused) -> Response:
    trouble = error.message.text(visit.lang)
    shown = VerifyPage(Box(), "", "", trouble=trouble)
    return visit.page("verify.html", shown, status=422)


def _plain(text: str) -> str:
    """What was typed, as far as a page can carry it."""
    plain = re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", " ", text.replace("\r\n", "\n"))
    return re.sub("[\ud800-\udfff]", "\ufffd", plain).strip()


def _trouble(text: str) -> Message | None:
    return _LONG if len(text) > MAX_CLAIM else None


def _ruling(visit: Visit, checked: Checked) -> Ruling:
    notes = tuple(note.text(visit.lang) for note in told(checked))
    agreed = {True: "verify.agrees", False: "verify.differs"}
    ruling = Ruling(
        checked.claim.text,
        visit.say(f"verdict.{checked.verdict.name.lower()}"),
        "poor" if checked.speaker_ok is False else _TONES[checked.verdict],
        "" if checked.speaker_ok is None else visit.say(agreed[checked.speaker_ok]),
        f"{checked.similarity:.0%}" if checked.source else "",
        notes,
    )
    source = checked.source
    return _with_source(visit, ruling, checked, source) if source else ruling


def _with_source(
    visit: Visit, ruling: Ruling, checked: Checked, source: QuoteSource
) -> Ruling:
    article = source.article
    paper = visit.say.paper(article.paper) if article.paper else None
    return replace(
        ruling,
        diff=checked.diff,
        printed=source.text,
        quotation=source.quotation,
        source=_source_link(visit, source),
        places=(
            issue_link(visit, article.paper, article.date),
            place_link(visit, article.paper, article.date, article.page),
        ),
        said_by=source.speaker or "",
        citation=newsroom(cite(article, paper, source.as_quote)),
    )


def _source_link(visit: Visit, source: QuoteSource) -> Link:
    """The article, at the paragraph that prints it."""
    article = source.article
    number = article.body.count("\n", 0, source.start) + 1
    href = visit.links.unit(article.kind, article.id)
    return Link(source.title, f"{href}#p{number}")


def _line(visit: Visit, row: ChecklistRow) -> SheetLine:
    claim = row.claim
    if row.trouble:
        note = row.trouble.text(visit.lang)
        return SheetLine(row.number, claim.text, claim.speaker or "", note=note)
    checked = weakest(row.found)
    ruling = _ruling(visit, checked)
    return SheetLine(
        row.number,
        claim.text,
        claim.speaker or "",
        " ".join(filter(None, (ruling.verdict, ruling.speaker))),
        ruling.tone,
        ruling.source,
        " ".join(ruling.notes),
    )
