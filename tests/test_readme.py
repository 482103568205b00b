"""README keeps its word: the map is true, and the commands are there and exist."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from search_web.__main__ import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
MAPPED = re.findall(r"^- `([a-z_]+/[^`]+)`", README, re.MULTILINE)


def commands_under(marker: str) -> list[str]:
    block = README.split(f"<!-- {marker} -->\n```sh\n")[1].split("```")[0]
    return block.strip().split("\n")


def test_every_module_is_on_the_map() -> None:
    modules = {
        str(path.relative_to(ROOT))
        for folder in ("indexer", "search_web")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert modules - set(MAPPED) == set()


@pytest.mark.parametrize("path", MAPPED)
def test_every_place_on_the_map_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_there_are_exactly_two_commands_in_blocks() -> None:
    assert README.count("```sh\n") == 2
    assert len(commands_under("serve")) == len(commands_under("test")) == 1


def test_both_commands_start_from_nothing_but_python() -> None:
    for marker in ("serve", "test"):
        assert commands_under(marker)[0].startswith("python3 -m venv .venv && ")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`baosou (\w+)", README))))
def test_every_command_that_is_named_exists(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "-h"])
    assert result.exit_code == 0
