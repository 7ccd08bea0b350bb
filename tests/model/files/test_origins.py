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
