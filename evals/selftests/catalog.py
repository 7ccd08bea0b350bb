"""The self-tests of all benchmarks."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Final

from handeye.evals.selection import named_tasks
from handeye.evals.selftests.check import SelfTest

_ROOMS: Final = (
    "grounding",
    "androidcontrol",
    "androidworld",
    "miniwob",
    "mobile_miniwob",
    "simulated_phone",
    "osworld",
    "browsergym",
)


def self_tests(names: str) -> Sequence[SelfTest]:
    """Return the self-tests of the benchmarks that `names` selects: `all`, or names separated by commas.

    Raises `UnknownTask`.
    """
    known = {test.benchmark: test for test in _all()}
    chosen = named_tasks(names, known, {"all": tuple(known)})
    return [known[name] for name in chosen]


def _all() -> Iterator[SelfTest]:
    for room in _ROOMS:
        yield from import_module(f"handeye.evals.{room}.selftest").SELF_TESTS
