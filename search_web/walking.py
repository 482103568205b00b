"""From one result to the next, and back to all of them: what the page of a unit knows
of the search that led to it.

Hides how the results before and after are found, and that one may have moved since its
address was made.
"""

from dataclasses import dataclass, replace

from indexer import Hit, SearchRequest
from search_web.params import read_result
from search_web.rendering import number
from search_web.site import Visit


@dataclass(frozen=True, slots=True)
class Way:
    """The address of the results that a reader came from; which of how many this is,
    and the addresses of those before and after, "" where they are not known."""

    back: str
    place: str = ""
    previous: str = ""
    next: str = ""


def way_of(visit: Visit, id: str) -> Way | None:
    """The way from a unit; None for a reader who came without a search."""
    found = read_result(visit.request.query_params)
    if found is None:
        return None
    request, at = found
    back = visit.links.search(_screen_of(request, at))
    if not at:
        return Way(back)
    first = max(at - 2, 0)
    around = visit.engine.search(replace(request, offset=first, limit=3))
    near = dict(enumerate(around.hits, first + 1))
    if at not in near or _unit_id(near[at]) != id:
        return Way(back)
    address = visit.links.hits(request)
    before, after = (
        address(near[each], each) if each in near else "" for each in (at - 1, at + 1)
    )
    return Way(back, f"{number(at)}/{number(around.total)}", before, after)


def _screen_of(request: SearchRequest, at: int) -> SearchRequest:
    """The screen of results that has the one at a place."""
    limit = max(request.limit, 1)
    return replace(request, offset=max(at - 1, 0) // limit * limit)


def _unit_id(hit: Hit) -> str:
    return hit.spoken.article if hit.spoken else hit.id
