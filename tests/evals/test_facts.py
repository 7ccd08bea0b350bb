"""What tells a checkpoint from others of its name."""

from pathlib import Path

import pytest

from handeye.evals.facts import revision_of
from handeye.model.errors import InvalidCheckpoint
from tests.model.adapters.folders import write_adapter
from tests.model.gguf.random_pair import write_pair
from tests.model.opencua_checkpoint import write_opencua


def test_the_revision_of_gguf_files_is_that_of_both(tmp_path: Path) -> None:
    files = write_pair(tmp_path / "a")
    before = revision_of(str(files.language), "cpu", "auto")
    assert revision_of(str(files.language.parent), "cpu", "auto") == before
    with files.vision.open("r+b") as vision:
        vision.seek(-40, 2)
        vision.write(b"other")
    assert revision_of(str(files.language), "cpu", "auto") != before
    files.vision.unlink()
    with pytest.raises(InvalidCheckpoint, match="needs the vision part"):
        revision_of(str(files.language), "cpu", "auto")


def test_the_revision_of_an_adapter_tells_its_model_too(tmp_path: Path) -> None:
    base = write_opencua(tmp_path / "base")
    write_adapter(tmp_path / "a", base_model_name_or_path=str(base))
    own, _, models = revision_of(str(tmp_path / "a"), "cpu", "auto").partition("+")
    assert models == revision_of(str(base), "cpu", "auto") != own
    with (base / "tiktoken.model").open("ab") as ranks:
        ranks.write(b"\n")
    assert revision_of(str(tmp_path / "a"), "cpu", "auto") == f"{own}+{revision_of(str(base), 'cpu', 'auto')}"
    assert revision_of(str(base), "cpu", "auto") != models
