"""What tells a checkpoint from others of its name."""

from pathlib import Path

import pytest

from handeye.agent.policies.local import LocalSettings
from handeye.evals.facts import adapters_of, revision_of
from handeye.model.errors import InvalidCheckpoint
from tests.model.adapters.folders import write_adapter
from tests.model.gguf.random_pair import write_pair
from tests.model.opencua_checkpoint import write_opencua

CPU = LocalSettings(device="cpu")


def test_the_revision_of_gguf_files_is_that_of_both(tmp_path: Path) -> None:
    files = write_pair(tmp_path / "a")
    before = revision_of(str(files.language), CPU)
    assert revision_of(str(files.language.parent), CPU) == before
    with files.vision.open("r+b") as vision:
        vision.seek(-40, 2)
        vision.write(b"other")
    assert revision_of(str(files.language), CPU) != before
    files.vision.unlink()
    with pytest.raises(InvalidCheckpoint, match="needs the vision part"):
        revision_of(str(files.language), CPU)


def test_the_revision_of_an_adapter_tells_its_model_too(tmp_path: Path) -> None:
    base = write_opencua(tmp_path / "base")
    write_adapter(tmp_path / "a", base_model_name_or_path=str(base))
    own, _, models = revision_of(str(tmp_path / "a"), CPU).partition("+")
    assert models == revision_of(str(base), CPU) != own
    with (base / "tiktoken.model").open("ab") as ranks:
        ranks.write(b"\n")
    assert revision_of(str(tmp_path / "a"), CPU) == f"{own}+{revision_of(str(base), CPU)}"
    assert revision_of(str(base), CPU) != models


def test_adapters_are_told_by_their_files(tmp_path: Path) -> None:
    write_adapter(tmp_path / "a")
    name = str(tmp_path / "a")
    (first,) = adapters_of(LocalSettings(adapters=(f"{name}=0.5",)))
    assert isinstance(first, dict)
    assert (first["name"], first["weight"]) == (name, 0.5)
    write_adapter(tmp_path / "a", seed=2)
    (second,) = adapters_of(LocalSettings(adapters=(f"{name}=0.5",)))
    assert isinstance(second, dict)
    assert first["revision"] != second["revision"]
    assert adapters_of(CPU) == []
