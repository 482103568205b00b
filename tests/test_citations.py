"""Citations: a reader of each format reads back what was written, whatever it is."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import jsonschema
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares import SeparateCoAuthors
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pylatexenc.latex2text import (
    LatexNodes2Text,
    MacroTextSpec,
    get_default_latex_context_db,
)

from indexer.archive import Article, Quote, Roster
from indexer.citations import (
    Citation,
    bibtex,
    cite,
    csl,
    gbt7714,
    newsroom,
    ris,
    write_citations,
)

BRIDGE = Article(
    "yunpu.2024-12-25.A02.1",
    "article",
    "大桥通车",
    "两岸居民步行过桥。",
    date=dt.date(2024, 12, 25),
    page="A02",
    section="要闻",
    reporters=("章一鸣", "吴桐"),
)
WORDS = Quote("q", "direct", "这座桥我们等了九年。", 0, 9, "顾长河", "总工程师")
SCHEMA = json.loads((Path(__file__).parent / "csl_data.json").read_text("utf-8"))
printed = st.text(min_size=1, max_size=30)
texts = printed | st.text("-'`\"<>,!?\\{}~^$&%#_@ab 桥《》\r\n\u2028", max_size=20)


def read_bibtex(text: str) -> dict[str, Any]:  # Any: what bibtexparser gives
    known = get_default_latex_context_db()
    named = {"textbraceleft": "{", "textbraceright": "}", "textasciicircum": "^"}
    macros = [MacroTextSpec(name, simplify_repl=text) for name, text in named.items()]
    known.add_context_category("text", prepend=True, macros=macros)
    decode = LatexNodes2Text(latex_context=known, math_mode="text").latex_to_text
    library = parse_string(text, append_middleware=[SeparateCoAuthors()])
    assert library.failed_blocks == []
    (entry,) = library.entries
    read = {field.key: field.value for field in entry.fields}
    return {
        name: [decode(each) for each in value]
        if isinstance(value, list)
        else decode(value)
        for name, value in read.items()
    }


def signed(title: str, authors: tuple[str, ...]) -> Citation:
    unit = replace(BRIDGE, headline=title, reporters=authors)
    return cite(unit, "云浦日报")


def test_a_unit_in_the_newsroom_and_in_gbt7714() -> None:
    cited = cite(BRIDGE, "云浦日报")
    assert newsroom(cited) == "《云浦日报》2024年12月25日A02版《大桥通车》"
    assert gbt7714(cited) == "章一鸣，吴桐. 大桥通车[N]. 云浦日报，2024-12-25（A02）."


def test_what_is_unknown_is_left_out() -> None:
    cited = cite(Roster("loose", None, ()), None)
    assert newsroom(cited) == ""
    assert gbt7714(cited) == "[N]."
    assert csl(cited) == {"id": "loose", "type": "article-newspaper"}
    assert set(read_bibtex(bibtex(cited))) == {"entrysubtype"}
    assert rispy.loads(ris(cited)) == [{"type_of_reference": "NEWS", "id": "loose"}]


def test_a_quotation_has_its_words_and_speaker() -> None:
    said = newsroom(cite(BRIDGE, "云浦日报", WORDS))
    assert said == (
        "顾长河（总工程师）：“这座桥我们等了九年。”"
        "——《云浦日报》2024年12月25日A02版《大桥通车》"
    )
    many = replace(WORDS, speaker="三位代表", role="代表")
    assert newsroom(cite(BRIDGE, None, many)).startswith("三位代表：“")
    told = replace(WORDS, kind="indirect", speaker=None)
    assert newsroom(cite(BRIDGE, None, told)).startswith("这座桥我们等了九年。——2024年")


@settings(max_examples=20)
@given(texts.map(lambda text: f"{text}。"))
def test_quoted_words_come_back_from_every_record(words: str) -> None:
    cited = cite(BRIDGE, None, replace(WORDS, text=words))
    said = newsroom(cited).removesuffix(f"——{newsroom(cite(BRIDGE, None))}")
    assert read_bibtex(bibtex(cited))["annote"] == said
    assert rispy.loads(ris(cited))[0]["notes"] == [said]
    items = json.loads(write_citations([cited], "json"))
    jsonschema.validate(items, SCHEMA)
    assert items[0]["annote"] == said


def test_marks_inside_marks_change_places() -> None:
    titled = replace(BRIDGE, headline="读《大江》有感")
    said = replace(WORDS, text="他说“到了”，it’s here。")
    text = newsroom(cite(titled, None, said))
    assert "《读〈大江〉有感》" in text
    assert "：“他说‘到了’，it’s here。”" in text
    nested = replace(WORDS, text="要形成‘共赢链。’")
    assert "：“要形成‘共赢链。’”" in newsroom(cite(BRIDGE, None, nested))


@settings(max_examples=60)
@given(texts, st.tuples(printed, printed))
@example("-- '' ``` ,, <<>> {a}} \\", ("A and B, Jr.", "a{b"))
def test_any_text_comes_back_from_bibtex(title: str, authors: tuple[str, str]) -> None:
    cited = signed(title, authors)
    entry = read_bibtex(bibtex(cited))
    assert entry.get("title") == cited.title
    assert entry.get("author", []) == list(cited.authors)


@settings(max_examples=60)
@given(texts, st.tuples(printed, printed))
@example("ER  - \nTY  - BOOK", ("\r\nAU  - x", "\x85ER  - "))
def test_any_text_comes_back_from_ris(title: str, authors: tuple[str, str]) -> None:
    cited = signed(title, authors)
    (record,) = rispy.loads(ris(cited))
    assert record.get("title") == cited.title
    assert record.get("authors", []) == list(cited.authors)
    assert (record["date"], record["start_page"]) == ("2024/12/25", "A02")


@settings(max_examples=60)
@given(texts, st.tuples(printed, printed))
def test_any_text_comes_back_from_csl(title: str, authors: tuple[str, str]) -> None:
    cited = signed(title, authors)
    items = json.loads(write_citations([cited], "json"))
    jsonschema.validate(items, SCHEMA)
    assert items[0].get("title") == cited.title
    assert [name["literal"] for name in items[0].get("author", [])] == list(
        cited.authors
    )


@given(texts)
def test_a_cited_line_keeps_all_but_controls_and_white_space(title: str) -> None:
    kept = signed(title, ()).title or ""
    assert "".join(kept.split()) == "".join(
        character
        for character in title
        if not character.isspace() and (character.isprintable() or character in kept)
    )


def test_many_citations_make_one_file() -> None:
    cited = [signed("甲", ()), cite(replace(BRIDGE, id="x/一"), None)]
    assert len(rispy.loads(write_citations(cited, "ris"))) == 2
    library = parse_string(write_citations(cited, "bib"))
    assert [entry.key for entry in library.entries] == [BRIDGE.id, "x_2f__4e00_"]
    assert write_citations(cited[:1], "txt").count("\n") == 2
