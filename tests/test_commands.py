"""The command line: results on stdout, sentences on stderr, honest exit codes, and no
traceback for anything that a user can cause."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer import generations
from indexer.commands import cli, run

PAGE = """新桥今日通车

　　本报讯（记者 文启明）青禾县新桥今日通车，两岸居民往来更加方便。县长说，这是全县人民
多年的愿望。

图书馆夜间开放

　　本报讯（记者 白若水）青禾县图书馆自今日起夜间开放，读者可借阅到九时。
"""


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # Any: whatever the command printed as JSON
        return json.loads(self.out)


Baosou = Callable[..., Outcome]


@pytest.fixture
def baosou(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Baosou:
    """Runs a command line over an index and a corpus in a temporary folder."""
    monkeypatch.setenv("BAOSOU_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("BAOSOU_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    def call(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        code = run(cli, "baosou", [str(argument) for argument in arguments])
        return Outcome(code, *capsys.readouterr())

    return call


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two units on a page, two in a JSONL file."""
    root = tmp_path / "corpus"
    write(root, "qinghe/2024-12-25/01.txt", PAGE)
    write(root, "old.jsonl", line("old:1", date="2023-05-01") + line("old:2"))
    return root


def write(root: Path, name: str, content: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")
    return path


def line(id: str, **fields: object) -> str:
    record = {"id": id, "title": "旧桥加固", "body": "青禾县旧桥加固完工。", **fields}
    return json.dumps(record, ensure_ascii=False) + "\n"


def records(text: str) -> list[Any]:  # Any: JSON objects
    return [json.loads(row) for row in text.splitlines() if row.startswith("{")]


def test_index_says_what_it_did(baosou: Baosou, corpus: Path) -> None:
    outcome = baosou("index")
    assert outcome.code == 0
    assert "收录 4 篇（文章 4），读自 2 个文件" in outcome.out
    assert "新增 4" in outcome.out
    assert "内存" in outcome.out


def test_index_is_incremental_and_full_on_request(baosou: Baosou, corpus: Path) -> None:
    names = ("added", "changed", "removed", "unchanged")

    def changes(*options: str) -> list[int]:
        report = baosou("index", "--json", *options).json
        return [report[name] for name in names]

    assert changes() == [4, 0, 0, 0]
    write(corpus, "old.jsonl", line("old:1") + line("old:3"))
    assert changes() == [1, 1, 1, 2]
    assert changes() == [0, 0, 0, 4]
    assert changes("--full")[0] == 4


def test_index_reports_as_json(baosou: Baosou, corpus: Path) -> None:
    write(corpus, "new.jsonl", line("new:1") + "{\n")
    write(corpus, "photo.png", "")
    outcome = baosou("index", corpus, "--json")
    report = outcome.json
    assert outcome.code == 1
    assert report["kinds"] == [{"value": "article", "count": 5}]
    assert [(item["line"], item["path"][-9:]) for item in report["refused"]] == [
        (2, "new.jsonl")
    ]
    assert [item["code"] for item in report["notices"]] == ["not-corpus"]
    assert report["seconds"] > 0
    assert report["peak_memory"] is None or report["peak_memory"] > 1 << 20


def test_progress_is_json_lines_on_stderr(baosou: Baosou, corpus: Path) -> None:
    write(corpus, "new.jsonl", line("new:1") + "{\n")
    outcome = baosou("index", "--json")
    total = sum(path.stat().st_size for path in corpus.rglob("*.*") if path.is_file())
    assert records(outcome.err)[-1] == {"done": total, "total": total}
    assert "new.jsonl:2: 不是合法的 JSON" in outcome.err


def test_options_may_stand_before_the_command(baosou: Baosou, corpus: Path) -> None:
    index = corpus.parent / "elsewhere"
    assert baosou("--json", "--index", index, "index").json["added"] == 4
    assert baosou("status", "--index", index, "--json").json["documents"] == 4


def test_search_prints_numbered_hits(baosou: Baosou, corpus: Path) -> None:
    baosou("index")
    outcome = baosou("search", "通车")
    assert outcome.code == 0
    assert outcome.out.startswith("共 1 篇")
    assert "  1. 新桥今日【通车】" in outcome.out
    assert "qinghe　2024-12-25　第01版　文章　qinghe.2024-12-25.01.1" in outcome.out


def test_search_takes_filters_sort_and_place(baosou: Baosou, corpus: Path) -> None:
    baosou("index")

    def ids(*arguments: str) -> list[str]:
        hits = baosou("search", "--json", *arguments).json["hits"]
        return [hit["id"] for hit in hits]

    assert ids("青禾县", "--to", "2023") == ["old:1"]
    assert ids("青禾县", "--from", "2024年12月25日", "--reporter", "白若水") == [
        "qinghe.2024-12-25.01.2"
    ]
    assert ids("青禾县", "--sort", "oldest", "--limit", "1") == ["old:1"]
    newest = ids("青禾县", "--sort", "newest")
    assert newest[-1] == "old:2"
    assert ids("青禾县", "--sort", "newest", "--offset", "3") == newest[3:]


def test_search_finds_quotations_and_says_who_spoke(
    baosou: Baosou, tmp_path: Path
) -> None:
    body = "县长白若水说：“桥通了，渡口也要留着。”"
    line = json.dumps({"title": "大桥", "body": body}, ensure_ascii=False)
    (tmp_path / "said.jsonl").write_text(line, "utf-8")
    baosou("index", tmp_path / "said.jsonl")
    outcome = baosou("search", "渡口", "--kind", "quote", "--role", "县长")
    assert "白若水　县长" in outcome.out
    assert "桥通了，【渡口】也要留着。" in outcome.out
    assert baosou("search", "--speaker", "白若水", "--json").json["total"] == 1


def test_search_without_a_query_lists_everything(baosou: Baosou, corpus: Path) -> None:
    baosou("index")
    assert baosou("search", "--json").json["total"] == 4


def test_an_argument_in_a_wrong_encoding_is_searched(
    baosou: Baosou, corpus: Path
) -> None:
    baosou("index")
    assert baosou("search", "通车\udce9", "--json").code == 0


def test_read_prints_a_unit_a_line(baosou: Baosou, corpus: Path) -> None:
    outcome = baosou("read", corpus)
    units = records(outcome.out)
    assert [unit["id"] for unit in units] == [
        "old:1",
        "old:2",
        "qinghe.2024-12-25.01.1",
        "qinghe.2024-12-25.01.2",
    ]
    assert units[2]["reporters"] == ["文启明"]
    assert outcome.code == 0
    assert "01.txt" in outcome.err


def test_read_names_what_it_could_not_read(baosou: Baosou, corpus: Path) -> None:
    write(corpus, "new.jsonl", "{\n" + line("new:2"))
    outcome = baosou("read", corpus / "new.jsonl")
    assert [unit["id"] for unit in records(outcome.out)] == ["new:2"]
    assert "new.jsonl:1: 不是合法的 JSON" in outcome.err
    assert outcome.code == 1


def test_read_takes_a_page_that_lies_anywhere(baosou: Baosou, tmp_path: Path) -> None:
    path = write(tmp_path, "loose/scan.txt", PAGE)
    units = records(baosou("read", path).out)
    assert [unit["id"] for unit in units] == ["scan.1", "scan.2"]
    assert {unit["date"] for unit in units} == {None}


def test_terms_shows_both_sides(baosou: Baosou) -> None:
    outcome = baosou("terms", "數控“刀具”，ＡＩＴ")
    assert "索引·字　数控刀具ait" in outcome.out
    record = baosou("terms", "通车 或 加固", "--json").json
    assert record["index"]["characters"] == "通车或加固"
    assert record["index"]["words"][0] == {"text": "通车", "start": 0, "end": 2}
    assert "通车 或 加固" in record["query"]["reading"]


def test_status_says_what_the_index_holds(baosou: Baosou, corpus: Path) -> None:
    baosou("index")
    outcome = baosou("status")
    assert "收录 4 篇：文章 4" in outcome.out
    assert "2023-05-01—2024-12-25" in outcome.out
    status = baosou("status", "--json").json
    assert (status["documents"], status["oldest"]) == (4, "2023-05-01")
    assert status["degraded"] is None


def test_check_finds_index_and_corpus_in_agreement(
    baosou: Baosou, corpus: Path
) -> None:
    baosou("index")
    outcome = baosou("check")
    assert (outcome.code, outcome.out.count("\n")) == (0, 1)
    assert "与语料一致（4 篇）" in outcome.out


def test_check_names_every_difference(baosou: Baosou, corpus: Path) -> None:
    baosou("index")
    write(corpus, "old.jsonl", line("old:1", page=9) + line("old:3") + "{\n")
    record = baosou("check", "--json").json
    assert not record["ok"]
    assert record["changed"] == ["old:1"]
    assert record["missing"] == ["old:3"]
    assert record["extra"] == ["old:2"]
    assert [item["line"] for item in record["refused"]] == [3]
    outcome = baosou("check")
    assert outcome.code == 1
    assert "语料里有、索引里没有：1 处：old:3" in outcome.out


def test_check_names_refusals_in_the_language(
    baosou: Baosou, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    (corpus / "broken.jsonl").write_text('{"title"\n', encoding="utf-8")
    baosou("index")

    checked = baosou("check")

    assert checked.code == 1
    assert "broken.jsonl:1: not valid JSON" in checked.out


def test_check_finds_a_damaged_file(baosou: Baosou, corpus: Path) -> None:
    baosou("index")
    index = corpus.parent / "index"
    largest = max(index.rglob("*.pairs"), key=lambda path: path.stat().st_size)
    raw = bytearray(largest.read_bytes())
    raw[len(raw) // 2] ^= 1
    largest.write_bytes(raw)
    outcome = baosou("check")
    assert outcome.code == 1
    assert "--full" in outcome.out


def test_an_older_generation_answers_for_a_damaged_one_and_says_so(
    baosou: Baosou, corpus: Path
) -> None:
    baosou("index")
    baosou("index", "--full")
    (corpus.parent / "index" / "CURRENT").write_bytes(b"")
    found = baosou("search", "新桥")
    assert found.code == 0
    assert "CURRENT 已损坏。请运行 baosou index --full 重建。现用" in found.err
    assert baosou("status").code == 1
    checked = baosou("check")
    assert (checked.code, checked.out.count("\n")) == (1, 1)
    assert baosou("index").code == 0
    assert baosou("search", "新桥").err == ""


def test_sentences_follow_the_language(
    baosou: Baosou, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "4 units (4 articles) from 2 files." in baosou("index").out
    assert "There is no corpus at nowhere." in baosou("index", "nowhere").err
    assert "The index is whole" in baosou("check").out
    assert "4 documents" in baosou("status").out


BAD_USES: dict[str, tuple[tuple[str, ...], str]] = {
    "no such command": (("indx",), "indx"),
    "no such option": (("index", "--nope"), "没有选项 --nope"),
    "missing argument": (("read",), "缺少 PATH..."),
    "no such kind": (("search", "x", "--kind", "poem"), "poem"),
    "no date": (("search", "x", "--from", "昨天"), "昨天 不是日期"),
    "no jobs": (("index", "--jobs", "0"), "--jobs"),
    "too many hits": (("search", "x", "--limit", "1000"), "--limit"),
    "missing corpus": (("index", "nowhere"), "找不到语料“nowhere”"),
    "missing path": (("read", "nowhere"), "找不到语料“nowhere”"),
}


@pytest.mark.parametrize(
    ("arguments", "sentence"), BAD_USES.values(), ids=BAD_USES.keys()
)
def test_bad_usage_is_told_in_a_sentence(
    baosou: Baosou, arguments: tuple[str, ...], sentence: str
) -> None:
    outcome = baosou(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert sentence in outcome.err
    assert outcome.err.count("\n") == 1


def test_an_unreadable_setting_is_told(
    baosou: Baosou, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOSOU_JOBS", "many")
    outcome = baosou("status")
    assert outcome.code == 2
    assert "BAOSOU_JOBS" in outcome.err


def test_an_empty_corpus_is_told(baosou: Baosou, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    outcome = baosou("index")
    assert outcome.code == 2
    assert ".txt 或 *.jsonl" in outcome.err


def test_a_corpus_of_bad_files_only_leaves_the_index(
    baosou: Baosou, corpus: Path
) -> None:
    baosou("index")
    write(corpus.parent, "bad/a.jsonl", "{\n")
    outcome = baosou("index", corpus.parent / "bad")
    assert outcome.code == 1
    assert "没有一篇能读入" in outcome.err
    assert baosou("status", "--json").json["documents"] == 4


@pytest.mark.parametrize("command", ["status", "check", "search"])
def test_no_index_is_told(baosou: Baosou, command: str) -> None:
    outcome = baosou(command)
    assert outcome.code == 3
    assert "baosou index" in outcome.err


@pytest.mark.parametrize("command", ["status", "check", "search"])
def test_an_index_of_another_version_is_told(
    baosou: Baosou, corpus: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    baosou("index")
    monkeypatch.setattr("indexer.whoosh_index.fingerprint", lambda: {"schema": "0"})
    outcome = baosou(command)
    assert outcome.code == 3
    assert "baosou index" in outcome.err


def test_a_second_writer_is_told(baosou: Baosou, corpus: Path) -> None:
    baosou("index")
    with generations.writing(corpus.parent / "index"):
        outcome = baosou("index")
    assert outcome.code == 4
    assert baosou("search", "通车").code == 0


def test_every_bad_input_is_told_and_the_rest_is_indexed(
    baosou: Baosou, corpus: Path
) -> None:
    write(corpus, "1.jsonl", line("n:1") * 6 + "{broken\n" + line("n:8"))
    write(corpus, "2.jsonl", line("n:8"))
    (corpus / "3.jsonl").symlink_to("gone.jsonl")
    (corpus / "4.jsonl").write_bytes("газета".encode("koi8-r") * 9)
    outcome = baosou("index")
    assert outcome.code == 1
    assert "1.jsonl:7: 不是合法的 JSON" in outcome.err
    assert "2.jsonl:1: 编号 n:8 已被" in outcome.err
    assert "3.jsonl: 无法读取：文件不存在，或链接已失效" in outcome.err
    assert "4.jsonl: 不是文本，或编码无法识别" in outcome.err
    assert baosou("status", "--json").json["documents"] == 6


def test_a_command_without_arguments_shows_help(baosou: Baosou) -> None:
    outcome = baosou()
    assert outcome.code == 0
    for command in ("index", "read", "search", "terms", "status", "check"):
        assert f"  {command}" in outcome.out
        assert baosou(command, "-h").code == 0


def test_jobs_give_the_same_index(baosou: Baosou, corpus: Path) -> None:
    # Padding that is not indexed makes it large enough for worker processes.
    many = (line(f"m:{n}", padding="x" * 20_000) for n in range(250))
    write(corpus, "many.jsonl", "".join(many))
    assert baosou("index", "--jobs", "2", "--json").json["units"] == 254
    assert baosou("check", "--jobs", "1").code == 0


def shell(tmp_path: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "indexer", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "BAOSOU_INDEX": str(tmp_path / "index"), "LANG": "zh_CN"},
        cwd=Path(__file__).parents[1],
    )


def test_a_closed_pipe_ends_in_silence(tmp_path: Path) -> None:
    write(tmp_path, "a.jsonl", "".join(line(f"a:{n}") for n in range(20_000)))
    reader = shell(tmp_path, "read", tmp_path)
    assert reader.stdout is not None
    reader.stdout.readline()
    reader.stdout.close()
    assert reader.stderr is not None
    assert reader.stderr.read() == ""
    assert reader.wait() == 0
    reader.stderr.close()


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    write(tmp_path, "a.jsonl", line("a:1"))
    with full.open("w") as stdout:
        reader = subprocess.run(
            [sys.executable, "-m", "indexer", "read", tmp_path],
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )
    assert reader.returncode == 1
    assert "磁盘已满" in reader.stderr
    assert "Traceback" not in reader.stderr


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EFBIG, "磁盘已满"),
        (errno.EROFS, "只读或没有权限。请改权限，或用 --index 换一处"),
        (errno.EACCES, "只读或没有权限。请改权限，或用 --index 换一处"),
        (errno.EIO, "系统报错"),
    ],
    ids=errno.errorcode.get,
)
def test_what_the_disk_refuses_is_told(
    baosou: Baosou,
    corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    said: str,
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(generations, "_sync", refuse)
    outcome = baosou("index")
    assert outcome.code == 1
    assert said in outcome.err


@pytest.fixture
def listening() -> Iterator[None]:
    """What is started heeds Ctrl-C: not so where these tests run in the background of a
    shell, which has all it starts there ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_ctrl_c_is_told(tmp_path: Path) -> None:
    lines = (line(f"a:{n}", padding="x" * 20_000) for n in range(2000))
    write(tmp_path, "a.jsonl", "".join(lines))
    indexing = shell(tmp_path, "index", tmp_path, "--json", "--jobs", "1")
    assert indexing.stderr is not None
    indexing.stderr.readline()
    indexing.send_signal(signal.SIGINT)
    out, err = indexing.communicate(timeout=20)
    assert indexing.returncode == 130
    assert err.endswith("已中断。\n")
    assert "Traceback" not in err
    assert out == ""


def test_quote_says_what_differs_and_exits_with_1(baosou: Baosou, corpus: Path) -> None:
    baosou("index")
    outcome = baosou("quote", "青禾县新桥昨日通车，两岸居民往来更加方便。")
    assert outcome.code == 1
    assert outcome.out.startswith("个别字不同\n")
    assert "新桥[-今-]{+昨+}日通车" in outcome.out
    assert "qinghe.2024-12-25.01.1" in outcome.out


def test_quote_answers_in_the_shape_of_the_api(baosou: Baosou, corpus: Path) -> None:
    baosou("index")
    text = "青禾县新桥今日通车，两岸居民往来更加方便。"
    outcome = baosou("quote", text, "--speaker", "不在其中", "--json")
    assert (outcome.code, outcome.json["verdict"]) == (1, "逐字一致")
    assert outcome.json["speaker_ok"] is False
    assert outcome.json["source"]["id"] == "qinghe.2024-12-25.01.1"
    assert baosou("quote", text).code == 0


def test_quote_verifies_a_csv(baosou: Baosou, corpus: Path, tmp_path: Path) -> None:
    baosou("index")
    file = write(tmp_path, "表.csv", "引语\n青禾县新桥今日通车\n没有人说过的话呀\n")
    outcome = baosou("quote", "--csv", file)
    assert outcome.code == 1
    assert [row.split(",")[3] for row in outcome.out.splitlines()] == [
        "结论", "截取", "未见"
    ]  # fmt: skip
    lines = baosou("quote", "--csv", file, "--json").out.splitlines()
    assert [json.loads(line)["row"] for line in lines] == [2, 3]


def test_quote_needs_one_thing_to_verify(baosou: Baosou, corpus: Path) -> None:
    baosou("index")
    assert baosou("quote").code == 2
    assert baosou("quote", "甲", "--csv", "没有.csv").code == 2
