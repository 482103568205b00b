"""The bytes of an archive file → text, by a ladder rather than a guess: byte order
mark, UTF-8, then whichever of UTF-8, GB18030 and Big5 reads most like Chinese.

A stray byte must not flip a whole file, so each rung is tried with replacement and
judged by how common the characters are that come out. corpus.py and
checklists.py use this.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


class NotText(ValueError):
    """The bytes are no text in any encoding of the ladder."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """`replaced` counts characters that could not be read; each is U+FFFD in `text`."""

    text: str
    encoding: str
    replaced: int = 0


def decode(raw: bytes) -> Decoded:
    """The text of a file; raises NotText for pictures, programs and foreign encodings.

    >>> decode("今日通车".encode("gb18030"))
    Decoded(text='今日通车', encoding='gb18030', replaced=0)
    >>> decode("今日".encode() + bytes([0xFF]) + "通车，市民称便。".encode())
    Decoded(text='今日\ufffd通车，市民称便。', encoding='utf-8', replaced=1)
    """
    if raw.startswith(_FORMATS):
        raise NotText("it is a file of another format")
    encoding = encoding_of(raw)
    text = _CONTROL.sub(REPLACEMENT, _read(raw, encoding).removeprefix("\ufeff"))
    replaced = text.count(REPLACEMENT)
    # A few unreadable characters are damage; a twentieth of the text is another format.
    if replaced > 3 + len(text) // 20 or 2 * replaced > len(text):
        raise NotText("most of it is not text")
    if not _is_unicode(raw, encoding) and _likeness(text[:_SAMPLE]) < _LEAST_LIKENESS:
        raise NotText("it reads as Chinese in none of the encodings")
    return Decoded(text, encoding, replaced)


def encoding_of(raw: bytes) -> str:
    """The codec that reads these bytes best; they may be the beginning of a longer file
    and end inside a character.

    >>> encoding_of("臨江日報訊，新橋今日通車。".encode("big5"))
    'big5hkscs'
    """
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return encoding
    if _is_utf8(raw):
        return "utf-8"
    start = next(_HIGH.finditer(raw)).start()
    sample = raw[start : start + _SAMPLE]
    # max keeps the first of equals, so the order of the ladder breaks ties.
    return max(_LADDER, key=lambda name: _likeness(_read(sample, name)))


_LADDER = ("utf-8", "gb18030", "big5hkscs")
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_SAMPLE = 1 << 12
_HIGH = re.compile(rb"[\x80-\xff]")
# Formats that begin like text, and may go on like it: PDF, PostScript, RTF, ZIP.
_FORMATS = (b"%PDF-", b"%!PS", b"{\\rtf", b"PK\x03\x04")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")

# The characters that make up half of any Chinese prose, and their traditional forms.
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过"
    "子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体"
    "制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内"
    "数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提"
    "直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计"
    "别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海"
    "口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身"
    "车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石"
    "记需段研界拉林律叫且究观越织装市省县村镇会议记者本报讯街委书副院校医"
    "這為個國時來們對會發動產種後學經進著電裡現實兩體機當點從業應開還義與關數樣線內氣條結問無"
    "軍題黨展員總設長頭資邊統較將組見計別論運農幾區強決戰則處隊給門規熱領東導壓爭濟階術極聯認"
    "權證轉單風帶場車務萬積議聲報鬥類離華確張馬節話況傳許廣記縣鎮書醫"
    "，。、；：？！“”‘’「」『』《》（）—…·\u3000"
)


def _common_of(encoding: str, leads: range, trails: tuple[range, ...]) -> set[str]:
    rows = (bytes((lead, trail)) for lead in leads for part in trails for trail in part)
    return set("".join(row.decode(encoding, "ignore") for row in rows))


# Both standards begin with the characters in daily use: GB 2312 level 1, Big5 level 1.
_ORDINARY = frozenset(
    _common_of("gb2312", range(0xB0, 0xD8), (range(0xA1, 0xFF),))
    | _common_of("big5", range(0xA4, 0xC7), (range(0x40, 0x7F), range(0xA1, 0xFF)))
)
_LEAST_LIKENESS = 0.35


def _is_unicode(raw: bytes, encoding: str) -> bool:
    return encoding.startswith("utf-16") or (encoding == "utf-8" and _is_utf8(raw))


def _is_utf8(raw: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(raw, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _read(raw: bytes, encoding: str) -> str:
    if encoding.startswith("utf"):
        return raw.decode(encoding, "replace")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return "\n".join(_mend(line, encoding) for line in raw.split(b"\n"))


def _mend(line: bytes, encoding: str) -> str:
    """A damaged line in a double-byte encoding, read in the likeliest way.

    One stray byte shifts all pairs after it, mostly into valid but rare characters; so
    every cut of the line into characters and dropped bytes competes by common
    characters.
    """
    best: list[tuple[float, int, str]] = [(0.0, 0, "")]
    for end in range(1, len(line) + 1):
        options = (
            (best[end - size][0] + weight, end - size, character)
            for size in (1, 2, 4)
            if size <= end
            for character, weight in [_character(line[end - size : end], encoding)]
        )
        best.append(max(options, key=lambda option: option[0]))
    characters, end = [], len(line)
    while end:
        _, start, character = best[end]
        characters.append(character)
        end = start
    return "".join(reversed(characters))


def _character(raw: bytes, encoding: str) -> tuple[str, float]:
    text = raw.decode(encoding, "ignore")
    if len(text) == 1:
        return text, _weight(text) if text >= "\x80" else 0.0
    return REPLACEMENT, _weight(REPLACEMENT) * len(raw)


def _likeness(text: str) -> float:
    counts = Counter(character for character in text if character >= "\x80")
    total = counts.total()
    return sum(_weight(c) * n for c, n in counts.items()) / total if total else 0.0


def _weight(character: str) -> float:
    if character in _FREQUENT:
        return 1.0
    if character == REPLACEMENT or "\ue000" <= character <= "\uf8ff":
        return -3.0
    return 0.3 if character in _ORDINARY else 0.0
