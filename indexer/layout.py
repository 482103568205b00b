"""How a page is laid out: which line is a headline, a byline, a paragraph, a caption, …

Weighs how each line looks, the space that this page leaves around its paragraphs and
headlines, and what neighbours say; the best reading of the whole page wins (a beam
search, so that one odd line can't decide). Hides the weights and the search: evidence
is in nats, more or less, and adds up. `pages` makes units of what comes out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from indexer.lines import Piece, pieces_of
from indexer.looks import Look, looks_of
from indexer.wording import Wording


class Role(StrEnum):
    """What a piece of a page is to a reader."""

    HEADLINE = "headline"
    HEADLINE_MORE = "headline_more"
    BYLINE = "byline"
    PARAGRAPH = "paragraph"
    CONTINUATION = "continuation"
    CAPTION = "caption"
    BANNER = "banner"
    CREDIT = "credit"
    AD = "ad"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece with its role. `opens_body` where a text begins for a headline that is
    printed further up, before another one; `listed` where it is a row of a list of
    names."""

    piece: Piece
    role: Role
    opens_body: bool = False
    listed: bool = False


def read_layout(text: str) -> tuple[Placed, ...]:
    """The pieces of a page in print order, each with its likeliest role."""
    pieces = pieces_of(text)
    return _Reader(pieces).best() if pieces else ()


@dataclass(frozen=True, slots=True)
class _Geometry:
    """Blank lines before a paragraph, before a headline and after one, and whether
    paragraphs are indented, as this page has them."""

    paragraph: int
    headline: int
    after_headline: int
    indents: bool


def _mode(values: Iterable[int], default: int) -> int:
    counts = Counter(values)
    return counts.most_common(1)[0][0] if counts else default


def _geometry(pieces: tuple[Piece, ...], looks: tuple[Look, ...]) -> _Geometry:
    both_long = (
        pieces[i].gap
        for i in range(1, len(pieces))
        if all(look.closed and look.size >= 30 for look in looks[i - 1 : i + 1])
    )
    gaps = [piece.gap for piece in pieces[1:]]
    paragraph = _mode(both_long, 1 if gaps and min(gaps) > 0 else 0)
    above: Counter[int] = Counter()
    below: Counter[int] = Counter()
    for i in range(1, len(pieces) - 1):
        piece, look, after = pieces[i], looks[i], looks[i + 1]
        if look.closed or looks[i - 1].openness or not look.may_head:
            continue
        if after.photo > 3 and i + 2 < len(looks):
            after = looks[i + 2]  # a picture between a headline and its byline
        cue = max(after.byline, 4.0 * after.dateline)
        weight = int(cue) if cue >= 4 or (cue > 1 and piece.gap) else 0
        weight += min(piece.gap, piece.gap_after) > paragraph
        above[piece.gap] += weight
        below[piece.gap_after] += weight
    headline = _least(above, default=int(any(gaps)))
    after_headline = _least(below, default=paragraph)
    long = [
        piece.indented
        for piece, look in zip(pieces, looks, strict=True)
        if look.size >= 40
    ]
    return _Geometry(
        paragraph=paragraph,
        headline=max(headline, paragraph),
        after_headline=after_headline,
        indents=sum(long) > 0.6 * len(long),
    )


def _least(votes: Counter[int], *, default: int) -> int:
    """The smallest gap that a good part of the votes is for."""
    best = max(votes.values(), default=0)
    return min(
        (gap for gap, count in votes.items() if count > 0.6 * best), default=default
    )


# --- the evidence of a piece where it stands ----------------------------------------


_NO_HEADLINE = -7.0  # no neighbours can make up for so much


class _Evidence:
    """How likely each role is for each piece, whatever the pieces before it are."""

    def __init__(self, pieces: tuple[Piece, ...], looks: tuple[Look, ...]) -> None:
        self._pieces = pieces
        self._looks = looks
        self._geometry = _geometry(pieces, looks)
        self._cues = self._all_cues()

    @property
    def geometry(self) -> _Geometry:
        return self._geometry

    def of(self, i: int) -> list[tuple[Role, float]]:
        look, piece = self._looks[i], self._pieces[i]
        if look.running and (i < 3 or i >= len(self._pieces) - 3):
            return [(Role.FURNITURE, 6.0)]
        options = [(Role.PARAGRAPH, self._paragraph(look)), (Role.CONTINUATION, 0.0)]
        if look.credits_page:
            options.append((Role.CREDIT, 6.0))
        if look.ad > 0:
            options.append((Role.AD, 1.0 + 2.0 * look.ad))
        elif look.size <= 200 and (self._under_ad(i) or look.advertises):
            options.append((Role.AD, -1.0 if look.advertises else -3.5))
        caption = self._caption(i)
        if caption > -3.5 or (piece.gap and piece.gap_after):
            options.append((Role.CAPTION, caption))
        if look.may_head:
            shape = self._shape(i)
            first = shape + self._tops(i)
            options += [(Role.HEADLINE, first)] if first > _NO_HEADLINE else []
            options += [(Role.HEADLINE_MORE, shape)] if shape > _NO_HEADLINE else []
        if look.byline > -3:
            options.append((Role.BYLINE, look.byline))
        if look.size <= 16 and not look.closed and not look.listed:
            options.append((Role.BANNER, self._banner(i)))
        return options

    def _under_ad(self, i: int) -> bool:
        """Whether a piece is set together with one that advertises."""
        for j in range(i - 1, max(-1, i - 6), -1):
            if self._pieces[j + 1].gap:
                return False
            if self._looks[j].ad > 0:
                return True
        return False

    def _all_cues(self) -> list[float]:
        """For each piece, how surely an article begins right below it."""
        count = len(self._pieces)
        direct = [self._cue(i, i + 1) for i in range(count - 1)] + [0.0]
        cues = direct.copy()
        for i in range(count - 2, -1, -1):
            below, look = self._pieces[i + 1], self._looks[i + 1]
            if direct[i] or look.closed or not look.may_head:
                continue
            if below.gap == 0:
                cues[i] = max(0.0, cues[i + 1] - 0.3)
            elif below.gap_after < self._geometry.after_headline:
                # What follows is set to the text below it: a deck.
                cues[i] = max(0.0, direct[i + 1] - 0.3)
        return cues

    def _cue(self, i: int, below: int) -> float:
        look = self._looks[below]
        if look.dateline:
            return 3.0
        if look.byline > 0:
            return min(3.0, look.byline)
        if look.listed:
            return 2.5 if self._looks[i].titles_list else 1.0
        if look.photo > 3 and below == i + 1 < len(self._looks) - 1:
            return max(0.0, self._cue(i, below + 1) - 0.5)
        return 0.0

    def _shape(self, i: int) -> float:
        """How much a piece is worded and set like a line of a headline."""
        look, piece = self._looks[i], self._pieces[i]
        score = look.shape
        if piece.text.startswith("("):
            score += 1.0 if look.size <= 8 and piece.gap == 0 else -3.0
        if i and self._looks[i - 1].listed and look.size <= 12:
            score -= 3.0
        return score

    def _tops(self, i: int) -> float:
        """How much a piece stands like the first line of a headline."""
        piece, cue = self._pieces[i], self._cues[i]
        score = (cue if self._tops_text(i) else 0.3 * cue - 1.0) - 1.0
        if piece.text.startswith("—"):
            score -= 6.0  # a dash opens what stands under a headline
        if self._geometry.indents and i:
            score += -2.0 if piece.indented else 2.5 if piece.gap == 0 else 0.5
        if self._geometry.headline > self._geometry.paragraph:
            return score + self._space_above(i)
        if piece.gap != self._geometry.paragraph and i:
            return score + (1.5 if piece.gap > self._geometry.paragraph else -3.0)
        return score if cue >= 1 or self._looks[i].gives_notice else score - 2.5

    def _space_above(self, i: int) -> float:
        """The space above a piece, on a page that sets off its headlines."""
        gap = self._pieces[i].gap
        if gap >= self._geometry.headline or i == 0:
            return 1.5
        if gap > self._geometry.paragraph:
            return -1.5
        return -4.5 if gap else -5.0

    def _tops_text(self, i: int) -> bool:
        """Whether there is the space below that this page leaves under a headline."""
        below = self._pieces[i : i + 2]
        usual = self._geometry.after_headline
        return any(piece.gap_after >= usual for piece in below)

    def _banner(self, i: int) -> float:
        look = self._looks[i]
        score = -2.0 + (1.0 if self._pieces[i].gap_after else -2.5)
        score += 1.0 if look.size <= 8 else 0.0
        score -= 4.0 * (look.gives_notice or look.heads_pictures)
        if look.names_section:
            return score + 1.5
        return score - 0.25 * max(0, look.size - 8) - 1.5 * self._cues[i]

    def _paragraph(self, look: Look) -> float:
        score = 1.0 * (look.size >= 30) + 1.5 * look.listed
        return score - 1.5 * (look.photo > 3 and not look.enumerated)

    def _caption(self, i: int) -> float:
        look, piece = self._looks[i], self._pieces[i]
        alone = bool(piece.gap and piece.gap_after)
        score = -3.2 + look.picture
        if look.photo > 3:
            score += 5.5
        elif look.photo and alone:
            score += look.photo
        elif self._block_signs(i):
            score += 4.5
        score += 0.8 * (alone and look.fresh > 2 and look.closed)
        score -= 1.0 * (not look.closed and look.photo <= 3)
        score -= 0.7 * (self._geometry.paragraph == 0 and not alone)
        return score - 1.0 * (look.size > 160) - 3.0 * look.dateline

    def _block_signs(self, i: int) -> bool:
        """Whether the lines set together with this one end in a picture credit."""
        for j in range(i + 1, min(i + 8, len(self._pieces))):
            if self._pieces[j].gap:
                return False
            if self._looks[j].photo > 3:
                return self._looks[j].size <= 40
        return False


# --- the best reading of the whole page ---------------------------------------------


class _State(NamedTuple):
    """Where a reading of the page stands: what the next piece comes after."""

    role: Role
    in_body: bool
    text: int  # the last piece of running text, -1 for none
    heads: tuple[int, ...]  # headlines that have no text yet


# The state after a piece, the evidence of coming there, whether a text begins for a
# headline further up.
_Step: TypeAlias = tuple[_State, float, bool]

_START = _State(Role.FURNITURE, False, -1, ())
_BEAM = 10
_HOPELESS = 14.0  # a reading so much worse than the best is given up
_BEAM_PIECES = 4000  # beyond, the page is no page: read it greedily


class _Reader:
    """The search. Steps weigh a piece's role against the pieces before it."""

    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        texts = [piece.text for piece in pieces]
        self._pieces = pieces
        self._looks = looks_of(texts, [piece.gap for piece in pieces])
        self._evidence = _Evidence(pieces, self._looks)
        self._geometry = self._evidence.geometry
        self._wording = Wording(texts)
        self._cohesions: dict[tuple[int, int], float] = {}

    def best(self) -> tuple[Placed, ...]:
        width = _BEAM if len(self._pieces) <= _BEAM_PIECES else 1
        frontier: dict[_State, float] = {_START: 0.0}
        trail: list[dict[_State, tuple[_State, bool]]] = []
        for index in range(len(self._pieces)):
            reached, back = self._advance(frontier, index)
            ranked = sorted(reached.items(), key=lambda pair: -pair[1])[:width]
            floor = ranked[0][1] - _HOPELESS
            frontier = {state: score for state, score in ranked if score > floor}
            trail.append({state: back[state] for state in frontier})
        last = max(frontier, key=lambda state: frontier[state] - _untold(state))
        return self._trace(trail, last)

    def _advance(
        self, frontier: dict[_State, float], i: int
    ) -> tuple[dict[_State, float], dict[_State, tuple[_State, bool]]]:
        """The states after piece `i`, each with its best score and how it was come
        to."""
        reached: dict[_State, float] = {}
        back: dict[_State, tuple[_State, bool]] = {}
        options = self._evidence.of(i)
        for state, score in frontier.items():
            for role, evidence in options:
                for following, step, opens in self._steps(state, role, i):
                    total = score + evidence + step
                    if total > reached.get(following, -1e9):
                        reached[following] = total
                        back[following] = (state, opens)
        return reached, back

    def _trace(
        self, trail: list[dict[_State, tuple[_State, bool]]], state: _State
    ) -> tuple[Placed, ...]:
        placed: list[Placed] = []
        for index in range(len(trail) - 1, -1, -1):
            before, opens = trail[index][state]
            listed = self._looks[index].listed
            placed.append(Placed(self._pieces[index], state.role, opens, listed))
            state = before
        return tuple(reversed(placed))

    def _steps(self, state: _State, role: Role, i: int) -> Iterable[_Step]:
        match role:
            case Role.HEADLINE:
                return self._to_headline(state, i)
            case Role.HEADLINE_MORE:
                return self._to_more(state, i)
            case Role.BYLINE:
                return self._to_byline(state, i)
            case Role.PARAGRAPH:
                return self._to_paragraph(state, i)
            case Role.CONTINUATION:
                return self._to_continuation(state, i)
        return self._to_aside(state, role, i)

    def _to_headline(self, state: _State, i: int) -> Iterator[_Step]:
        if state.in_body:
            step = -4.0 * self._broken_off(state) - _untold(state)
            step += 1.5 * (state.text >= 0 and self._looks[state.text].signs_off)
            step += self._wording.turns(i) + self._wording.announces(i)
            yield _State(Role.HEADLINE, False, -1, (i,)), step, False
            return
        step = 1.5  # above it there is nothing that it could be a part of
        if state.heads:
            step = -2.0 if self._pieces[i].gap else -5.0
        step -= 4.0 * (len(state.heads) > 2)
        yield _State(Role.HEADLINE, False, -1, (*state.heads, i)), step, False

    def _to_more(self, state: _State, i: int) -> Iterator[_Step]:
        if state.role not in (Role.HEADLINE, Role.HEADLINE_MORE):
            return
        above, piece = self._pieces[i - 1], self._pieces[i]
        step = 1.0 if piece.gap == 0 else -2.5
        step -= 2.5 * (state.role is Role.HEADLINE_MORE)
        step += 1.5 * (piece.text.startswith("——") or above.text.endswith("——"))
        yield _State(Role.HEADLINE_MORE, False, -1, state.heads), step, False

    def _to_byline(self, state: _State, i: int) -> Iterator[_Step]:
        again = state.role is Role.BYLINE
        if not state.in_body:
            step = 1.0 if state.heads else -3.0
            step += self._under_headline(state, i)
            step -= again * (1.0 if self._looks[i].byline >= 4 else 4.0)
            yield _State(Role.BYLINE, False, -1, state.heads), step, False
        elif state.heads and not again:
            step = 0.5 - 4.0 * self._broken_off(state)
            step -= 3.0 * (self._pieces[i].gap == 0)
            yield _State(Role.BYLINE, True, -1, state.heads[1:]), step, True

    def _to_paragraph(self, state: _State, i: int) -> Iterator[_Step]:
        if not state.in_body:
            step = self._under_headline(state, i) - 2.5 * (not state.heads)
            yield _State(Role.PARAGRAPH, True, i, state.heads[1:]), step, False
            return
        step = self._next_paragraph(state, i)
        yield _State(Role.PARAGRAPH, True, i, state.heads), step, False
        if state.heads and state.text >= 0:
            step = self._other_text(state, i)
            yield _State(Role.PARAGRAPH, True, i, state.heads[1:]), step, True

    def _next_paragraph(self, state: _State, i: int) -> float:
        """The evidence that a text goes on with a new paragraph."""
        look, piece = self._looks[i], self._pieces[i]
        broken = 3.5 * max(0.0, self._broken_off(state) - 0.15)
        step = -broken if piece.gap else -min(broken, 0.3)
        step -= 2.0 * (state.role is Role.AD) + 2.0 * look.dateline
        if self._odd_gap(i) and not self._opens_stanza(i):
            step -= 2.6 if look.size < 30 and not look.closed else 1.6
        return step

    def _other_text(self, state: _State, i: int) -> float:
        """The evidence that the text of another headline begins, which is printed
        further up."""
        look = self._looks[i]
        step = 4.0 * look.dateline - 4.0 * self._broken_off(state) - 1.0
        step += 2.0 * self._odd_gap(i) - 6.0 * (self._pieces[i].gap == 0)
        step -= 2.0 * (look.size < 30 and not look.closed)
        step += self._wording.turns(i - 1)
        return step + self._wording.answers(state.heads[0], i)

    def _odd_gap(self, i: int) -> bool:
        """Whether more space stands above a piece than above a paragraph."""
        return i > 0 and self._pieces[i].gap > self._geometry.paragraph

    def _opens_stanza(self, i: int) -> bool:
        """Whether a line comes after lines of verse and is one."""
        lines = self._looks[max(0, i - 2) : i + 1]
        return len(lines) == 3 and all(
            look.size < 16 and not look.closed for look in lines
        )

    def _under_headline(self, state: _State, i: int) -> float:
        """Whether the space below a headline is what this page leaves there."""
        if state.role not in (Role.HEADLINE, Role.HEADLINE_MORE):
            return 0.0
        return 0.8 if self._pieces[i].gap >= self._geometry.after_headline else -3.5

    def _to_continuation(self, state: _State, i: int) -> Iterator[_Step]:
        if state.in_body and state.text >= 0:
            step = self._cohesion(state.text, i)
            yield _State(Role.CONTINUATION, True, i, state.heads), step, False

    def _to_aside(self, state: _State, role: Role, i: int) -> Iterator[_Step]:
        step, heads = 0.0, state.heads
        if role is Role.CAPTION:
            step = self._to_caption(state, i)
            if heads and self._looks[heads[-1]].heads_pictures:
                heads = heads[:-1]  # pictures are all that stands under it
        elif role is Role.AD:
            step = self._to_ad(state, i)
        elif role is Role.BANNER:
            first = state == _START or state.role is Role.BANNER
            step = (1.5 if first else -2.5) - 2.0 * self._broken_off(state)
        yield _State(role, state.in_body, state.text, heads), step, False

    def _to_caption(self, state: _State, i: int) -> float:
        gap = self._pieces[i].gap
        untold = 1.5 * (bool(state.heads) and not state.in_body)
        if state.heads and self._looks[state.heads[-1]].heads_pictures:
            untold = 0.0
        if state.role is Role.CAPTION:
            return (0.5 if gap else 2.0) - untold
        return -untold if gap or not i else -2.0 - untold

    def _to_ad(self, state: _State, i: int) -> float:
        gap = self._pieces[i].gap
        if state.role is Role.AD:
            return 0.0 if gap else 3.0
        return -8.0 if (gap == 0 and i) or self._looks[i].ad <= 0 else 0.0

    def _broken_off(self, state: _State) -> float:
        return self._looks[state.text].openness if state.text >= 0 else 0.0

    def _cohesion(self, left: int, right: int) -> float:
        """The evidence that a piece is the rest of a paragraph that a column's end, or
        a picture, cut off."""
        key = (left, right)
        if key not in self._cohesions:
            openness = self._looks[left].openness
            self._cohesions[key] = (
                -5.0 if openness < 0.1 else self._weigh_cohesion(left, right)
            )
        return self._cohesions[key]

    def _weigh_cohesion(self, left: int, right: int) -> float:
        before, after = self._looks[left], self._looks[right]
        score = 3.0 * before.openness - 1.0 + self._wording.runs_on(left, right)
        score += 1.5 * after.begins_oddly + 1.0 * before.ends_oddly
        score -= after.fresh + 4.0 * after.dateline + 2.0 * after.enumerated
        score -= 3.0 * (after.listed or after.photo > 3 or after.byline > 3)
        score -= 1.0 * (before.size <= 12)
        score += 0.5 if after.closed else -0.3
        if right == left + 1 and self._pieces[right].gap == 0:
            score -= 0.5 if before.numbered and not after.enumerated else 4.0
        return score


def _untold(state: _State) -> float:
    """The cost of headlines that no text was found for."""
    return 5.0 * len(state.heads)
