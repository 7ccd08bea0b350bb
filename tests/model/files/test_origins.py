from pathlib import Path

import pytest

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section
from handeye.model.files.origins import folder_origins, named_origins


def test_the_names_in_a_config() -> None:
    assert named_origins(Section({}, "config.json")) == ()
    assert named_origins(Section({"_name_or_path": " a/b "}, "config.json")) == ("a/b",)
    assert named_origins(Section({"_name_or_path": 7, "prompt_format": "qwen"}, "config.json")) == ()
    both = {"_name_or_path": "a/b", "prompt_format": "compact"}
    assert named_origins(Section(both, "config.json")) == ("handeye-tiny", "a/b")
    with pytest.raises(InvalidCheckpoint, match="prompt_format"):
        named_origins(Section({"prompt_format": "other"}, "config.json"))


def test_a_folder_that_cannot_be_read_names_nothing(tmp_path: Path) -> None:
    assert folder_origins(tmp_path) == folder_origins(tmp_path / "none") == ()
    (tmp_path / "config.json").write_bytes(b"\xff\xfe{")
    assert folder_origins(tmp_path) == ()
    (tmp_path / "config.json").write_text('{"_name_or_path": "a/b"}')
    assert folder_origins(tmp_path) == ("a/b",)


def test_an_adapter_is_called_after_its_model(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "config.json").write_text('{"_name_or_path": "a/b", "model_type": "opencua"}')
    config = tmp_path / "adapter_config.json"
    config.write_text(f'{{"base_model_name_or_path": "{tmp_path / "base"}"}}')
    assert folder_origins(tmp_path) == (str(tmp_path / "base"), "a/b", "OpenCUA")
    config.write_text('{"base_model_name_or_path": "acme/base"}')
    assert folder_origins(tmp_path) == ("acme/base",)
    config.write_text(f'{{"base_model_name_or_path": "{tmp_path}"}}')  # itself
    assert folder_origins(tmp_path) == (str(tmp_path),)
    for content in ("{}", "{"):
        config.write_text(content)
        assert folder_origins(tmp_path) == ()
