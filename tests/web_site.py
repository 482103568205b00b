"""A site over a canned engine, and the invented units that web tests read."""

import datetime as dt
from pathlib import Path

from starlette.testclient import TestClient

from indexer import Engine, Message, Settings
from indexer.archive import (
    Article,
    Audit,
    Caption,
    Credit,
    Notice,
    Order,
    Quote,
    Roster,
    RosterEntry,
    RosterGroup,
    Speaker,
    Unit,
)
from search_web import create_app
from tests.canned_engine import CannedEngine

XMAS = dt.date(2024, 12, 25)
BRIDGE = Article(
    "yunpu.2024-12-25.01.1",
    "article",
    "云浦大桥今日通车",
    "云浦大桥今日通车，两岸居民步行过桥。\n工程师说：“这座桥我们等了九年。”",
    paper="yunpu",
    date=XMAS,
    page="01",
    section="要闻",
    kicker="民生工程",
    deck="——从轮渡到大桥",
    source="本报讯",
    reporters=("章一鸣",),
    credits=(Credit("章一鸣", "记者", "云浦日报"), Credit("吴桐", "通讯员")),
    captions=(Caption("大桥夜景。", "戴小舟"),),
    persons=("顾长河",),
    quotes=(
        Quote(
            "yunpu.2024-12-25.01.1.q1",
            "direct",
            "这座桥我们等了九年。",
            25,
            35,
            "顾长河",
            "总工程师",
            speakers=(Speaker("工程师", "顾长河", "总工程师", "noun"),),
        ),
        Quote("yunpu.2024-12-25.01.1.q2", "indirect", "步行过桥", 13, 17),
    ),
    warnings=(Notice("gap", Message("第 2 段前可能缺行。", "A line may be missing.")),),
)
ROSTER = Roster(
    "yunpu.2024-12-25.01.2",
    "主席团名单",
    (
        RosterGroup(
            (
                RosterEntry("丁芸", "丁 芸(女)", gender="女"),
                RosterEntry("田野", "田 野(苗族)", ethnicity="苗族"),
            ),
            role="主席团成员",
            declared=2,
            order=Order.STROKE,
        ),
    ),
    notes=("(2人,按姓氏笔画排列)",),
    paper="yunpu",
    date=XMAS,
    page="01",
    section="要闻",
    audits=(
        Audit("count", True, Message("声明 2 人，解析 2 人。", "2 declared, 2 read.")),
        Audit("stroke", False, Message("笔画序存疑。", "Stroke order."), ("田野",)),
    ),
)
FERRY = Article(
    "yunpu.2024-11-03.A02.1",
    "article",
    "末班轮渡停航",
    "轮渡停航，通车在即。",
    paper="yunpu",
    date=dt.date(2024, 11, 3),
    page="A02",
    section="城事",
)
NOTICE = Article(
    "yunpu.2024-12-25.02.1",
    "ad",
    "广告接待",
    "广告接待热线。",
    paper="yunpu",
    date=XMAS,
    page="02",
)
LOOSE = Article("old/notes?1#a b", "article", "无日期的旧稿", "通车旧闻。")
UNITS: tuple[Unit, ...] = (BRIDGE, ROSTER, FERRY, NOTICE, LOOSE)


def site_over(
    engine: Engine, runs: Path, *, token: str | None = None, raising: bool = True
) -> TestClient:
    """A client of the site; with `raising` a bug in an endpoint fails the test."""
    settings = Settings(admin_token=token)
    app = create_app(settings, lambda: engine, runs=runs, papers={"yunpu": "云浦日报"})
    return TestClient(app, follow_redirects=False, raise_server_exceptions=raising)


def canned_site(runs: Path, *, token: str | None = None) -> TestClient:
    """A client of the site over UNITS."""
    return site_over(CannedEngine(UNITS), runs, token=token)
