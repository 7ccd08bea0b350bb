"""The page of the model: its examples run, with small checkpoints in place of the large ones."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.model.adapters.folders import write_adapter
from tests.model.opencua_checkpoint import write_opencua
from tests.model.random_checkpoint import write_checkpoint

PAGE = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")


def example(section: str) -> str:
    found = re.search(rf"^##+ {section}\n.*?^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def played(code: str, folder: Path, *shown: str) -> str:
    """Run an example in a folder, and return what some of its names hold then."""
    code += "".join(f"\nprint(repr({name}))" for name in shown)
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env=environment, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_opencua(tmp_path: Path) -> None:
    write_opencua(tmp_path / "opencua")
    Image.new("RGB", (112, 84), "white").save(tmp_path / "screen.png")
    code = example("OpenCUA").replace("xlangai/OpenCUA-7B", "opencua")
    assert re.fullmatch(r"'opencua'\n['\"].*\n1\n", played(code, tmp_path, "model.name", "answer", "model.config.axes"))


@pytest.mark.slow
def test_several_devices(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "base")
    Image.new("RGB", (112, 84), "white").save(tmp_path / "screen.png")
    code = example("Several devices").replace("Qwen/Qwen2.5-VL-7B-Instruct", "base")
    assert played(code, tmp_path, "model.placement").startswith("cpu ")


@pytest.mark.slow
def test_adapters(tmp_path: Path) -> None:
    base = write_checkpoint(tmp_path / "base")
    write_adapter(tmp_path / "my-lora", base_model_name_or_path=str(base))
    write_adapter(tmp_path / "other-lora", seed=2)
    code = example("LoRA adapters").replace("Qwen/Qwen2.5-VL-7B-Instruct", "base")
    code = code.replace("acme/other-lora@v2", "other-lora")
    assert played(code, tmp_path, "same.origins", "reply.finish in ('stop', 'length')") == f"('{base}',)\nTrue\n"


@pytest.mark.slow
def test_grammars(tmp_path: Path) -> None:
    code = 'from PIL import Image\nscreen = Image.new("RGB", (112, 84), "white")\n' + example("Grammars")
    said = played(code, tmp_path, "reply.text", "reply.finish")
    assert re.fullmatch(r"""'\{"(click": \[\d+, \d+\]|type": ".+")\}'\n'stop'\n""", said)
