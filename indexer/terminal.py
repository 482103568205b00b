"""What the commands print: reports, answers and findings as lines for people, in both
languages, and as JSON objects. Pure functions; commands.py prints what they give."""

from collections.abc import Iterable, Iterator

import click
import msgspec

from indexer.aligning import Difference
from indexer.corpus import InputNotice
from indexer.errors import InputRefused
from indexer.judging import Verdict
from indexer.messages import Lang, Message
from indexer.rebuild import Comparison, RebuildReport
from indexer.search import FacetValue, Hit, IndexStatus, SearchResponse, Spoken
from indexer.snippets import Snippet
from indexer.verdict import Checked, told


def sentence(event: InputRefused | InputNotice) -> Message:
    """What is said of an input that was refused or is worth a notice."""
    if isinstance(event, InputRefused):
        return event.message
    said = event.notice.message
    return Message(f"{event.path}: {said.zh}", f"{event.path}: {said.en}")


def report_lines(report: RebuildReport) -> Iterator[Message]:
    """A rebuild's report for people."""
    kinds = _counts(report.kinds)
    yield Message(
        f"收录 {report.units} 篇（{kinds.zh}），读自 {report.files} 个文件。",
        f"{report.units} units ({kinds.en}) from {report.files} files.",
    )
    yield Message(
        f"新增 {report.added}，改动 {report.changed}，删除 {report.removed}，"
        f"未变 {report.unchanged}；版本 {report.generation}。",
        f"Added {report.added}, changed {report.changed}, removed {report.removed}, "
        f"unchanged {report.unchanged}; generation {report.generation}.",
    )
    if report.refused:
        count = len(report.refused)
        yield Message(f"{count} 处未能读入，见上。", f"{count} refused, see above.")
    if report.warnings or report.unclaimed:
        yield Message(
            f"{report.warnings} 处存疑，{report.unclaimed} 字没有归入任何一篇"
            "（baosou read 可查看）。",
            f"{report.warnings} doubts; {report.unclaimed} characters belong to no "
            "unit (see `baosou read`).",
        )
    memory = f"{report.peak_memory / 1e6:.0f} MB" if report.peak_memory else "?"
    yield Message(
        f"用时 {report.seconds:.1f} 秒，内存最多 {memory}。",
        f"{report.seconds:.1f} s, at most {memory} of memory.",
    )


def report_json(report: RebuildReport, lang: Lang) -> dict[str, object]:
    """A rebuild's report as a JSON object, its fields by name."""
    record: dict[str, object] = {
        name: msgspec.to_builtins(getattr(report, name))
        for name in report.__dataclass_fields__
        if name not in ("refused", "notices")
    }
    record["refused"] = [_refused_json(refused, lang) for refused in report.refused]
    record["notices"] = [
        {
            "path": notice.path,
            "code": notice.notice.code,
            "text": notice.notice.message.text(lang),
        }
        for notice in report.notices
    ]
    return record


def response_lines(
    response: SearchResponse, lang: Lang, *, color: bool
) -> Iterator[str]:
    """A search's answer for people; with `color`, marks in bold, else in 【】."""
    total, took = response.total, response.took_ms
    yield Message(f"共 {total} 篇（{took} 毫秒）", f"{total} hits ({took} ms)").text(
        lang
    )
    for said in (response.reading, *response.notes, *response.rewrites):
        if said:
            yield said.text(lang)
    for other in response.alternatives:
        yield f"{other.message.text(lang)} ({other.total}): {other.request.query}"
    for number, hit in enumerate(response.hits, response.request.offset + 1):
        yield ""
        yield f"{number:3}. {_marked(hit.marked_title, color=color)}"
        yield f"     {_place(hit).text(lang)}"
        if hit.spoken:
            yield f"     {_speaker(hit.spoken).text(lang)}"
        if hit.snippet:
            yield f"     {_marked(hit.snippet, color=color)}"


def status_lines(status: IndexStatus) -> Iterator[Message]:
    """What an index holds, for people."""
    kinds = _counts(status.kinds)
    yield Message(
        f"收录 {status.documents} 篇：{kinds.zh}",
        f"{status.documents} documents: {kinds.en}",
    )
    papers = [f"{paper.value} {paper.count}" for paper in status.papers]
    if papers:
        yield Message(f"报纸 {'、'.join(papers)}", f"papers {', '.join(papers)}")
    if status.oldest and status.newest:
        days = f"{status.oldest}—{status.newest}"
        yield Message(f"日期 {days}", f"dates {days}")
    built = status.built_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    yield Message(
        f"版本 {status.generation}，建于 {built}，{status.bytes / 1e6:.1f} MB",
        f"generation {status.generation}, built {built}, {status.bytes / 1e6:.1f} MB",
    )
    if status.degraded:
        yield status.degraded


def differences(comparison: Comparison) -> Iterator[Message]:
    """How an index differs from its corpus, a sentence for each way."""
    found = (
        (comparison.missing, "语料里有、索引里没有", "in the corpus, not in the index"),
        (comparison.extra, "索引里有、语料里没有", "in the index, not in the corpus"),
        (comparison.changed, "索引里的与语料不同", "not as in the corpus"),
        (comparison.refused, "未能读入", "refused"),
    )
    for items, zh, en in found:
        if items:
            some = [_listed(item) for item in items[:_LISTED]]
            more = " …" if len(items) > _LISTED else ""
            yield Message(
                f"{zh}：{len(items)} 处：{', '.join(item.zh for item in some)}{more}",
                f"{en}: {len(items)}: {', '.join(item.en for item in some)}{more}",
            )


def all_well(comparison: Comparison | None) -> Message:
    """What `check` says when nothing is wrong."""
    count = comparison.units if comparison else 0
    return Message(
        f"索引完整，与语料一致（{count} 篇）。",
        f"The index is whole and agrees with the corpus ({count} units).",
    )


def check_json(
    problems: list[Message], comparison: Comparison | None, lang: Lang
) -> dict[str, object]:
    """What `check` found, as a JSON object."""
    found = comparison or Comparison(0, (), (), (), ())
    return {
        "ok": not problems,
        "problems": [problem.text(lang) for problem in problems],
        "units": found.units,
        "missing": found.missing,
        "extra": found.extra,
        "changed": found.changed,
        "refused": [_refused_json(refused, lang) for refused in found.refused],
    }


_LISTED = 5
_KINDS = {
    "article": Message("文章", "articles"),
    "roster": Message("名单", "rosters"),
    "quote": Message("引语", "quotes"),
    "ad": Message("广告", "advertisements"),
}


def _listed(item: str | InputRefused) -> Message:
    return item.message if isinstance(item, InputRefused) else Message(item, item)


def _counts(kinds: Iterable[FacetValue]) -> Message:
    named = [(_KINDS[kind.value], kind.count) for kind in kinds]
    return Message(
        "、".join(f"{name.zh} {count}" for name, count in named),
        ", ".join(f"{count} {name.en}" for name, count in named),
    )


def _refused_json(refused: InputRefused, lang: Lang) -> dict[str, object]:
    reason = refused.reason.text(lang)
    return {"path": refused.path, "line": refused.line, "reason": reason}


def _marked(snippet: Snippet, *, color: bool) -> str:
    """One line with its marks: bold on a terminal, 【】 in a file or without colour."""

    def shown(text: str) -> str:
        if color:
            return click.style(text, bold=True)
        return f"【{text}】"

    pieces = (
        shown(text) if piece.mark else text
        for piece in snippet
        for text in [" ".join(piece.text.split("\n"))]
    )
    return "".join(pieces)


def _speaker(spoken: Spoken) -> Message:
    """Who said a quotation, in which role, and the words that tell."""
    quote = spoken.quote
    known = [quote.role] if quote.role and quote.role != quote.speaker else []
    zh = [quote.speaker or "说话人不明", *known]
    en = [quote.speaker or "speaker unknown", *known]
    if spoken.evidence:
        zh.append(f"依据：{spoken.evidence}")
        en.append(f"known by: {spoken.evidence}")
    return Message("　".join(zh), "  ".join(en))


def _place(hit: Hit) -> Message:
    """Where a hit is printed: paper, date, page, kind, id."""
    kind = _KINDS.get(hit.kind, Message(hit.kind, hit.kind))
    known = [hit.paper, hit.date.isoformat() if hit.date else None]
    before, after = [part for part in known if part], [hit.id]
    zh = [*before, *([f"第{hit.page}版"] if hit.page else []), kind.zh, *after]
    en = [*before, *([f"page {hit.page}"] if hit.page else []), hit.kind, *after]
    return Message("　".join(zh), "  ".join(en))


def verdict_lines(checked: Checked, lang: Lang) -> Iterator[str]:
    """One quotation's verdict, its source and what differs, for people."""
    zh = lang == "zh"
    agreed = {True: ("一致", "agrees"), False: ("不符", "differs")}
    said = agreed[checked.speaker_ok] if checked.speaker_ok is not None else None
    by = f"　{'说话人' if zh else 'speaker '}{said[not zh]}" if said else ""
    yield f"{checked.verdict}{by}"
    source = checked.source
    if source is None:
        return
    article = source.article
    place = (source.speaker, source.title, article.paper, article.date, article.page)
    yield f"{'出处' if zh else 'source'}　" + " · ".join(
        str(part) for part in (*place, article.id) if part
    )
    yield f"{'原文' if zh else 'printed'}　{source.text}"
    if checked.verdict not in (Verdict.VERBATIM, Verdict.PARAPHRASE):
        yield f"{'差异' if zh else 'differs'}　" + "".join(map(_told, checked.diff))
    yield from (note.text(lang) for note in told(checked))


def _told(piece: Difference) -> str:
    """A piece with what is printed in [- -] and what is claimed in {+ +}, as word diffs
    have it."""
    if piece.operation == "equal":
        return piece.other
    gone = f"[-{piece.printed}-]" if piece.printed else ""
    return gone + (f"{{+{piece.other}+}}" if piece.other else "")
