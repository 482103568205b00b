"""What people say in articles: spans, kinds, speakers, occasions."""

import datetime as dt
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.archive import Article, Quote
from indexer.quotes import extract, with_quotes
from indexer.witnesses import find_persons

ISSUE = dt.date(2024, 12, 25)


def article(body: str, *reporters: str) -> Article:
    return Article(
        "qx.2024-12-25.01.1",
        "article",
        None,
        body,
        date=ISSUE,
        reporters=reporters,
        persons=tuple(dict.fromkeys(found.name for found in find_persons(body))),
    )


def said(body: str, *reporters: str) -> tuple[Quote, ...]:
    return extract(article(body, *reporters))


def direct(body: str, *reporters: str) -> list[tuple[str, str | None]]:
    quotes = said(body, *reporters)
    return [(quote.text, quote.speaker) for quote in quotes if quote.kind == "direct"]


def speakers(body: str, *reporters: str) -> list[str | None]:
    return [speaker for _, speaker in direct(body, *reporters)]


def told(body: str) -> list[tuple[str, str | None]]:
    return [
        (quote.text, quote.speaker) for quote in said(body) if quote.kind != "direct"
    ]


# --- where the speaker stands ---------------------------------------------------------


def test_speaker_stands_before_the_marks() -> None:
    body = "青浔市水利局局长方静说：“今年的堤防都加固过了。”"
    assert direct(body) == [("今年的堤防都加固过了。", "方静")]


def test_speaker_stands_behind_the_marks() -> None:
    body = "“今年的堤防都加固过了，请大家放心。”青浔市水利局局长方静说。"
    assert direct(body) == [("今年的堤防都加固过了，请大家放心。", "方静")]


@pytest.mark.parametrize("gap", ["", "\n", "\n　　"])
def test_speech_may_begin_a_paragraph_behind_its_colon(gap: str) -> None:
    body = (
        f"水利局局长方静表示：{gap}“今年的堤防都加固过了。”\n“请大家放心，我们常去看。”"
    )
    assert speakers(body) == ["方静", "方静"]


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ("电池厂的江虹说", "江虹"),
        ("《青浔晚报》说", "《青浔晚报》"),
        ("今天出版的《青浔晚报》说", "《青浔晚报》"),
    ],
)
def test_who_is_described_or_printed_speaks(words: str, speaker: str) -> None:
    assert direct(f"会开完了。{words}：“我们是他们的知音。”") == [
        ("我们是他们的知音。", speaker)
    ]


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ("河道局22日发表声明称", "河道局"),
        ("河道局和水文站昨天还发表联合声明称", "河道局和水文站"),
        ("青浔地质研究所7月31日晚发布公告说", "青浔地质研究所"),
        ("市长龚小舟发表声明说", "龚小舟"),
        ("声明说", "声明"),
    ],
)
def test_who_issues_a_statement_says_what_it_says(words: str, speaker: str) -> None:
    assert told(f"雨停了。{words}，水位正在下降。") == [("水位正在下降。", speaker)]


@pytest.mark.parametrize("speaker", ["以色列国防部", "也门卫生部"])
def test_the_first_character_of_a_country_is_no_conjunction(speaker: str) -> None:
    assert told(f"雨停了。{speaker}表示，水位正在下降。") == [
        ("水位正在下降。", speaker)
    ]


@pytest.mark.parametrize(
    ("words", "speaker"),
    [
        ("范喜兰流着泪说", "范喜兰"),
        ("阿林索夫拿出勋章说", "阿林索夫"),
        ("Wilcox说", "Wilcox"),
        ("云台软件总监Anna Leroy认为", "Anna Leroy"),
        ("另一名自学英语的书店办事员说", "另一名自学英语的书店办事员"),
        ("这是村里的一位种藕大王的侄女婿说", "一位种藕大王的侄女婿"),
        ("河道管理条例第五条明确规定", "河道管理条例第五条"),
        (
            "《青浔市养犬管理办法》第八条第二款规定",
            "《青浔市养犬管理办法》第八条第二款",
        ),
        ("报靶员连忙答道", "报靶员"),
        ("正如水利局局长方静指出的", "方静"),
        ("三十六岁的杨秀宽认真地说", "杨秀宽"),
        ("杨秀宽深有感慨地说", "杨秀宽"),
        ("《青浔晚报》昨天报道", "《青浔晚报》"),
    ],
)
def test_who_leads_a_clause_speaks_though_no_list_has_him(
    words: str, speaker: str
) -> None:
    assert speakers(f"雨停了。{words}：“水位已经降下来了。”") == [speaker]


@pytest.mark.parametrize(
    "words", ["另一方面又强调", "满脸笑容地说", "上面写", "2005年规定"]
)
def test_what_leads_a_clause_is_not_always_somebody(words: str) -> None:
    assert speakers(f"雨停了。{words}：“水位已经降下来了。”") == [None]


@pytest.mark.parametrize("words", ["没有透露", "拒绝透露", "不愿透露"])
def test_what_is_not_said_is_no_statement(words: str) -> None:
    assert told(f"局长方静{words}水库何时开闸放水。") == []


def test_clause_that_is_a_name_means_who_has_all_of_it() -> None:
    body = "镇长龚小、书记龚小舟到会。龚小舟表示，春节前一定能铺上柏油。"
    told_by = article(body).persons
    assert {"龚小", "龚小舟"} <= set(told_by)
    assert told(body) == [("春节前一定能铺上柏油。", "龚小舟")]


def test_speech_is_split_by_its_speaker() -> None:
    body = "“水位还在涨，”护堤员方静说，“我们一夜没有睡。”"
    assert speakers(body) == ["方静", "方静"]


def test_speaker_goes_on_where_nobody_is_named() -> None:
    body = (
        "镇长龚小舟说：“路基已经打好了。”“春节前一定能铺上柏油。”\n"
        "“到时候请乡亲们都来走一走。”"
    )
    assert speakers(body) == ["龚小舟"] * 3


def test_two_who_talk_take_turns() -> None:
    body = (
        "一位老人问售票员：“去青浔的车几点开？”售票员说：“八点半。”"
        "“那还来得及吗？”“来得及，您慢慢走。”"
    )
    assert speakers(body) == ["一位老人", "售票员", "一位老人", "售票员"]


def test_whom_the_text_turns_to_speaks_where_nobody_is_named() -> None:
    body = (
        "专员龚小舟说，训练照常。“孩子们都不怕苦，我们更不怕。”\n"
        "会上，冬运中心主任方静通报了备战情况。“金牌是有希望的。”"
    )
    assert speakers(body) == ["龚小舟", "方静"]


def test_who_a_pronoun_tells_of_speaks_where_nobody_is_named() -> None:
    body = (
        "村民方静闲不住。她现在是村里合唱团的团长，还教孩子们识谱。"
        "“唱起老歌，会觉得自己还不老。”"
    )
    assert speakers(body) == ["方静"]


@pytest.mark.parametrize(
    ("told", "speaker"),
    [
        ("57岁的陈智成特意从河东赶来参赛。", "陈智成"),
        ("杨柯远管这座水库七年了，他翻开账本：", "杨柯远"),
        ("技术人员朱学涛拧开阀门。", "朱学涛"),
        ("作为前辈的丁俊石由衷赞叹：", "丁俊石"),
    ],
)
def test_name_that_begins_a_sentence_is_known_without_a_title(
    told: str, speaker: str
) -> None:
    body = f"经理方静表示，设备已经全部换过。{told}“旧的那些也还用得上。”"
    assert speakers(body) == [speaker]


def test_who_signs_does_not_speak_first() -> None:
    assert speakers("方静沈一鸣\n“水退了，大家都回来吧。”") == [None]


def test_who_is_told_of_without_a_role_does_not_speak_in_the_next_paragraph() -> None:
    body = "作家沈一鸣去世了。\n江若兰的书摆满了展厅。\n“他的书我常读，写得真好。”"
    assert speakers(body) == [None]


def test_line_behind_a_dash_names_the_speaker() -> None:
    body = "“要一件一件办好。”\n——去年九月，市长龚小舟在青浔考察时强调\n桥通了。"
    assert speakers(body) == ["龚小舟"]


def test_person_does_not_rule_what_a_law_does() -> None:
    body = "经理方静说：“换了新膜。”条例修订过三次，其中明确规定：“禁止生产旧膜。”"
    assert speakers(body) == ["方静", None]


def test_citations_one_behind_the_other_are_of_one_speaker() -> None:
    body = (
        "龚小舟说：“我们要先把路修通。”\n方静说，要留住人，“先得把学校办好。”"
        "“再把水通到每一家。”“学校办好了，人就留下了。”"
    )
    assert speakers(body) == ["龚小舟", "方静", "方静", "方静"]


@pytest.mark.parametrize(
    ("asking", "behind", "speaker"),
    [
        ("记者问村民沈一鸣", "", "沈一鸣"),
        ("镇长龚小舟向村民沈一鸣问道", "", "沈一鸣"),
        ("镇长龚小舟问", "村民沈一鸣放下扁担。", "沈一鸣"),
        ("镇长龚小舟问", "", None),
    ],
)
def test_who_is_asked_answers(asking: str, behind: str, speaker: str | None) -> None:
    body = f"河堤上，{asking}：“水退了吗？”\n“退了，昨天夜里退的。”{behind}"
    assert speakers(body)[1] == speaker


def test_every_paragraph_of_a_long_speech_has_its_speaker() -> None:
    body = (
        "校长沈一鸣说：“孩子们要读书，也要种菜。\n“这块菜地是他们自己开出来的。\n"
        "“我们会一直种下去。”"
    )
    assert speakers(body) == ["沈一鸣"] * 3


def test_who_acts_beside_the_marks_speaks_without_a_cue() -> None:
    body = (
        "村民方静翻开账本，“这一年的水费省了一半。”\n"
        "“渠修好了，水才走得远。”镇长龚小舟蹲在渠边。"
    )
    assert speakers(body) == ["方静", "龚小舟"]


def test_nobody_goes_on_speaking_for_paragraphs() -> None:
    body = "镇长龚小舟说：“路通了。”" + "\n河水退了。" * 4 + "\n“谁来种这片地？”"
    assert speakers(body) == ["龚小舟", None]


def test_marks_in_marks_belong_to_the_speech() -> None:
    body = "馆长沈一鸣说：“大家都叫它‘半夜书房’，灯从来不关。”"
    assert direct(body) == [("大家都叫它‘半夜书房’，灯从来不关。", "沈一鸣")]


@pytest.mark.parametrize(
    "marks", ["「」", "『』", '""'], ids=["corner", "white", "straight"]
)
def test_other_marks_hold_speech_too(marks: str) -> None:
    body = f"馆长沈一鸣说：{marks[0]}今晚我们不关灯，大家慢慢看。{marks[1]}"
    assert direct(body) == [("今晚我们不关灯，大家慢慢看。", "沈一鸣")]


# --- speech or term -------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "青浔市实施“清水入城”工程，居民受益。",
        "展馆里挂着“节约用水，人人有责”的标语。",
        "他们建成了“一站式”服务厅和“老街坊”食堂。",
        "构建“分片分级、全域一体”的管护体系。",
        "本届花会以“花开浔河，香满古城”为主题。",
        "据介绍，“老街坊助餐点”主要服务独居老人。",
        "“以河为主，为我所用”，就是按照浔河两岸的需要，对各地的做法进行分析。",
        "校门口贴着一副对联：“一江春水连村校，满院书声伴稻香”。",
        "第二条修改为：“本条例适用于浔河两岸的堤防。”",
        "厂长说：“老三样”过时了。",
    ],
    ids=[
        *("project", "slogan", "list", "attribute", "theme", "subject", "defined"),
        *("couplet", "amendment", "begins"),
    ],
)
def test_terms_and_slogans_are_no_speech(body: str) -> None:
    assert direct(body) == []


def test_whatever_is_said_behind_a_colon_is_speech() -> None:
    body = "问是谁捐的，厂长方静说：“是王捐的”；会计沈一鸣答：“有”。"
    assert direct(body) == [("是王捐的", "方静"), ("有", "沈一鸣")]


def test_words_that_hold_a_cue_report_nothing() -> None:
    assert said("这部小说说明书很厚，街道办的讲座没有座位，报道见第三版。") == ()


# --- whom a word means ----------------------------------------------------------------


def test_pronoun_means_who_was_named() -> None:
    quote = said("社区医生王岚来到老街。她说：“雨季要早防，大家放心。”")[0]
    assert quote.speaker == "王岚"
    assert quote.speakers[0].how == "pronoun"
    assert quote.speakers[0].surface == "她"


def test_pronoun_does_not_mean_whoever_asks() -> None:
    body = "工程师沈一鸣站在后面。有人问他想做什么，他想了想。“请慢点开。”他说。"
    assert speakers(body) == ["沈一鸣"]


def test_pronoun_does_not_mean_somebody_of_the_other_sex() -> None:
    body = "馆长沈一鸣迎了出来。门口，一位小伙子提着水桶。她说：“小心地滑，别摔着。”"
    assert speakers(body) != ["一位小伙子"]


def test_noun_means_whom_it_brought_in() -> None:
    quote = said("一位戴草帽的老人拦住记者。这位老人说：“井水比从前甜多了。”")[0]
    assert (quote.speaker, quote.speakers[0].name) == ("一位戴草帽的老人", None)


def test_noun_means_the_one_who_has_that_role() -> None:
    body = "水利局局长方静上了大堤。这位局长说：“今晚谁也不许离岗。”"
    quote = said(body)[0]
    assert (quote.speaker, quote.speakers[0].how) == ("方静", "noun")


def test_surname_with_title_means_the_full_name() -> None:
    body = "农场经理方静带记者看了大棚。方经理说：“这茬番茄卖得最好。”"
    assert speakers(body) == ["方静"]


def test_form_of_address_means_the_one_brought_in_before() -> None:
    body = "他去拜访著名学者沈一鸣。沈先生建议，先把藏书编目。"
    assert told(body) == [("先把藏书编目。", "沈一鸣")]


def test_who_is_brought_in_by_a_form_of_address_is_nobody_else() -> None:
    body = "车主沈先生到店修车。沈先生说，轮子老是响。经理沈一鸣说，已经换了轴承。"
    assert [speaker for _, speaker in told(body)] == ["沈先生", "沈一鸣"]


def test_surname_alone_means_the_one_who_has_it() -> None:
    body = "何先生的看法与水利专家夏训成的一致。夏说：“湖水还会回来。”"
    assert speakers(body) == ["夏训成"]


def test_several_speakers_are_kept_apart() -> None:
    body = "“老街修得像样了，晚上散步也亮堂。”政协委员江若兰、沈一鸣等纷纷表示。"
    quote = said(body)[0]
    assert [speaker.name for speaker in quote.speakers] == ["江若兰", "沈一鸣"]
    assert {speaker.how for speaker in quote.speakers} == {"collective"}


def test_country_is_no_person() -> None:
    body = "青浔外交官离开了巴格达。伊拉克仍希望修复两国之间的关系。"
    (quote,) = said(body)
    assert (quote.speaker, quote.speakers[0].how) == ("伊拉克", "noun")


def test_who_is_spoken_to_is_no_speaker() -> None:
    body = "镇长龚小舟对村民沈一鸣说：“你家的地界我来量。”"
    assert speakers(body) == ["龚小舟"]


def test_reporter_who_signs_is_no_speaker() -> None:
    body = "本报记者王岚报道：青浔市市长方静指出：“今冬供暖不能断一天。”"
    assert speakers(body, "王岚") == ["方静"]


def test_writer_in_the_first_person_is_who_signed() -> None:
    body = "我问司机：“还有多远？”"
    quote = said(body, "王岚")[0]
    assert (quote.speaker, quote.speakers[0].surface) == ("王岚", "我")


def test_name_without_title_is_known_behind_a_title() -> None:
    quote = said("青浔商会会长勒米恩当天表示：“我们愿意再来。”")[0]
    assert quote.speaker == "勒米恩"


def test_longest_word_for_people_is_the_title() -> None:
    quote = said("球队主教练石若川说：“大家很努力，我很满意。”")[0]
    assert (quote.speaker, quote.role) == ("石若川", "球队主教练")


def test_nobody_is_made_up() -> None:
    quote = said("“谁来管一管这条河？”")[0]
    assert (quote.speaker, quote.unknown) == (None, "unnamed")


# --- statements -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "statement"),
    [
        ("方静认为，河长要管到支流。", "河长要管到支流。"),
        ("在方静看来，河长要管到支流。", "河长要管到支流。"),
        ("方静建议河长管到支流。", "河长管到支流。"),
        ("方静告诉记者，河长要管到支流。", "河长要管到支流。"),
        ("方静提醒广大市民，不必囤菜过年。", "不必囤菜过年。"),
        ("方静感慨道，送来的是一份情。", "送来的是一份情。"),
    ],
)
def test_statement_is_told_without_marks(body: str, statement: str) -> None:
    assert told(f"局长方静来了。{body}")[-1] == (statement, "方静")


@pytest.mark.parametrize(
    "body",
    [
        "局长方静没有表示要走。",
        "局长方静对此表示遗憾，随后离开。",
        "这是必然要求，意义重大。",
    ],
)
def test_what_reports_nothing_is_no_statement(body: str) -> None:
    assert told(body) == []


def test_term_in_marks_keeps_no_statement_from_being_told() -> None:
    body = "浔河上将架起“彩虹”。青浔通讯社2日报道说，新桥明年春天开工。"
    assert told(body) == [("新桥明年春天开工。", "青浔通讯社2日报道")]


def test_advertisements_say_nothing() -> None:
    ad = Article("qx.1", "ad", None, "经理方静说：“欢迎选购，送货上门。”")
    assert with_quotes([ad]) == [ad]


# --- interviews -----------------------------------------------------------------------


def test_interview_without_marks_is_read_by_its_labels() -> None:
    body = (
        "镇长龚小舟接受了采访。\n问：桥几时通车？\n答：明年三月。先通南段。\n"
        "问：收费吗？\n答：不收费。"
    )
    assert direct(body) == [("明年三月。先通南段。", "龚小舟"), ("不收费。", "龚小舟")]


def test_several_who_are_asked_answer_one_behind_the_other() -> None:
    body = (
        "记者：短剧还能怎么写？\n方静：要写出真感情。\n沈一鸣：要有新的故事。\n"
        "记者：难在哪里？\n沈一鸣：会写的人太少。\n方静：好演员也少。\n"
        "网友小河：什么时候播？\n方静：明年春天。\n附记：全文有删节。"
    )
    assert speakers(body) == ["方静", "沈一鸣", "沈一鸣", "方静", "方静"]


def test_interview_names_who_answers() -> None:
    body = "记者：桥几时通车？\n龚小舟：明年三月。\n记者：收费吗？\n龚小舟：不收费。"
    assert speakers(body) == ["龚小舟", "龚小舟"]


# --- occasions ------------------------------------------------------------------------


def test_a_place_that_begins_like_an_event_is_none() -> None:
    (quote,) = said("镇长龚小舟在青浔国家会议中心说，桥已经通了三天。")
    assert quote.occasion is None
    (quote,) = said("镇长龚小舟在全县工作会议中说，桥已经通了三天。")
    assert quote.occasion == "全县工作会议"


def test_day_place_and_occasion_are_those_of_the_sentence() -> None:
    body = "24日，镇长龚小舟在青浔市召开的座谈会上说：“村村都要通自来水。”"
    quote = said(body)[0]
    assert quote.said_on == dt.date(2024, 12, 24)
    assert (quote.place, quote.occasion) == ("青浔市", "座谈会")
    proved = {
        item.field: body[item.spans[0].start : item.spans[0].end]
        for item in quote.evidence
    }
    assert proved == {
        "speaker": "龚小舟",
        "role": "镇长",
        "cue": "说",
        "said_on": "24日",
        "place": "青浔市",
        "occasion": "座谈会",
    }


def test_day_of_the_first_appearance_holds_for_what_follows() -> None:
    body = "12月23日，镇长龚小舟接受了采访。\n“村村都要通自来水。”龚小舟说。"
    assert said(body)[0].said_on == dt.date(2024, 12, 23)


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("昨天", dt.date(2024, 12, 24)),
        ("11月30日", dt.date(2024, 11, 30)),
        ("去年12月7日", dt.date(2023, 12, 7)),
        ("28日", dt.date(2024, 11, 28)),
        ("二〇二四年十月一日", dt.date(2024, 10, 1)),
    ],
)
def test_days_are_counted_from_the_issue(printed: str, day: dt.date) -> None:
    assert said(f"{printed}，镇长龚小舟说：“水来了，大家来接。”")[0].said_on == day


def test_day_that_is_talked_about_is_not_when_it_was_said() -> None:
    body = "镇长龚小舟就12月1日的停水说：“水管冻裂了，正在换。”"
    assert said(body)[0].said_on is None


# --- any text -------------------------------------------------------------------------

MARKS = st.text('“”‘’「」"：，。、\n· ', max_size=3)
WORDS = st.sampled_from(["他", "说", "王岚", "表示", "记者", "的", "局长", "问"])


@settings(max_examples=80)
@given(st.lists(WORDS | MARKS, max_size=50).map("".join) | st.text(max_size=50))
def test_any_text_is_read_and_spans_are_true(body: str) -> None:
    quotes = said(body)
    assert all(quote.text == body[quote.start : quote.end] for quote in quotes)
    numbers = [int(quote.id.rsplit(".q", 1)[1]) for quote in quotes]
    assert numbers == list(range(1, len(quotes) + 1))
    assert [quote.start for quote in quotes] == sorted(quote.start for quote in quotes)
    assert all(
        (quote.speaker is None) == (quote.unknown is not None) for quote in quotes
    )
    spans = [span for q in quotes for item in q.evidence for span in item.spans]
    assert all(0 <= span.start < span.end <= len(body) for span in spans)


@pytest.mark.parametrize(
    "text", ["这位老人说：“走吧，我们走。”\n", "他说，", "“好。”他说"]
)
def test_time_grows_with_length_and_not_with_its_square(text: str) -> None:
    began = time.process_time()
    extract(article(text * 2000))
    assert time.process_time() - began < 5


@pytest.mark.parametrize("text", ["王岚指出，", "王岚说：“好。”", "他说大桥通车了"])
def test_a_sentence_without_end_takes_no_time(text: str) -> None:
    began = time.process_time()
    extract(article(text * 20_000))
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("被告人方静低着头说：“我对不起大家。”", "方静"),
        ("被害人家属沈一鸣哭着说：“我要一个公道。”", "沈一鸣"),
        ("替补门将龚小舟说：“我一直在等这一天。”", "龚小舟"),
        ("向导龚小舟说：“前面没有路了。”", "龚小舟"),
        ("司令员龚小舟说：“前面没有路了。”", "龚小舟"),
        ("“今年卖得最好！”柳湾镇果农一边装箱一边说。", "柳湾镇果农"),
    ],
)
def test_words_that_only_begin_as_prepositions_hide_no_speaker(
    body: str, expected: str
) -> None:
    assert speakers(body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "江若兰、沈一鸣等代表纷纷表示，老街修得像样了。",
        "江若兰、沈一鸣两位委员则认为，老街修得像样了。",
        "“老街修得像样了，晚上也亮堂。”江若兰、沈一鸣等专家说。",
    ],
)
def test_listed_people_are_named_before_what_they_are(body: str) -> None:
    quote = said(body)[0]
    assert [speaker.name for speaker in quote.speakers] == ["江若兰", "沈一鸣"]


def test_a_reporter_who_asks_is_no_speaker_and_no_pronoun_means_one() -> None:
    body = "记者问船长方静：“怕不怕风浪？”她说：“习惯了，不怕。”"
    asked, told = said(body)
    assert (asked.speaker, asked.unknown) == (None, "reporter")
    assert told.speaker == "方静"
    body = "记者问居民江若兰最高兴的是什么，她摆摆手：“儿孙都好，就最高兴。”"
    assert speakers(body) == ["江若兰"]


def test_half_width_stops_end_sentences_and_numbers_do_not() -> None:
    body = '"机器不会代替老师."副院长方静说.她认为,增长2.5%不够,育人是目的.散会了.'
    quotes = said(body)
    assert [(quote.text, quote.speaker) for quote in quotes] == [
        ("机器不会代替老师.", "方静"),
        ("增长2.5%不够,育人是目的.", "方静"),
    ]


def test_speech_that_is_split_by_a_deed_is_heard_in_both_parts() -> None:
    body = "“路太滑，”邮递员龚小舟拍了拍身上的雪，“可药不能等。”"
    assert direct(body) == [("路太滑，", "龚小舟"), ("可药不能等。", "龚小舟")]


def test_a_pronoun_means_who_was_told_of_before_the_words() -> None:
    body = "摊主方静忙得顾不上抬头。“一晚上能卖两百多份，比去年多一倍！”她说。"
    assert speakers(body) == ["方静"]


def test_who_is_appointed_is_no_role() -> None:
    body = "决定任命沈一鸣为市水利局局长。沈一鸣表示，一定尽快到任。"
    quote = said(body)[0]
    assert (quote.speaker, quote.role) == ("沈一鸣", None)


def test_what_somebody_is_called_is_no_statement() -> None:
    assert said("队长方静带头挑水，村民们都称她是“铁姑娘队长”。") == ()


def test_the_last_part_of_a_dotted_name_means_the_whole() -> None:
    body = "总统阿伦·拉赫曼·贝克昨日到访。贝克总统说，两国友谊源远流长。"
    assert told(body) == [("两国友谊源远流长。", "阿伦·拉赫曼·贝克")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("但很多朋友说：“没有的事，别听他们的。”", "很多朋友"),
        ("本报青浔1月10日讯记者报道：“热线怎样处置求助？”", None),
    ],
)
def test_what_joins_clauses_is_no_part_of_a_speaker(
    body: str, expected: str | None
) -> None:
    assert speakers(body) == [expected]


def test_who_signs_above_does_not_speak() -> None:
    body = "本报讯（记者方静）镇长龚小舟8日说：“大桥通车，要修路。”"
    article = Article("p.1", "article", None, body, persons=("龚小舟",))
    assert [quote.speaker for quote in extract(article)] == ["龚小舟"]
