"""The people that a clause mentions: by name, pronoun, noun, or a noun phrase that
stands for a body or a document.

Knows the words for people of `speakers.txt`, and where a name that the article has not
told of yet may stand: right in front of a title, or behind one. Who of them speaks, and
whom a pronoun or a noun means, is for `speakers`.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal

from msgspec import Struct

from indexer import names
from indexer.clauses import STOPS, bare, is_cut, phrase_start, without_lead
from indexer.witnesses import foreign_places, name_at
from indexer.wordlists import any_of, rows_of


class Mention(Struct, frozen=True, order=True):
    """Somebody named in text[start:end]; `head` is the name or noun without what
    describes it."""

    start: int
    end: int
    how: Literal["name", "pronoun", "noun"]
    head: str
    plural: bool = False
    at: int = -1  # where the head itself begins


class People:
    """The people of one article; `text` is the body with what is said in marks blanked
    out. Whoever is met on the way is known from then on."""

    def __init__(self, body: str, text: str, persons: Sequence[str]) -> None:
        self._body = body
        self._text = text
        shorts = [short for name in persons if (short := names.short_of(name))]
        self.persons = list(dict.fromkeys([*persons, *shorts]))

    def mentioned(self, start: int, end: int) -> list[Mention]:
        """People in text[start:end], a clause, in print order, none within another."""
        text = self._text
        clause = text[start:end]
        if len(clause) <= _LONGEST_ALONE and (alone := self._alone(clause, start)):
            return [alone]
        named = [name for name in self.persons if name in clause]
        known = self._known(named, start, end) if named else []
        nouns = list(_people().finditer(text, start, end))
        if nouns or _ADDRESS.search(text, start, end):
            known += self._addressed(start, end)
        if not nouns:
            return sorted(known) if len(known) > 1 else known
        found = known.copy()
        for match in nouns:
            if known and self._belongs(match, known):
                continue
            if mention := self._common(match, start, end):
                found.append(mention)
        return sorted(found) if len(found) > 1 else found

    def _alone(self, clause: str, start: int) -> Mention | None:
        """Who is all of a clause, a known name or a word, as in one of four."""
        if clause in self.persons:
            return Mention(start, start + len(clause), "name", clause)
        kind = _kinds().get(clause)
        if kind == "pronoun":
            return _pronoun(clause, start)
        if kind == "noun":
            return self._noun(clause, start, start)
        return None

    def phrase(self, start: int, end: int, *, strict: bool) -> Mention | None:
        """The noun phrase that leads a clause without a word for people; if `strict`,
        it must be a name, a body or a document."""
        text = self._text
        start = without_lead(text, start, end)
        phrase = bare(text[start:end])
        if len(phrase) == 1 and (name := self.with_surname(phrase)):
            return Mention(start, start + 1, "name", name)
        issued = _ISSUED.fullmatch(phrase) if phrase[-2:] in _ISSUES else None
        phrase = issued[1] if issued else phrase
        end = start + len(phrase)
        if not strict and (
            named := self._owned(phrase, end)
            or _latin(phrase, end)
            or _law(phrase, end)
        ):
            return named
        if not 2 <= len(phrase) <= 24 or STOPS.search(phrase):
            return None
        if name := _name_at_end(phrase):
            self.persons.append(name)
            return Mention(end - len(name), end, "name", name)
        body = issued or phrase.endswith(_bodies()) or phrase in foreign_places()
        if body and phrase[0] not in "有据" and not phrase.startswith(_nobody()):
            return Mention(start, end, "noun", phrase)
        return None if strict else self._anybody(phrase, start, end)

    def begun(self, start: int, end: int) -> Mention | None:
        """The person whose name a clause surely begins with, met before or not:
        五十岁的|王岚翻开账本."""
        described = _DESCRIBED.match(self._text, start, end)
        start = described.end() if described else start
        name = _leading_name(self._text[start : min(end, start + _LONGEST_NAME)])
        if name is None or not (described or start + len(name) + 3 <= end):
            return None
        return self._met(start, name)

    def _anybody(self, phrase: str, start: int, end: int) -> Mention | None:
        """Whoever leads a clause with words that no list has."""
        if not phrase.startswith(_nobody()):
            if name := _leading_name(phrase):
                return self._met(start, name)
            short = len(phrase) <= 8 and _HAN.fullmatch(phrase)
            if short and not (is_cut(phrase) or _ODD.search(phrase)):
                return Mention(start, end, "noun", phrase)
        return _somebody(phrase, end)

    def _owned(self, phrase: str, end: int) -> Mention | None:
        """The name or the work that a phrase, which ends there, describes with 的:
        电池厂的|江虹, 今天出版的|《每日邮报》."""
        head = phrase[phrase.rfind("的") + 1 :]
        if work := _WORK.fullmatch(head):
            end -= len(head) - work.end(1)
            return Mention(end - len(work[1]), end, "noun", work[1])
        if len(head) < len(phrase) and (name := _name_at_end(head)):
            self.persons.append(name)
            return Mention(end - len(name), end, "name", name)
        return None

    def _known(self, named: list[str], start: int, end: int) -> list[Mention]:
        text, found = self._text, []
        for name in named:
            place = text.find(name, start, end)
            while place >= 0:
                found.append(Mention(place, place + len(name), "name", name))
                place = text.find(name, place + len(name), end)
        return found

    def _addressed(self, start: int, end: int) -> list[Mention]:
        """Known people by their surnames: 石副经理."""
        text, found = self._text, []
        for match in _addressed().finditer(text, start, end):
            if full := self.with_surname(match[1]):
                place = match.start()
                if not any(text.startswith(name, place) for name in self.persons):
                    found.append(Mention(place, match.end(2), "name", full))
        return found

    def with_surname(self, surname: str) -> str | None:
        """The one person of the article with this surname."""
        bearers = {
            name
            for name in self.persons
            if names.surname_of(name) == surname
            and not is_address(name)
            and "·" not in name
        }
        if not bearers:
            places = itertools.islice(places_of(self._body, surname), MOST_PLACES)
            titled = (p for p in places if names.title_at(self._body, p))
            found = (name_at(self._body, place) for place in titled)
            bearers = {name for name in found if name and not is_address(name)}
        return bearers.pop() if len(bearers) == 1 else None

    def _belongs(self, noun: re.Match[str], known: list[Mention]) -> bool:
        """Whether a noun is within a known name, or the title of one beside it."""
        start, end = noun.span()
        return any(
            name.start <= end
            and start < name.end + 3
            # What runs on to a dot is only a part of a name.
            and (name.start < end or not _RUNS_ON.match(self._text, name.end))
            for name in known
        )

    def _common(self, match: re.Match[str], clause: int, end: int) -> Mention | None:
        word, (start, behind) = match[0], match.span()
        kind = _kinds()[word]
        if kind == "pass":
            return None
        if kind == "pronoun":
            return _pronoun(word, start)
        if name := self._unknown(clause, start, behind, end):
            return name
        first = phrase_start(self._text, clause, start) if clause < start else start
        joined = _JOINED.match(self._text, first, start)
        return self._noun(word, joined.end() if joined else first, start)

    def _noun(self, word: str, first: int, start: int) -> Mention:
        """A noun that begins at `start`, and what describes it at `first`."""
        text, behind = self._text, start + len(word)
        many = text.startswith("们", behind)
        plural = (
            many
            or word in _plurals()
            or (first < start and _MANY.search(text, first, start) is not None)
        )
        return Mention(first, behind + many, "noun", word, plural, start)

    def _unknown(
        self, clause: int, start: int, behind: int, end: int
    ) -> Mention | None:
        """A person not known yet: a name right in front of the noun text[start:behind]
        or behind it."""
        text = self._text
        if behind < end:
            following = bare(text[behind:end])
            if _LATIN.fullmatch(following) or (
                2 <= len(following) <= 12 and _may_name(following)
            ):
                return self._met(behind, following)
            name = name_at(text, behind)
            if name and names.title_at(text, behind):
                return self._met(behind, name)
        for first in range(max(clause, start - 3), start - 1):
            edge = text[first - 1] if first > clause else ""
            if edge and edge not in _NAME_EDGES:
                continue
            name = text[first:start]
            if (
                names.surname_of(name)
                and names.name_score(name) > (2 if edge else -2)
                and not name.endswith((*_bodies(), *_PLACES))
            ):
                return self._met(first, name)
        return None

    def _met(self, start: int, name: str) -> Mention:
        if name not in self.persons:
            self.persons.append(name)
        return Mention(start, start + len(name), "name", name, at=start)


def _pronoun(word: str, start: int) -> Mention:
    return Mention(start, start + len(word), "pronoun", word, word[-1] in "们俩", start)


def is_address(name: str) -> bool:
    """Whether a name is only a surname with a form of address: 夏先生."""
    surname = names.surname_of(name) or ""
    return names.honorific_at(name, len(surname)) == name[len(surname) :]


@lru_cache(maxsize=1 << 12)
def _leading_name(phrase: str) -> str | None:
    """The name that a phrase surely begins with: 王岚流着泪|说."""
    run = _FOREIGN.match(phrase)
    name = name_at(phrase, 0)
    if (
        run
        and len(run[0]) > len(name or "123")
        and (name is None or names.sounds_foreign(name))
    ):
        end = run.end()  # 莱昂诺夫拿|出
        name = (
            run[0][:-1] if phrase[end - 1 : end + 1] in names.lookalikes() else run[0]
        )
    if name is None or is_address(name) or name in foreign_places():
        return None
    if phrase.startswith(_NO_PERSON, len(name)):
        return None
    return name if run or names.form_score(name) >= _SURELY else None


def _latin(phrase: str, end: int) -> Mention | None:
    """A name in Latin letters that a phrase is, or ends with behind a title."""
    match = _LATIN.search(phrase)
    if match is None or (match.start() and not names.title_at(phrase, match.start())):
        return None
    return Mention(end - len(match[0]), end, "name", match[0])


def _law(phrase: str, end: int) -> Mention | None:
    """The law that rules something, and its article: 治安条例第五条|规定."""
    ruled = phrase.endswith("规定")
    match = _LAW.search(phrase) if ruled or phrase[-1:] in _ARTICLES else None
    if match is None or not match[1] or not (ruled or match[1][0] != "第"):
        return None
    end -= len(phrase) - match.end(1)
    return Mention(end - len(match[1]), end, "noun", match[1])


def _somebody(phrase: str, end: int) -> Mention | None:
    """Somebody that a phrase brings in by a word no list has: 一位机关办事员."""
    match = _SOMEBODY.search(phrase)
    return Mention(end - len(match[0]), end, "noun", match[0]) if match else None


def places_of(text: str, word: str) -> Iterator[int]:
    """Where a word is printed."""
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


@lru_cache(maxsize=1 << 12)
def _may_name(text: str) -> bool:
    if names.sounds_foreign(text):
        return len(text) <= 7 and text not in foreign_places()
    if "·" not in text and (len(text) > 4 or not names.surname_of(text)):
        return False
    return names.name_score(text) > 0


@lru_cache(maxsize=1 << 12)  # bodies that speak come again and again
def _name_at_end(phrase: str) -> str | None:
    """The name that a phrase is, or ends with behind the last character of a title."""
    if phrase in foreign_places():
        return None
    for size in (3, 2, 4):
        name, title = phrase[-size:], phrase[:-size]
        if len(name) != size or (title and title[-1] not in _TITLED):
            continue
        least = 1.0 if title else -2.0
        if (
            names.surname_of(name)
            and names.name_score(name) > least
            and not name.endswith(_bodies())
        ):
            return name
    if 3 <= len(phrase) <= 6 and names.sounds_foreign(phrase):
        return phrase
    return None


MOST_PLACES = 30  # of a noun, that are looked at for whom it means
_LONGEST_ALONE = 4  # characters
_HAN = re.compile(f"[{names.HAN}]+")
# Who issues something, without that: 国防部|22日发表声明.
_ISSUES = frozenset(("声明", "公报", "公告", "消息", "通报", "报告", "通告"))
_ISSUED = re.compile(
    "(.{2,}?)(?<![后时前中是])"
    "(?:[0-9０-９]{1,4}[年月日号]|[去今]年|本[周月年]|[今当昨同][一天日晚]天?|[初底早晚]|"
    "近日|日前|最近|当时|随后|再次|分别|联合|共同|[也还则又曾已就])*(?:发表|发布|发出)"
    f".{{0,6}}(?:{'|'.join(sorted(_ISSUES))})"
)
# A paper or a book: 《每日邮报》说, 《青浔晚报》报道.
_WORK = re.compile("(《[^《》]{2,20}》)(?:[^，《》]{0,6}(?:报道|[载撰刊]文))?")
_MANY = re.compile(
    "(?:多国|各国|多地|多方|各地|各界|有的|有些|一些|不少|许多|很多|众多|多位|多名|几位|几名|几个|"
    "部分|两位|两名|各位|各|广大|大多数|多数|[二三四五六七八九十]位)"
)
_RUNS_ON = re.compile(f"[{names.HAN}]{{0,4}}·")
_ADDRESS = re.compile("[总老工某]")  # besides words for people
_ODD = re.compile("[这那没不很更最所有是]")
_DESCRIBED = re.compile(
    "(?:来自|今年|现年|年近|年过)?[^，。的]{0,12}(?:岁|来自[^，。的]{2,12})的"
)
_LONGEST_NAME = 7
_NO_PERSON = ("主义", "州", "省", "市", "县", "区", "路", "大学", "公司", "集团", "队")
_SURELY = 5.0  # the form of names that nothing else speaks for, at least
_FOREIGN = re.compile(f"[{names.foreign_characters()}]{{3,6}}")
_LATIN = re.compile("[A-Z][A-Za-z'’-]+(?:[ ·.]{1,2}[A-Z][A-Za-z'’-]*)*$")
_ARTICLES = frozenset("条款项")
_LAW = re.compile(
    f"((?:《[^《》]{{2,30}}》|[{names.HAN}]{{0,16}}(?:法|条例|办法|规则|细则|章程))?"
    "(?:第[^，。]{1,8}?[条款项])*)(?:(?:中?明[文确]|也|还|中)?规定)?$"
)
_SOMEBODY = re.compile(
    "(?:[另有]?一|另有?几|某|有(?!句)|这|那|该)[位名个]?"
    f"(?:(?![一某][位名个]|[这那]是)[{names.HAN}]){{0,16}}"
    "[员者人家手师长官生工商民友迷主婆妇嫂娘爷奶叔姨姐妹哥弟]$"
)
# What joins a clause to the one before, in front of a noun phrase: 但很多朋友.
_JOINED = re.compile(
    "(?:但是?|不过|如果|正如|诚如|就像|其实|于是|因此|所以|可是|只见|后来|随后|就是)+"
)
_PLACES = "镇村县乡市区省州"  # 柳溪镇果农: where one is from
_NAME_EDGES = frozenset("年月日和与、，在０１２３４５６７８９0123456789”》）)")
_TITLED = frozenset("员长师生手人士家者任表理匠工民")


@cache
def _kinds() -> dict[str, Literal["noun", "pronoun", "pass"]]:
    """The words for people, and those that hold one and mean nobody."""
    rows = rows_of("speakers.txt")
    return {
        **dict.fromkeys(rows["pronoun"], "pronoun"),
        **dict.fromkeys((*rows["person"], *rows["plural"]), "noun"),
        **dict.fromkeys(rows["pass"], "pass"),
    }


@cache
def _people() -> re.Pattern[str]:
    return re.compile(any_of(_kinds()))


@cache
def _plurals() -> frozenset[str]:
    return frozenset(rows_of("speakers.txt")["plural"])


@cache
def _bodies() -> tuple[str, ...]:
    """What the names of bodies and documents end in."""
    rows = rows_of("speakers.txt")
    return (*rows["house"], *rows["paper"], "》")


@cache
def _nobody() -> tuple[str, ...]:
    """What clauses begin with that are about nobody."""
    return rows_of("speakers.txt")["nobody"]


@cache
def _addressed() -> re.Pattern[str]:
    """A form of address behind the first of a run of Han characters, which may be a
    surname: 石副经理."""
    titles, han = any_of(rows_of("speakers.txt")["person"]), f"[{names.HAN}]"
    return re.compile(f"(?<!{han})({han})(副?{titles}|{_ADDRESS.pattern})")
