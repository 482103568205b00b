"""Leaves what needs an engine that is not installed out of pytest's collection."""

from importlib.util import find_spec

_NEED_TANTIVY = "builds makers peers plot rankers ranking report tantivy_index"
_NEED_PSUTIL = "service"

collect_ignore = [
    f"{module}.py"
    for engine, modules in (("tantivy", _NEED_TANTIVY), ("psutil", _NEED_PSUTIL))
    if not find_spec(engine)
    for module in modules.split()
]
