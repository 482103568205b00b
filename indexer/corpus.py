"""A corpus folder → a stream of pages and ready-made units; hides paths, links and
odd files, formats and encodings. Nothing else opens files of the archive.

    <paper>/<YYYY-MM-DD>/<label>.txt         one page's text as extracted
    …/*.jsonl  (also .jsonl.xz, .jsonl.gz)   one article an object a line
    <paper>/paper.toml                       what the paper is called
    synonyms.txt                             words that mean the same: a = b

Reading goes in two steps so that `rebuild` can spread the second over processes:
`chunks` walks the folder in sorted order and cuts it into pieces of bounded size,
`read_chunk` makes records of one piece. Memory stays constant whatever the corpus
holds. Each file is accounted for: read, refused with a reason, or named in a notice.
Files and folders that begin with a dot are not part of a corpus.
"""

import datetime as dt
import errno
import os
import re
import stat
import unicodedata
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, TypeAlias

import msgspec

from indexer.archive import Notice, Page, Unit
from indexer.decoding import NotText, decode
from indexer.errors import CorpusEmpty, CorpusMissing, InputRefused
from indexer.jsonl import SUFFIXES, Lines, is_usable_id, read_lines, units_of
from indexer.messages import Message
from indexer.papers import Paper, PaperError, issue_date, parse_paper
from indexer.vocabulary import Vocabulary, parse_synonyms

SYNONYMS: Final = "synonyms.txt"
MAX_PAGE_BYTES: Final = 4 << 20
UNDATED: Final = dt.date.min


class Entry(msgspec.Struct, frozen=True):
    """A record and where it was read: a page, or a unit that came ready-made."""

    path: str
    line: int | None
    record: Page | Unit


@dataclass(frozen=True, slots=True)
class InputNotice:
    """Something worth knowing about an input that was read all the same, or about files
    that are no inputs."""

    path: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class PageFile:
    """A page's text file, not yet opened; `path` is also what messages call it."""

    path: str
    paper: str
    date: dt.date
    label: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Measure:
    """How much a corpus holds, found without opening its files."""

    files: int
    bytes: int


Item: TypeAlias = Entry | InputRefused | InputNotice
Chunk: TypeAlias = PageFile | Lines | InputRefused | InputNotice


def read(root: Path, *, undated: bool = False) -> Iterator[Item]:
    """Everything that a corpus holds, in sorted order; `root` may be one file.

    With `undated`, page files that lie in no <paper>/<date> folder are read too, with
    the date UNDATED. Raises CorpusMissing and CorpusEmpty.
    """
    for chunk in chunks(root, undated=undated):
        yield from read_chunk(chunk)


def chunks(root: Path, *, undated: bool = False) -> Iterator[Chunk]:
    """The corpus in pieces of bounded size, for `read_chunk`."""
    stems: set[str] = set()
    empty = True
    for found in _walk(_existing(root)):
        empty = empty and isinstance(found, InputNotice)
        if isinstance(found, InputRefused | InputNotice):
            yield found
        elif _is_page(found.path):
            yield from _page_file(found, undated=undated)
        else:
            yield from _jsonl_chunks(found, stems)
    if empty:
        raise CorpusEmpty(
            f"语料“{root}”里没有可读的文件。请放入"
            " <报纸>/<年-月-日>/<版次>.txt 或 *.jsonl。",
            f"The corpus {root} holds nothing to read. Put page texts at "
            "<paper>/<YYYY-MM-DD>/<label>.txt or articles in *.jsonl there.",
        )


def read_chunk(chunk: Chunk) -> Iterator[Item]:
    """The records of one piece, in order."""
    match chunk:
        case PageFile():
            yield from _read_page(chunk)
        case Lines():
            yield from _read_units(chunk)
        case _:
            yield chunk


def measure(root: Path) -> Measure:
    """The number and total size of the files that `chunks` would open."""
    sizes = [found.bytes for found in _walk(_existing(root)) if type(found) is _File]
    return Measure(len(sizes), sum(sizes))


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the corpus, seen but not opened."""

    path: Path
    bytes: int
    paper: Paper | None


_Found: TypeAlias = _File | InputRefused | InputNotice


def paper_names(root: Path) -> dict[str, str]:
    """What the papers of a corpus are called, by id, as far as a paper.toml that can be
    read says so; nothing when there is no corpus."""
    return {paper.id: paper.name for paper in _papers(root) if paper.name}


def read_vocabulary(root: Path) -> Vocabulary:
    """The cities of a corpus' papers and its synonyms; empty when there is none."""
    cities = (paper.city for paper in _papers(root) if paper.city)
    synonyms: tuple[tuple[str, ...], ...] = ()
    with suppress(OSError, NotText):
        synonyms = parse_synonyms(_text_of(root / SYNONYMS))
    return Vocabulary(tuple(dict.fromkeys(cities)), synonyms)


def _existing(root: Path) -> Path:
    if os.path.lexists(root):
        return root
    raise CorpusMissing(
        f"找不到语料“{root}”。请给出语料文件夹的路径，或设置 BAOSOU_CORPUS。",
        f"There is no corpus at {root}. Name its folder, or set BAOSOU_CORPUS.",
    )


def _walk(root: Path) -> Iterator[_Found]:
    """The files below a folder in sorted order, looked at without opening them."""
    # A stack and not recursion: folders may be nested deeper than calls may be.
    pending: list[tuple[Path, Paper | None]] = [(root, None)]
    while pending:
        path, paper = pending.pop()
        try:
            status = _status_of(path, root)
            if not stat.S_ISDIR(status.st_mode):
                yield from _file(path, status, paper, root)
                continue
            names = sorted(name for name in os.listdir(path) if name[0] != ".")
        except OSError as error:
            yield _unreadable(path, error)
            continue
        except InputRefused as refused:
            yield refused
            continue
        if "paper.toml" in names:
            paper = yield from _paper(path / "paper.toml")
        inputs = [name for name in names if _is_input(name) or _is_folder(path / name)]
        yield from _strangers(path, names, inputs)
        pending += ((path / name, paper) for name in reversed(inputs))


def _status_of(path: Path, root: Path) -> os.stat_result:
    """What lies at a path; a link must stay inside the root and lead to a file."""
    status = path.lstat()
    if not stat.S_ISLNK(status.st_mode):
        return status
    # Path.resolve raises RuntimeError for a loop before Python 3.13.
    target = Path(os.path.realpath(path, strict=True))
    if path != root and not target.is_relative_to(root.resolve()):
        zh = "链接指向语料之外；请把文件复制进来"
        raise _refused(path, zh, "a link out of the corpus; copy the file into it")
    status = target.stat()
    if path != root and stat.S_ISDIR(status.st_mode):
        zh = "链接指向语料内另一个文件夹，该文件夹已在原处读取"
        raise _refused(path, zh, "a link to a folder that is read where it lies")
    return status


def _file(
    path: Path, status: os.stat_result, paper: Paper | None, root: Path
) -> Iterator[_Found]:
    if not stat.S_ISREG(status.st_mode):
        zh = "不是普通文件（管道、设备或套接字），未打开"
        yield _refused(path, zh, "a pipe, device or socket; it was not opened")
    elif _is_input(path.name):
        yield _File(path, status.st_size, paper)
    elif path == root:
        yield _stranger(path, [path.name])


def _is_input(name: str) -> bool:
    if name == SYNONYMS:
        return False
    return _is_page(name) or name.lower().endswith(SUFFIXES)


def _papers(root: Path) -> Iterator[Paper]:
    """What each paper.toml that can be read says."""
    for path in (root / "paper.toml", *sorted(root.glob("*/paper.toml"))):
        # `read` tells what is wrong with one that can't.
        with suppress(OSError, NotText, PaperError):
            yield parse_paper(path.resolve().parent.name, _text_of(path))


def _text_of(path: Path) -> str:
    with _opened(path) as file:
        return decode(file.read(MAX_PAGE_BYTES)).text


def _is_page(path: str | Path) -> bool:
    return str(path).lower().endswith(".txt")


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # Path.is_dir raises where reading is not allowed


def _strangers(
    folder: Path, names: list[str], inputs: list[str]
) -> Iterator[InputNotice]:
    """One notice for all files of a folder that are in no format of a corpus."""
    strange = sorted({*names} - {*inputs} - {"paper.toml", SYNONYMS})
    if strange:
        yield _stranger(folder, strange)


def _stranger(path: Path, names: list[str]) -> InputNotice:
    some = [_printable(name) for name in names[:3]]
    zh = f"{len(names)} 个文件不是 .txt 或 .jsonl，未读：{'、'.join(some)}"
    en = f"{len(names)} not .txt or .jsonl and not read: {', '.join(some)}"
    return _notice(path, "not-corpus", zh, en)


def _paper(path: Path) -> Generator[_Found, None, Paper | None]:
    """The paper that a paper.toml describes, after what there is to say about it."""
    try:
        paper = parse_paper(path.resolve().parent.name, _text_of(path))
    except OSError as error:
        yield _unreadable(path, error)
        return None
    except (NotText, PaperError) as error:
        zh, en = f"paper.toml 无法理解：{error}", f"not understood: {error}"
        yield _refused(path, zh, en)
        return None
    if paper.unknown:
        keys = ", ".join(paper.unknown)
        zh, en = f"不认识的键，已忽略：{keys}", f"unknown keys, ignored: {keys}"
        yield _notice(path, "paper-keys", zh, en)
    return paper


def _page_file(file: _File, *, undated: bool) -> Iterator[Chunk]:
    """Where a page belongs, as its path says: <paper>/<date>/<label>.txt."""
    # The whole path counts, so that one issue's folder can be read by itself.
    folder = file.path.parent.resolve()
    paper, label = folder.parent.name, file.path.name[: -len(".txt")]
    try:
        if not 0 < file.bytes <= MAX_PAGE_BYTES:
            raise _wrong_size(file)
        if undated and not re.search(r"\d{4}", folder.name):
            paper, date = "", UNDATED
        else:
            date = _folder_date(folder.name, file.path)
        if not re.fullmatch(r"[\w-]{1,40}", label) or not is_usable_id(paper or "-"):
            zh = "文件名应为版次，如 01.txt、A02.txt，报纸文件夹名也应能用在网址里"
            en = "name it after the page's label, as in 01.txt or A02.txt"
            raise _refused(file.path, zh, en)
    except InputRefused as refused:
        yield refused
    else:
        yield PageFile(str(file.path), paper, date, label, file.bytes)


def _wrong_size(file: _File) -> InputRefused:
    if not file.bytes:
        return _refused(file.path, "空文件", "an empty file")
    limit = f"{MAX_PAGE_BYTES >> 20} MB"
    zh, en = f"一版文字超过 {limit}，不像报纸版面", f"more than {limit} for one page"
    return _refused(file.path, zh, en)


def _folder_date(name: str, path: Path) -> dt.date:
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", name, re.ASCII)
    try:
        if match:
            return issue_date(*map(int, match.groups()))
    except ValueError:
        zh, en = f"没有“{name}”这一天", f"there is no day {name}"
        raise _refused(path, zh, en) from None
    shown = _printable(name)
    zh = f"版面应放在 <报纸>/<年-月-日>/ 里，“{shown}”不是 2024-12-25 这样的日期"
    en = f"a page belongs in <paper>/<YYYY-MM-DD>/, and {shown} is no such date"
    raise _refused(path, zh, en)


def _jsonl_chunks(found: _File, stems: set[str]) -> Iterator[Chunk]:
    if not found.bytes:
        yield _refused(found.path, "空文件", "an empty file")
        return
    stem = _new_stem(found.path, stems)
    try:
        with _opened(found.path) as file:
            yield from read_lines(file, _shown(found.path), stem, found.paper)
    except OSError as error:
        yield _unreadable(found.path, error)


def _new_stem(path: Path, taken: set[str]) -> str:
    """The file's name without its suffix, after its folders' names where that name was
    seen before, so that ids made of it differ."""
    suffix = next(end for end in SUFFIXES if path.name.lower().endswith(end))
    stem = path.name[: -len(suffix)]
    for parent in path.resolve().parents:
        if stem not in taken:
            break
        stem = f"{parent.name}.{stem}"
    taken.add(stem)
    return stem


def _read_page(file: PageFile) -> Iterator[Item]:
    path = Path(file.path)
    try:
        with _opened(path) as opened:
            decoded = decode(opened.read(MAX_PAGE_BYTES + 1))
    except OSError as error:
        yield _unreadable(path, error)
        return
    except NotText:
        zh = "不是文本，或编码不是 UTF-8、GB18030、Big5、带 BOM 的 UTF-16"
        en = "not text, or not in UTF-8, GB18030, Big5 or UTF-16 with a BOM"
        yield _refused(path, zh, en)
        return
    text = _BREAK.sub("\n", decoded.text)
    if not text.strip():
        yield _refused(path, "空文件", "an empty file")
        return
    if decoded.replaced:
        zh = f"有 {decoded.replaced} 个字符无法按 {decoded.encoding} 识别"
        en = f"{decoded.replaced} characters can't be read as {decoded.encoding}"
        yield _notice(path, "encoding", zh, en)
    page = Page(file.paper, file.date, file.label, text, _shown(path))
    yield Entry(page.source, None, page)


def _read_units(lines: Lines) -> Iterator[Item]:
    for number, unit in units_of(lines):
        if isinstance(unit, InputRefused):
            yield unit
        else:
            yield Entry(lines.path, number, unit)


def _opened(path: Path) -> IO[bytes]:
    # Without O_NONBLOCK a pipe that took the file's place since would hang the reader.
    extra = getattr(os, "O_NONBLOCK", 0)
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | extra))


def _unreadable(path: Path, error: OSError) -> InputRefused:
    zh, en = _OS_REASONS.get(error.errno or 0, (str(error.strerror),) * 2)
    return _refused(path, f"无法读取：{zh}", f"can't be read: {en}")


def _refused(path: Path, zh: str, en: str) -> InputRefused:
    return InputRefused(_shown(path), zh, en)


def _notice(path: Path, code: str, zh: str, en: str) -> InputNotice:
    return InputNotice(_shown(path), Notice(code, Message(zh, en)))


def _shown(path: Path) -> str:
    return _printable(str(path))


def _printable(text: str) -> str:
    """A file name without what upsets terminals and JSON: bytes that are no text,
    control characters and those that turn the order of writing.

    >>> _printable("a\\nb\\udcff.txt")
    'a\\\\nb\\\\udcff.txt'
    """
    return "".join(
        repr(c)[1:-1] if unicodedata.category(c) in ("Cc", "Cf", "Cs") else c
        for c in text
    )


_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_OS_REASONS = {
    errno.EACCES: ("没有读取权限", "permission denied"),
    errno.EPERM: ("没有读取权限", "permission denied"),
    errno.ENOENT: ("文件不存在，或链接已失效", "it is gone, or its link is broken"),
    errno.ELOOP: ("链接互相指向，成了环", "its links form a loop"),
    errno.EIO: ("磁盘读取出错", "the disk failed"),
    errno.ENAMETOOLONG: ("路径过长", "its path is too long"),
}
