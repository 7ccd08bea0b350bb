from collections.abc import Iterator

import pytest

from handeye.environments.settle import Settle
from handeye.evals.miniwob.task import MiniWob

QUICK = Settle(grace=0.02, quiet=0.05)
"""Enough for pages on this machine whose effects follow at once."""


@pytest.fixture(scope="session")
def suite() -> Iterator[MiniWob]:
    """The tasks and their browser, one for all tests."""
    with MiniWob(settle=QUICK) as suite:
        yield suite
