"""Imports run one way: a module may import only modules of lines above its own."""

import ast
from collections.abc import Container, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("indexer", "search_web")

# Modules of one line do not import each other. `search_web` sees the door alone.
LAYERS = """
processor
messages
archive errors dates wordlists tokens
reporting marks interviews
cues clauses
settings names query decoding papers pinyin packing
terms bylines witnesses traditional
weighing saying spelt
cuts
roles rosters documents snippets headlines looks wording vocabulary citations sheets
aligning mentions continuing
speakers speech
occasions
quotes
lines claims judging
layout search jsonl
drafts
pages
corpus hits verdict variants generations entries namesakes
splitting
batches
checklists persons
arrays.container
arrays.codes arrays.lexicon arrays.columns arrays.stored arrays.streams arrays.layout
arrays.pairs
arrays.entries
arrays.literal arrays.postings arrays.neighbours
arrays.positions
arrays.gather arrays.segment
arrays.deletions arrays.toc arrays.tiers arrays.resident
arrays.merge
arrays.index_writer
arrays.top arrays.queries arrays.dense
arrays.ranks
arrays.matching
arrays.posted
arrays.combining arrays.few arrays.words arrays.filtering
arrays.codec_read arrays.codec_write arrays.recent
arrays.codec
arrays.collection arrays.phrases arrays.expanding
arrays.contexts arrays.pooled arrays.sections arrays.kept
arrays.closeness
arrays.walking arrays.printing
arrays.compiling arrays.facets arrays.plain
arrays.searcher
arrays
named suggest spelling relaxing times
rewrites
correcting
whoosh_query
relevance
offers ledger
whoosh_index
probes alike asking
whoosh_engine
rebuild
indexer
terminal
watching
commands
indexer.__main__
search_web.params search_web.rendering search_web.reindex search_web.issues
search_web.site search_web.wire
search_web.listing search_web.caching
search_web.citing search_web.feeds search_web.records search_web.walking
search_web.exports search_web.quoting search_web.shapes
search_web.histogram
search_web.views search_web.reading search_web.browsing search_web.guide
search_web.rosters search_web.people search_web.openapi
search_web.api
search_web.opensearch search_web.sitemaps
search_web.admin search_web.verifying search_web.variants
search_web.app
search_web
search_web.__main__
"""

OWNERS = {
    "jieba": {"indexer.terms"},
    "rjieba": {"indexer.terms"},
    "opencc": {"indexer.terms"},
    "rapidfuzz": {"indexer.aligning"},
    "pypinyin": {"indexer.pinyin"},
    "whoosh": {
        "indexer.whoosh_index",
        "indexer.whoosh_query",
        "indexer.relevance",
        "indexer.alike",
        "indexer.arrays.codes",
        "indexer.arrays.layout",
        "indexer.arrays.codec",
        "indexer.arrays.codec_read",
        "indexer.arrays.codec_write",
        "indexer.arrays.compiling",
        "indexer.arrays.expanding",
        "indexer.arrays.plain",
        "indexer.arrays.queries",
        "indexer.arrays.searcher",
        "indexer.arrays.walking",
    },
    "starlette": {"search_web"},
    "uvicorn": {"search_web"},
    "jinja2": {"search_web"},
}


@cache
def modules() -> dict[str, Path]:
    """Dotted name → file, of every module of the project."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(modules()[name].read_text("utf-8"))


def imports_of(tree: ast.Module, known: Container[str]) -> Iterator[str]:
    """Every module that a source imports, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in known else node.module


@cache
def lines() -> dict[str, int]:
    """Each module's line in LAYERS."""
    placed = {}
    for number, line in enumerate(LAYERS.split("\n")):
        for word in line.split():
            name = word if word.startswith(FOLDERS) else f"indexer.{word}"
            placed[name] = number
    return placed


def wrong_imports(name: str, tree: ast.Module) -> list[str]:
    """What a module imports of the project that does not lie above it."""
    place = lines()
    return [
        imported
        for imported in imports_of(tree, modules())
        if imported in place and imported != name and place[imported] >= place[name]
    ]


@pytest.mark.parametrize("name", modules())
def test_every_module_has_its_line(name: str) -> None:
    assert name in lines()


@pytest.mark.parametrize("name", modules())
def test_imports_only_what_lies_above(name: str) -> None:
    assert wrong_imports(name, tree_of(name)) == []


@pytest.mark.parametrize("name", [n for n in modules() if n.startswith("search_web")])
def test_the_site_uses_the_door_alone(name: str) -> None:
    imported = set(imports_of(tree_of(name), modules()))
    rooms = {n for n in imported if n.startswith("indexer.")}
    allowed = {"indexer.commands"} if name == "search_web.__main__" else set()
    assert rooms <= allowed


@pytest.mark.parametrize("name", modules())
def test_libraries_are_imported_by_their_owners(name: str) -> None:
    for imported in imports_of(tree_of(name), modules()):
        owners = OWNERS.get(imported.split(".")[0], {name})
        assert name in owners or name.split(".")[0] in owners


@pytest.mark.parametrize("name", modules())
def test_no_import_is_hidden(name: str) -> None:
    tree = tree_of(name)
    top = {id(node) for node in tree.body}
    tried = [child for node in tree.body for child in ast.walk(node)]
    hidden = [
        node
        for node in tried
        if isinstance(node, ast.Import | ast.ImportFrom)
        and id(node) not in top
        and not any(
            node in block.body for block in tree.body if isinstance(block, ast.Try)
        )
    ]
    assert hidden == []


def test_a_wrong_import_is_noticed() -> None:
    tree = ast.parse("from indexer import whoosh_engine\n")
    assert wrong_imports("indexer.terms", tree) != []
