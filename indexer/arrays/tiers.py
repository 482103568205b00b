"""Which segments a commit writes together as one.

Every search visits every segment, and every merge writes what is there once more; this
is the balance. Sizes are in elements (`Part`), and tiers of sizes grow by eight:

- What one commit adds becomes one segment.
- A tier has two segments at most: where there are more, all of it becomes one, which
  may fill the tier above. Simulated, with a day of some 20,000 elements added daily for
  27 years: five segments on average, eight at most, and each element is written 15
  times in all. Three a tier write a third less and leave searches two segments more.
- All below a million elements is one tier: writing that takes a tenth of a second.
- Where more than a fifth is deleted, a segment is written anew; less than that costs
  searches less than the writing would. One with nothing live is dropped.
- Places are numbers of 32 bits: nothing grows past 2^31 elements. An archive larger
  than that has one more segment for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

MOST_ELEMENTS: Final = 1 << 31
MOST_IN_TIER: Final = 2

_SMALLEST: Final = 1 << 20
_GROWTH: Final = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A segment as it weighs: `size` is its longest array; `is_new` is what the commit
    itself adds."""

    size: int
    documents: int
    live: int
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Parts, by their numbers, that become one segment; `anew` is whether it has to be
    written, for which a single part needs a reason."""

    members: tuple[int, ...]
    anew: bool


def grouped(parts: Sequence[Part]) -> tuple[Group, ...]:
    """What becomes of some segments, in the order of their documents; those that are in
    no group have nothing live."""
    living = [(number, part) for number, part in enumerate(parts) if part.live]
    bundles = [_Bundle.of(number, part) for number, part in living if not part.is_new]
    fresh = [_Bundle.of(number, part) for number, part in living if part.is_new]
    bundles += _packed(fresh)
    for tier in range(_tier(MOST_ELEMENTS) + 1):
        members = [bundle for bundle in bundles if _tier(bundle.live) == tier]
        if len(members) > MOST_IN_TIER:
            others = [bundle for bundle in bundles if _tier(bundle.live) != tier]
            bundles = others + _packed(members)
    joined = (Group(tuple(sorted(b.members)), b.anew) for b in bundles)
    return tuple(sorted(joined, key=lambda group: group.members))


def apart(parts: Sequence[Part]) -> tuple[Group, ...]:
    """Each part that has anything live by itself, as it is; those that a commit adds
    together, since memory alone decides how many they are."""
    living = [(number, part) for number, part in enumerate(parts) if part.live]
    bundles = [_Bundle.of(number, part) for number, part in living if not part.is_new]
    groups = [Group(bundle.members, anew=False) for bundle in bundles]
    fresh = _packed(
        [_Bundle.of(number, part) for number, part in living if part.is_new]
    )
    return (*groups, *(Group(tuple(sorted(b.members)), b.anew) for b in fresh))


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Parts that are to be one; `live` is about how many elements will be left."""

    members: tuple[int, ...]
    size: int
    live: int
    anew: bool

    @classmethod
    def of(cls, number: int, part: Part) -> Self:
        live = part.size * part.live // part.documents
        return cls((number,), part.size, live, 5 * part.live < 4 * part.documents)

    def __add__(self, other: "_Bundle") -> "_Bundle":
        return _Bundle(
            self.members + other.members,
            self.size + other.size,
            self.live + other.live,
            anew=True,
        )


def _packed(bundles: Sequence[_Bundle]) -> list[_Bundle]:
    """As few bundles as the limit allows, the smallest filled up first."""
    packed: list[_Bundle] = []
    for bundle in sorted(bundles, key=lambda bundle: bundle.size):
        if packed and packed[-1].size + bundle.size <= MOST_ELEMENTS:
            packed[-1] += bundle
        else:
            packed.append(bundle)
    return packed


def _tier(size: int) -> int:
    tier = 0
    while size > _SMALLEST * _GROWTH**tier:
        tier += 1
    return tier
