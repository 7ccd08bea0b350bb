"""The section of the page for users: its example runs, and the formats that it names are the ones that are read."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from handeye.model.gguf.formats import FORMATS
from tests.model.gguf.random_pair import fields_of, write_pair
from tests.model.random_checkpoint import build_tokenizer

PAGE = (Path(__file__).parents[3] / "docs" / "model.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## GGUF files")[2].partition("\n## ")[0]


@pytest.mark.slow
def test_the_example(tmp_path: Path) -> None:
    """Random weights write until their context is full, here after a few tokens."""
    fields = fields_of(build_tokenizer()) | {"max_position_embeddings": 110}
    files = write_pair(tmp_path / "models", fields=fields)
    files.language.rename(files.language.with_name("Qwen2.5-VL-7B-Instruct-Q4_K_M.gguf"))
    Image.new("RGB", (80, 60)).save(tmp_path / "screen.png")
    (block,) = re.findall(r"^```python\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
    command = [sys.executable, "-c", block]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=dict(os.environ), check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("('Qwen2.5-VL-7B-Instruct-Q4_K_M', 'Some-Model') ")


def test_the_formats() -> None:
    named = re.search(r"^\| (F32, F16, BF16, .*), and mixtures", SECTION, re.MULTILINE)
    assert named is not None
    assert {*named[1].split(", ")} == {format.name for format in FORMATS.values()}
