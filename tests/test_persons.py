"""What the archive prints of a person, and people of one name kept apart."""

import datetime as dt

from msgspec.structs import replace

from indexer.archive import (
    Article,
    Caption,
    Credit,
    Quote,
    Roster,
    RosterEntry,
    RosterGroup,
    Speaker,
)
from indexer.persons import MAX_UNITS, person_of, read_person
from tests.canned_engine import CannedEngine


def article(number: int, body: str, **fields: object) -> Article:
    told = Article(f"p.{number}", "article", "消息", body, persons=("王岚",))
    day = dt.date(2024, 12, 1) + dt.timedelta(number)
    return replace(told, date=day, **fields)


def roster(number: int, *entries: RosterEntry, role: str | None = None) -> Roster:
    day = dt.date(2024, 12, 1) + dt.timedelta(number)
    groups = (RosterGroup(entries, role),)
    return Roster(f"r.{number}", "名单", groups, date=day)


def test_a_doctor_and_a_deputy_are_two_sets_of_roles() -> None:
    units = [
        article(1, "市中心医院副院长王岚说，可以。"),
        article(2, "市人大代表王岚建议修桥。"),
        article(3, "市中心医院医生王岚坐诊。"),
        article(4, "王岚也来了。"),
    ]
    found = person_of("王岚", units)
    assert [person.roles for person in found.people] == [
        ("市中心医院医生", "市中心医院副院长"),
        ("市人大代表",),
    ]
    assert [mention.person for mention in found.mentions] == [None, 1, 2, 1]
    assert not found.certain


def test_roles_printed_together_are_one_person() -> None:
    units = [
        article(1, "市中心医院医生王岚坐诊。"),
        article(2, "市人大代表王岚建议修桥。"),
        article(3, "市人大代表、市中心医院副院长王岚说，可以。"),
        article(4, "王岚也来了。"),
    ]
    found = person_of("王岚", units)
    assert len(found.people) == 1
    assert {mention.person for mention in found.mentions} == {1}
    assert found.people[0].since == dt.date(2024, 12, 2)


def test_notes_of_rosters_keep_people_apart_for_certain() -> None:
    henan = RosterEntry("王岚", "王岚（河南）", qualifier="河南")
    army = RosterEntry("王岚", "王岚（解放军）", qualifier="解放军")
    found = person_of("王岚", [roster(1, henan, army), roster(2, army)])
    assert [person.qualifier for person in found.people] == ["解放军", "河南"]
    assert [line.person for line in found.rosters] == [1, 2, 1]
    assert found.certain


def test_peoples_that_differ_are_two_people() -> None:
    miao = RosterEntry("王岚", "王岚（苗族）", ethnicity="苗族")
    dong = RosterEntry("王岚", "王岚（侗族）", ethnicity="侗族")
    found = person_of("王岚", [roster(1, miao), roster(2, dong)])
    assert (len(found.people), found.certain) == (2, True)


def test_signing_is_no_mention() -> None:
    signed = article(1, "今天通车。", persons=(), reporters=("王岚",))
    taken = article(2, "通车。", persons=(), captions=(Caption("新桥。", "王岚"),))
    edited = article(3, "通车。", persons=(), credits=(Credit("王 岚", "责编"),))
    found = person_of("王岚", [signed, taken, edited])
    assert found.mentions == ()
    assert [byline.role for byline in found.bylines] == ["责编", "摄", None]
    assert (found.total, found.signed) == (0, 3)


def test_quotations_come_with_their_roles() -> None:
    speaker = Speaker("他", "王岚", "市人大代表")
    quote = Quote(
        "p.1.q1", "direct", "可以。", 8, 11, "王岚", "市人大代表", speakers=(speaker,)
    )
    found = person_of("王岚", [article(1, "王岚到场。他说：“可以。”", quotes=(quote,))])
    assert [said.quote.text for said in found.quotes] == ["可以。"]
    assert (found.said, found.quotes[0].paragraph) == (1, 1)
    assert [(role.text, role.how) for role in found.roles] == [("市人大代表", "quote")]


def test_a_part_of_a_longer_name_is_nobody() -> None:
    told = article(1, "王岚山说，王岚来过。", persons=("王岚山", "王岚"))
    assert person_of("王岚", [told]).mentions[0].count == 1


def test_a_role_with_another_name_in_it_is_the_others() -> None:
    told = article(1, "受丁一市长王岚委托。", persons=("丁一", "王岚"))
    assert person_of("王岚", [told]).roles == ()


def test_the_newest_units_are_read_and_all_are_counted() -> None:
    units = tuple(article(n, "市长王岚到场。") for n in range(MAX_UNITS + 5))
    found = read_person(CannedEngine(units), "王岚")
    assert (found.total, found.read) == (MAX_UNITS + 5, MAX_UNITS)
    assert found.mentions[0].source.id == f"p.{MAX_UNITS + 4}"


def test_two_entries_of_one_list_are_two_people() -> None:
    twice = roster(1, RosterEntry("王岚", "王岚"), RosterEntry("王岚", "王 岚"))
    found = person_of("王岚", [twice])
    assert [line.person for line in found.rosters] == [1, 2]
    assert found.certain


def test_who_only_came_to_a_meeting_is_nobody_of_two() -> None:
    notes = ("河南", "解放军")
    noted = [RosterEntry("王岚", f"王岚（{note}）", qualifier=note) for note in notes]
    bare = replace(roster(2, RosterEntry("王岚", "王岚")), meeting="某市第九次代表大会")
    found = person_of("王岚", [roster(1, *noted), bare])
    assert [line.person for line in found.rosters] == [None, 1, 2]
    assert found.certain


def test_a_name_is_called_as_it_is_printed() -> None:
    units = (roster(1, RosterEntry("王岚", "王 岚")), article(2, "市长王岚到场。"))
    assert person_of("王　嵐", units).name == "王岚"
