"""An article → what people say in it: quotations with speaker, cue and evidence.

Knows how speech in marks is told from terms, slogans and titles in marks (by weighing
what stands around and inside them), which words tell a statement without marks, and
which speaker goes on where none is named. Words and people are for `speakers`, marks
for `marks`. Records are of articles alone: other units hold no speech.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from msgspec.structs import replace

from indexer.archive import Article, FieldSpans, Quote, Span, Speaker
from indexer.interviews import Answer, answers_in
from indexer.marks import marked_runs, outermost
from indexer.names import HAN
from indexer.occasions import NOWHERE, Occasion, occasion_in, speaks_in, today_of
from indexer.reporting import Cue, find_cues
from indexer.speakers import BLANK, Cast, Subject, sentence_start


def extract(article: Article) -> tuple[Quote, ...]:
    """The quotations of an article in print order, direct and indirect.

    `unknown` is `unnamed` where the text names no speaker, `pronoun` where it is not
    clear whom a pronoun means.

    >>> text = "昨日，社区医生王岚说：“雨季要早防，大家放心。”她建议，老人少出门。"
    >>> article = Article("p.1", "article", None, text, persons=("王岚",))
    >>> [(quote.kind, quote.speaker, quote.text) for quote in extract(article)]
    [('direct', '王岚', '雨季要早防，大家放心。'), ('indirect', '王岚', '老人少出门。')]
    """
    return tuple(_Reading(article).quotes())


def with_quotes(article: Article) -> Article:
    """The article with what is said in it; advertisements say nothing."""
    if article.kind == "ad":
        return article
    return replace(article, quotes=extract(article))


class _Marked(NamedTuple):
    """What outermost marks of a paragraph enclose: text[start:end]; `closed` is False
    where the paragraph ends before a mark does."""

    start: int
    end: int
    closed: bool

    @property
    def behind(self) -> int:
        return self.end + self.closed


class _Source(NamedTuple):
    """What the text says of who speaks: the words for it, whom they mean, and why they
    mean nobody."""

    speakers: tuple[Speaker, ...]
    subject: Subject | None = None
    cue: Cue | None = None
    sentence: int | None = None  # where the subject's begins, if that is known

    @property
    def unknown(self) -> str | None:
        if self.speakers:
            return None
        return "pronoun" if self.subject else "unnamed"


class _Frame(NamedTuple):
    """A marked run with what stands around it: the cue in its sentence before it, if
    `near` right before it, the cue behind it, and the beginning of its sentence."""

    mark: _Marked
    sentence: int
    bare: int  # where the text in front ends, without the marks between
    colon: bool
    before: Cue | None
    near: bool
    after: Cue | None
    opens: bool


@dataclass(slots=True)
class _Floor:
    """Who is heard: who said or told something last and where that ended, the last two
    that spoke in marks, and where the other one of them was last heard."""

    speakers: tuple[Speaker, ...] = ()
    others: tuple[Speaker, ...] = ()
    spoken: tuple[Speaker, ...] = ()
    end: int = -1
    heard: int = -1

    def tell(self, speakers: tuple[Speaker, ...], end: int) -> None:
        self.speakers, self.end = speakers, end

    def speak(self, speakers: tuple[Speaker, ...], end: int) -> None:
        if _names(speakers) != _names(self.spoken):
            self.others, self.heard, self.spoken = self.spoken, self.end, speakers
        self.speakers, self.end = speakers, end


class _Reading:
    """One article being read; the text is gone through once."""

    def __init__(self, article: Article) -> None:
        self._body = article.body
        self._marks = tuple(_outermost(self._body))
        self._told = _told(self._body, self._marks)
        self._cues = find_cues(self._told, quoted=bool(self._marks))
        self._starts = [cue.start for cue in self._cues]
        signed = article.reporters
        self._cast = Cast(
            self._body,
            self._told,
            article.persons,
            signed[0] if len(signed) == 1 else None,
        )
        self._floor = _Floor()
        self._id = article.id
        self._number = 0
        self._today = today_of(self._body[:60], article.date)
        self._occasions: dict[str, tuple[int, Occasion]] = {}
        self._answers = answers_in(self._body)
        self._told_to = 0  # where the last statement ends: none is told within another

    def quotes(self) -> Iterator[Quote]:
        frames = [
            self._frame(mark) for mark in self._marks if _may_speak(self._body, mark)
        ]
        direct: list[_Frame] = []
        for frame in frames:
            last = direct[-1].mark.behind if direct else -1
            joins = last == frame.mark.start - 1
            if self._is_answer(frame.mark.start):
                continue  # what is marked in an answer is only a part of it
            if _speech_score(self._body, frame, joins=joins) > 0:
                direct.append(frame)
        taken = {f.before.start for f in direct if f.before and f.near}
        statements = [
            cue
            for cue in self._cues
            if cue.kind != "quote"
            and cue.start not in taken
            and not self._is_answer(cue.start)
        ]
        events: list[tuple[int, _Frame | Cue | Answer]] = [
            *((frame.mark.start, frame) for frame in direct),
            *((cue.start, cue) for cue in statements),
            *((answer.said.start, answer) for answer in self._answers),
        ]
        events.sort(key=lambda event: event[0])
        for _, event in events:
            if isinstance(event, _Frame):
                yield self._direct(event)
            elif isinstance(event, Answer):
                yield self._answer(event)
            elif quote := self._indirect(event):
                yield quote

    # --- what stands around marks ----------------------------------------------------

    def _frame(self, mark: _Marked) -> _Frame:
        text = self._told
        open_at = mark.start - 1
        lead = text[max(0, open_at - 4) : open_at]
        bare = open_at - len(lead) + len(lead.rstrip(_SEPARATORS))
        colon = any(mark in "：:" for mark in text[bare:open_at])
        sentence = sentence_start(text, bare) if bare else 0
        number = bisect_left(self._starts, bare) - 1
        before = self._cues[number] if number >= 0 else None
        if before and (before.start < sentence or before.end > bare):
            before = None
        gap = text[before.end : bare] if before else ""
        near = before is not None and len(gap) <= 14 and not _BREAK.search(gap)
        return _Frame(
            mark,
            sentence,
            bare,
            colon,
            before,
            near,
            self._after(mark),
            self._opens(open_at),
        )

    def _opens(self, place: int) -> bool:
        before = self._told[:place][-1:]
        return before in ("", "\n", "。", "！", "？", "”", "…", "』", "」")

    def _after(self, mark: _Marked) -> Cue | None:
        text, behind = self._told, mark.behind
        number = bisect_left(self._starts, behind)
        if number == len(self._cues):
            return None
        cue = self._cues[number]
        gap = text[behind : cue.start]
        if len(gap) > 60 or _FAR.search(gap) or gap.startswith("的"):
            return None
        return cue

    # --- direct speech ---------------------------------------------------------------

    def _direct(self, frame: _Frame) -> Quote:
        mark = frame.mark
        subject, cue = self._subject(frame)
        speakers = self._speakers(subject)
        implied = not speakers and (subject is None or subject.first.how == "pronoun")
        if implied:
            speakers = self._implied(frame)
        self._floor.speak(speakers, mark.behind)
        source = _Source(speakers, subject, cue)
        return self._quote("direct", mark.start, mark.end, source)

    def _subject(self, frame: _Frame) -> tuple[Subject | None, Cue | None]:
        """Who the text around the marks says is speaking, and by which word."""
        start = frame.sentence
        if frame.before and (frame.near or frame.colon):
            found = self._cast.subject(start, frame.before.start, strict=False)
            return found, frame.before
        if frame.colon:
            return self._cast.subject(start, frame.bare, strict=False), None
        if frame.after and self._belongs(frame):
            found = self._cast.subject(
                frame.mark.behind, frame.after.start, strict=False
            )
            if found:
                return found, frame.after
        if frame.before:
            found = self._cast.subject(start, frame.before.start, strict=True)
            if found:
                return found, frame.before
        return self._actor(frame), None

    def _actor(self, frame: _Frame) -> Subject | None:
        """Who does something beside the marks of a whole sentence, no cue near:
        王岚算了笔账，“…” and “…”王岚翻开账本."""
        if (self._body[: frame.mark.end].rstrip(_INNER) or " ")[-1] not in _STOP_END:
            return None
        if not frame.opens and frame.bare > frame.sentence:
            return self._cast.subject(frame.sentence, frame.bare, strict=True)
        if not frame.opens or self._floor.end == frame.mark.start - 1:
            return None  # who answers what was just said is told by turns
        behind = frame.mark.behind
        stop = _SENTENCE_END.search(self._told, behind)
        end = stop.start() if stop else len(self._told)
        return self._cast.leader(behind, end)

    def _belongs(self, frame: _Frame) -> bool:
        """Whether the cue behind the marks speaks of them, not of the next ones."""
        ends = self._body[frame.mark.end - 1] in _SPOKEN_END
        if frame.after is None or not (frame.opens or ends):
            return False
        following = self._told[frame.after.end :][:14]
        if not _NEXT.match(following):
            return True
        asks = self._body[frame.mark.end - 1] in "？?"
        return not asks and self._floor.end != frame.mark.start - 1

    def _speakers(self, subject: Subject | None) -> tuple[Speaker, ...]:
        if subject is None:
            return ()
        return self._cast.speakers(subject, self._floor.speakers)

    def _implied(self, frame: _Frame) -> tuple[Speaker, ...]:
        """Who goes on speaking, or answers, where nobody is named."""
        floor = self._floor
        open_at = frame.mark.start - 1
        follows = floor.end == open_at or self._told[floor.end : open_at].strip() == ""
        speakers = floor.speakers
        if self._told.count("\n", max(floor.end, 0), open_at) > _SILENT:
            speakers = ()  # too long ago
        if follows and floor.others and self._talks(frame, floor.end):
            speakers = floor.others
        return tuple(replace(each, how="implied") for each in speakers)

    def _talks(self, frame: _Frame, end: int) -> bool:
        """Whether two people talk, so that the other one answers."""
        asked = self._body[: end - 1][-1:] in ("？", "?")
        if asked and self._body[frame.mark.end - 1] in "？?":
            return False  # one asks and asks again
        return asked or self._floor.heard > self._told.rfind("\n", 0, end)

    # --- statements ------------------------------------------------------------------

    def _indirect(self, cue: Cue) -> Quote | None:
        text = self._told
        match = _STATEMENT.match(text, cue.end)
        if match is None or (not match["mark"] and cue.kind == "pause"):
            return None
        if text[cue.start - 1 : cue.start] in _DENIED or cue.start < self._told_to:
            return None
        if text[cue.start - 2 : cue.start] in ("令人", "让人", "使人"):
            return None
        start, end = match.span("said")
        if end - start < 5:
            return None
        sentence = sentence_start(text, cue.start)
        subject = self._cast.subject(sentence, cue.start, strict=True)
        if subject is None or subject.first.head in _SELF:
            return None
        if len(text[subject.span.end : cue.start]) > 40:
            return None
        speakers = self._speakers(subject)
        if not speakers:
            return None
        self._floor.tell(speakers, end)
        self._told_to = end
        return self._quote(
            "indirect", start, end, _Source(speakers, subject, cue, sentence)
        )

    # --- interviews ------------------------------------------------------------------

    def _is_answer(self, place: int) -> bool:
        return any(a.said.start <= place < a.said.end for a in self._answers)

    def _answer(self, answer: Answer) -> Quote:
        subject = None
        if not answer.unnamed:
            subject = self._cast.subject(
                answer.label.start, answer.label.end, strict=False
            )
        opening = self._answers[0].label.start
        speakers = self._speakers(subject) or self._cast.guest(opening)
        self._floor.speak(speakers, answer.said.end)
        source = _Source(speakers, subject)
        return self._quote("direct", answer.said.start, answer.said.end, source)

    # --- the record ------------------------------------------------------------------

    def _quote(
        self, kind: Literal["direct", "indirect"], start: int, end: int, source: _Source
    ) -> Quote:
        self._number += 1
        first = source.speakers[0] if source.speakers else None
        occasion = self._occasion(start, source)
        return Quote(
            id=f"{self._id}.q{self._number}",
            kind=kind,
            text=self._body[start:end],
            start=start,
            end=end,
            speaker=(first.name or first.surface) if first else None,
            role=first.role if first else None,
            cue=source.cue.word if source.cue else None,
            speakers=source.speakers,
            said_on=occasion.said_on,
            place=occasion.place,
            occasion=occasion.name,
            unknown=source.unknown,
            evidence=(*self._evidence(source), *occasion.evidence),
        )

    def _evidence(self, source: _Source) -> Iterator[FieldSpans]:
        if source.subject:
            yield FieldSpans("speaker", (source.subject.span,))
        name = source.speakers[0].name if source.speakers else None
        if name and (role := self._cast.role_span(name)):
            yield FieldSpans("role", (role,))
        if source.cue:
            yield FieldSpans("cue", (Span(source.cue.start, source.cue.end),))

    def _occasion(self, quote: int, source: _Source) -> Occasion:
        """What the words around a quotation say of its occasion, else what was said of
        the first one on which its speaker appears."""
        here = NOWHERE
        if source.subject:
            start = source.sentence
            if start is None:
                start = sentence_start(self._told, source.subject.first.start)
            end = max(source.subject.span.end, source.cue.end if source.cue else 0)
            here = occasion_in(self._told, start, end, self._today)
        name = source.speakers[0].name if source.speakers else None
        if name is None:
            return here
        if name not in self._occasions:
            self._occasions[name] = self._appearance(name)
        place, first = self._occasions[name]
        return here.filled(first) if place < quote else here

    def _appearance(self, name: str) -> tuple[int, Occasion]:
        """Where a person first appears speaking, and on what occasion."""
        text = self._told
        place = text.find(name)
        for _ in range(3):
            if place < 0:
                break
            start = sentence_start(text, place)
            stop = _SENTENCE_END.search(text, place)
            end = stop.start() if stop else len(text)
            if speaks_in(text, start, end):
                found = occasion_in(text, start, end, self._today)
                if found.evidence:
                    return place, found
            place = text.find(name, end)
        return len(text), NOWHERE


def _names(speakers: tuple[Speaker, ...]) -> list[str]:
    return [speaker.name or speaker.surface for speaker in speakers]


_TERM = 7  # characters of a term at most; longer ones are weighed
_LEADS = frozenset("：:，,—")
_SILENT = 2  # paragraphs after which nobody goes on speaking
_SEPARATORS = "，,：: 　—"
_BREAK = re.compile(f"[，,。；：:！？、{BLANK}]")
_FAR = re.compile(f"[。！？；\n{BLANK}]")
_NEXT = re.compile("[^，,。；]{0,8}[，,：:]\\s*[“「『]")
_SENTENCE_END = re.compile(f"[。！？!?\n：:{BLANK}]")
_STATEMENT = re.compile(
    "(?:(?:[了过]?(?:本报|本台|晚报|日报)?(?:记者|我们|大家|我))?(?P<mark>[，,：:])"
    "|(?![，,：:、了过着的地得这那会等与和者人书说道称]))"
    "(?P<said>[^，,：:。！？!?\n][^。！？!?\n]+[。！？!?]?)"
)
_DENIED = frozenset("没未不别被可应能所要将的需者受难敢令")
_SELF = frozenset(
    ("我", "我们", "咱", "咱们", "俺", "俺们", "自己", "本人", "记者", "笔者", "作者")
)
_SPEECH = re.compile("[。！？!?；…，,：]")


def _outermost(text: str) -> Iterator[_Marked]:
    """The marked runs of a text by paragraph, none within another."""
    runs = (r for r in marked_runs(text) if text.find("\n", r.start, r.end) < 0)
    for run in outermost(text, runs):
        closed = text[run.end : run.end + 1] not in ("", "\n")
        yield _Marked(run.start, run.end, closed)


def _may_speak(body: str, mark: _Marked) -> bool:
    """Whether marked words are worth weighing: most are terms, known by their size."""
    if mark.end - mark.start > _TERM or body[mark.start - 2 : mark.start - 1] in _LEADS:
        return True
    return _SPEECH.search(body, mark.start, mark.end) is not None


def _told(body: str, marks: tuple[_Marked, ...]) -> str:
    """The body with what may be speech in marks blanked out, its length kept."""
    if not marks:
        return body
    parts, at = [], 0
    for mark in marks:
        inner = body[mark.start : mark.end]
        if len(inner) > 14 or _SPEECH.search(inner):
            parts += [body[at : mark.start], BLANK * len(inner)]
            at = mark.end
    return "".join([*parts, body[at:]])


# --- speech or term ------------------------------------------------------------------

_HAN = re.compile(f"[{HAN}]")
_STOP_END = "。！？!?…"
_INNER = "’』」)）"  # what may stand behind the last stop of speech
_SPOKEN_END = _STOP_END + "，,—"  # speech that is split by its speaker ends in a comma
_PERSONAL = re.compile("[我你您咱俺]")
_PARTICLE = re.compile("[吧呢吗啊嘛呀啦哦]|[了的][。！？]?$")
_NAMING = re.compile(
    "(?:所谓|称为|称作|称之为|叫做|叫|名为|题为|誉为|被称|号称|简称|俗称|主题[是为]|口号|标语|横幅|写着|印着|"
    "挂着|方针|原则|坚持|实施|开展|围绕|按照?|根据|以|成为|当作|这个|一个|和|与|及|或|"
    "的|了|从|到|是|为|、|《|提出|荣获|获得|举办|启动|打造|推进|落实|推动|发挥|实现)$"
)
_NOUNS = re.compile(
    "(?:的|等|、|[“「『]|为|方针|原则|活动|工程|政策|战略|计划|理念|精神|模式|制度|机制|称号|口号|标语|主题|"
    "格局|体系|行动|项目|建设|问题|现象|方案|字样|之|式|型|和|与|及|[是将已被让使])"
)


def _speech_score(body: str, frame: _Frame, *, joins: bool) -> float:
    """The evidence that what stands in marks is said by somebody; 0 is even odds.
    `joins` if it follows other speech at once."""
    mark = frame.mark
    inner = body[mark.start : mark.end]
    lead = body[max(0, mark.start - 9) : mark.start - 1]
    behind = body[mark.behind : mark.behind + 3]
    stops = (inner.rstrip(_INNER) or inner)[-1] in _SPOKEN_END
    score = -3.0 + _inside(inner, stops=stops)
    if frame.colon:
        score += 5.0 if frame.before and frame.near else 2.5
    elif frame.before and frame.near:
        comma = lead.rstrip()[-1:] in ("，", ",")
        score += 4.0 if comma else 2.0
    elif frame.before:
        score += 3.0 if behind[:1] in ("。", "；", "\n", "") else 1.5
        if not stops and "，" not in inner:
            score -= 1.0
    if joins and stops:
        score += 2.5
    if stops and behind[:1] in ("", "\n"):
        score += 1.0
    if stops and lead[-1:] in ("，", ","):
        score += 2.0
    if frame.opens or (frame.after and stops):
        if frame.after:
            score += 3.0 if stops or behind[:1] in ("，", ",") else 1.0
        if stops and frame.opens:
            score += 2.0
    if not mark.closed and len(inner) > 10:
        score += 1.0
    if not stops and len(inner) <= 7:
        score -= 1.0
    if not frame.colon and _NAMING.search(lead):
        score -= 2.0
    if not stops and _NOUNS.match(behind):
        score -= 2.5
    elif not stops and not frame.colon and _HAN.match(behind):
        score -= 1.5
    return score


def _inside(inner: str, *, stops: bool) -> float:
    size = len(inner)
    score = -2.0 if size <= 4 else -1.0 if size <= 7 else 0.5 if size >= 12 else 0.0
    score += 1.5 if stops else 0.0
    score += 1.0 if any(mark in inner[:-1] for mark in _STOP_END) else 0.0
    score += 0.7 if "，" in inner[:-1] or "," in inner[:-1] else 0.0
    score += 1.0 if _PERSONAL.search(inner) else 0.0
    return score + (0.7 if _PARTICLE.search(inner) else 0.0)
