from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "androidcontrol"


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of AndroidControl's public labels."""
    if not DATA.is_dir():
        pytest.skip(f"there are no labels of AndroidControl in {DATA}")
    return DATA
