"""A corpus folder gives its pages and articles in order; what can't be read is named
with its reason, and everything else is still given."""

import datetime as dt
import gzip
import json
import lzma
import os
import pickle
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import corpus
from indexer.archive import Article, Page, Roster, Unit
from indexer.corpus import UNDATED, Entry, InputNotice, Item, Measure
from indexer.decoding import decode
from indexer.errors import CorpusEmpty, CorpusMissing, InputRefused

PROSE = "青禾县新桥今日通车，两岸居民往来更加方便。县长说，这是全县人民多年的愿望。"
PROSE_TRADITIONAL = (
    "青禾縣新橋今日通車，兩岸居民往來更加方便。縣長說，這是全縣人民多年的願望。"
)


def write(root: Path, name: str, content: str | bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def line(**fields: object) -> str:
    return json.dumps({"title": "新桥通车", "body": PROSE, **fields}) + "\n"


def records(root: Path) -> list[Page | Unit]:
    return [item.record for item in corpus.read(root) if isinstance(item, Entry)]


def articles(root: Path) -> list[Article]:
    return [record for record in records(root) if isinstance(record, Article)]


def refusals(root: Path) -> list[InputRefused]:
    return [item for item in corpus.read(root) if isinstance(item, InputRefused)]


def notices(root: Path) -> list[InputNotice]:
    return [item for item in corpus.read(root) if isinstance(item, InputNotice)]


def good_neighbour(root: Path) -> None:
    write(root, "zz-good.jsonl", line(id="good"))


def test_a_page_takes_paper_date_and_label_from_its_path(tmp_path: Path) -> None:
    path = write(tmp_path, "qinghe-bao/2024-12-25/A02.txt", PROSE)
    (page,) = records(tmp_path)
    day = dt.date(2024, 12, 25)
    assert page == Page("qinghe-bao", day, "A02", PROSE, source=str(path))


def test_an_issue_folder_can_be_read_by_itself(tmp_path: Path) -> None:
    write(tmp_path, "qinghe-bao/2024-12-25/01.txt", PROSE)
    (page,) = records(tmp_path / "qinghe-bao/2024-12-25")
    assert isinstance(page, Page)
    assert page.id == "qinghe-bao.2024-12-25.01"


def test_a_corpus_is_given_in_sorted_order(tmp_path: Path) -> None:
    names = ["b/2024-01-02/01.txt", "b/2024-01-01/02.txt", "b/2024-01-01/01.txt"]
    for name in [*names, "a/2025-01-01/01.txt"]:
        write(tmp_path, name, PROSE)
    write(tmp_path, "a2.jsonl", line())
    ids = [record.id for record in records(tmp_path)]
    assert ids == [
        "a.2025-01-01.01",
        "a2.1",
        "b.2024-01-01.01",
        "b.2024-01-01.02",
        "b.2024-01-02.01",
    ]


def test_an_article_takes_every_field_of_its_line(tmp_path: Path) -> None:
    fields = {"id": "x:7", "paper": "青禾报", "date": "2024-12-25", "page": 3}
    write(tmp_path, "a.jsonl", line(**fields, reporters=["邓伟", "旷红"], kind="ad"))
    (article,) = articles(tmp_path)
    assert article == Article(
        "x:7",
        "ad",
        "新桥通车",
        PROSE,
        paper="青禾报",
        date=dt.date(2024, 12, 25),
        page="3",
        reporters=("邓伟", "旷红"),
    )


def test_an_article_without_an_id_is_named_after_file_and_line(tmp_path: Path) -> None:
    write(tmp_path, "old.jsonl", line() + "\n" + line())
    assert [article.id for article in articles(tmp_path)] == ["old.1", "old.3"]


def test_files_of_one_name_in_two_folders_give_different_ids(tmp_path: Path) -> None:
    write(tmp_path, "a/x.jsonl", line())
    write(tmp_path, "b/x.jsonl", line())
    assert [article.id for article in articles(tmp_path)] == ["x.1", "b.x.1"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2024-12-25", dt.date(2024, 12, 25)),
        ("2024年12月5日", dt.date(2024, 12, 5)),
        ("2024/1/5", dt.date(2024, 1, 5)),
        (20241225, dt.date(2024, 12, 25)),
        ("2024-12-25T08:00:00+08:00", dt.date(2024, 12, 25)),
        (None, None),
        ("", None),
    ],
)
def test_dates_in_common_forms(tmp_path: Path, given: object, meant: object) -> None:
    write(tmp_path, "a.jsonl", line(date=given))
    assert [article.date for article in articles(tmp_path)] == [meant]


@pytest.mark.parametrize(("given", "meant"), [(0, None), (12, "12"), (" A02 ", "A02")])
def test_a_page_may_be_a_number(tmp_path: Path, given: object, meant: object) -> None:
    write(tmp_path, "a.jsonl", line(page=given))
    assert [article.page for article in articles(tmp_path)] == [meant]


def test_reporters_may_be_one_text(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", line(reporters="邓伟、旷红"))
    assert [article.reporters for article in articles(tmp_path)] == [("邓伟", "旷红")]


@pytest.mark.parametrize("name", ["news.jsonl.xz", "news.jsonl.gz", "NEWS.JSONL"])
def test_archives_may_be_compressed(tmp_path: Path, name: str) -> None:
    content = (line(id="a") + line(id="b")).encode()
    packed = {"xz": lzma.compress(content), "gz": gzip.compress(content)}
    write(tmp_path, name, packed.get(name[-2:], content))
    assert [article.id for article in articles(tmp_path)] == ["a", "b"]


def test_paper_toml_says_whose_articles_they_are(tmp_path: Path) -> None:
    write(tmp_path, "qinghe/paper.toml", 'name = "青禾日报"\nshort = ["青报"]\n')
    lines = line(paper="青禾日报") + line() + line(paper="青报") + line(paper="他报")
    write(tmp_path, "qinghe/a.jsonl", lines)
    papers = [article.paper for article in articles(tmp_path)]
    assert papers == ["qinghe", "qinghe", "qinghe", "他报"]


def test_unknown_keys_of_paper_toml_are_named(tmp_path: Path) -> None:
    write(tmp_path, "qinghe/paper.toml", 'nmae = "青禾日报"\n')
    good_neighbour(tmp_path)
    (notice,) = notices(tmp_path)
    assert notice.path.endswith("paper.toml")
    assert "nmae" in notice.notice.message.en


@pytest.mark.parametrize("text", ["name = 青禾", "name = 5", "short = '青报'"])
def test_a_wrong_paper_toml_is_refused_alone(tmp_path: Path, text: str) -> None:
    write(tmp_path, "qinghe/paper.toml", text)
    write(tmp_path, "qinghe/2024-12-25/01.txt", PROSE)
    assert [Path(refused.path).name for refused in refusals(tmp_path)] == ["paper.toml"]
    assert len(records(tmp_path)) == 1


ENCODED = {
    "utf-8": PROSE.encode(),
    "utf-8 with a mark": PROSE.encode("utf-8-sig"),
    "utf-16-le": b"\xff\xfe" + PROSE.encode("utf-16-le"),
    "utf-16-be": b"\xfe\xff" + PROSE.encode("utf-16-be"),
    "gb18030": PROSE.encode("gb18030"),
    "big5": PROSE_TRADITIONAL.encode("big5"),
}


@pytest.mark.parametrize("raw", ENCODED.values(), ids=ENCODED.keys())
def test_a_page_is_read_in_its_encoding(tmp_path: Path, raw: bytes) -> None:
    write(tmp_path, "a/2024-12-25/01.txt", raw)
    (page,) = records(tmp_path)
    assert isinstance(page, Page)
    assert page.text in (PROSE, PROSE_TRADITIONAL)
    assert notices(tmp_path) == []


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-8-sig"])
def test_articles_are_read_in_their_encoding(tmp_path: Path, encoding: str) -> None:
    text = json.dumps({"title": "通车", "body": PROSE}, ensure_ascii=False) + "\n"
    write(tmp_path, "a.jsonl", (text * 3).encode(encoding))
    assert [article.body for article in articles(tmp_path)] == [PROSE] * 3


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
@given(place=st.integers(0, 100), stray=st.integers(0x80, 0xFF))
def test_a_stray_byte_does_not_flip_a_text(
    encoding: str, place: int, stray: int
) -> None:
    prose = PROSE_TRADITIONAL if encoding == "big5" else PROSE
    raw = (prose * 5).encode(encoding)
    damaged = decode(raw[:place] + bytes([stray]) + raw[place:])
    assert damaged.encoding.startswith(encoding)
    assert damaged.text.endswith(prose * 3)


def test_a_damaged_page_is_read_with_a_notice(tmp_path: Path) -> None:
    write(tmp_path, "a/2024-12-25/01.txt", PROSE.encode() + b"\xff" + PROSE.encode())
    (page,) = records(tmp_path)
    assert isinstance(page, Page)
    assert page.text == f"{PROSE}\N{REPLACEMENT CHARACTER}{PROSE}"
    assert [notice.notice.code for notice in notices(tmp_path)] == ["encoding"]


def test_all_line_breaks_become_one(tmp_path: Path) -> None:
    write(tmp_path, "a/2024-12-25/01.txt", "一\r\n二\r三\f四\u2028五")
    (page,) = records(tmp_path)
    assert isinstance(page, Page)
    assert page.text == "一\n二\n三\n四\n五"


PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >>\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x01\x90\x08\x06\0\0\0" * 50
BAD_PAGES: dict[str, tuple[str, bytes, str]] = {
    "empty": ("a/2024-12-25/01.txt", b"", "空文件"),
    "blank": ("a/2024-12-25/01.txt", b" \n\n", "空文件"),
    "picture": ("a/2024-12-25/01.txt", PNG, "不是文本"),
    "pdf": ("a/2024-12-25/01.txt", PDF, "不是文本"),
    "nulls": ("a/2024-12-25/01.txt", bytes(3000), "不是文本"),
    "foreign": ("a/2024-12-25/01.txt", "Сегодня в городе".encode("koi8-r"), "不是文本"),
    "unmarked": ("a/2024-12-25/01.txt", PROSE.encode("utf-16-le"), "不是文本"),
    "huge": ("a/2024-12-25/01.txt", b"a" * (5 << 20), "超过 4 MB"),
    "no date": ("a/issue/01.txt", PROSE.encode(), "不是 2024-12-25 这样的日期"),
    "short date": ("a/2024-2-5/01.txt", PROSE.encode(), "这样的日期"),
    "no such day": ("a/2024-02-30/01.txt", PROSE.encode(), "没有“2024-02-30”这一天"),
    "absurd year": ("a/0001-01-01/01.txt", PROSE.encode(), "这一天"),
    "odd label": ("a/2024-12-25/0 1?.txt", PROSE.encode(), "版次"),
    "top level": ("01.txt", PROSE.encode(), "版面应放在"),
}


@pytest.mark.parametrize(
    ("name", "raw", "reason"), BAD_PAGES.values(), ids=BAD_PAGES.keys()
)
def test_a_bad_page_is_refused_and_the_rest_is_read(
    tmp_path: Path, name: str, raw: bytes, reason: str
) -> None:
    path = write(tmp_path, name, raw)
    good_neighbour(tmp_path)
    (refused,) = refusals(tmp_path)
    assert refused.path == str(path)
    assert reason in refused.reason.zh
    assert [record.id for record in records(tmp_path)] == ["good"]


BAD_LINES: dict[str, tuple[str, str]] = {
    "broken": ('{"title": "通车", "body": ', "不是合法的 JSON"),
    "deep": ("[" * 100_000, "JSON"),
    "huge number": ('{"title": %s}' % ("9" * 5000), "数字过长"),
    "an array": ('["通车"]', "JSON 对象"),
    "no title": ('{"body": "今日通车"}', "缺少 title"),
    "no body": ('{"title": "通车"}', "缺少 body"),
    "title of a wrong type": (line(title=5).strip(), "title 应是文本"),
    "body of a wrong type": (line(body=["今日"]).strip(), "body 应是文本"),
    "empty": (line(title=" ", body="\n").strip(), "都是空的"),
    "id with a slash": (line(id="2024/12").strip(), "网址"),
    "id of a wrong type": (line(id=["a"]).strip(), "网址"),
    "id with a surrogate": (line(id="a\ud800").strip(), "网址"),
    "no such day": (line(date="2024-02-30").strip(), "没有这样的日期"),
    "absurd date": (line(date="9999-01-01").strip(), "没有这样的日期"),
    "no date": (line(date="昨天").strip(), "年-月-日"),
    "reporters of a wrong type": (line(reporters=5).strip(), "姓名"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_line_seven_is_refused_and_the_rest_is_read(
    tmp_path: Path, bad: str, reason: str
) -> None:
    write(tmp_path, "a.jsonl", line() * 6 + bad + "\n" + line() * 2)
    (refused,) = refusals(tmp_path)
    assert (Path(refused.path).name, refused.line) == ("a.jsonl", 7)
    assert reason in refused.reason.zh
    assert len(articles(tmp_path)) == 8


def test_an_overlong_line_is_refused_without_being_held(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", line() + "x" * (17 << 20) + "\n" + line())
    assert [refused.line for refused in refusals(tmp_path)] == [2]
    assert [article.id for article in articles(tmp_path)] == ["a.1", "a.3"]


def test_lone_surrogates_and_nulls_of_json_are_replaced(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", line(body="今日\ud800通车\0。"))
    (article,) = articles(tmp_path)
    assert article.body == "今日\ufffd通车\ufffd。"
    assert [notice.code for notice in article.warnings] == ["encoding"]
    article.body.encode()


def test_an_unknown_kind_is_read_as_an_article_with_a_warning(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", line(kind="消息"))
    (article,) = articles(tmp_path)
    assert article.kind == "article"
    assert [notice.code for notice in article.warnings] == ["kind"]


def test_a_line_may_hold_a_roster(tmp_path: Path) -> None:
    body = "（3人，按姓氏笔画排列）\n王岚（女） 毛小东 方　静"
    write(tmp_path, "a.jsonl", line(kind="roster", title="主席团名单", body=body))
    (roster,) = records(tmp_path)
    assert isinstance(roster, Roster)
    assert [entry.name for entry in roster.entries] == ["王岚", "毛小东", "方静"]
    assert roster.entries[0].gender == "女"
    assert roster.groups[0].declared == 3


def test_a_roster_without_names_is_read_as_an_article(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", line(kind="roster", body="名单另行公布。"))
    (article,) = articles(tmp_path)
    assert [notice.code for notice in article.warnings] == ["kind"]


@pytest.mark.parametrize("cut", [40, 400])
def test_a_damaged_archive_gives_what_comes_before(tmp_path: Path, cut: int) -> None:
    many = "".join(line(id=f"n{i}", body=os.urandom(500).hex()) for i in range(900))
    write(tmp_path, "a.jsonl.gz", gzip.compress(many.encode())[:-cut])
    (refused,) = refusals(tmp_path)
    assert "压缩内容已损坏" in refused.reason.zh
    assert articles(tmp_path)[0].id == "n0"


def test_a_decompression_bomb_is_stopped(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl.xz", lzma.compress(bytes(80 << 20)))
    good_neighbour(tmp_path)
    assert [Path(refused.path).name for refused in refusals(tmp_path)] == ["a.jsonl.xz"]
    assert [record.id for record in records(tmp_path)] == ["good"]


def test_a_pipe_is_refused_and_never_opened(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "a.jsonl")
    good_neighbour(tmp_path)
    assert ["管道" in refused.reason.zh for refused in refusals(tmp_path)] == [True]


def test_links_that_lead_astray_are_refused(tmp_path: Path) -> None:
    outside = write(tmp_path, "outside/a.jsonl", line())
    root = tmp_path / "corpus"
    good_neighbour(root)
    (root / "1.jsonl").symlink_to(outside)
    (root / "2").symlink_to(root)
    (root / "3.jsonl").symlink_to("3.jsonl")
    (root / "4.jsonl").symlink_to("nothing")
    reasons = [refused.reason.zh for refused in refusals(root)]
    expected = ["语料之外", "已在原处读取", "成了环", "链接已失效"]
    assert len(reasons) == len(expected)
    assert all(part in reason for part, reason in zip(expected, reasons, strict=True))


def test_a_link_to_a_file_of_the_corpus_is_read(tmp_path: Path) -> None:
    write(tmp_path, ".store/x", line(id="linked"))
    (tmp_path / "a.jsonl").symlink_to(tmp_path / ".store/x")
    assert [record.id for record in records(tmp_path)] == ["linked"]


def test_what_may_not_be_read_is_refused(tmp_path: Path) -> None:
    if not hasattr(os, "geteuid"):
        pytest.skip("this system has no file modes")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)
        good_neighbour(root)
        write(root, "a.jsonl", line()).chmod(0)
        (root / "b").mkdir(mode=0)
        with as_nobody():
            reasons = [refused.reason.zh for refused in refusals(root)]
            assert reasons == ["无法读取：没有读取权限"] * 2
            assert [record.id for record in records(root)] == ["good"]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's right to read everything, for a test that runs as root."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    yield
    os.seteuid(user)


def test_names_that_are_not_text_can_be_printed(tmp_path: Path) -> None:
    folder = os.fsencode(write(tmp_path, "a/2024-12-25/01.txt", PROSE).parent)
    with open(os.path.join(folder, b"\xff\x1b[31m.txt"), "w") as file:
        file.write(PROSE)
    write(tmp_path, "a/2024-12-25/\u202e20.txt", PROSE)
    for refused in refusals(tmp_path):
        assert not {"\x1b", "\u202e"} & {*refused.path}
        refused.path.encode()


def test_other_files_are_named_and_not_read(tmp_path: Path) -> None:
    good_neighbour(tmp_path)
    write(tmp_path, "photo.png", PNG)
    write(tmp_path, ".git/config", "")
    (notice,) = notices(tmp_path)
    assert notice.notice.code == "not-corpus"
    assert "photo.png" in notice.notice.message.zh


def test_folders_nested_deeper_than_calls_may_be(tmp_path: Path) -> None:
    write(tmp_path, "README", "keeps this folder")
    deepest = str(tmp_path)
    for _ in range(sys.getrecursionlimit() + 200):
        deepest = os.path.join(deepest, "d")
        os.mkdir(deepest)
    file = os.path.join(deepest, "a.jsonl")
    Path(file).write_text(line(id="deep"))
    found = [record.id for record in records(tmp_path)]
    # Removed here, since pytest can't remove a folder so deep.
    os.remove(file)
    os.removedirs(deepest)
    assert found == ["deep"]


def test_a_missing_corpus_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing, match="找不到语料"):
        list(corpus.read(tmp_path / "nothing"))


def test_an_empty_corpus_is_an_error_that_says_what_is_expected(tmp_path: Path) -> None:
    write(tmp_path, "README.md", "notes")
    with pytest.raises(CorpusEmpty, match="jsonl"):
        list(corpus.read(tmp_path))


def test_a_page_by_itself_is_undated_only_on_request(tmp_path: Path) -> None:
    path = write(tmp_path, "loose/scan.txt", PROSE)
    assert len(refusals(path)) == 1
    (entry,) = corpus.read(path, undated=True)
    assert isinstance(entry, Entry)
    assert entry.record == Page("", UNDATED, "scan", PROSE, source=str(path))


def test_a_corpus_is_measured_without_reading_it(tmp_path: Path) -> None:
    size = write(tmp_path, "a.jsonl", line()).stat().st_size
    write(tmp_path, "photo.png", PNG)
    assert corpus.measure(tmp_path) == Measure(1, size)


def test_chunks_use_up_what_was_measured(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", line() * 3000)
    write(tmp_path, "b.jsonl.gz", gzip.compress((line() * 3000).encode()))
    write(tmp_path, "c/2024-12-25/01.txt", PROSE)
    used = sum(getattr(chunk, "bytes", 0) for chunk in corpus.chunks(tmp_path))
    assert used == corpus.measure(tmp_path).bytes


def test_chunks_and_items_travel_between_processes(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", line() + "{\n")
    write(tmp_path, "c/2024-12-25/01.txt", PROSE)

    def texts(items: list[Item]) -> list[str]:
        return [str(item) for item in items]

    there = pickle.loads(pickle.dumps(list(corpus.chunks(tmp_path))))
    items = [item for chunk in there for item in corpus.read_chunk(chunk)]
    back = pickle.loads(pickle.dumps(items))
    assert texts(back) == texts(items) == texts(list(corpus.read(tmp_path)))
