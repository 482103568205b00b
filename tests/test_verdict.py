"""Verdicts over invented articles: what separates them, and who spoke."""

from collections.abc import Iterable, Iterator

import pytest

from indexer.archive import Article, Quote, Speaker
from indexer.claims import Claim
from indexer.judging import Verdict
from indexer.verdict import Checked, answer_json, judge, told, verify
from tests.canned_engine import CannedEngine

FERRY = (
    "渡口的老船工游长庚接过话头：“这座桥我们等了整整九年，谁也没有抱怨过一句。"
    "桥通了，船就歇了，我心里是高兴的。”说完他摆了摆手。\n"
    "县交通局局长蓝小满表示，明年汛期前要把引桥的护坡全部修好，不留一处隐患。\n"
    "“钱要花在刀刃上，”蓝小满说，“账要晒在太阳下。”"
)
WHOLE = FERRY[FERRY.index("这座桥") : FERRY.index("”说完")]


def article(body: str, id: str = "a", **said: str) -> Article:
    """An article whose quotations are these texts, each by the speaker of its name."""
    quotes = tuple(
        Quote(
            f"{id}.q{number}",
            "direct",
            text,
            body.index(text),
            body.index(text) + len(text),
            speaker=name,
            speakers=(Speaker(name, name),),
        )
        for number, (name, text) in enumerate(said.items(), 1)
    )
    return Article(id, "article", "大桥合龙", body, quotes=quotes)


ARTICLE = article(
    FERRY,
    游长庚=WHOLE,
    蓝小满="明年汛期前要把引桥的护坡全部修好，不留一处隐患",
)


def verdict(text: str, speaker: str | None = None) -> Checked:
    return judge(Claim(text, speaker), [ARTICLE])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WHOLE, Verdict.VERBATIM),
        ("這座橋我們等了整整九年，誰也沒有抱怨過一句。桥通了，船就歇了，我心里是高兴的。",
         Verdict.VERBATIM),
        (WHOLE.replace("，", ","), Verdict.VERBATIM),
        (WHOLE.replace("，", "、", 1), Verdict.PUNCTUATION),
        (WHOLE.rstrip("。"), Verdict.PUNCTUATION),
        (WHOLE.replace("九", "十"), Verdict.FEW),
        (WHOLE.replace("整整", ""), Verdict.FEW),
        (WHOLE[1:], Verdict.FEW),
        ("这座桥我们等了整整九年，谁也没有抱怨过一句。", Verdict.CUT),
        (WHOLE.replace("谁也没有抱怨过一句。", ""), Verdict.CUT),
        (WHOLE.replace("船就歇了，", "……"), Verdict.CUT),
        ("桥通了，船就歇了，我心里是高兴的。这座桥我们等了整整九年，谁也没有抱怨过一句。",
         Verdict.PARAPHRASE),
        ("等了九年我们谁也没有抱怨，桥通了我心里高兴，船也就歇了", Verdict.PARAPHRASE),
        ("今年油茶亩产翻了一番，乡亲们的腰包鼓起来了。", Verdict.ABSENT),
        ("明年汛期前要把引桥的护坡全部修好，不留一处隐患", Verdict.VERBATIM),
        ("要把引桥的护坡全部修好，不留一处隐患", Verdict.CUT),
        ("说完他摆了摆手。", Verdict.VERBATIM),
        ("钱要花在刀刃上，账要晒在太阳下。", Verdict.PUNCTUATION),
        ("。，！", Verdict.ABSENT),
    ],
    ids=[
        "whole", "traditional", "narrow marks", "other mark", "no full stop",
        "one changed", "two missing", "first missing", "first sentence",
        "clause left out", "dots",
        "reordered", "reworded", "absent", "indirect", "part of indirect",
        "running text", "who spoke left out", "no letters",
    ],
)  # fmt: skip
def test_a_quotation_gets_its_verdict(text: str, expected: Verdict) -> None:
    assert verdict(text).verdict is expected


def test_letters_keep_their_case() -> None:
    printed = article("他说：“ＡＩ工厂今年投产，先招两百人。”")
    asked = ("AI工厂今年投产，先招两百人。", "ai工厂今年投产，先招两百人。")
    found = [judge(Claim(text), [printed]).verdict for text in asked]
    assert found == [Verdict.VERBATIM, Verdict.FEW]


def test_the_source_says_where_and_the_difference_says_what() -> None:
    found = verdict(WHOLE.replace("九年", "十年"))
    assert found.source is not None
    assert ARTICLE.body[found.source.start : found.source.end] == WHOLE
    assert found.source.quotation == WHOLE
    changed = [piece for piece in found.diff if piece.operation == "replace"]
    assert [(piece.printed, piece.other) for piece in changed] == [("九", "十")]


@pytest.mark.parametrize(
    ("claimed", "agrees"),
    [
        ("游长庚", True),
        ("老船工游长庚", True),
        ("蓝小满", False),
        ("汪少游", False),
        (None, None),
    ],
)
def test_the_speaker_is_checked(claimed: str | None, agrees: bool | None) -> None:
    found = verdict(WHOLE, claimed)
    assert found.verdict is Verdict.VERBATIM
    assert found.speaker_ok is agrees
    assert found.passes is (agrees is not False)


def test_a_source_that_does_not_say_who_spoke_settles_nothing() -> None:
    body = "游长庚也来了。“船就歇了吧，大家都歇一歇。”有人说。"
    found = judge(Claim("船就歇了吧，大家都歇一歇。", "游长庚"), [article(body)])
    assert found.speaker_ok is None
    assert [note.zh for note in told(found)] == ["报上没有写明说话人，无法核对。"]


def test_a_pronoun_that_stands_for_nobody_settles_nothing() -> None:
    body = "老船工游长庚也在。我们说：“船就歇了吧，大家都歇一歇。”"
    text = "船就歇了吧，大家都歇一歇。"
    we = Quote(
        "a.q1", "direct", text, body.index(text), body.index(text) + len(text),
        speaker="我们", speakers=(Speaker("我们", how="pronoun"),),
    )  # fmt: skip
    printed = Article("a", "article", "渡口", body, quotes=(we,))
    claimed = ("游长庚", "汪少游")
    found = [judge(Claim(text, name), [printed]).speaker_ok for name in claimed]
    assert found == [None, False]


def test_of_nested_quotations_the_inner_speaker_counts() -> None:
    outer = f"游长庚常讲“{WHOLE}”"
    body = f"蓝小满转述，{outer}"
    printed = article(body, 蓝小满=outer, 游长庚=WHOLE)
    assert judge(Claim(WHOLE, "游长庚"), [printed]).speaker_ok is True


def test_of_several_sources_the_one_of_the_claimed_speaker_is_taken() -> None:
    other = article(f"汪少游说：“{WHOLE}”", "b", 汪少游=WHOLE)
    found = judge(Claim(WHOLE, "游长庚"), [other, ARTICLE])
    assert found.source is not None
    assert (found.source.article.id, found.speaker_ok) == ("a", True)
    assert [source.speaker for source in found.others] == ["汪少游"]
    assert "汪少游" in next(told(found)).zh


def test_a_paragraph_has_a_verdict_for_each_quotation() -> None:
    text = f"游长庚说：“{WHOLE}”有人插话：“今年油茶亩产翻了一番，乡亲们高兴。”"
    found = verify(CannedEngine((ARTICLE,)), text)
    assert [one.verdict for one in found] == [Verdict.VERBATIM, Verdict.ABSENT]
    assert (found[0].claim.speaker, found[0].speaker_ok) == ("游长庚", True)
    answer = answer_json(found)
    assert (answer["verdict"], answer["code"]) == ("未见", "absent")
    assert [quote["verdict"] for quote in answer["quotes"]] == ["逐字一致", "未见"]


def test_a_paragraph_that_gives_words_to_somebody_else_is_noticed() -> None:
    (found,) = verify(CannedEngine((ARTICLE,)), f"蓝小满说：“{WHOLE}”")
    assert (found.verdict, found.speaker_ok) == (Verdict.VERBATIM, False)


def test_who_speaks_is_no_part_of_the_words_however_short_it_is() -> None:
    printed = article(f"汪洵说：“{WHOLE}”", 汪洵=WHOLE)
    (found,) = verify(CannedEngine((printed,)), f"蓝芸说：“{WHOLE}”")
    assert (found.verdict, found.speaker_ok) == (Verdict.VERBATIM, False)
    (found,) = verify(
        CannedEngine((printed,)), f"汪洵说：“{WHOLE.replace('九', '十')}”"
    )
    assert (found.verdict, found.speaker_ok) == (Verdict.FEW, True)


def test_what_a_sentence_tells_is_found_without_who_tells_it() -> None:
    told = "明年汛期前要把引桥的护坡全部修好，不留一处隐患"
    text = f"在昨天闭幕的全县交通工作会议上，蓝小满说，{told}。"
    (found,) = verify(CannedEngine((ARTICLE,)), text)
    assert (found.verdict, found.speaker_ok) == (Verdict.VERBATIM, True)
    (found,) = verify(CannedEngine((ARTICLE,)), text.replace(told, "油茶亩产翻番"))
    assert found.verdict is Verdict.ABSENT


def test_one_wrong_character_outside_of_inner_marks_is_noticed() -> None:
    text = "乡亲们常讲“船歇人不歇，桥通心更通”，我记在心里。"
    printed = article(f"他说：“{text.replace('“', '‘').replace('”', '’')}”")
    (found,) = verify(CannedEngine((printed,)), text.replace("常讲", "常说"))
    assert found.verdict is Verdict.FEW


def test_marks_inside_of_a_quotation_do_not_cut_it_apart() -> None:
    text = "乡亲们常讲“船歇人不歇，桥通心更通”，我记在心里。"
    printed = article(f"他说：“{text.replace('“', '‘').replace('”', '’')}”")
    (found,) = verify(CannedEngine((printed,)), text)
    assert found.verdict is Verdict.VERBATIM


def test_no_more_articles_are_read_than_are_worth_it() -> None:
    read = 0

    def articles(copies: Iterable[Article]) -> Iterator[Article]:
        nonlocal read
        for copy in copies:
            read += 1
            yield copy

    judge(Claim("今年油茶亩产翻了一番"), articles([ARTICLE] * 100))
    assert read < 30
