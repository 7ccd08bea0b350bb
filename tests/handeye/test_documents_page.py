"""docs/documents.md does what it says: its Python runs, with the small network in place of the large one."""

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.agent.extraction.errors import ExtractionFailed
from handeye.model.errors import UnreadableAnswer
from handeye.model.runtime import Generation, Model

PAGE = (Path(__file__).parents[2] / "docs" / "documents.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("block", BLOCKS, ids=["models", "documents", "objects", "data"])
def test_block(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the small network says makes no sense, so the errors about that are an end, too."""
    monkeypatch.chdir(tmp_path)
    for name in ("page.png", "shelf.jpg", "invoice.png"):
        Image.new("RGB", (224, 224), "white").save(name)
    generate = Model.generate

    def short(self: Model, messages: Any, **options: Any) -> Generation:
        return generate(self, messages, **{**options, "max_new_tokens": 8})

    monkeypatch.setattr(Model, "generate", short)
    asked = block.replace("Qwen/Qwen2.5-VL-7B-Instruct", "handeye-tiny")
    try:
        exec(compile(asked, "documents.md", "exec"), {"__name__": "page"})
    except (UnreadableAnswer, ExtractionFailed) as error:
        assert "detect(" in asked or "extract(" in asked, error
