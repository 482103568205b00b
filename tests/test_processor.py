"""Which sorts NumPy is told to leave out, and that it is told in time."""

import os
import subprocess
import sys

import pytest

from indexer.processor import left_out

LINUX = "vendor_id\t: {}\ncpu family\t: {}\nmodel\t\t: {}\nmodel name\t: any\n"


@pytest.mark.parametrize(
    ("described", "numpy", "expected"),
    [
        (LINUX.format("AuthenticAMD", 25, 17), "2.4.6", "X86_V4"),
        (LINUX.format("AuthenticAMD", 25, 17), "2.3.5", "AVX512_SKX"),
        (LINUX.format("AuthenticAMD", 25, 17), "1.26.4", "AVX512_SKX"),
        (LINUX.format("AuthenticAMD", 25, 33), "2.4.6", None),
        (LINUX.format("AuthenticAMD", 26, 17), "2.4.6", None),
        (LINUX.format("GenuineIntel", 6, 143), "2.4.6", None),
        ("arm", "2.4.6", None),
        ("", "2.4.6", None),
    ],
    ids=["zen 4", "numpy 2.3", "numpy 1", "zen 3", "zen 5", "intel", "arm", "untold"],
)
def test_only_zen_4_leaves_its_slow_sorts_out(
    described: str, numpy: str, expected: str | None
) -> None:
    assert left_out(described, numpy) == expected


# What the door has set when NumPy is looked for; nothing more is loaded.
LOOKED_FOR = """
import os, sys

class Finder:
    def find_spec(self, name, *_):
        if name == "numpy":
            print("indexer.processor" in sys.modules, os.environ.get(VARIABLE))
            sys.exit()

VARIABLE = "NPY_DISABLE_CPU_FEATURES"
sys.meta_path.insert(0, Finder())
import indexer
"""


def when_numpy_is_loaded(**environ: str) -> list[str]:
    found = subprocess.run(
        [sys.executable, "-c", LOOKED_FOR],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.split()


def test_what_is_set_already_stays() -> None:
    told = when_numpy_is_loaded(NPY_DISABLE_CPU_FEATURES="AVX512_SPR")
    assert told == ["True", "AVX512_SPR"]


def test_the_door_tells_before_numpy_is_loaded() -> None:
    """Else it would be told in vain."""
    assert when_numpy_is_loaded()[0] == "True"
