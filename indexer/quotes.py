"""An article → what people say in it: quotations with speaker, cue and evidence.

Knows which words tell a statement without marks, where the text around speech in marks
names its speaker, and which speaker goes on where none is named. Speech in marks is for
`speech`, words and people for `speakers`. Records are of articles alone: other units
hold no speech.
"""

import re
from collections.abc import Sequence
from operator import attrgetter
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from indexer.archive import Article, FieldSpans, Quote, Span, Speaker
from indexer.clauses import (
    SENTENCE_END,
    last_clause,
    with_every_end,
    with_full_stops,
)
from indexer.cues import Cues, cues_in, cues_in_each
from indexer.interviews import Answer, answers_in
from indexer.occasions import with_occasions
from indexer.reporting import Cue, find_cues
from indexer.speakers import Cast, Subject, is_reporter
from indexer.speech import (
    INNER,
    SPOKEN_END,
    Marked,
    Speech,
    marks_in_each,
    may_speak,
    speech_in,
    without_speech,
)


def extract(article: Article) -> tuple[Quote, ...]:
    """The quotations of an article in print order, direct and indirect.

    `unknown` is `unnamed` where the text names no speaker, `pronoun` where it is not
    clear whom a pronoun means, `reporter` where it is the reporter who asks.

    >>> text = "昨日，社区医生王岚说：“雨季要早防，大家放心。”她建议，老人少出门。"
    >>> article = Article("p.1", "article", None, text, persons=("王岚",))
    >>> [(quote.kind, quote.speaker, quote.text) for quote in extract(article)]
    [('direct', '王岚', '雨季要早防，大家放心。'), ('indirect', '王岚', '老人少出门。')]
    """
    (quotes,) = _extracted([article], [cues_in(article.body)])
    return with_occasions(replace(article, quotes=quotes)).quotes


def with_quotes(
    articles: Sequence[Article], cues: Sequence[Cues] | None = None
) -> list[Article]:
    """The articles with what is said in them and by whom; advertisements say nothing.
    When and where is for `with_occasions`. `cues` are those of their bodies, where they
    are known.

    Several at once are read a step after the other: what a step needs stays at hand in
    the machine's cache.
    """
    if cues is None:
        cues = cues_in_each([article.body for article in articles])
    return [
        replace(article, quotes=quotes) if quotes and article.kind != "ad" else article
        for article, quotes in zip(articles, _extracted(articles, cues), strict=True)
    ]


def _extracted(
    articles: Sequence[Article], cues: Sequence[Cues]
) -> list[tuple[Quote, ...]]:
    """The quotations of each article, each step for all of them before the next."""
    bodies = [with_every_end(with_full_stops(a.body)) for a in articles]
    heard = list(map(_heard, bodies, marks_in_each(bodies), cues))
    every = [
        _Reading(article, body, each) if each else None
        for article, body, each in zip(articles, bodies, heard, strict=True)
    ]
    readings = [reading for reading in every if reading]
    for reading in readings:
        reading.find_statements()
    for reading in readings:
        reading.find_speakers()
    return [reading.quotes() if reading else () for reading in every]


class _Heard(Struct, frozen=True):
    """What may be said in an article; `told` is its body without speech in marks,
    `telling` are the cues there that may introduce a statement."""

    told: str
    direct: list[Speech]
    telling: list[Cue]
    answers: tuple[Answer, ...]


def _heard(body: str, marks: list[Marked], words: Cues) -> _Heard | None:
    answers = answers_in(body) if len(words.asking) > 1 else ()
    told = with_every_end(without_speech(body, marks)) if marks else body
    marked = [mark for mark in marks if may_speak(body, mark)] if marks else []
    if not marked:
        telling = find_cues(told, words.telling) if words.telling else []
        return _Heard(told, [], telling, answers) if telling or answers else None
    cues = find_cues(told)
    direct = speech_in(body, told, marked, cues)
    taken = {each.before.start for each in direct if each.before and each.near}
    telling = [c for c in cues if c.told[0] > 0 and c.start not in taken]
    heard = direct or telling or answers
    return _Heard(told, direct, telling, answers) if heard else None


class _Source(Struct, frozen=True):
    """What the text says of who speaks: the words for it, whom they mean, and why they
    mean nobody."""

    speakers: tuple[Speaker, ...]
    subject: Subject | None = None
    cue: Cue | None = None
    asked: bool = False  # by the reporter, who is no speaker

    @property
    def unknown(self) -> Literal["reporter", "pronoun", "unnamed"] | None:
        """Why nobody speaks."""
        if self.speakers:
            return None
        return "reporter" if self.asked else "pronoun" if self.subject else "unnamed"


class _Statement(Struct, frozen=True):
    """What a cue tells, and whom the words before it name."""

    start: int  # of the cue
    cue: Cue
    subject: Subject


class _Said(Struct, frozen=True):
    """What is said in text[start:end], and by whom."""

    kind: Literal["direct", "indirect"]
    start: int
    end: int
    source: _Source


class _Floor(Struct):
    """Who is heard: who said or told something last and where that ended, the last two
    that spoke in marks, and where each of them was last heard."""

    speakers: tuple[Speaker, ...] = ()
    others: tuple[Speaker, ...] = ()
    spoken: tuple[Speaker, ...] = ()
    end: int = -1
    said: int = -1
    heard: int = -1  # the other one

    def tell(self, speakers: tuple[Speaker, ...], end: int) -> None:
        self.speakers, self.end = speakers, end

    def speak(self, speakers: tuple[Speaker, ...], end: int) -> None:
        if _names(speakers) != _names(self.spoken):
            self.others, self.heard, self.spoken = self.spoken, self.said, speakers
        self.speakers, self.end, self.said = speakers, end, end

    def ask(self, others: tuple[Speaker, ...]) -> None:
        """Who is asked what was just said, if somebody is: whoever answers."""
        if others:
            self.others, self.heard = others, self.said


class _Reading:
    """One article being read, a step after the other: its body with full stops of one
    kind, and as it is told, without what is said in marks."""

    def __init__(self, article: Article, body: str, heard: _Heard) -> None:
        self._id = article.id
        self._printed = article.body
        self._body = body
        self._told = heard.told
        self._heard = heard
        signed = article.reporters
        author = signed[0] if len(signed) == 1 else None
        self._cast = Cast(self._body, self._told, article.persons, author)
        self._floor = _Floor()
        self._statements: list[_Statement] = []
        self._said: list[_Said] = []

    def find_statements(self) -> None:
        """What is told, of what may be: where the words before a cue name somebody, and
        it is not within another statement."""
        text, behind = self._told, 0
        for cue in self._heard.telling:
            at = cue.start
            if at < behind or (cue.word == "称" and text.startswith(_NAMED, cue.end)):
                continue
            subject = self._cast.teller(at)
            if subject is None:
                continue
            first = subject.first
            if first.head in _SELF or at - subject.end > _FAR:
                continue
            self._statements.append(_Statement(at, cue, subject))
            if first.how != "pronoun":  # else it is not clear yet who tells it
                behind = cue.told[1]

    def find_speakers(self) -> None:
        """Who says what, in print order; what is marked or told in an answer is only a
        part of it."""
        answers, direct = self._heard.answers, self._heard.direct
        events: list[_Statement | Speech | Answer] = [*self._statements, *direct]
        if answers:
            events = [e for e in events if not any(a.holds(e.start) for a in answers)]
            events += answers
        if answers or direct:
            events.sort(key=attrgetter("start"))
        behind = 0
        for event in events:
            if isinstance(event, _Statement):
                if event.start >= behind and self._indirect(event):
                    behind = event.cue.told[1]
            elif isinstance(event, Speech):
                self._direct(event)
            else:
                self._answer(event, answers[0].label.start)

    def quotes(self) -> tuple[Quote, ...]:
        """The records of what is said, in print order."""
        return tuple(
            [self._quote(number, said) for number, said in enumerate(self._said, 1)]
        )

    # --- direct speech ---------------------------------------------------------------

    def _direct(self, speech: Speech) -> None:
        mark = speech.mark
        subject, cue = self._subject(speech)
        speakers = self._speakers(subject)
        implied = not speakers and (subject is None or subject.first.how == "pronoun")
        if implied:
            speakers = self._implied(speech)
            beside = self._leader(speech) if speech.opens and not speakers else None
            if beside and beside.end - beside.first.start <= _SHORT:
                subject, speakers = beside, self._speakers(beside)
        self._floor.speak(speakers, mark.behind)
        if subject and cue and speech.colon and self._asks(speech):
            self._floor.ask(
                self._speakers(self._cast.listener(subject, cue, speech.bare))
            )
        asked = bool(speakers) and is_reporter(speakers[0].surface)
        source = _Source(() if asked else speakers, subject, cue, asked)
        self._said.append(_Said("direct", mark.start, mark.end, source))

    def _subject(self, speech: Speech) -> tuple[Subject | None, Cue | None]:
        """Who the text around the marks says is speaking, and by which word."""
        start = speech.sentence
        if speech.colon and not speech.near and (actor := self._behind_cue(speech)):
            return actor, None
        if speech.before and (speech.near or speech.colon):
            found = self._cast.subject(start, speech.before.start, strict=False)
            return found, speech.before
        if speech.colon:
            return self._cast.subject(start, speech.bare, strict=False), None
        if speech.after and self._belongs(speech):
            found = self._cast.subject(
                speech.mark.behind, speech.after.start, strict=False
            )
            if found:
                return found, speech.after
        if speech.before:
            found = self._cast.subject(start, speech.before.start, strict=True)
            if found:
                return found, speech.before
        return self._actor(speech), None

    def _behind_cue(self, speech: Speech) -> Subject | None:
        """Who does something between a cue and the colon: 记者问起，她笑了笑：“…”"""
        if speech.before is None:
            return None
        first, last = last_clause(self._told, speech.before.end, speech.bare)
        if first <= speech.before.end:
            return None
        subject = self._cast.subject(first, last, strict=True)
        return subject if subject and subject.first.how != "noun" else None

    def _actor(self, speech: Speech) -> Subject | None:
        """Who does something beside the marks of a sentence or its part, no cue near:
        王岚算了笔账，“…” and “…”王岚翻开账本."""
        if (self._body[: speech.mark.end].rstrip(INNER) or " ")[-1] not in SPOKEN_END:
            return None
        if not speech.opens and speech.bare > speech.sentence:
            return self._cast.subject(speech.sentence, speech.bare, strict=True)
        if not speech.opens or self._floor.end == speech.mark.start - 1:
            return None  # who answers what was just said is told by turns
        return self._leader(speech)

    def _leader(self, speech: Speech) -> Subject | None:
        """The person that the sentence behind the marks begins with, or whom a line
        behind a dash names."""
        behind = speech.mark.behind
        if dash := _DASH.match(self._told, behind):
            end = self._told.find("\n", dash.end())
            end = len(self._told) if end < 0 else end
            if end - dash.end() <= _FAR:
                return self._cast.subject(dash.end(), end, strict=True)
        stop = SENTENCE_END.search(self._told, behind)
        end = stop.start() if stop else len(self._told)
        return self._cast.leader(behind, end)

    def _belongs(self, speech: Speech) -> bool:
        """Whether the cue behind the marks speaks of them, not of the next ones."""
        ends = self._body[speech.mark.end - 1] in SPOKEN_END
        if speech.after is None or not (speech.opens or ends):
            return False
        following = self._told[speech.after.end :][:14]
        if not _NEXT.match(following):
            return True
        return not self._asks(speech) and self._floor.end != speech.mark.start - 1

    def _asks(self, speech: Speech) -> bool:
        return self._body[speech.mark.end - 1] in "？?"

    def _speakers(self, subject: Subject | None) -> tuple[Speaker, ...]:
        if subject is None:
            return ()
        return self._cast.speakers(subject, self._floor.speakers)

    def _implied(self, speech: Speech) -> tuple[Speaker, ...]:
        """Who goes on speaking, or answers, where nobody is named."""
        floor = self._floor
        open_at = speech.mark.start - 1
        if self._told.endswith("规定", 0, speech.bare):
            return ()  # by a law, which a person seldom is
        behind = max(floor.end, 0)
        follows = floor.end > 0 and not self._told[behind:open_at].strip()
        speakers = floor.speakers
        if self._told.count("\n", behind, open_at) > _SILENT:
            speakers = ()  # too long ago
        if follows and self._talks(speech, floor.end):
            speakers = floor.others
        elif not follows and (other := self._cast.last_named(behind, speech.bare)):
            speakers = (other,)
        return tuple(replace(each, how="implied") for each in speakers)

    def _talks(self, speech: Speech, end: int) -> bool:
        """Whether two people talk, so that the other one answers."""
        asked = self._body[: end - 1][-1:] in ("？", "?")
        if asked and self._asks(speech):
            return False  # one asks and asks again
        return asked or self._floor.heard > self._told.rfind("\n", 0, end)

    # --- statements ------------------------------------------------------------------

    def _indirect(self, statement: _Statement) -> bool:
        speakers = self._cast.speakers(statement.subject, self._floor.speakers)
        if not speakers:
            return False
        start, end = statement.cue.told
        self._floor.tell(speakers, end)
        source = _Source(speakers, statement.subject, statement.cue)
        self._said.append(_Said("indirect", start, end, source))
        return True

    # --- interviews ------------------------------------------------------------------

    def _answer(self, answer: Answer, opening: int) -> None:
        subject = None
        if not answer.unnamed:
            subject = self._cast.subject(
                answer.label.start, answer.label.end, strict=False
            )
        speakers = self._speakers(subject) or self._cast.guest(opening)
        self._floor.speak(speakers, answer.said.end)
        source, said = _Source(speakers, subject), answer.said
        self._said.append(_Said("direct", said.start, said.end, source))

    # --- the record ------------------------------------------------------------------

    def _quote(self, number: int, said: _Said) -> Quote:
        source, start, end = said.source, said.start, said.end
        speakers, subject, cue = source.speakers, source.subject, source.cue
        speaker = role = None
        evidence = []
        if subject:
            evidence.append(FieldSpans("speaker", (subject.span,)))
        if speakers:
            first = speakers[0]
            speaker, role = first.name or first.surface, first.role
            if first.name and (place := self._cast.role_span(first.name)):
                evidence.append(FieldSpans("role", (place,)))
        if cue:
            evidence.append(FieldSpans("cue", (Span(cue.start, cue.end),)))
        return Quote(
            f"{self._id}.q{number}",
            said.kind,
            self._printed[start:end],
            start,
            end,
            speaker,
            role,
            cue.word if cue else None,
            speakers,
            unknown=source.unknown,
            evidence=tuple(evidence),
        )


def _names(speakers: tuple[Speaker, ...]) -> list[str]:
    return [speaker.name or speaker.surface for speaker in speakers]


_SILENT = 2  # paragraphs after which nobody goes on speaking
_NEXT = re.compile("[^，,。；]{0,8}[，,：:]\\s*[“「『]")
_DASH = re.compile("\\s*[—―─-]{2,}\\s*")  # “…”\n——王岚
_SHORT = 10  # characters of those that print names beside what they answer
_FAR = 40  # characters between a subject and its cue
_NAMED = ("他是", "她是", "它是", "他为", "她为", "它为", "其为")  # 都称她是“铁姑娘”
_SELF = frozenset(
    ("我", "我们", "咱", "咱们", "俺", "俺们", "自己", "本人", "记者", "笔者", "作者")
)
