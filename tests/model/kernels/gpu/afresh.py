"""The kernels' modules, imported anew."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

PACKAGE = "handeye.model.kernels.gpu."


@contextmanager
def imported() -> Iterator[ModuleType]:
    """Import `handeye.model.kernels.gpu.kernels` and what it imports of its folder; the modules of before come back."""
    before = _taken()
    try:
        yield import_module(f"{PACKAGE}kernels")
    finally:
        _taken()
        sys.modules.update(before)


def _taken() -> dict[str, ModuleType]:
    """Take the folder's modules out of those that are imported."""
    return {name: sys.modules.pop(name) for name in [*sys.modules] if name.startswith(PACKAGE)}
