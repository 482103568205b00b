"""Issues and months as searches find them."""

import datetime as dt

from search_web.issues import read_month
from tests.canned_engine import CannedEngine
from tests.web_site import UNITS, XMAS


def test_a_month_is_read_by_four_questions_however_many_issues_it_has() -> None:
    engine = CannedEngine(UNITS)
    month = read_month(engine, "yunpu", None)
    assert month
    assert month.first == dt.date(2024, 12, 1)
    assert month.counts == {XMAS: 2}
    assert (month.earlier, month.later) == (dt.date(2024, 11, 3), None)
    assert len(engine.asked) == 4


def test_a_month_ends_before_the_day_asked_for() -> None:
    month = read_month(CannedEngine(UNITS), "yunpu", dt.date(2024, 12, 24))
    assert month
    assert (month.first, month.later) == (dt.date(2024, 11, 1), XMAS)
    assert read_month(CannedEngine(UNITS), "yunpu", dt.date(2024, 11, 2)) is None
