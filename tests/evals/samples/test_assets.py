from pathlib import Path

import pytest

from handeye.evals.samples.assets import assets_folder
from handeye.evals.samples.dataset import InvalidDataset


def test_a_dataset_has_the_same_folder_in_every_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.utils._cache_assets.HF_ASSETS_CACHE", str(tmp_path))
    folder = assets_folder("parquet", "0123abcd")
    assert folder.is_dir()
    assert folder.is_relative_to(tmp_path)
    assert assets_folder("parquet", "0123abcd") == folder
    assert assets_folder("parquet", "4567") != folder


def test_a_folder_that_cannot_be_made_says_how_to_set_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr("huggingface_hub.utils._cache_assets.HF_ASSETS_CACHE", str(tmp_path / "file"))
    with pytest.raises(InvalidDataset, match="HF_ASSETS_CACHE sets another"):
        assets_folder("parquet", "0123abcd")
