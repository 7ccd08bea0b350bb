from collections.abc import Iterator
from pathlib import Path

import pytest

from handeye.evals.osworld.environment import OSWorldEnvironment
from handeye.evals.osworld.stand_in_tasks import stand_in_machine
from tests.evals.osworld.checkout import make_checkout


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with 369 tasks, not to be changed."""
    return make_checkout(tmp_path_factory.mktemp("osworld"))


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[OSWorldEnvironment]:
    """The stand-in."""
    with OSWorldEnvironment(stand_in_machine(tmp_path)) as environment:
        yield environment
