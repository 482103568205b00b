"""Who speaks in an article: whom a clause is about, and whom it means by that.

Knows which mention in a clause is its subject, and to whom 他 or 这位负责人 points. A
name that the article prints once with a role is known everywhere in it. `quotes`
finds what was said; people come from `mentions`, roles from `roles`.
"""

import itertools
import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from indexer import names, roles
from indexer.archive import Span, Speaker
from indexer.clauses import (
    BLANK,
    PHRASE,
    STOPS,
    bare,
    clause_start,
    clauses_in,
    is_loose,
    last_clause,
    phrase_before,
    sentence_start,
    without_lead,
)
from indexer.mentions import MOST_PLACES, Mention, People, is_address, places_of
from indexer.reporting import Cue
from indexer.witnesses import name_at
from indexer.wordlists import rows_of

How = Literal["name", "pronoun", "noun", "collective", "implied"]


class Subject(Struct, frozen=True):
    """Whom a clause is about: several mentions where they are a list (江某、游某等)."""

    mentions: tuple[Mention, ...]
    listed: bool = False

    @property
    def first(self) -> Mention:
        return self.mentions[0]

    @property
    def end(self) -> int:
        return self.mentions[-1].end

    @property
    def span(self) -> Span:
        return Span(self.mentions[0].start, self.end)


class Cast:
    """The people of one article, asked clause by clause; `text` is the body with what
    is said in marks blanked out, its length kept."""

    def __init__(
        self, body: str, text: str, persons: Sequence[str], author: str | None
    ) -> None:
        self._body = body
        self._text = text
        self._people = People(body, text, persons)
        self._author = author
        self._roles: dict[str, Span | None] = {}
        self._genders: dict[str, str] = {}

    def subject(self, start: int, end: int, *, strict: bool) -> Subject | None:
        """Whom the clauses text[start:end] are about, the last clause first. Where no
        word for people is found, a noun phrase that leads the last clause speaks,
        unless `strict`, when it must be a body or a document."""
        first, end = last_clause(self._text, start, end)
        return self._about(start, first, end, strict=strict)

    def teller(self, end: int) -> Subject | None:
        """Whom the sentence is about that text[:end] ends in, where a cue tells."""
        start, first = clause_start(self._text, end)
        if start == end:
            return None  # the cue begins it
        if first == end:
            return self.subject(start, end, strict=True)
        return self._about(start, first, end, strict=True)

    def _about(
        self, start: int, first: int, end: int, *, strict: bool
    ) -> Subject | None:
        """Whom text[start:end] is about, whose last clause begins at `first`."""
        if subject := self._in_clause(first, end):
            return subject
        if phrase := self._people.phrase(first, end, strict=True):
            return Subject((phrase,))
        if first > start and not (strict and self._says_more(first, end)):
            for clause in reversed(clauses_in(self._text, start, first)):
                if subject := self._in_clause(*clause):
                    return subject
        phrase = None if strict else self._people.phrase(first, end, strict=False)
        return Subject((phrase,)) if phrase else None

    def speakers(
        self, subject: Subject, floor: tuple[Speaker, ...]
    ) -> tuple[Speaker, ...]:
        """The subject's people by the fullest names that the article prints; `floor`
        spoke last."""
        first = subject.first
        if first.how == "pronoun":
            return self._meant(first, floor)
        if subject.listed or first.plural:
            return tuple(self._speaker(m, "collective") for m in subject.mentions)
        return (self._speaker(first, first.how),)

    def guest(self, end: int) -> tuple[Speaker, ...]:
        """Whom an interview asks: who answers or is asked in text[:end], its opening,
        else the first person there."""
        for match in _ASKED.finditer(self._text, 0, end):
            start = sentence_start(self._text, match.start())
            subject = self.subject(start, match.start(), strict=False)
            if subject and not is_reporter(subject.first.head):
                return self.speakers(subject, ())
        places = [
            (self._body.find(name, 0, end), name) for name in self._people.persons
        ]
        first = min((found for found in places if found[0] >= 0), default=None)
        if first is None:
            return ()
        return (Speaker(first[1], first[1], self.role_of(first[1]), "implied"),)

    def leader(self, start: int, end: int) -> Subject | None:
        """The person that a sentence begins with, or with whose titles it does."""
        for first, last in clauses_in(self._text, start, end):
            found = self._people.mentioned(first, last)
            while found and self._is_title(found):
                found = found[1:]
            mention = found[0] if found else self._people.begun(first, last)
            if mention is None or self._is_object(first, mention):
                return None
            found = found or [mention]
            owner = self._text.startswith("的", mention.end)
            begins = mention.start - first
            if mention.how == "name":
                role = roles.role_before(self._body, mention.start)
                before = role.span.start if role else mention.start
                described = before > first and self._text[before - 1] == "的"
                begins = 0 if described else before - first
            least = 0 if mention.how == "pronoun" else 2
            return None if owner or begins > least else self._listed(found)
        return None

    def listener(self, subject: Subject, cue: Cue, end: int) -> Subject | None:
        """Whom the subject of a cue asks in text[:end]: 王岚问方静, 王岚向方静问."""
        found = self._people.mentioned(cue.end, end)
        if not found and subject.end < cue.start:
            between = self._people.mentioned(subject.end, cue.start)
            found = [m for m in between if self._is_object(subject.end, m)]
        return self._listed(found) if found else None

    def last_named(self, start: int, end: int) -> Speaker | None:
        """Whose name, or a pronoun for it, the last sentence of text[start:end] begins
        with."""
        stop = end
        while end > start and self._text[end - 1] in _ENDED:
            end -= 1
        if self._text[end] not in _STOPPED:
            return None  # a line that is no sentence: who signs, a heading
        first = max(start, sentence_start(self._text, end))
        subject = self.leader(first, end)
        if subject is None and (opening := _OPENING.match(self._text, first, end)):
            subject = self.leader(opening.end(), end)
        if subject is None or subject.listed or subject.first.how == "noun":
            return None
        if self._text.startswith(_CONCEDING, first):
            return None
        if subject.first.plural or subject.first.head == "我":
            return None
        found = next(iter(self.speakers(subject, ())), None)
        # In a paragraph of its own others speak of those without a role as often.
        alone = "\n" in self._text[end:stop]
        known = found and found.name and (found.role or not alone)
        return found if known else None

    def role_span(self, name: str) -> Span | None:
        """Where the fullest role of a person is printed, in front of the name."""
        if name not in self._roles:
            self._roles[name] = self._find_role(name)
        return self._roles[name]

    def _says_more(self, start: int, end: int) -> bool:
        """Whether a clause has more than adverbs before its cue, so that its subject is
        its own: 会议结束后，改革方案要求."""
        return len(bare(self._text[without_lead(self._text, start, end) : end])) > 4

    # --- mentions in a clause --------------------------------------------------------

    def _in_clause(self, start: int, end: int) -> Subject | None:
        found = self._people.mentioned(start, end)
        behind = start
        while found:
            if not (
                self._is_object(behind, found[0])
                or self._is_owner(found, end)
                or (len(found) > 1 and self._is_title(found))
            ):
                return self._listed(found)
            behind = found[0].end
            found = found[1:]
        return None

    def _is_object(self, behind: int, mention: Mention) -> bool:
        """Whether something is said or done to the mention: 对王岚说."""
        at = max(mention.at, mention.start)
        return at > behind and _TOWARDS.search(self._text, behind, at) is not None

    def _is_owner(self, found: list[Mention], end: int) -> bool:
        """Whether the first mention only describes something: 王岚的书,
        商人打扮的男人."""
        mention = found[0]
        if mention.end < end and self._text[mention.end] == "的":
            return mention.end + 1 < end  # else it is 王岚的|回答
        if len(found) == 1 or mention.how == "name":
            return False
        gap = self._text[mention.end : found[1].start]
        return len(gap) <= 8 and gap.endswith("的")

    def _is_title(self, found: list[Mention]) -> bool:
        """Whether the first mention begins the titles of a name behind it:
        委员、副院长王岚, or only says where that one is from: 交警二中队队长王岚."""
        mention, text = found[0], self._text
        if len(found) == 1 or mention.how == "pronoun":
            return False
        following = next((m for m in found[1:] if m.how == "name"), None)
        if following is None or not names.title_at(text, following.start):
            return False
        gap = text[mention.end : following.start]
        if mention.how == "name":
            return 4 <= len(gap) <= 24 and not is_loose(gap)
        if gap.startswith("、"):
            known = names.title_at(text, mention.end) is not None
            return known and not STOPS.search(gap.replace("、", ""))
        return len(gap) <= 10 and not is_loose(gap)

    def _listed(self, found: list[Mention]) -> Subject:
        """The first mention with those that are listed beside it."""
        first = found[0]
        several = self._text.startswith("等", first.end)
        if len(found) == 1:  # as nearly always
            return Subject((first,), several and first.how == "name")
        group = [first]
        for mention in found[1:]:
            gap = self._text[group[-1].end : mention.start]
            role = gap[1:]
            if gap[:1] not in ("、", "和", "与", "及") or STOPS.search(role):
                break
            if len(role) > 20:
                break
            group.append(mention)
        several = len(group) > 1 or self._text.startswith("等", group[-1].end)
        return Subject(tuple(group), several and first.how == "name")

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
        if fuller in self._people.persons or known:
            return Speaker(surface, fuller, self.role_of(fuller), how)
        return Speaker(fuller, None, mention.head, how)

    def role_of(self, name: str) -> str | None:
        span = self.role_span(name)
        return self._body[span.start : span.end] if span else None

    def _fullest(self, name: str) -> str:
        if len(self._people.persons) == 1:
            return name  # as in half of all articles that speak
        if is_address(name) and (full := self._people.with_surname(name[0])):
            # One that is brought in by his surname is not the one who comes later.
            return full if self._body.find(full) < self._body.find(name) else name
        tail = "·" + name
        longer = [full for full in self._people.persons if full.endswith(tail)]
        return longer[0] if len(longer) == 1 else name

    def _bearer(self, mention: Mention) -> str | None:
        """The one person whose role is this noun: 这位局长 after 局长王岚."""
        if self._text[mention.start] not in _POINTING:
            return None
        bearers = {
            name
            for name in self._people.persons
            if (role := self.role_of(name)) and role.endswith(mention.head)
        }
        if not bearers:
            places = itertools.islice(places_of(self._body, mention.head), MOST_PLACES)
            ends = (place + len(mention.head) for place in places)
            bearers = {name for end in ends if (name := name_at(self._body, end))}
        return bearers.pop() if len(bearers) == 1 else None

    def _earlier(self, mention: Mention) -> str | None:
        """The fullest form in which the noun was brought in: 一位女工 for 这位女工."""
        text, place = self._text, mention.start
        if _NEW.match(text, place, mention.end):
            return None
        points, size = text[place] in _POINTING, mention.end - place
        for _ in range(MOST_PLACES):
            place = text.rfind(mention.head, 0, place)
            if place < 0:
                return None
            end = place + len(mention.head)
            if not points and not _MAY_BE_NEW.search(text, place - PHRASE, end):
                continue
            phrase = text[phrase_before(text, place) : end]
            if _NEW.match(phrase) or (points and len(phrase) > size):
                return phrase
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
        single = floor[0] if len(floor) == 1 and not _is_group(floor) else None
        if single and (
            is_reporter(single.surface)
            or not self._agrees(single.name or single.surface, word)
        ):
            single = None
        chosen = self._antecedent(mention, _BACK if single is None else 2) or single
        if chosen is None:
            return ()
        if chosen.name:
            self._genders.setdefault(chosen.name, word)
        return (_pointed(chosen, word),)

    def _antecedent(self, mention: Mention, sentences: int) -> Speaker | None:
        """The nearest single subject before a pronoun, so many sentences back."""
        end = mention.start
        for _ in range(sentences):
            start = sentence_start(self._text, end)
            found = self._leading(start, end)
            if found and self._agrees(found.name or found.surface, mention.head):
                return found
            end = start - 1
            while end > 0 and self._text[end - 1] == BLANK:
                end -= 1
            if end <= 0:
                return None
        return None

    def _leading(self, start: int, end: int) -> Speaker | None:
        """The single person that a sentence is about."""
        for first, last in clauses_in(self._text, start, end):
            subject = self._in_clause(first, last)
            if subject and is_reporter(subject.first.head):
                subject = self._asked(subject, last)
            if subject is None and first == start:
                begun = self._people.begun(first, last)
                subject = Subject((begun,)) if begun else None
            if subject is None or _ANYBODY.match(self._text, subject.first.start):
                continue  # 有人问他: nobody is meant by a pronoun before he is named
            if subject.first.how == "pronoun" or subject.listed:
                return None
            if subject.first.plural:
                return None
            if subject.first.how == "noun" and subject.first.start > first + 2:
                return None  # within the sentence it may be anything but its subject
            return self._speaker(subject.first, subject.first.how)
        return None

    def _asked(self, reporter: Subject, end: int) -> Subject | None:
        """Whom a reporter asks or meets in a clause: 记者问王岚."""
        others = self._people.mentioned(reporter.end, end)
        return self._listed(others) if others else None

    def _agrees(self, name: str, pronoun: str) -> bool:
        known = self._genders.get(name)
        if known:
            return known == pronoun
        if pronoun == "她":
            return not (name not in self._people.persons and _MALE.search(name))
        return not (name not in self._people.persons and _FEMALE.search(name))

    def _find_role(self, name: str) -> Span | None:
        """The role in front of the first of the name's places that has one, else one
        that is put behind it."""
        body = self._body
        for place in itertools.islice(places_of(body, name), _LOOKS):
            if names.title_at(body, place) and (role := roles.role_before(body, place)):
                return role.span
        return self._honour(name)

    def _honour(self, name: str) -> Span | None:
        place = self._body.find(name)
        end = place + len(name)
        title = names.honorific_at(self._body, end) if place >= 0 else None
        is_role = title is not None and title in rows_of("speakers.txt")["person"]
        return Span(end, end + len(title)) if title and is_role else None


def is_reporter(word: str) -> bool:
    """Whether a word is how the one who reports calls himself.

    >>> is_reporter("本报北京1月10日讯记者"), is_reporter("外国记者")
    (True, False)
    """
    own = word.startswith("本") and word.endswith("记者")  # 本报, 本台
    return own or word in ("记者", "笔者")


def _pointed(speaker: Speaker, word: str) -> Speaker:
    surface = word if speaker.name else speaker.surface
    return Speaker(surface, speaker.name, speaker.role, "pronoun")


def _is_group(speakers: tuple[Speaker, ...]) -> bool:
    return any(speaker.how == "collective" for speaker in speakers)


# What goes before the clause that tells who does something: 此前，王岚….
_OPENING = re.compile(f"[^，,{BLANK}]{{2,6}}[，,]")
_CONCEDING = ("虽然", "尽管", "如果", "即使", "假如")
_STOPPED = "。！？!?…，,：:—"
_ENDED = f"。！？!?\n 　{BLANK}“”"
_BACK = 7  # sentences in which a pronoun's person may stand
_LOOKS = 8  # places of a name at most that are looked at for a role
_ASKED = re.compile(
    "回答|答记者|接受[^，。\n]{0,14}(?:采访|专访|访谈)|就[^，。\n]{2,40}答"
)
# Each branch begins with a character, so that it is found fast.
_TOWARDS = re.compile(
    "(?:对(?<![针面相反应绝]对)(?![此方手]|于此)|向(?<!一向)(?!导)|给|"
    "与(?<!参与)(?![会此])|跟|同(?<!不同)(?![时志学事意样乡伴桌行胞村班])|"
    "被(?![告害访])|把(?!手)|将(?<![门主老小上中少大]将)(?!军)|让|请|叫|令(?!员)|"
    "替(?!补)|帮(?!厨)|陪(?![审练])|找|劝|告诉|问及|采访|"
    "看望|慰问|会见|访问|走访|拜访|听了?|除了?|关于|针对|围绕)"
    f"[^，,。；：{BLANK}的]{{0,12}}\\Z"
)
_ANYBODY = re.compile("有[^，。\n]{0,4}?[人者友]")
_MAY_BE_NEW = re.compile("[一有某几两]")
_POINTING = "这那该此本"
_NEW = re.compile("(?:另?一|有|某|几|两|其中一|又一)[位名个]?")
_MALE = re.compile("[男父爸爷伯叔哥弟汉儿]|丈夫|小伙")
_FEMALE = re.compile("[女妈母妻奶娘姐妹婆姨姑婶妇]|夫人")
