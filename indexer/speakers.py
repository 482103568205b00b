"""Who speaks in an article: whom a clause is about, and whom it means by that.

Knows how news Chinese names a speaker (by name, pronoun, noun, or several at once),
which mention in a clause is its subject, and to whom 他 or 这位负责人 points back. A
name that the article prints once with a role is known everywhere in it. `quotes` finds
what was said; names come from `names`, roles from `roles`.

Long, but one idea: where a phrase begins, whether it is a subject and whom it means are
asked of the same clause, with the same people.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

from indexer import names, roles
from indexer.archive import Span, Speaker
from indexer.wordlists import any_of, rows_of

How = Literal["name", "pronoun", "noun", "collective", "implied"]


class Mention(NamedTuple):
    """Somebody named in text[start:end]; `head` is the name or noun without what
    describes it."""

    start: int
    end: int
    how: How
    head: str
    plural: bool = False
    at: int = -1  # where the head itself begins


class Subject(NamedTuple):
    """Whom a clause is about: several mentions where they are a list (江某、游某等)."""

    mentions: tuple[Mention, ...]
    listed: bool = False

    @property
    def first(self) -> Mention:
        return self.mentions[0]

    @property
    def span(self) -> Span:
        return Span(self.mentions[0].start, self.mentions[-1].end)


class Cast:
    """The people of one article, asked clause by clause; `text` is the body with what
    is said in marks blanked out, its length kept."""

    def __init__(
        self, body: str, text: str, persons: Iterable[str], author: str | None
    ) -> None:
        self._body = body
        self._text = text
        self._persons = list(persons)
        self._author = author
        self._roles: dict[str, Span | None] = {}
        self._genders: dict[str, str] = {}

    def subject(self, start: int, end: int, *, strict: bool) -> Subject | None:
        """Whom the clauses text[start:end] are about, the last clause first. Where no
        word for people is found, a noun phrase that leads the last clause speaks,
        unless `strict`, when it must be a body or a document."""
        clauses = list(_clauses(self._text, start, end))
        for number, (first, last) in enumerate(reversed(clauses)):
            if strict and number and self._says_more(*clauses[-1]):
                return None
            if subject := self._in_clause(first, last):
                return subject
            if number == 0 and (phrase := self._phrase(first, last, strict=True)):
                return Subject((phrase,))
        if strict or not clauses:
            return None
        phrase = self._phrase(*clauses[-1], strict=False)
        return Subject((phrase,)) if phrase else None

    def speakers(
        self, subject: Subject, floor: tuple[Speaker, ...]
    ) -> tuple[Speaker, ...]:
        """The subject's people by the fullest names that the article prints; `floor`
        spoke last."""
        if subject.first.how == "pronoun":
            return self._meant(subject.first, floor)
        if subject.listed or subject.first.plural:
            return tuple(self._speaker(m, "collective") for m in subject.mentions)
        return (self._speaker(subject.first, subject.first.how),)

    def guest(self, end: int) -> tuple[Speaker, ...]:
        """Whom an interview asks: who answers or is asked in text[:end], its opening,
        else the first person there."""
        for match in _ASKED.finditer(self._text, 0, end):
            start = sentence_start(self._text, match.start())
            subject = self.subject(start, match.start(), strict=False)
            if subject and subject.first.head not in ("记者", "本报记者"):
                return self.speakers(subject, ())
        places = [(self._body.find(name, 0, end), name) for name in self._persons]
        first = min((found for found in places if found[0] >= 0), default=None)
        if first is None:
            return ()
        return (Speaker(first[1], first[1], self.role_of(first[1]), "implied"),)

    def leader(self, start: int, end: int) -> Subject | None:
        """The person that a sentence begins with, or with whose titles it does."""
        for first, last in _clauses(self._text, start, end):
            found = self._mentions(first, last)
            while found and self._is_title(found, 0):
                found = found[1:]
            mention = found[0] if found else None
            if mention is None or self._is_object(first, mention):
                return None
            owner = self._text.startswith("的", mention.end)
            begins = mention.start - first
            if mention.how == "name":
                role = roles.roles_beside(self._body, mention.start, mention.end)
                begins = min([mention.start, *(r.span.start for r in role)]) - first
            least = 0 if mention.how == "pronoun" else 2
            return None if owner or begins > least else self._listed(found, last)
        return None

    def role_span(self, name: str) -> Span | None:
        """Where the fullest role of a person is printed, in front of the name."""
        if name not in self._roles:
            self._roles[name] = self._find_role(name)
        return self._roles[name]

    def _says_more(self, start: int, end: int) -> bool:
        """Whether a clause has more than adverbs before its cue, so that its subject is
        its own: 会议结束后，改革方案要求."""
        clause = _LEAD.sub("", self._text[start:end])
        return len(_bare(clause)) > 4

    # --- mentions in a clause --------------------------------------------------------

    def _in_clause(self, start: int, end: int) -> Subject | None:
        found = self._mentions(start, end)
        behind = start
        for number, mention in enumerate(found):
            if (
                self._is_object(behind, mention)
                or self._is_owner(found, number, end)
                or self._is_title(found, number)
            ):
                behind = mention.end
                continue
            return self._listed(found[number:], end)
        return None

    def _mentions(self, start: int, end: int) -> list[Mention]:
        """People in text[start:end], in print order, none within another."""
        text = self._text
        found = list(self._named(start, end))
        taken = [(mention.start, mention.end) for mention in found]
        for match in _people().finditer(text, start, end):
            if any(a < match.end() and match.start() < b for a, b in taken):
                continue
            mention = self._common(match, start, end)
            if mention and not _is_title(match.span(), taken):
                found.append(mention)
        return sorted(found)

    def _named(self, start: int, end: int) -> Iterator[Mention]:
        text = self._text
        for name in self._persons:
            place = text.find(name, start, end)
            while place >= 0:
                yield Mention(place, place + len(name), "name", name)
                place = text.find(name, place + len(name), end)
        for match in _addressed().finditer(text, start, end):
            if full := self._with_surname(match[1]):
                place = match.start()
                if not any(text.startswith(name, place) for name in self._persons):
                    yield Mention(place, match.end(), "name", full)

    def _with_surname(self, surname: str) -> str | None:
        """The one person of the article with this surname."""
        bearers = {name for name in self._persons if names.surname_of(name) == surname}
        if not bearers:
            places = itertools.islice(_places(self._body, surname), _BACK)
            titled = (p for p in places if names.title_at(self._body, p))
            bearers = {name for p in titled if (name := names.name_at(self._body, p))}
        return bearers.pop() if len(bearers) == 1 else None

    def _common(self, match: re.Match[str], clause: int, end: int) -> Mention | None:
        word, start = match[0], match.start()
        if match.lastgroup == "pass":
            return None
        if match.lastgroup == "pronoun":
            plural = word[-1] in "们俩"
            return Mention(start, match.end(), "pronoun", word, plural, start)
        if name := self._unknown(clause, match, end):
            return name
        first = _phrase_start(self._text, clause, start)
        behind = match.end() + self._text.startswith("们", match.end())
        plural = (
            word in _plurals()
            or behind > match.end()
            or _MANY.search(self._text, first, start) is not None
        )
        return Mention(first, behind, "noun", word, plural, start)

    def _unknown(self, clause: int, match: re.Match[str], end: int) -> Mention | None:
        """A person not known yet: a name right in front of a title or behind one."""
        text = self._text
        behind = _bare(text[match.end() : end])
        if 2 <= len(behind) <= 12 and _may_name(behind):
            return self._met(match.end(), behind)
        titled = names.title_at(text, match.end()) is not None
        if titled and (name := names.name_at(text, match.end())):
            return self._met(match.end(), name)
        head = text[clause : match.start()]
        for size in (3, 2):
            name, edge = head[-size:], head[:-size][-1:]
            if len(name) != size or (edge and edge not in _NAME_EDGES):
                continue
            if _bodies().search(name):
                continue
            if names.surname_of(name) and names.name_score(name) > (2 if edge else -2):
                return self._met(match.start() - size, name)
        return None

    def _met(self, start: int, name: str) -> Mention:
        if name not in self._persons:
            self._persons.append(name)
        return Mention(start, start + len(name), "name", name, at=start)

    def _is_object(self, behind: int, mention: Mention) -> bool:
        """Whether something is said or done to the mention: 对王岚说."""
        at = max(mention.at, mention.start)
        return _TOWARDS.search(self._text, behind, at) is not None

    def _is_owner(self, found: list[Mention], number: int, end: int) -> bool:
        """Whether the mention only describes something: 王岚的书, 商人打扮的男人."""
        mention = found[number]
        if self._text.startswith("的", mention.end) and mention.end < end:
            return mention.end + 1 < end  # else it is 王岚的|回答
        if number + 1 == len(found) or mention.how == "name":
            return False
        gap = self._text[mention.end : found[number + 1].start]
        return len(gap) <= 8 and gap.endswith("的")

    def _is_title(self, found: list[Mention], number: int) -> bool:
        """Whether a noun begins the titles of a name behind it: 委员、副院长王岚, or
        only says where that one is from: 交警二中队队长王岚."""
        mention, text = found[number], self._text
        if mention.how == "pronoun":
            return False
        following = next((m for m in found[number + 1 :] if m.how == "name"), None)
        if following is None or not names.title_at(text, following.start):
            return False
        gap = text[mention.end : following.start]
        if mention.how == "name":
            return 4 <= len(gap) <= 24 and not _LOOSE.search(gap)
        if gap.startswith("、"):
            known = names.title_at(text, mention.end) is not None
            return known and not _STOPS.search(gap.replace("、", ""))
        return len(gap) <= 10 and not _LOOSE.search(gap)

    def _listed(self, found: list[Mention], end: int) -> Subject:
        """The mention with those that are listed beside it."""
        group = [found[0]]
        for mention in found[1:]:
            gap = self._text[group[-1].end : mention.start]
            role = gap[1:]
            if gap[:1] not in ("、", "和", "与", "及") or _STOPS.search(role):
                break
            if len(role) > 20:
                break
            group.append(mention)
        several = len(group) > 1 or self._text.startswith("等", group[-1].end)
        return Subject(tuple(group), several and group[0].how == "name")

    def _phrase(self, start: int, end: int, *, strict: bool) -> Mention | None:
        """The noun phrase that leads a clause without a word for people."""
        clause = _LEAD.sub("", self._text[start:end])
        start = end - len(clause)
        phrase = _bare(clause)
        if len(phrase) == 1 and (name := self._with_surname(phrase)):
            return Mention(start, start + 1, "name", name)
        if not 2 <= len(phrase) <= 24 or _STOPS.search(phrase):
            return None
        if name := _name_at_end(phrase):
            self._persons.append(name)
            end = start + len(phrase)
            return Mention(end - len(name), end, "name", name)
        if _bodies().search(phrase) and phrase[0] not in "有据":
            return Mention(start, start + len(phrase), "noun", phrase)
        if strict or len(phrase) > 8 or not _HAN.fullmatch(phrase):
            return None
        if _CUT.match(phrase) or _ODD.search(phrase):
            return None
        return Mention(start, start + len(phrase), "noun", phrase)

    # --- whom a mention means --------------------------------------------------------

    def _speaker(self, mention: Mention, how: How) -> Speaker:
        surface = self._text[mention.start : mention.end]
        if mention.how == "name":
            name = self._fullest(mention.head)
            return Speaker(surface, name, self.role_of(name), how)
        known = None if mention.plural else self._bearer(mention)
        fuller = known or self._earlier(mention)
        if fuller is None:
            role = None if mention.head == surface else mention.head
            return Speaker(surface, None, role, how)
        if fuller in self._persons or known:
            return Speaker(surface, fuller, self.role_of(fuller), how)
        return Speaker(fuller, None, mention.head, how)

    def role_of(self, name: str) -> str | None:
        span = self.role_span(name)
        return self._body[span.start : span.end] if span else None

    def _fullest(self, name: str) -> str:
        longer = [n for n in self._persons if n != name and n.endswith("·" + name)]
        return longer[0] if len(longer) == 1 else name

    def _bearer(self, mention: Mention) -> str | None:
        """The one person whose role is this noun: 这位局长 after 局长王岚."""
        if not _POINTS.match(self._text[mention.start : mention.end]):
            return None
        bearers = {
            name
            for name in self._persons
            if (role := self.role_of(name)) and role.endswith(mention.head)
        }
        if not bearers:
            places = itertools.islice(_places(self._body, mention.head), _BACK)
            ends = (place + len(mention.head) for place in places)
            bearers = {name for end in ends if (name := names.name_at(self._body, end))}
        return bearers.pop() if len(bearers) == 1 else None

    def _earlier(self, mention: Mention) -> str | None:
        """The fullest form in which the noun was brought in: 一位女工 for 这位女工."""
        text = self._text
        own = text[mention.start : mention.end]
        if _NEW.match(own):
            return None
        place = text.rfind(mention.head, 0, mention.start)
        for _ in range(_BACK):
            if place < 0:
                return None
            start = _phrase_start(text, _clause_start(text, place), place)
            phrase = text[start : place + len(mention.head)]
            if _NEW.match(phrase) or (len(phrase) > len(own) and _POINTS.match(own)):
                return phrase
            place = text.rfind(mention.head, 0, place)
        return None

    def _meant(
        self, mention: Mention, floor: tuple[Speaker, ...]
    ) -> tuple[Speaker, ...]:
        """Whom a pronoun means; nobody where the text does not tell."""
        word = mention.head
        if word[0] in "我咱俺" or word in ("自己", "本人"):
            if word == "我" or self._author:
                return (Speaker(word, self._author, None, "pronoun"),)
            return (Speaker(word, None, None, "pronoun"),)
        if mention.plural:
            group = floor if len(floor) > 1 or _is_group(floor) else ()
            return tuple(s and _pointed(s, word) for s in group)
        back = self._antecedent(mention)
        single = floor[0] if len(floor) == 1 and not _is_group(floor) else None
        if single and not self._agrees(single.name or single.surface, word):
            single = None
        if back is None:
            chosen = single
        else:
            distance, found = back
            chosen = single if single and distance > 1 else found
        if chosen is None:
            return ()
        if chosen.name:
            self._genders.setdefault(chosen.name, word)
        return (_pointed(chosen, word),)

    def _antecedent(self, mention: Mention) -> tuple[int, Speaker] | None:
        """The nearest single subject before a pronoun, and how many sentences back."""
        end = mention.start
        for distance in range(7):
            start = sentence_start(self._text, end)
            found = self._leading(start, end)
            if found and self._agrees(found.name or found.surface, mention.head):
                return distance, found
            if start <= 0:
                return None
            end = start - 1
        return None

    def _leading(self, start: int, end: int) -> Speaker | None:
        """The single person that a sentence is about."""
        for first, last in _clauses(self._text, start, end):
            subject = self._in_clause(first, last)
            if subject is None:
                continue
            if subject.first.how == "pronoun" or subject.listed:
                return None
            if subject.first.plural:
                return None
            if subject.first.how == "noun" and subject.first.start > first + 2:
                return None  # within the sentence it may be anything but its subject
            return self._speaker(subject.first, subject.first.how)
        return None

    def _agrees(self, name: str, pronoun: str) -> bool:
        known = self._genders.get(name)
        if known:
            return known == pronoun
        if pronoun == "她":
            return not (name not in self._persons and _MALE.search(name))
        return not (name not in self._persons and _FEMALE.search(name))

    def _find_role(self, name: str) -> Span | None:
        """The role in front of the first of the name's places that has one, else one
        that is put behind it."""
        body = self._body
        for place in itertools.islice(_places(body, name), _LOOKS):
            if names.title_at(body, place):
                found = roles.roles_beside(body, place, place + len(name))
                spans = [role.span for role in found if role.how == "before"]
                if spans:
                    return spans[0]
        return self._honour(name)

    def _honour(self, name: str) -> Span | None:
        place = self._body.find(name)
        end = place + len(name)
        title = names.honorific_at(self._body, end) if place >= 0 else None
        if title is None or title not in _persons_nouns():
            return None
        return Span(end, end + len(title))


def _places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _may_name(text: str) -> bool:
    if names.sounds_foreign(text):
        return len(text) <= 7
    if "·" not in text and (len(text) > 4 or not names.surname_of(text)):
        return False
    return names.name_score(text) > 0


def _name_at_end(phrase: str) -> str | None:
    """The name that a phrase is, or ends with behind the last character of a title."""
    for size in (3, 2, 4):
        name, title = phrase[-size:], phrase[:-size]
        if len(name) != size or _bodies().search(name):
            continue
        least = 1.0 if title else -2.0
        if title and title[-1] not in _TITLED:
            continue
        if names.surname_of(name) and names.name_score(name) > least:
            return name
    if 3 <= len(phrase) <= 6 and names.sounds_foreign(phrase):
        return phrase
    return None


def _bare(clause: str) -> str:
    """What leads a clause, without what stands between it and its verb.

    >>> [_bare(text) for text in ("龚小舟高兴地", "镇政府就供水问题", "方静24日也")]
    ['龚小舟', '镇政府', '方静']
    """
    adverbs = _adverbs()
    while clause:
        last = next((n for n in (3, 2, 1) if clause[-n:] in adverbs), 0)
        if day := _DAY.search(clause, max(0, len(clause) - 3)):
            last = len(day[0])
        elif clause[-1] == "地":
            last = next((n for n in (5, 3) if len(clause) >= n + 2), 3)
        elif clause[-1] == "的" and len(clause) > 5:
            last = 5
        if not last:
            break
        clause = clause[:-last]
    topic = _TOPIC.search(clause)
    return _bare(clause[: topic.start()]) if topic else clause


def _is_title(noun: tuple[int, int], named: list[tuple[int, int]]) -> bool:
    """Whether a noun is the title of a name beside it."""
    return any(noun[1] == start or 0 <= noun[0] - end < 3 for start, end in named)


def _pointed(speaker: Speaker, word: str) -> Speaker:
    surface = word if speaker.name else speaker.surface
    return Speaker(surface, speaker.name, speaker.role, "pronoun")


def _is_group(speakers: tuple[Speaker, ...]) -> bool:
    return any(speaker.how == "collective" for speaker in speakers)


# --- where clauses, phrases and roles begin ------------------------------------------

BLANK = "\x00"  # stands for what is said in marks

_ENDS = f"。！？!?；;：:\n{BLANK}"
_STOPS = re.compile(f"[，,。！？!?；;：:、\\s“”（）()《》{BLANK}]")
_COMMA = re.compile("[，,]|——+|——")
_HAN = re.compile(f"[{names.HAN}]+")
_BACK = 30  # places of a noun at most that are looked at for whom it means
_LOOKS = 8  # places of a name at most that are looked at for a role

_ASKED = re.compile(
    "回答|答记者|接受[^，。\n]{0,14}(?:采访|专访|访谈)|就[^，。\n]{2,40}答"
)
_SKIP = "”』」，,、。 　"
_TOWARDS = re.compile(
    "(?:(?<![针面相反应绝])对(?!此|方|于此)|(?<!一)向|给|(?<![参])与(?!会|此)|跟|"
    "(?<!不)同(?![时志学事意样])|被|把|将|让|请|叫|令|替|帮|陪|找|劝|告诉|问及|采访|"
    "看望|慰问|会见|访问|走访|拜访|听了?|除了?|关于|针对|围绕)"
    f"[^，,。；：{BLANK}的]{{0,12}}\\Z"
)
_MANY = re.compile(
    "(?:多国|各国|多地|多方|各地|各界|有的|有些|一些|不少|许多|很多|众多|多位|多名|几位|几名|几个|"
    "部分|两位|两名|各位|各|广大|大多数|多数|[二三四五六七八九十]位)"
)
_POINTS = re.compile("(?:[这那该此]|本)")
_NEW = re.compile("(?:另?一|有|某|几|两|其中一|又一)[位名个]?")
_DETERMINED = re.compile(
    "(?:[这那该某]|另一|其中一?|有的?|几|两|一些|不少|许多|很多|[一二三四五六七八九十]+)"
    "(?:[位名个些群对]|名叫)|该|一个|(?:来自|身穿|年轻|年近|年过)"
)
_CUT = re.compile(
    ".*(?:[把被让给说]|到(?!底|场|会)|来(?!自|访|宾|信)|过(?!去|程)|着(?!名|力|重)|了(?!解)|"
    "问(?!题)|听(?!众)|见(?!面|习|证)|对(?!外|口)|(?<!方)向|据|由|当(?!地|局|事|选)|"
    "在(?!场|座|校|岗|职|读|线|野|任)|(?<![因认成])为(?!首|主)|"
    "这时|随后|当时|今天|昨天|一旁|旁边)"
)
_LOOSE = re.compile(f"{_STOPS.pattern}|[和与同跟及的]|{_CUT.pattern}")
_LEAD = re.compile(
    "^(?:据|而|但|但是|不过|对此|为此|同时|此外|另外|其实|最近|日前|近日|今天|昨天|当时|"
    "这时|此时|随后|后来|于是|因此|所以|正如|诚如|就像|在|由|以|并|还|也|又|则)+"
)
_DAY = re.compile("[0-9０-９]{1,2}日$")
_TOPIC = re.compile("(?<=..)(?:针对|围绕|通过|[在就对向于从给用为])(?=..)")
_ODD = re.compile("[这那没不很更最所有是]")
_NAME_EDGES = frozenset("年月日和与、，在０１２３４５６７８９0123456789”》）)")
_TITLED = frozenset("员长师生手人士家者任表理匠工民")
_MALE = re.compile("[男父爸爷伯叔哥弟汉儿]|丈夫|小伙")
_FEMALE = re.compile("[女妈母妻奶娘姐妹婆姨姑婶妇]|夫人")


def sentence_start(text: str, end: int, limit: int = 160) -> int:
    """Where the sentence begins that text[:end] ends in."""
    start = max(0, end - limit)
    for mark in _ENDS:
        place = text.rfind(mark, start, end)
        if place >= start:
            start = place + 1
    while start < end and text[start] in _SKIP:
        start += 1
    return start


def _clause_start(text: str, end: int) -> int:
    start = sentence_start(text, end)
    for match in _COMMA.finditer(text, start, end):
        start = match.end()
    return start


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _COMMA.finditer(text, start, end):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < end:
        yield start, end


def _phrase_start(text: str, clause: int, head: int) -> int:
    """Where the noun phrase begins whose last word begins at `head`."""
    clause = max(clause, head - 24)
    for stop in _STOPS.finditer(text, clause, head):
        if stop[0] not in "“”《》":
            clause = stop.end()
    cut = _CUT.match(text, clause, head)
    match = _DETERMINED.search(text, clause, head)
    # What stands between is a clause that describes the head, or goes before it.
    if match and not (
        cut and match.start() < cut.end() and "的" not in text[cut.end() : head]
    ):
        return match.start()
    return cut.end() if cut else clause


# --- words ---------------------------------------------------------------------------


@cache
def _people() -> re.Pattern[str]:
    rows = rows_of("speakers.txt")
    nouns = any_of({*rows["person"], *rows["plural"]})
    return re.compile(
        f"(?P<pass>{any_of(rows['pass'])})|(?P<noun>{nouns})"
        f"|(?P<pronoun>{any_of(rows['pronoun'])})"
    )


@cache
def _plurals() -> frozenset[str]:
    return frozenset(rows_of("speakers.txt")["plural"])


@cache
def _persons_nouns() -> frozenset[str]:
    return frozenset(rows_of("speakers.txt")["person"])


@cache
def _adverbs() -> frozenset[str]:
    return frozenset(rows_of("speakers.txt")["adverb"])


@cache
def _bodies() -> re.Pattern[str]:
    rows = rows_of("speakers.txt")
    return re.compile(f"(?:{'|'.join((*rows['house'], *rows['paper']))}|》)$")


@cache
def _addressed() -> re.Pattern[str]:
    """A surname with a form of address: 石副经理."""
    titles = any_of(rows_of("speakers.txt")["person"])
    return re.compile(f"(?<![{names.HAN}])([{names.HAN}])(?:副?{titles}|[总老工某])")
