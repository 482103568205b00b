"""Who wrote, photographed and made what: bylines, datelines, picture credits, the
credits of a page.

Knows the roles that papers print (全媒体记者, 通讯员, 摄, 责编), how they stand to
names and papers (临江日报全媒体记者/沈小舟 罗一鸣), and the datelines of agencies.
Pages asks it whether a line, or the head or tail of a paragraph, is one; scores are in
nats, above 0 it is likelier one than not.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal, get_args

from msgspec.structs import replace

from indexer import names
from indexer.archive import Caption, Credit
from indexer.names import HAN
from indexer.wordlists import lines_of


@dataclass(frozen=True, slots=True)
class Byline:
    """What a byline says, and that it is printed at text[start : start + length], with
    the white space behind it."""

    credits: tuple[Credit, ...]
    source: str | None
    place: str | None
    dated: str | None
    start: int
    length: int
    score: float

    @property
    def reporters(self) -> tuple[str, ...]:
        """Those who signed the text, in print order, each once."""
        signed = (credit.name for credit in self.credits if _signs(credit.role))
        return tuple(dict.fromkeys(signed))


@dataclass(frozen=True, slots=True)
class CaptionLine:
    """A picture's caption, or its credit alone (then the caption's text is empty)."""

    caption: Caption
    score: float


def parse_byline(text: str) -> Byline | None:
    """The byline that a line or paragraph begins with, or is.

    >>> byline = parse_byline("临江日报讯(全媒体记者/沈小舟 通讯员/罗一鸣) 昨日,")
    >>> byline.source, byline.reporters, byline.length
    ('临江日报讯', ('沈小舟', '罗一鸣'), 25)
    >>> parse_byline("本报记者　王　岚").reporters
    ('王岚',)
    """
    start = _past(_LEAD, text, 0)
    opening = _past(_OPENING, text, start)
    dateline = _DATELINE.match(text, opening) or _IN_ROUND.match(text, start + 1)
    end = _past(_CLOSING, text, dateline.end()) if dateline else start
    signed = _bracketed(text, end) or _reported(text, end)
    if dateline is None and signed is None:
        return _whole_line(text, start)
    if signed is None and _role().match(text, _past(_SPACE, text, end)):
        line = _whole_line(text, end)
        signed = (line.credits, len(text)) if line else None
    credits, end = signed or ((), _past(_SPACE, text, end))
    return Byline(credits, *_dated(dateline), start, end - start, 6.0)


def parse_signature(text: str) -> Byline | None:
    """The brackets at a paragraph's end that sign or date it.

    >>> signature = parse_signature("春耕正忙。（王小满、李岚参与采写）")
    >>> signature.start, [credit.name for credit in signature.credits]
    (5, ['王小满', '李岚'])
    """
    match = _TAIL_BRACKETS.search(text)
    if match is None:
        return None
    length = len(text) - match.start()
    inner = _ABOUT_THE_AUTHOR.sub("", match["inner"]).strip()
    dateline = _DATELINE.fullmatch(inner)
    if dateline:
        return Byline((), *_dated(dateline), match.start(), length, 5.0)
    read = _read_credits(inner)
    if read is None or not read.credits or read.score <= 0:
        return None
    return Byline(read.credits, None, None, None, match.start(), length, read.score)


def parse_caption(text: str) -> CaptionLine | None:
    """The caption that a line is, if the credit of a picture ends it.

    >>> parse_caption("李小舟。临江日报全媒体记者/王岚 摄").caption
    Caption(text='李小舟。', photographer='王岚')
    """
    line = text.strip()
    bare = _AGENCY.sub("", line)
    for pattern in _PICTURE_CREDITS:
        match = pattern.search(bare)
        read = _photographer(match) if match else None
        if match and read:
            by, score, skipped = read
            shown = bare[: match.start() + skipped].strip(" \t　(（")
            return CaptionLine(Caption(_AGENCY.sub("", shown), by), score)
    return CaptionLine(Caption(bare, None), 2.0) if bare != line else None


def parse_page_credits(line: str) -> tuple[Credit, ...] | None:
    """Those who made the page, if the line says nothing else.

    >>> [credit.name for credit in parse_page_credits("本版责编：陈  岚  白小舟")]
    ['陈岚', '白小舟']
    """
    text = _CONTACT.sub("", line[_past(_LEAD, line, 0) :].strip(" \t　()（）"))
    marks = list(_desk_role().finditer(text))
    if len(text) > 90 or not marks or marks[0].start() > 0:
        return None
    if marks[0]["role"] not in _roles("desk"):
        return None
    credits: list[Credit] = []
    for mark, segment in _segments(text, marks):
        floor = -4.0 if mark[0].strip() != mark["role"] else 0.0
        found = _names_in(segment, floor)
        if not found:
            return None
        credits.extend(Credit(name, mark["role"]) for name in found)
    return tuple(credits)


_RoleKind = Literal["reporter", "photo", "desk"]

_OWN = "本报|本刊|本网|本台|本社|新华社|中新社|中央台|央视|新华网|人民网|中新网"
_ORG_END = (
    "报|电视台|电台|广播|通讯社|社|台|网|客户端|传媒|融媒体中心|融媒体|融媒|新媒体|杂志"
    "|周刊|集团|频道|中心"
)
_NUMBER = "0-9０-９一二三四五六七八九十廿卅〇○零"
_SPACE = re.compile(r"\s*")
_OPENING = re.compile(r"[【\[〔]?")
_CLOSING = re.compile(r"[】\]〕)）]?")
_LEAD = re.compile(r"[\s□■●◎○◆◇▲△★☆※]*")
_DATELINE = re.compile(
    f"(?:据|综合)?(?:{_OWN}|[{HAN}]{{2,8}}?(?:{_ORG_END}))"
    f"(?P<place>[{HAN}]{{2,10}}?)?"
    f"(?P<dated>(?:[{_NUMBER}]{{4}}年)?[{_NUMBER}]{{1,3}}月[{_NUMBER}]{{1,3}}日"
    f"|[{_NUMBER}]{{1,3}}日)?"
    "(?:综合)?(?:[专急]?电(?![视脑影力子话台信商动网价器站])|[专特]?讯(?![息号])|消息(?=[^，,]?[:：]|\\s))"
)
# (新华社北京八日电)
_IN_ROUND = re.compile(f"(?<=[(（]){_DATELINE.pattern}(?=[)）])")
_BRACKETS = re.compile(
    r"\s*(?:[(（](?P<round>[^()（）]{2,120})[)）]"
    r"|[\[【〔](?P<square>[^\[\]【】〔〕]{2,60})[\]】〕])\s*"
)
_TAIL_BRACKETS = re.compile(
    r"[(（](?P<inner>(?:[^()（）]|[(（][^()（）]*[)）]){2,120})[)）]\s*$"
)
_ABOUT_THE_AUTHOR = re.compile(r"^作者(?:分别)?[为系是].*[,，；]\s*(?=.*记者)")
_REPORTED = re.compile(
    r"\s*(?P<inner>[^。！？；:：“”\d]{4,60}?)(?:摄影报道|报道)\s*[:：,，。]\s*"
)
_PROSE = re.compile(r"[。！？!?；;“”…]|[，,].*[，,].*[，,]")
_REPORTER = (
    f"(?:驻[{HAN}]{{2,6}}?)?(?:全媒体|融媒体|全媒|融媒|新媒体|首席|资深|高级|见习|实习"
    "|特约|特派|特邀|摄影|文字|图片|视觉|视频|财经|体育|文化|时政|驻站|驻地|前方|军事"
    "|校园|学生|小)*记者"
)
_BY_MARK = r"[\s/／:：|｜]*"
_WORDS_AND_PICTURES = (
    "文[/／、和]?(?:图|片|摄影|摄)|图[/／、]?文|[文图片摄](?=\\s*[/／:：|｜])"
)
_BEHIND = re.compile(
    f"(?:(?<![者员生])\\s+(?P<place>[{HAN}]{{2,5}})\\s*)?(?P<role>(?:摄影|综合)?报道|发自[{HAN}]{{2,8}}|参与采写"
    "|参与报道|参与采访|采写|采访整理|整理|供稿|摄影|摄)\\s*$"
)
_BEHIND_NAME = re.compile(
    r"(?P<name>[^()（）]{2,24})[(（](?P<role>[^()（）]{2,12})[)）]"
)
_HOUSE = re.compile(f"[《〈]?[{HAN}A-Za-z0-9+·“”《》—-]{{1,24}}$")
_BOTH_BEHIND = re.compile(r"\s*[/／]?\s*(?:文[/／、]?(?:图|摄影?)|图[/／、]?文)$")
_BEHIND_PAIR = re.compile(
    f"(?P<names>[{HAN}·、\\s]+?)(?:\\s*[/／]\\s*|\\s+)"
    r"(?P<role>文字|图片|摄影|视频|文|图|摄|片)(?=\s|$)"
)
_FROM = re.compile(
    f"(?P<org>[{HAN}]{{2,20}}(?:省|市|县|区|镇|乡|村|州|大学|学院|中学|小学|学校|医院|公司"
    "|集团|厂|局|厅|委|办|院|所|社区|街道|支队|中队|大队))\\s+(?P<rest>.+)"
)
_CONTACT = re.compile(r"\s*(?:电话|热线|传真|邮箱|邮编|[Ee]-?mail)\s*[:：].*$")
_BETWEEN_NAMES = re.compile(r"[、，,；;/／|｜:：&]+")
_AND = re.compile(
    f"(?P<left>[{HAN}·]{{2,}})\\s*(?:以及|和|与|及)\\s*(?P<right>[{HAN}·]{{2,}})"
)
_COLLECTIVE = re.compile("宣$|[妇公检法税交卫消警统农环组纪司监街镇][萱轩]$")
_AGENCY = re.compile(
    r"(?:(?:\s*[(（]|(?:^|(?<=[。！？!?”\s])))(?:(?:新华社|中新社|美联社|法新社|路透社)"
    r"[^()（）。]{0,6}(?:发|照片|图片)|人民视觉|视觉中国|影像中国|传真照片"
    r"|(?:本报)?资料(?:图片?|照片))[)）]?\s*)+$"
)
_SENTENCE_START = r"(?:^|(?<=[。！？!?”」》)）\s]))"
_TAKEN = r"\s*[/／]?\s*(?:摄影报道|摄影|(?<!拍)摄)"
_PICTURE_CREDITS = (
    re.compile(rf"[(（](?P<by>[^()（）]{{2,30}}?){_TAKEN}[)）]$"),
    re.compile(
        r"[(（]?(?:题图)?图片?(?:由|来源|源)[:：]?\s*(?P<giver>[^。，,]{2,24}?)(?:提供)?[)）]?$"
    ),
    re.compile(
        rf"{_SENTENCE_START}图片?\s*[/／:：]\s*(?P<giver>[^。，,]{{2,24}}?)(?:提供|供图)$"
    ),
    re.compile(r"[(（](?P<giver>[^()（）]{2,30}?)\s*(?:供图|提供)[)）]$"),
    re.compile(
        rf"{_SENTENCE_START}(?P<by>[^。！？!?“”]{{2,40}}?){_TAKEN}(?:\s*制图[:：].*)?$"
    ),
    re.compile(r"(?:^|(?<=[。！？!?”]))(?P<giver>[^。！？!?“”]{2,30})供图$"),
    re.compile(r"(?<=\s)(?P<giver>\S{2,20})\s*供图$"),
    re.compile(
        rf"{_SENTENCE_START}(?:摄影|摄|图片?)\s*[/／:：|｜]\s*(?P<by>[^。，,]{{2,16}})$"
    ),
    re.compile(r"图片.{0,10}由(?P<by>[^。，,]{2,16}?)拍?摄[)）]?$"),
)


@dataclass(frozen=True, slots=True)
class _Credits:
    credits: tuple[Credit, ...]
    score: float


def _signs(role: str | None) -> bool:
    if role is None or role.endswith("记者") or role in _roles("reporter"):
        return True
    return role.startswith(("文", "图文", "图/文"))


def _past(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _dated(
    dateline: re.Match[str] | None,
) -> tuple[str | None, str | None, str | None]:
    """Source, place and date of a dateline."""
    if dateline is None:
        return None, None, None
    return dateline[0], dateline["place"] or None, dateline["dated"] or None


def _bracketed(text: str, start: int) -> tuple[tuple[Credit, ...], int] | None:
    """Credits in brackets that begin at `start`, and where the brackets end."""
    match = _BRACKETS.match(text, start)
    read = _read_credits(match["round"] or match["square"]) if match else None
    if match is None or read is None or read.score <= 0:
        return None
    return read.credits, match.end()


def _reported(text: str, start: int) -> tuple[tuple[Credit, ...], int] | None:
    """Credits that a sentence begins with: 记者沈小舟报道:."""
    match = _REPORTED.match(text, start)
    if match is None or not _role().search(match["inner"]):
        return None
    read = _read_credits(match["inner"])
    return (read.credits, match.end()) if read else None


def _whole_line(text: str, start: int) -> Byline | None:
    line = text[start:].rstrip()
    if not 2 <= len(line) <= 90 or _PROSE.search(line):
        return None
    read = _read_credits(line)
    if read is None:
        return None
    length = len(text) - start
    return Byline(read.credits, None, None, None, start, length, read.score)


def _read_credits(text: str) -> _Credits | None:
    """The roles and names that fill `text`; None if anything else stands there."""
    text = text.strip(" \t　()（）")
    behind = _BEHIND_NAME.fullmatch(text + "）" if "（" in text else text)
    if behind and _role().search(behind["role"]):
        text = f"{behind['role']} {behind['name']}"
    text = _roles_first(_BOTH_BEHIND.sub("", text))
    suffix = _BEHIND.search(text)
    core = text[: _core_end(suffix)] if suffix else text
    marks = list(_role().finditer(core))
    if not marks:
        return _bare(core, suffix["role"].strip() if suffix else None)
    head, org = _split_org(core[: marks[0].start()])
    found = _names_in(head, -2.0)
    if found is None:
        return None
    credits = [Credit(name) for name in found]
    for mark, segment in _segments(core, marks):
        following = None
        if mark is not marks[-1]:
            segment, following = _split_org(segment, after_names=True)
        found = _people_in(segment, mark["role"])
        if found is None:
            return None
        credits += [Credit(name, mark["role"], org) for name in found]
        org = following
    return _Credits(tuple(credits), 6.0)


def _core_end(suffix: re.Match[str]) -> int:
    """Where the names end before a role: a place may stand there (沈小舟 青河报道) or a
    second name (沈小舟 王岚 报道)."""
    if suffix["place"] and names.is_name(suffix["place"]):
        return suffix.start("role")
    return suffix.start()


def _roles_first(text: str) -> str:
    """王岚/文 沈一鸣/图 turned to 文/王岚 图/沈一鸣, if it is printed like that."""
    pairs = list(_BEHIND_PAIR.finditer(text))
    if not pairs or "".join(pair[0] for pair in pairs) != text:
        return text
    if len(pairs) == 1 and pairs[0]["role"] in ("摄", "摄影"):
        return text
    return " ".join(f"{pair['role']}/{pair['names'].strip()}" for pair in pairs)


def _segments(text: str, marks: list[re.Match[str]]) -> list[tuple[re.Match[str], str]]:
    """Each role mark with the text up to the next one."""
    bounds = [*(mark.start() for mark in marks), len(text)]
    return [
        (mark, text[mark.end() : end])
        for mark, (_, end) in zip(marks, pairwise(bounds), strict=True)
    ]


def _bare(text: str, role: str | None) -> _Credits | None:
    """Names without any role, scored by how much they look like names; in print only
    names are padded (王　政), so padding speaks for them."""
    home = _FROM.fullmatch(text)
    if home and (read := _bare(home["rest"], role)) and read.score > 2:
        credits = (replace(credit, org=home["org"]) for credit in read.credits)
        return _Credits(tuple(credits), read.score - 1.0)
    found = _names_in(text, -99.0)
    if not found or len(found) > 8:
        return None
    scores = [_bare_score(name, padded=name not in text) for name in found]
    score = min(scores) + (4.0 if role else 0.0)
    return _Credits(tuple(Credit(name, role) for name in found), score)


def _bare_score(name: str, *, padded: bool) -> float:
    score = names.name_score(name)
    if score == names.NO_NAME:
        score = names.given_score(name) - 4.0 if len(name) <= 3 else -6.0
    return min(score, 6.0) + (8.0 if padded else 0.0)


def _split_org(segment: str, *, after_names: bool = False) -> tuple[str, str | None]:
    """Cuts the paper or agency off the end of `segment`: the next role's house. What
    is printed without a gap before a role is one, whatever its name."""
    text = segment.rstrip()
    own = re.search(f"(?:{_OWN})$", text)
    if own:
        return text[: own.start()], own[0]
    chunk = _HOUSE.search(text)
    if chunk is None:
        return segment, None
    attached = text == segment and not _all_names(chunk[0])
    if not attached and not re.search(f"(?:{_ORG_END})[》〉”]?$", chunk[0]):
        return segment, None
    start = chunk.start()
    if after_names and chunk[0][0] not in "《〈":
        start += _glued_name(chunk[0])
    return text[:start], text[start:].strip("《》〈〉")


def _all_names(text: str) -> bool:
    found = names.read_names(text)
    read = "".join(each.name for each in found)
    return read == text and all(names.name_score(each.name) > 0 for each in found)


def _glued_name(chunk: str) -> int:
    """How many characters of a name stand before a house's name without a gap:
    罗一鸣经济日报."""
    lengths = [size for size in (2, 3, 4) if len(chunk) - size >= 3]
    best = max(lengths, key=lambda size: names.name_score(chunk[:size]), default=0)
    return best if best and names.name_score(chunk[:best]) > 4 else 0


def _people_in(segment: str, role: str) -> tuple[str, ...] | None:
    """The persons under a role. A reporter is a person, however odd the name; under
    通讯员 offices sign too (穗妇宣), which are no names."""
    found = _names_in(segment, -99.0)
    if found is None:
        return None
    if role.endswith("记者"):
        odd = (
            len(each) > 3 and names.name_score(each) == names.NO_NAME for each in found
        )
        return None if any(odd) else found
    return tuple(
        name
        for name in found
        if names.name_score(name) > -1.0 and not _COLLECTIVE.search(name)
    )


def _names_in(segment: str, floor: float) -> tuple[str, ...] | None:
    """The names that fill `segment`, or None if one scores under `floor` or something
    else stands there."""
    result: list[str] = []
    segment = _AND.sub(_parted, re.sub(r"等\s*$", "", segment))
    for part in _BETWEEN_NAMES.split(segment):
        found = names.read_names(part) or ()
        printed = "".join(re.findall(r"\S", part))
        if "".join(each.name for each in found) != printed:
            return None
        result += [each.name for each in found]
    if any(names.name_score(name) < floor or len(name) > 12 for name in result):
        return None
    return tuple(result)


def _parted(conjunction: re.Match[str]) -> str:
    """A mark for 和 between two names; in a name (张和平) it stays."""
    left, right = conjunction["left"], conjunction["right"]
    if names.name_score(left) > 2 and names.name_score(right) > 2:
        return f"{left}、{right}"
    return conjunction[0]


def _photographer(match: re.Match[str]) -> tuple[str, float, int] | None:
    """Who took or gave the picture, how sure that is, and how many characters of the
    match are still the caption's. Offices give pictures too."""
    printed = match.groupdict()
    if giver := printed.get("giver"):
        giver = re.sub(r"\s", "", giver)
        return None if _PROSE.search(giver) else (giver, 4.0, 0)
    by = printed["by"]
    for start in [0, *(gap.end() for gap in re.finditer(r"\s+", by))]:
        read = _read_credits(by[start:])
        people = [credit.name for credit in read.credits] if read else []
        if people and read and read.score > -4.0:
            skipped = match.start("by") - match.start() + start if start else 0
            return "、".join(people), 3.0 if start else 5.0, skipped
    return None


@cache
def _role() -> re.Pattern[str]:
    words = sorted(_roles("reporter") | _roles("photo"), key=len, reverse=True)
    kinds = "|".join([_REPORTER, *words, _WORDS_AND_PICTURES])
    return re.compile(f"(?P<role>{kinds}){_BY_MARK}")


@cache
def _desk_role() -> re.Pattern[str]:
    words = {word for kind in get_args(_RoleKind) for word in _roles(kind)}
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(f"(?P<role>{'|'.join(longest_first)}){_BY_MARK}")


@cache
def _roles(kind: _RoleKind) -> frozenset[str]:
    rows = (line.split("\t") for line in lines_of("byline_roles.txt"))
    return frozenset(
        word for row in rows if row[0] == kind for word in row[1].split(" ")
    )
