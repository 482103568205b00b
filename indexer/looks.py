"""What a printed line shows by itself: whether it ends as a sentence does, signs,
credits a picture, counts a roster, is worded like a headline.

Knows the marks, words and shapes of newspaper lines, and hides them in numbers: scores
are evidence in nats, more or less, that adds up; 0 says nothing. Texts are folded
(`terms.fold`), without outer spaces. `lines` and `layout` weigh what is seen here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from indexer import bylines, names


@dataclass(frozen=True, slots=True)
class Look:
    """What a line shows.

    `openness` is how surely it breaks off, 0 to 1; `byline` and `photo` the evidence
    that it signs or credits a picture; `shape` that it is worded like a headline;
    `fresh` that it begins as a text does.
    """

    size: int  # characters, spaces apart
    closed: bool
    openness: float
    byline: float
    dateline: bool
    photo: float
    picture: float
    ad: float
    fresh: float
    shape: float
    advertises: bool
    running: bool  # a running head: date, label, section
    credits_page: bool
    names_section: bool
    gives_notice: bool
    heads_pictures: bool
    titles_list: bool
    listed: bool
    enumerated: bool
    numbered: bool  # stands in a numbered item that it does not end
    signs_off: bool
    titled: bool
    worded: bool
    begins_oddly: bool
    ends_oddly: bool

    @property
    def may_head(self) -> bool:
        """Whether a headline may look so."""
        return (
            2 <= self.size <= 70
            and self.worded
            and self.photo <= 3
            and self.byline < 3
            and not (self.running or self.credits_page or self.listed)
            and not (self.dateline or self.titled)
        )


def looks_of(texts: Sequence[str], gaps: Sequence[int]) -> tuple[Look, ...]:
    """The looks of the lines of a page; `gaps` count the blank lines before each."""
    looks = [_look(text) for text in texts]
    for i, look in enumerate(looks):
        before = looks[i - 1] if i else None
        if before and before.listed and _goes_on_listing(texts[i], looks, i):
            looks[i] = look = replace(look, listed=True, openness=0.0)
        runs_on = look.enumerated or (before and before.numbered and not gaps[i])
        if runs_on and not look.closed:
            looks[i] = replace(look, numbered=True)
    return tuple(looks)


def closes(text: str) -> bool:
    """Whether a text ends as a sentence does.

    >>> [closes(text) for text in ("他来了。”", "昨日通", "(据新华社电)")]
    [True, False, True]
    """
    bare = text.rstrip(_CLOSERS)
    return bare[-1:] in tuple(_STOPS) or (text != bare and text[-1:] == ")")


def is_list(text: str) -> bool:
    """Whether a line is a row of names set apart by spaces, a role that names follow,
    or speaks of the count of a roster.

    >>> [is_list(text) for text in ("王 娴(女) 文江南 兰钧", "(6人)", "大桥通车了")]
    [True, True, False]
    """
    if _COUNT.match(text):
        return True
    bare = _BRACKETS.sub(" ", text)
    role = _ROLE_LINE.match(bare)
    names_only = bare[role.end() :] if role else bare
    if any(mark in names_only for mark in "。,;!?“:") or len(text) > 4000:
        return False
    cells = names_only.replace("、", " ").split()
    if role and not cells:
        return not role[0].startswith(_NO_ROLE)
    if len(cells) < (1 if role else 3) or max(map(len, cells)) > 12:
        return False
    if len(cells) >= 8 and sum(len(cell) <= 4 for cell in cells) >= 0.9 * len(cells):
        return True
    return _mostly_names(names_only, cells)


_PAGE = r"第?\s*[A-Za-z]?[\d一二三四五六七八九十]{1,3}\s*版"
# What a text that began on another page opens with, and what one that goes on there
# ends in.
COMES_FROM: Final = re.compile(
    rf"\s*(?:[(（]\s*[上紧]接\s*{_PAGE}[^()（）。]{{0,10}}[)）]"
    rf"|[◀◁<←]*[上紧]接\s*{_PAGE}(?=\s|$))\s*"
)
GOES_ON: Final = re.compile(
    rf"[(（▶▷>→]*\s*(?:上接|下转|紧[转接]|转|接)\s*{_PAGE}[^()（）。]{{0,10}}[)）]?\s*$"
)
_STOPS: Final = "。!?;…"
_CLOSERS: Final = '”’』」)》〉】]"'
_HAN = names.HAN
_HAN_ONE = f"[{_HAN}]"


_MAY_CREDIT = re.compile("[摄图绘画文诗]|照片|提供|来源|报道|社发|视觉|中国")
_OTHER_CREDIT = re.compile(
    r"(?:^|[。!?”』)\s])(?:(?:数据|图片|资料)来源[:/].{1,20}|(?:制图|绘图|漫画|供图)[:/].{2,12})$"
    rf"|^(?:[{_HAN}]\s*){{2,4}}[文图诗]$"
)
_STOCK = re.compile("资料(?:图片?|照片)$")
_IN_BRACKETS = re.compile(r"\([^()]{2,30}(?:摄|摄影|供图|提供|照片|报道)\)$")
_PICTURE = re.compile(r"^(?:上|下|左|右|本|组|题|附)?图(?:为|[①-⑳一二三:]|\()")
_PICTURE_COLUMN = re.compile("(?:图片|摄影|影像)(?:新闻|报道|专题)")
_PICTURED = re.compile(r"[。,]图为|\((?:左|右|中|前|后)[一二三四五排]?\)")
_FURNITURE = re.compile(
    r"第?[a-z]?\d{1,3}版|\d{4}年\d{1,2}月\d{1,2}日|星期[一二三四五六日]|农历\S{2,12}"
    r"|\d{4}[-./]\d{1,2}[-./]\d{1,2}"
)
_ELSEWHERE = re.compile("[转接见]第?[a-z]?\\d{1,3}版")
# A field of the archive that the page comes from (专栏：国际), often empty.
_FIELD = re.compile("(?:专栏|栏目|版面|版名|版次): ?[^,。]{0,8}")
_NUMBERED_SECTION = re.compile(rf"第?[a-z]?\d{{1,2}}(?:版|\s+[{_HAN}·]{{2,6}})?$")
_PAGE_CREDIT = re.compile(
    r"^(?:本版|本期)?(?:电子)?(?:责任?编辑?|编辑|邮箱|电话|投稿|e-?mail)(?:/\w{2,6})*\s*[:/].*"
    r"(?:@|\d{5}|[:/\s]\S{2,4}$)"
)
_PHONE = re.compile(r"(?<!\d)(?:\d{3,4}-?)?\d{7,8}(?!\d)|(?<!\d)1\d{10}(?!\d)")
_AD = re.compile(
    r"广告|热线|招租|招聘|招商|招标|遗失|声明作废|订阅|咨询|联系电话|地址:|电话:|转让|便民(?:提示|信息|疏通|电话)"
)
_ENUMERATED = re.compile(
    r"[(]?[一二三四五六七八九十\d]{1,3}[)、.·:](?!\d)|[●▲■◆★※①-⑳]|第[一二三四五六七八九十百]+[条章]"
)
_FRESH = re.compile(
    r"\d{4}年|\d{1,2}月|\d{1,2}日|“|『|「|——|近日|日前|近年|目前|据|记者|今年|去年|如今|此外|同时|其中|在|图为|与此同时"
)
_SECTION = re.compile(
    r"特别报道|(?:新闻|要闻|副刊|综合|国际|国内|体育|文化|经济|专版|专题|报道|特刊|周刊|评论|理论|广告|教育|"
    r"社会|科技|生活|健康|观察|视点|时政|民生|生态|政治|法治|公益|读书|天地|之窗|文卫)$"
)
_BEGINS = re.compile(
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日[,，上下晚]|近日|日前|图为|\d{1,2}日,"
)
_SPACED = re.compile(rf"[{_HAN}”》)][ ]+[{_HAN}“《(]")
_COLUMN_TAG = re.compile(r"\((?![^()]*(?:记者|附图|[摄图电讯刊岁]\)))[^()]{2,24}\)$")
_SIGNOFF = re.compile(r"^\(.{2,60}\)$|\((?:本报|新华社|据).{0,24}(?:电|讯)\)$")
_NOTICE = re.compile(
    r"(?:更正|启事|公告|通知|通告|声明|简讯|提示|公示|预告|讣告|倡议书|公开信|致歉信?|名单|议程|日程)(?:\([^()]*\))?$"
    r"|^来信(?:照登|选登):"
)
_TITLE_OF_LIST = re.compile(
    r"(?:名单|议程|日程|办法|决议|决定|条例|法|规定|公告)(?:\([^()]*\))?$"
)
_COUNT = re.compile(
    r"^\(?共?\d+[人名位]|^(?:[一二三四五六七八九十]+、)?[^\W\d_]{2,14}(?<!名单)\(共?\d+[人名位]|"
    r"^\([^()]*(?:通过|姓氏|笔画|为序|排列|\d{4}年[^()]*日)[^()]*\)$"
)
_BRACKETS = re.compile(r"\([^()]{1,40}\)")
_ROLE_LINE = re.compile(rf"(?:{_HAN_ONE}\s{{0,8}}){{1,14}}:(?=\s*(?:{_HAN_ONE}|$))")
# What a colon follows in talk and letters, not in lists.
_NO_ROLE = ("问", "答", "记者", "主持人", "这正是", "编辑", "同志", "图片", "朋友")
_NEVER_FIRST: Final = "的了着过们吗呢吧么地得而与和及或,。、;:!?)》”』」%℃…"
_NEVER_LAST: Final = ",、(《“『「〈·—和与及或在的对把被从向将为是以不"


_UNSIGNED_DATELINE = re.compile(r"据?(?:本报|本刊|本网)(?:综合)?(?:消息|报道)[\s:]")
_BARE_NAMES = re.compile(
    rf"[{_HAN}]{{2,12}}|(?=.{{2,40}}$)(?:[{_HAN}·]{{1,8}}[\s、]+)+[{_HAN}·]{{1,8}}"
)
_MAY_SIGN = re.compile(
    "记者|通讯员|评论员|实习生|作者|特约|撰|摄影|报道|编译|整理|[文图]\\s*[/:]"
    "|^.{2,24}?(?:[讯电]|消息)"
)


def _look(text: str) -> Look:
    size = len(text) - text.count(" ")
    closed = closes(text)
    short = size <= 90
    page_credit = short and _credits_page(text)
    listed = not page_credit and is_list(text)
    tail = text[-160:]
    byline, dateline = _sign(text, size)
    look = Look(
        size=size,
        closed=closed,
        openness=0.0 if listed else _openness(text, size, closed),
        byline=byline,
        dateline=dateline,
        photo=_photo_score(tail),
        picture=_picture_score(text, size),
        ad=_ad_score(text, size),
        fresh=2.5 if _BEGINS.match(text) else 1.5 if _FRESH.match(text) else 0.0,
        shape=0.0,
        advertises=size <= 200 and _advertises(text),
        running=size <= 40 and _runs_at_head(text),
        credits_page=page_credit,
        names_section=short and _names_section(text),
        gives_notice=short and _NOTICE.search(text) is not None,
        heads_pictures=_PICTURE_COLUMN.fullmatch(text) is not None,
        titles_list=short and _TITLE_OF_LIST.search(text) is not None,
        listed=listed,
        enumerated=_ENUMERATED.match(text) is not None,
        numbered=False,
        signs_off=_SIGNOFF.search(tail) is not None,
        titled=short and _is_titled(text),
        worded=len(re.findall(r"\w", text[:80])) >= 2 and "@" not in text,
        begins_oddly=text[0] in _NEVER_FIRST,
        ends_oddly=text[-1] in _NEVER_LAST,
    )
    return replace(look, shape=_shape(text, look)) if look.may_head else look


def _sign(text: str, size: int) -> tuple[float, bool]:
    """The evidence that a line does nothing but sign, and whether it opens a text as a
    dateline or a reporter's name in brackets does."""
    if COMES_FROM.match(text):
        return -9.0, True
    if not _MAY_SIGN.search(text, 0, 80) and not _BARE_NAMES.fullmatch(text):
        return -9.0, False
    byline = bylines.parse_byline(text[:200])
    if byline is None or text[-1] == ":":
        return -9.0, _UNSIGNED_DATELINE.match(text) is not None
    if byline.start + byline.length < len(text[:200]):
        return -9.0, byline.source is not None or bool(byline.reporters)
    if size > 90:
        return -9.0, True
    if _SECTION.search(text):
        return -3.0, False
    if not byline.credits:
        return 2.0, False
    if any(credit.role for credit in byline.credits):
        return 4.0, False
    if text.startswith("("):
        return -3.0, False
    return max(-3.0, min(2.5, 0.5 + byline.score / 3)), False


def _openness(text: str, size: int, closed: bool) -> float:
    """How surely a text breaks off, from 0 to 1."""
    if text[-1:] in tuple(_NEVER_LAST):
        return 1.0 if not text.endswith("—") else 0.3
    if closed:
        listed = text.startswith("——") or _ENUMERATED.match(text)
        return 0.0 if text[-1] != ";" else 0.15 if listed else 0.6
    if text[-1] in ":.":
        return 0.2
    unbalanced = text.count("“") > text.count("”") or text.count("《") > text.count(
        "》"
    )
    if unbalanced:
        return 1.0
    sure = 0.25 if size < 10 else 0.45 if size < 16 else 0.7 if size < 28 else 1.0
    # A title has few commas, and sets its parts apart by spaces.
    titled = size < 45 and (_SPACED.search(text) or not re.search("[,。、]", text))
    return sure * 0.6 if titled else sure


def _photo_score(tail: str) -> float:
    """The evidence that a text ends in the credit of a picture."""
    if not _MAY_CREDIT.search(tail[-40:]):
        return 0.0
    if _OTHER_CREDIT.search(tail):
        return 5.0
    caption = bylines.parse_caption(tail)
    if caption is None:
        return 0.0
    if _IN_BRACKETS.search(tail):
        return 2.0
    return 5.0 if _STOCK.search(tail) else caption.score


def _picture_score(text: str, size: int) -> float:
    if _PICTURE.match(text):
        return 3.0
    if size < 220 and text.endswith("。") and "。图为" in text[-90:]:
        return 5.0 if _FRESH.match(text) else 3.0
    if size < 220 and "图为" in text:
        return 1.5
    return 0.7 if size < 120 and _PICTURED.search(text) else 0.0


def _ad_score(text: str, size: int) -> float:
    if size > 200:
        return -9.0
    score = 1.5 * bool(_AD.search(text)) + 1.5 * bool(_PHONE.search(text))
    return score - 1.0 - 2.5 * closes(text) - (1.0 if size > 30 else 0.0)


def _advertises(text: str) -> bool:
    return _AD.search(text) is not None or _PHONE.search(text) is not None


def _runs_at_head(text: str) -> bool:
    """A running head: the page's date, label and section, nothing else."""
    if _NUMBERED_SECTION.match(text) or _FIELD.fullmatch(text):
        return True
    rest, marks = _FURNITURE.subn(" ", text)
    words = re.findall(r"[^\s|/:()-]+", re.sub(r"^\s*[a-z]?\d{1,3}\s", "", rest))
    if _ELSEWHERE.search(text):
        return False
    return marks > 0 and len(words) <= 2 and len("".join(words)) <= 12


def _credits_page(text: str) -> bool:
    if _PAGE_CREDIT.match(text):
        return True
    return bylines.parse_page_credits(text) is not None


def _names_section(text: str) -> bool:
    """Whether a line is like the name of a section."""
    return _SECTION.search(text) is not None and not _PICTURE_COLUMN.fullmatch(text)


def _is_titled(text: str) -> bool:
    """A person with a title in brackets, as in a list of speakers: 侯超(出品人)."""
    name, bracket, _ = text.partition("(")
    return bool(bracket) and names.is_name(re.sub(r"^\w+:|\s", "", name))


def _shape(text: str, look: Look) -> float:
    """How much a line is worded and set like a headline."""
    score = 0.7 * (" " in text) + 0.7 * (text.endswith("——") and look.size >= 8)
    score += 1.7 * look.gives_notice - 0.5 * ("," in text)
    if _COLUMN_TAG.search(text) and not text.startswith("("):
        score += 2.5
    if look.closed and text[-1] not in "!?)”』…":
        score -= 5.0
    if text[-1] in ",;:、":
        score -= 3.0
    if look.byline > 1 or look.picture > 1:
        score -= 3.0
    if look.names_section and look.size <= 8:
        score -= 1.5
    score -= 4.0 * ("。" in text) + 2.0 * look.enumerated + 3.0 * look.signs_off
    return score + _length_score(look) - 2.0 * look.begins_oddly


def _length_score(look: Look) -> float:
    if look.size < 4:
        return 0.0 if look.gives_notice else -1.5
    if look.size < 12:
        return 0.0
    return (0.9 if look.size >= 18 else 0.4) - max(0, look.size - 44) / 12


def _goes_on_listing(printed: str, looks: list[Look], i: int) -> bool:
    """Whether a short line after a row of names is a name too, or a role of names."""
    look, text = looks[i], _BRACKETS.sub("", printed)
    if (look.closed and text[-1:] in _STOPS) or look.titles_list:
        return False
    cells = text.split()
    if cells and len(cells) < 4 and max(map(len, cells)) < 8:
        found = names.read_names(text)
        if found and all(names.is_name(item.name) for item in found):
            return True
    if look.closed or look.size > 12:
        return False
    after = looks[i + 1] if i + 1 < len(looks) else None
    return bool(after and (after.listed or 0 < after.byline < 3))


def _mostly_names(text: str, cells: list[str]) -> bool:
    found = names.read_names(text)
    covered = sum(len(item.name) for item in found if names.is_name(item.name))
    return covered >= 0.7 * sum(map(len, cells)) > 0
