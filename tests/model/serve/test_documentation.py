"""The page of the server: its examples run, in order, against a small checkpoint."""

import contextlib
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.model.serve import schemas
from tests.model.serve.serving import Served

PAGE = (Path(__file__).parents[3] / "docs" / "serve.md").read_text(encoding="utf-8")


def test_the_examples(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noise: Callable[..., Image.Image]
) -> None:
    pytest.importorskip("llguidance")
    monkeypatch.chdir(tmp_path)
    noise(112, 84).save("screen.png")
    names: dict[str, Any] = {}
    said = []
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(block.replace("http://127.0.0.1:8000/v1", served.url), names)
        said.append(output.getvalue())
    names["client"].close()
    image, stream, tools, structured = said
    assert re.search(r" \d+\n\Z", image)
    assert "CompletionUsage(completion_tokens=" in stream
    assert tools == "None\n"  # random weights call nothing
    assert re.fullmatch(r'\{"x": \d+\}\n', structured)


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_example_of_a_shell(served: Served) -> None:
    [block] = re.findall(r"^```bash\n(curl .*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    command = block.replace("http://127.0.0.1:8000/v1", served.url).replace("Qwen/Qwen2.5-VL-7B-Instruct", "small")
    done = subprocess.run(
        ["sh", "-c", f"curl() {{ command curl -s --noproxy '*' \"$@\"; }}; {command}"], capture_output=True, check=True
    )
    assert json.loads(done.stdout)["choices"][0]["message"]["role"] == "assistant"


def test_every_field_is_on_the_page() -> None:
    told = set(re.findall(r"`(\w+)`", PAGE))
    assert {*schemas.ChatRequest.model_fields} - told - {"model"} == {
        "add_generation_prompt",
        "presence_penalty",
        "top_k",
        "min_p",
    }, "only those that go without saying"
