"""Rosters as data: one as a table to sort and filter, two set against each other, all
of them searched for entries.

Every order and filter is a link or a form, so that pages work without a script. Hides
how a roster's checks are told and which columns a table has.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from indexer import (
    SHEET_MARK,
    Article,
    Comparison,
    FoundRow,
    FoundRows,
    Hit,
    Listed,
    Listing,
    Order,
    Roster,
    RosterRow,
    SearchRequest,
    Snippet,
    Sort,
    Wanted,
    compare,
    find_rows,
    groups_of,
    mark,
    plain_cell,
    sheet_rows,
    title_of,
)
from search_web.citing import Cited, cited
from search_web.exports import attachment
from search_web.listing import (
    Box,
    Link,
    Row,
    Screen,
    issue_link,
    query_of,
    rows_of,
)
from search_web.params import WALK, WANTED, read_screen, read_wanted
from search_web.reading import Around, Marked, around_of, head_of, unit_of
from search_web.rendering import Wording
from search_web.site import Visit, missing, visit_of

ROWS: Final = 50
_COMPARABLE: Final = 30  # rosters offered to compare with


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of a group, the name with its marks."""

    row: RosterRow
    name: Snippet
    href: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    count: str
    order: str
    rows: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class Check:
    ok: bool
    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterPage:
    """What roster.html shows."""

    box: Box
    roster: Roster
    title: str
    head: Marked
    kind: str
    around: Around
    sorts: tuple[Link, ...]
    wanted: Wanted
    here: str
    kept: tuple[tuple[str, str], ...]
    everyone: str
    groups: tuple[Group, ...]
    shown: int
    checks: tuple[Check, ...]
    warnings: tuple[str, ...]
    table: str
    csv: str
    others: tuple[Link, ...]
    cited: Cited
    json: str


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry and the roster that prints it."""

    found: FoundRow
    person: Link
    roster: Link
    issue: Link | None


@dataclass(frozen=True, slots=True)
class RostersPage:
    """What rosters.html shows: the entries that are looked for, or all rosters."""

    box: Box
    wanted: Wanted
    found: FoundRows | None
    entries: tuple[FoundEntry, ...]
    lists: tuple[Row, ...]
    total: int
    previous: str
    next: str
    json: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of two lists that are compared."""

    title: str
    href: str
    issue: Link | None
    only: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """What compare.html shows; nothing is compared until two rosters are chosen."""

    box: Box
    a: str
    b: str
    choices: tuple[Link, ...]
    sides: tuple[Side, ...]
    both: tuple[tuple[Listed, Listed], ...]
    verdict: str
    swapped: str
    json: str


def roster(request: Request) -> Response:
    """A roster, with the words of `?q=` marked; `?sort=` orders its entries, `?name=`
    and the like choose some."""
    visit = visit_of(request)
    unit, query = unit_of(visit), query_of(request)
    if isinstance(unit, Article):
        return RedirectResponse(visit.links.unit(unit.kind, unit.id, query), 301)
    return visit.page("roster.html", _roster(visit, unit, query))


def table(request: Request) -> Response:
    """A roster's entries as CSV, in the order and choice of the same parameters."""
    visit = visit_of(request)
    unit = unit_of(visit)
    if not isinstance(unit, Roster):
        raise missing("这是文章，没有名单可下载。", "This is an article, not a roster.")
    rows = _table(visit, _wanted_groups(visit, unit))
    headers = {"Content-Disposition": attachment(f"{unit.id}.csv")}
    return Response(
        SHEET_MARK + sheet_rows(rows),
        headers=headers,
        media_type="text/csv; charset=utf-8",
    )


def rosters(request: Request) -> Response:
    """The entries of all rosters by name, gender, people and role; without any of them
    the rosters."""
    visit, wanted = visit_of(request), read_wanted(request.query_params)
    limit, offset, _ = read_screen(request.query_params, usual=ROWS)
    return visit.page("rosters.html", _rosters(visit, wanted, limit, offset))


def comparison(request: Request) -> Response:
    """Who stands in both of two rosters `?a=` and `?b=`, and who in one only."""
    visit = visit_of(request)
    a, b = (request.query_params.get(side, "") for side in "ab")
    pair = two_rosters(visit) if a and b else None
    return visit.page("compare.html", _comparison(visit, a, b, pair))


def two_rosters(visit: Visit) -> tuple[Roster, Roster]:
    """The rosters that the parameters a and b name; refuses what is none."""
    given = visit.request.query_params
    left, right = (visit.engine.get(given.get(side, "")) for side in "ab")
    if not (isinstance(left, Roster) and isinstance(right, Roster)):
        raise missing(
            "参数 a 和 b 须是两份名单的编号。",
            "The parameters a and b must be ids of two rosters.",
        )
    return left, right


def _roster(visit: Visit, unit: Roster, query: str) -> RosterPage:
    wanted, order = read_wanted(visit.request.query_params), _listing(visit)
    chosen = _wanted_groups(visit, unit)
    groups = _groups(visit, unit, chosen, query)
    names = tuple(row.name for group in groups for row in group.rows)
    given = visit.request.query_params
    said = {"q": query} if query.strip() else {}
    said |= {name: given[name] for name in WALK if given.get(name)}
    kept = {**said, **_sorted(order)}
    return RosterPage(
        box=Box(query),
        roster=unit,
        title=title_of(unit),
        head=head_of(visit, unit, query, names),
        kind=visit.say(f"one.{unit.kind}"),
        around=around_of(visit, unit),
        sorts=tuple(
            Link(
                visit.say(f"listing.{each.value}"),
                _href(visit, unit, {**said, **_asked(wanted), **_sorted(each)}),
                current=each is order,
            )
            for each in Listing
        ),
        wanted=wanted,
        here=_href(visit, unit, {}),
        kept=tuple(kept.items()),
        everyone=_href(visit, unit, kept),
        groups=groups,
        shown=len(names),
        checks=tuple(
            Check(audit.ok, audit.message.text(visit.lang), audit.names)
            for audit in unit.audits
        ),
        warnings=tuple(notice.message.text(visit.lang) for notice in unit.warnings),
        table=_sheet(_table(visit, chosen)),
        csv=visit.links.to(
            "roster_csv", {**_sorted(order), **_asked(wanted)}, id=unit.id
        ),
        others=_comparable(visit, unit),
        cited=cited(visit, unit),
        json=visit.links.to("api_roster", id=unit.id),
    )


def _groups(
    visit: Visit, unit: Roster, chosen: tuple[tuple[RosterRow, ...], ...], query: str
) -> tuple[Group, ...]:
    """The groups that hold any of the chosen rows."""
    doubted = frozenset(name for audit in unit.audits for name in audit.names)
    return tuple(
        Group(
            group.role or visit.say("roster.group"),
            _group_count(visit.say, len(group.entries), group.declared),
            _order_name(visit.say, group.order),
            tuple(_entry(visit, row, query, doubted) for row in rows),
        )
        for group, rows in zip(unit.groups, chosen, strict=True)
        if rows
    )


def _wanted_groups(visit: Visit, unit: Roster) -> tuple[tuple[RosterRow, ...], ...]:
    return groups_of(unit, read_wanted(visit.request.query_params), _listing(visit))


def _listing(visit: Visit) -> Listing:
    """The order that the address asks for, the printed one unless it names another."""
    asked = visit.request.query_params.get("sort", "")
    return next((each for each in Listing if each == asked), Listing.PRINTED)


def _sorted(order: Listing) -> dict[str, str]:
    return {} if order is Listing.PRINTED else {"sort": order.value}


def _asked(wanted: Wanted) -> dict[str, str]:
    named = ((name, getattr(wanted, name)) for name in WANTED)
    return {name: value for name, value in named if value}


def _href(visit: Visit, unit: Roster, query: Mapping[str, str]) -> str:
    return visit.links.to("roster", query, id=unit.id)


def _entry(
    visit: Visit, row: RosterRow, query: str, doubted: frozenset[str]
) -> EntryRow:
    name = row.entry.name
    return EntryRow(row, mark(name, query), visit.links.person(name), name in doubted)


def _table(
    visit: Visit, groups: tuple[tuple[RosterRow, ...], ...]
) -> tuple[tuple[str, ...], ...]:
    """The entries below a line of headings."""
    columns = ("number", "name", "gender", "ethnicity", "qualifier", "role")
    rows = [
        (
            str(row.number),
            row.entry.name,
            row.entry.gender or "",
            row.entry.ethnicity or "",
            row.entry.qualifier or "",
            row.role or "",
        )
        for group in groups
        for row in group
    ]
    return (tuple(visit.say(f"roster.{name}") for name in columns), *rows)


def _sheet(rows: tuple[tuple[str, ...], ...]) -> str:
    """The rows as text that pastes into the cells of a spreadsheet."""
    return "\n".join("\t".join(map(plain_cell, row)) for row in rows)


def _comparable(visit: Visit, unit: Roster) -> tuple[Link, ...]:
    """Other rosters, those of the same issue first."""
    newest = SearchRequest(kind="roster", sort=Sort.NEWEST, limit=_COMPARABLE)
    same = SearchRequest(
        kind="roster",
        paper=unit.paper,
        since=unit.date,
        until=unit.date,
        limit=_COMPARABLE,
    )
    asked = (same, newest) if unit.paper and unit.date else (newest,)
    found = [hit for request in asked for hit in visit.engine.search(request).hits]
    return _choices({hit.id: hit for hit in found if hit.id != unit.id}.values())


def _choices(hits: Iterable[Hit]) -> tuple[Link, ...]:
    """Rosters to choose from: the label to read, in place of an address the id."""
    return tuple(
        Link(f"{hit.date} {hit.title}" if hit.date else hit.title, hit.id)
        for hit in hits
    )


def _group_count(say: Wording, parsed: int, declared: int | None) -> str:
    if declared is None:
        return say("roster.count", count=parsed)
    return say("roster.declared", declared=declared, parsed=parsed)


def _order_name(say: Wording, order: Order | None) -> str:
    key = "unordered" if order is Order.NONE else order
    return say(f"roster.{key}") if key else ""


def _rosters(visit: Visit, wanted: Wanted, limit: int, offset: int) -> RostersPage:
    asked = _asked(wanted)
    request = SearchRequest(
        kind="roster", sort=Sort.NEWEST, limit=0 if asked else limit, offset=offset
    )
    listed = visit.engine.search(request)
    found = (
        find_rows(visit.engine, wanted, limit=limit, offset=offset) if asked else None
    )
    total = found.total if found else listed.total

    screen = Screen(limit, offset, total, usual=ROWS)
    before, after = screen.around(visit, "rosters", asked)
    return RostersPage(
        box=Box(),
        wanted=wanted,
        found=found,
        entries=tuple(_found(visit, each) for each in found.rows) if found else (),
        lists=rows_of(visit, listed.hits),
        total=total,
        previous=before,
        next=after,
        json=visit.links.to("api_rosters", asked),
    )


def _found(visit: Visit, found: FoundRow) -> FoundEntry:
    roster, name = found.roster, found.row.entry.name
    return FoundEntry(
        found,
        Link(name, visit.links.person(name)),
        Link(title_of(roster), visit.links.unit("roster", roster.id, name)),
        issue_link(visit, roster.paper, roster.date),
    )


def _comparison(
    visit: Visit, a: str, b: str, pair: tuple[Roster, Roster] | None
) -> ComparePage:
    request = SearchRequest(kind="roster", sort=Sort.NEWEST, limit=_COMPARABLE)
    found = _choices(visit.engine.search(request).hits)
    known = {link.href for link in found}
    chosen = [Link(title_of(unit), unit.id) for unit in pair or ()]
    compared = compare(*pair) if pair else Comparison((), (), ())
    names = {"a": a, "b": b} if pair else {}
    return ComparePage(
        box=Box(),
        a=a,
        b=b,
        choices=(*(link for link in chosen if link.href not in known), *found),
        sides=tuple(
            Side(
                title_of(unit),
                visit.links.unit("roster", unit.id),
                issue_link(visit, unit.paper, unit.date),
                only,
            )
            for unit, only in zip(
                pair or (), (compared.left, compared.right), strict=False
            )
        ),
        both=compared.both,
        verdict=_verdict(visit.say, compared) if pair else "",
        swapped=visit.links.to("compare", {"a": b, "b": a}) if pair else "",
        json=visit.links.to("api_compare", names) if pair else "",
    )


def _verdict(say: Wording, compared: Comparison) -> str:
    """How the lists lie to each other, in a sentence."""
    counts = {
        "both": len(compared.both),
        "a": len(compared.left),
        "b": len(compared.right),
    }
    if not compared.both:
        return say("compare.apart", **counts)
    if not (compared.left or compared.right):
        return say("compare.equal", **counts)
    if not compared.left:
        return say("compare.inside", **counts)
    if not compared.right:
        return say("compare.outside", **counts)
    return say("compare.partly", **counts)
