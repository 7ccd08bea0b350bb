from collections.abc import Iterator
from pathlib import Path

import pytest

from handeye.evals.miniwob.task import MiniWob

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the benchmarks' own files."""
    if not DATA.is_dir():
        pytest.skip(f"there are no files of benchmarks in {DATA}")
    return DATA


@pytest.fixture(scope="session")
def suite() -> Iterator[MiniWob]:
    """The tasks and their browser, one for all tests."""
    with MiniWob() as suite:
        yield suite
