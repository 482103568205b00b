"""Which of its sorts NumPy uses on this processor.

AMD's Zen 4 has an instruction of AVX-512 that takes it a hundred cycles, and NumPy's
sorts are made of it: 55 ns a number for two million, where those in AVX2, which NumPy
has too, take 12; partitions and argsort likewise (numpy/x86-simd-sort#6; Java has left
it out there since 2025). An index sorts tens of millions of numbers, a search its
scores. NumPy reads what it is to leave out when it is loaded, so the door imports this
before all else, and the processes that it starts inherit it. Whoever has set the
variable, or loaded NumPy, keeps what they have.
"""

import os
import platform
import re
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

_VARIABLE: Final = "NPY_DISABLE_CPU_FEATURES"
_MODEL: Final = re.compile(r"family\s*:?\s*(\d+)\s+model\s*:?\s*(\d+)", re.IGNORECASE)
# Zen 4 shares a family with Zen 3, which has no AVX-512.
_FAMILY: Final = 25
_MODELS: Final = (range(0x10, 0x20), range(0x60, 0xB0))


def left_out(described: str, numpy: str) -> str | None:
    """What a version of NumPy should leave out on a processor that is described as
    Linux or Windows do, None where it should not.

    >>> left_out("AMD64 Family 25 Model 97 Stepping 2, AuthenticAMD", "2.4.1")
    'X86_V4'
    >>> left_out("Intel64 Family 6 Model 143 Stepping 8, GenuineIntel", "2.4.1")
    """
    match = _MODEL.search(described)
    if match is None or "AuthenticAMD" not in described:
        return None
    family, model = map(int, match.groups())
    if family != _FAMILY or not any(model in models for models in _MODELS):
        return None
    release = tuple(map(int, numpy.split(".")[:2]))
    return "X86_V4" if release >= (2, 4) else "AVX512_SKX"


def _described() -> str:
    with suppress(OSError), Path("/proc/cpuinfo").open() as file:
        return file.read(1024)
    return platform.processor()


if _VARIABLE not in os.environ and (
    _chosen := left_out(_described(), version("numpy"))
):
    os.environ[_VARIABLE] = _chosen
