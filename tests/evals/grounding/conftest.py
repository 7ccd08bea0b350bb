from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the benchmarks' own files."""
    if not DATA.is_dir():
        pytest.skip(f"there are no files of benchmarks in {DATA}")
    return DATA
