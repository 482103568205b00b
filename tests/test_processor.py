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


def test_what_is_set_already_stays() -> None:
    code = "import indexer, os; print(os.environ['NPY_DISABLE_CPU_FEATURES'])"
    told = {**os.environ, "NPY_DISABLE_CPU_FEATURES": "AVX512_SPR"}
    run = [sys.executable, "-c", code]
    found = subprocess.run(run, env=told, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "AVX512_SPR"


def test_the_door_tells_before_numpy_is_loaded() -> None:
    """Else it would be told in vain."""
    code = (
        "import sys; from importlib import import_module\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'numpy': print('indexer.processor' in sys.modules)\n"
        "sys.meta_path.insert(0, Finder()); import indexer"
    )
    run = [sys.executable, "-c", code]
    found = subprocess.run(run, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "True"
