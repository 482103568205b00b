"""The command line: parsing what is typed and printing what comes of it, nothing else.

Results go to stdout, for people or, with --json, in the API's shapes. Everything else
goes to stderr: sentences, one a line, and the progress of `index` and `check`. On a
terminal that is a bar; with --json it is lines of their own, at most five a second,
`{"done": 1048576, "total": 29098444}` in bytes of the corpus's files, the last with
both equal, which means that all is read and the index is being written. No sentence
begins with a brace.
"""

import datetime as dt
import errno
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

import click
import msgspec

from indexer import dates, query, terms
from indexer.checklists import (
    ChecklistRow,
    read_checklist,
    row_json,
    sheet_header,
    sheet_row,
    verified,
)
from indexer.corpus import read_vocabulary
from indexer.documents import encode
from indexer.errors import (
    BaosouError,
    CorpusEmpty,
    CorpusMissing,
    IndexDamaged,
)
from indexer.messages import Lang, Message
from indexer.occasions import with_occasions
from indexer.rebuild import compare, rebuild
from indexer.search import MAX_LIMIT, Engine, SearchRequest, Sort, response_json
from indexer.settings import Settings, read_settings
from indexer.splitting import Split, read_units
from indexer.terminal import (
    all_well,
    check_json,
    differences,
    report_json,
    report_lines,
    response_lines,
    status_lines,
    verdict_lines,
)
from indexer.verdict import answer_json, verify
from indexer.watching import FileLines, say, watched
from indexer.whoosh_engine import check_index, open_engine


@dataclass(frozen=True, slots=True)
class Session:
    """How this command is to work: settings, and whether results are for programs.
    Commands get it with `click.pass_obj`."""

    settings: Settings
    json: bool = False
    color: bool = False

    @property
    def lang(self) -> Lang:
        return self.settings.lang

    def say(self, message: Message) -> None:
        """A sentence on stderr."""
        say(message, self.lang)

    def show(self, *lines: Message) -> None:
        """Lines of the result on stdout."""
        for line in lines:
            click.echo(line.text(self.lang))

    def show_json(self, record: object) -> None:
        """A result on stdout as one line of JSON."""
        click.echo(msgspec.json.encode(record).decode())


def run(command: click.Command, name: str, arguments: list[str] | None = None) -> int:
    """Run a command line and return its exit code; whatever a user can cause ends in a
    sentence and never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    lang: Lang = "zh"
    try:
        settings = read_settings()
        lang = settings.lang
        given = sys.argv[1:] if arguments is None else arguments
        return _run(command, name, given or ["-h"], settings)
    except BaosouError as error:
        click.echo(error.message.text(lang), err=True)
        return error.exit_code
    except OSError as error:
        _abandon_stdout()
        if isinstance(error, BrokenPipeError):
            return 0  # the reader of our output has seen enough
        click.echo(_broken(error).text(lang), err=True)
        return 1
    except (KeyboardInterrupt, click.Abort):
        click.echo(Message("已中断。", "Interrupted.").text(lang), err=True)
        return 130


_Decorated = TypeVar("_Decorated", bound=Callable[..., object])


def _set_index(context: click.Context, _: click.Parameter, index: Path | None) -> None:
    if index:
        session: Session = context.obj
        settings = replace(session.settings, index=index)
        context.obj = replace(session, settings=settings)


def _set_json(context: click.Context, _: click.Parameter, json: bool) -> None:
    if json:
        context.obj = replace(context.obj, json=True)


def shared_options(command: _Decorated) -> _Decorated:
    """--index and --json, which every command takes, before or after its name."""
    index = click.option(
        "--index",
        metavar="DIR",
        type=click.Path(path_type=Path),
        expose_value=False,
        callback=_set_index,
        help="索引文件夹 · folder of the index [BAOSOU_INDEX, ./index]",
    )
    json = click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_set_json,
        help="以 JSON 输出结果 · results as JSON",
    )
    return index(json(command))


def _days(param: click.Parameter, text: str) -> tuple[dt.date | None, dt.date | None]:
    days = dates.read_range(terms.fold(text).strip())
    if days is None:
        said = f"{text} 不是日期 · is no date: 2024-12-25, 2024-12, 2024"
        raise click.BadParameter(said, param=param)
    return days


def _first_day(
    context: click.Context, param: click.Parameter, text: str | None
) -> dt.date | None:
    return _days(param, text)[0] if text else None


def _last_day(
    context: click.Context, param: click.Parameter, text: str | None
) -> dt.date | None:
    return _days(param, text)[1] if text else None


_corpus = click.argument("corpus", required=False, type=click.Path(path_type=Path))
_jobs = click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    help="读取语料的进程数 · processes that read the corpus [BAOSOU_JOBS]",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@shared_options
def cli() -> None:
    """报搜：报纸全文检索 · full-text search for newspaper archives

    \b
    退出码 · exit codes
      0  完成 · done
      1  完成，但有输入未读入或发现问题 · done, some inputs refused or something wrong
      2  用法或配置有误 · usage or configuration
      3  没有可用的索引 · no index, or one of another version
      4  另一进程正在写索引 · another writer holds the lock
    """


@cli.command("index", short_help="把语料编入索引 · bring the index up to date")
@_corpus
@click.option("--full", is_flag=True, help="整个重建后切换 · build anew and swap")
@_jobs
@shared_options
@click.pass_obj
def index_command(
    session: Session, corpus: Path | None, full: bool, jobs: int | None
) -> int:
    """把语料的新增、改动、删除编入索引。

    Bring the index up to date with the corpus: additions, changes, removals.
    """
    settings = session.settings
    with (
        open_engine(
            settings.index, writable=True, memory=settings.memory << 20
        ) as engine,
        watched(session.lang, json=session.json) as progress,
    ):
        report = rebuild(
            corpus or settings.corpus,
            engine,
            full=full,
            jobs=jobs or settings.jobs,
            progress=progress,
        )
    if session.json:
        session.show_json(report_json(report, session.lang))
    else:
        session.show(*report_lines(report))
    return 1 if report.refused else 0


@cli.command("read", short_help="版面拆分成什么 · what pages split into")
@click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@shared_options
@click.pass_obj
def read_command(session: Session, paths: tuple[Path, ...]) -> int:
    """版面、文件夹或 JSONL 拆分成什么，每行一个单元，不需要索引。

    What pages, folders or JSONL files split into, one unit a line as JSON; needs no
    index.
    """
    tables = FileLines(session.lang, json=session.json)
    for path in paths:
        for item in read_units(path, undated=True):
            tables.add(item)
            for unit in item.units if isinstance(item, Split) else ():
                session.show_json(encode(with_occasions(unit)))
    tables.end()
    return 1 if tables.refused else 0


@cli.command("search", short_help="检索 · search")
@click.argument("words", metavar="QUERY", nargs=-1)
@click.option("--kind", type=click.Choice(["article", "roster", "quote", "ad"]))
@click.option("--from", "since", metavar="DATE", callback=_first_day, help="起 · since")
@click.option("--to", "until", metavar="DATE", callback=_last_day, help="止 · until")
@click.option("--speaker", metavar="NAME", help="说话人 · who is quoted")
@click.option("--role", metavar="WORDS", help="说话人的身份 · the speaker's role")
@click.option("--speech", type=click.Choice(["direct", "indirect"]))
@click.option("--person", metavar="NAME", help="提到的人 · who is named")
@click.option("--reporter", metavar="NAME", help="记者 · who reported")
@click.option("--paper", metavar="PAPER", help="报纸 · paper")
@click.option("--page", metavar="LABEL", help="版次 · label of the page")
@click.option("--section", metavar="NAME", help="版名 · section")
@click.option("--sort", type=click.Choice([sort.value for sort in Sort]))
@click.option("--limit", type=click.IntRange(0, MAX_LIMIT), default=10)
@click.option("--offset", type=click.IntRange(0), default=0)
@click.option("--exact", is_flag=True, help="不查其他写法 · only what is typed")
@shared_options
@click.pass_obj
def search_command(
    session: Session,
    words: tuple[str, ...],
    kind: str | None,
    since: dt.date | None,
    until: dt.date | None,
    speaker: str | None,
    role: str | None,
    speech: Literal["direct", "indirect"] | None,
    person: str | None,
    reporter: str | None,
    paper: str | None,
    page: str | None,
    section: str | None,
    sort: str | None,
    limit: int,
    offset: int,
    exact: bool,
) -> int:
    """与网站相同的检索；以 - 开头的检索词写在 -- 之后。

    The same search as the site; a query that begins with - goes after --.
    """
    request = SearchRequest(
        _readable(" ".join(words)),
        kind=kind,
        since=since,
        until=until,
        speaker=speaker,
        role=role,
        speech=speech,
        person=person,
        reporter=reporter,
        paper=paper,
        page=page,
        section=section,
        sort=Sort(sort or Sort.RELEVANCE),
        limit=limit,
        offset=offset,
        exact=exact,
    )
    settings = session.settings
    vocabulary = read_vocabulary(settings.corpus)
    with open_engine(settings.index, vocabulary=vocabulary) as engine:
        _warn(session, engine)
        response = engine.search(request)
    if session.json:
        session.show_json(response_json(response, session.lang))
    else:
        for line in response_lines(response, session.lang, color=session.color):
            click.echo(line, color=session.color)
    return 0


@cli.command("quote", short_help="核对引语 · verify a quotation")
@click.argument("words", metavar="TEXT", nargs=-1)
@click.option("--speaker", metavar="NAME", help="据称是谁说的 · who is said to")
@click.option(
    "--csv",
    "file",
    metavar="FILE",
    type=click.File("rb"),
    help="表格，列 text, speaker；- 为标准输入 · many at once, - for stdin",
)
@shared_options
@click.pass_obj
def quote_command(
    session: Session,
    words: tuple[str, ...],
    speaker: str | None,
    file: BinaryIO | None,
) -> int:
    """引语与报上所印是否一致，说话人对不对。

    Whether a quotation, or each of those in a paragraph, is printed so, and by whom it
    was said. Exits with 1 where one can't be printed again as it is.
    """
    text = _readable(" ".join(words)).strip()
    if bool(text) == bool(file):
        raise click.UsageError("给出 TEXT 或 --csv · give TEXT or --csv")
    with open_engine(session.settings.index) as engine:
        _warn(session, engine)
        if file:
            rows = read_checklist(file.read(), file.name)
            return _show_rows(session, verified(engine, rows))
        found = verify(engine, text, speaker and _readable(speaker))
    if session.json:
        session.show_json(answer_json(found, session.lang))
    else:
        for checked in found:
            for line in verdict_lines(checked, session.lang):
                click.echo(line)
    return 0 if all(checked.passes for checked in found) else 1


@cli.command("terms", short_help="文字如何成为词 · how text becomes terms")
@click.argument("text")
@shared_options
@click.pass_obj
def terms_command(session: Session, text: str) -> int:
    """文字在索引里和在检索词里各成为哪些词。

    How text becomes terms, for the index and for a query, side by side.
    """
    text = _readable(text)
    words = terms.index_terms(text)
    characters = terms.characters(text).text
    asked = terms.query_terms(text)
    reading = query.parse(text).reading
    if session.json:
        indexed = {"words": msgspec.to_builtins(words), "characters": characters}
        record = {
            "text": text,
            "index": indexed,
            "query": {
                "terms": msgspec.to_builtins(asked),
                "reading": reading.text(session.lang) if reading else None,
            },
        }
        session.show_json(record)
        return 0
    listed = " / ".join(word.text for word in words)
    looked_for = " / ".join(term.text for term in asked)
    session.show(
        Message(f"索引·词　{listed}", f"index, words       {listed}"),
        Message(f"索引·字　{characters}", f"index, characters  {characters}"),
        Message(f"检索·词　{looked_for}", f"query, terms       {looked_for}"),
        *([reading] if reading else []),
    )
    return 0


@cli.command("status", short_help="索引里有什么 · what the index holds")
@shared_options
@click.pass_obj
def status_command(session: Session) -> int:
    """索引里有什么。What the index holds."""
    with open_engine(session.settings.index) as engine:
        status = engine.status()
    if session.json:
        degraded = status.degraded.text(session.lang) if status.degraded else None
        session.show_json({**msgspec.to_builtins(status), "degraded": degraded})
    else:
        session.show(*status_lines(status))
    return 1 if status.degraded else 0


@cli.command("check", short_help="索引是否完整、与语料一致 · is the index whole")
@_corpus
@_jobs
@shared_options
@click.pass_obj
def check_command(session: Session, corpus: Path | None, jobs: int | None) -> int:
    """索引是否完整，是否与语料一致。

    Whether the index is whole and agrees with the corpus.
    """
    settings = session.settings
    problems = list(check_index(settings.index))
    comparison = None
    try:
        with open_engine(settings.index) as engine:
            digests = engine.digests()
        if not problems:  # else these are of an older generation
            with watched(session.lang, json=session.json) as progress:
                comparison = compare(
                    corpus or settings.corpus,
                    digests,
                    jobs=jobs or settings.jobs,
                    progress=progress,
                )
            problems += differences(comparison)
    except (IndexDamaged, CorpusMissing, CorpusEmpty) as error:
        problems.append(error.message)
    problems = list(dict.fromkeys(problems))
    if session.json:
        session.show_json(check_json(problems, comparison, session.lang))
    else:
        session.show(*(problems or [all_well(comparison)]))
    return 1 if problems else 0


def _warn(session: Session, engine: Engine) -> None:
    """Say that an older generation answers for a damaged one, where it does."""
    degraded = engine.status().degraded
    if degraded:
        session.say(degraded)


def _show_rows(session: Session, rows: Iterable[ChecklistRow]) -> int:
    """A line for each row of a checklist: JSON, or CSV as spreadsheets read it."""
    if not session.json:
        click.echo(sheet_header(session.lang), nl=False)
    passed = True
    for row in rows:
        passed = passed and row.passes
        if session.json:
            session.show_json(row_json(row, session.lang))
        else:
            click.echo(sheet_row(row, session.lang), nl=False)
    return 0 if passed else 1


def _run(
    command: click.Command, name: str, arguments: list[str], settings: Settings
) -> int:
    # Not command.main: it answers a broken pipe and Ctrl-C in its own way.
    colored = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    session = Session(settings, color=colored)
    try:
        with command.make_context(
            name, arguments, obj=session, color=colored
        ) as context:
            code = command.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.UsageError as error:
        click.echo(_usage(error, name).text(settings.lang), err=True)
        return error.exit_code
    return code if isinstance(code, int) else 0


def _usage(error: click.UsageError, name: str) -> Message:
    path = error.ctx.command_path if error.ctx else name
    said = error.format_message().rstrip(".")
    match error:
        case click.NoSuchOption():
            zh = f"没有选项 {error.option_name}"
        case click.MissingParameter() if error.param:
            zh = f"缺少 {error.param.human_readable_name}"
        case _:
            zh = f"用法有误（{said}）"
    return Message(f"{zh}。用法见 {path} -h。", f"{said}. See {path} -h.")


def _abandon_stdout() -> None:
    """Where stdout takes nothing more, keep Python from trying once more at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _broken(error: OSError) -> Message:
    place = f"{error.filename}: " if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Message(
            f"{place}磁盘已满。已有的索引没有改动，请腾出空间后重试。",
            f"{place}The disk is full. The index is as it was; make room, try again.",
        )
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return Message(
            f"{place}只读或没有权限。请改权限，或用 --index 换一处后重试。",
            f"{place}Read-only, or permission denied. Change its permissions, or "
            "choose another place with --index.",
        )
    return Message(
        f"{place}系统报错：{error.strerror or error}。请检查路径和权限后重试。",
        f"{place}The system says: {error.strerror or error}. Check paths and rights.",
    )


def _readable(text: str) -> str:
    """An argument without the half characters that a wrong locale makes of bytes.

    >>> _readable("通车\\udce9")
    '通车?'
    """
    return text.encode("utf-8", "replace").decode()
