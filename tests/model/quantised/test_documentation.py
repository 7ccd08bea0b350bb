"""What the page for users says of quantised weights: its example runs, and its figures are right."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from handeye.model.catalog import RELEASED
from handeye.model.hardware.footprint import FORMATS, Footprint
from handeye.model.quantised.scheme import METHODS

PAGE = (Path(__file__).parents[3] / "docs" / "model.md").read_text(encoding="utf-8")
PART = PAGE[PAGE.index("### In fewer bits") :].partition("\n## ")[0]


@pytest.mark.slow
def test_the_example(tmp_path: Path) -> None:
    [block] = re.findall(r"^```python\n(.*?)^```$", PART, re.DOTALL | re.MULTILINE)
    Image.new("RGB", (160, 120), "white").save(tmp_path / "screen.png")
    done = subprocess.run(
        [sys.executable, "-c", block],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=dict(os.environ),
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_figures() -> None:
    for model in RELEASED:
        sizes = (f"{Footprint(model, form).weights_gb:.1f} GB" for form in FORMATS)
        assert f"| {model.size} | {' | '.join(sizes)} |" in PART


def test_every_method_is_named() -> None:
    table = PART.partition("| `quant_method` |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| ([a-z-]+) \|", table, re.MULTILINE) == [*METHODS]
