from collections.abc import Iterator

import pytest

from handeye.evals.miniwob.task import MiniWob


@pytest.fixture(scope="session")
def suite() -> Iterator[MiniWob]:
    """The tasks and their browser, one for all tests."""
    with MiniWob() as suite:
        yield suite
