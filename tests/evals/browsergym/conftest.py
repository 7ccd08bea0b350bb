import os
from collections.abc import Iterator

import pytest

from handeye.evals.browsergym.selftest import FakeBrowserGym

VARIABLE = "HANDEYE_BROWSERGYM_PYTHON"


@pytest.fixture(scope="session")
def gym_python() -> str:
    """The interpreter that has the real BrowserGym."""
    python = os.environ.get(VARIABLE)
    if not python:
        pytest.skip(f"needs the interpreter of a virtual environment with browsergym-miniwob in {VARIABLE}")
    return python


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeBrowserGym]:
    """The fake's tasks, in a process of their own."""
    with FakeBrowserGym() as suite:
        yield suite
