"""Small checkpoints of other architectures, written once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import transformers

from handeye.model.others.load import load_transformers
from handeye.model.others.model import TransformersModel
from tests.model.others.tiny import write_llava, write_qwen3_vl


@pytest.fixture(scope="session", autouse=True)
def quiet() -> Iterator[None]:
    """No bars of progress while checkpoints are written."""
    transformers.utils.logging.disable_progress_bar()
    yield
    transformers.utils.logging.enable_progress_bar()


@pytest.fixture(scope="session")
def qwen3_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_qwen3_vl(tmp_path_factory.mktemp("others") / "qwen3-vl-tiny")


@pytest.fixture(scope="session")
def llava_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llava(tmp_path_factory.mktemp("others") / "llava-tiny")


@pytest.fixture(scope="session")
def qwen3(qwen3_folder: Path) -> TransformersModel:
    return load_transformers(qwen3_folder, device="cpu")


@pytest.fixture(scope="session")
def llava(llava_folder: Path) -> TransformersModel:
    return load_transformers(llava_folder, device="cpu")
