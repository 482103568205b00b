"""CSV files of quotations, as spreadsheets write them and as people break them."""

import csv
import io

import pytest

from indexer.archive import Article
from indexer.checklists import (
    MAX_TEXT,
    ChecklistRow,
    read_checklist,
    row_json,
    sheet_header,
    sheet_row,
    verified,
)
from indexer.errors import InputRefused
from tests.canned_engine import CannedEngine

SAID = "这座桥我们等了整整九年，谁也没有抱怨过一句。"
ENGINE = CannedEngine((Article("a", "article", "大桥合龙", f"老人说：“{SAID}”"),))


def read(text: str) -> list[tuple[int, str, str | None, bool]]:
    rows = read_checklist(text.encode(), "表.csv")
    return [
        (row.number, row.claim.text, row.claim.speaker, bool(row.trouble))
        for row in rows
    ]


@pytest.mark.parametrize(
    "text",
    [
        "text,speaker\n甲乙,丙\n",
        "speaker,text\n丙,甲乙\n",
        "说话人;引语\n丙;甲乙\n",
        "\ufefftext\tspeaker\r\n甲乙\t丙\r\n",
        "编号,引语,说话人\n1,甲乙,丙\n",
        '\n"text","speaker"\n"甲乙",丙\n',
    ],
)
def test_columns_are_found_by_name(text: str) -> None:
    assert [row[1:3] for row in read(text)] == [("甲乙", "丙")]


def test_without_a_header_the_first_two_columns_are_meant() -> None:
    assert read("甲乙,丙\n丁戊\n") == [
        (1, "甲乙", "丙", False),
        (2, "丁戊", None, False),
    ]


def test_a_bad_row_never_fails_the_rest() -> None:
    long = "长" * (MAX_TEXT + 1)
    rows = read(f'text,speaker\n"没有完,甲\n乙丙,丁\n,戊\n{long},己\n"两\n行",庚\n')
    assert [(number, bad) for number, _, _, bad in rows] == [
        (2, True), (3, False), (4, True), (5, True), (6, False)
    ]  # fmt: skip
    assert rows[-1][1] == "两\n行"


def test_other_encodings_are_read_and_pictures_refused() -> None:
    raw = f"引语,说话人\n{SAID},游长庚\n".encode("gb18030")
    assert read_checklist(raw, "表.csv")[0].claim.text == SAID
    with pytest.raises(InputRefused):
        read_checklist(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "图.png")
    assert read_checklist(b"", "空.csv") == ()


def cells(rows: list[ChecklistRow]) -> list[dict[str, str]]:
    written = sheet_header("zh") + b"".join(sheet_row(row, "zh") for row in rows)
    return list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline="")))


def test_every_row_has_its_verdict_or_its_trouble() -> None:
    given = read_checklist(f"{SAID},汪少游\n,\n,丙\n{SAID[:9]}\n".encode(), "表.csv")
    told = cells(list(verified(ENGINE, given, most=2)))
    assert [row["结论"] for row in told] == ["逐字一致", "", ""]
    assert (told[0]["说话人一致"], told[0]["编号"]) == ("否", "a")
    assert told[1]["说明"] == "这一行没有引语。"
    assert told[2]["说明"].startswith("行数过多")


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM", "＝1"])
def test_no_cell_is_a_formula(start: str) -> None:
    (row,) = verified(ENGINE, read_checklist(f"{start},{start}".encode(), "x"))
    (told,) = cells([row])
    assert (told["引语"], told["说话人"]) == (f"'{start}", f"'{start}")


def test_rows_as_json_say_what_is_wrong() -> None:
    good, bad = verified(ENGINE, read_checklist(f"{SAID}\n,丙\n".encode(), "x"))
    assert row_json(good, "zh")["verdict"] == "逐字一致"
    assert row_json(bad, "en")["trouble"] == "There is no quotation in this row."
    assert good.passes
    assert not bad.passes
