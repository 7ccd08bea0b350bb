"""A checkpoint behind `transformers serve`, on this machine."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx2
import pytest

_NEEDS = ("fastapi", "uvicorn", "openai", "accelerate")
NEEDED = pytest.mark.skipif(
    any(find_spec(name) is None for name in _NEEDS), reason='needs pip install "transformers[serving]"'
)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the checkpoint of a folder; the value is the address of the server."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, str(Path(__file__).with_name("transformers_serve.py")), str(folder)]
    options = ["--device", "cpu", "--dtype", "float32", "--host", "127.0.0.1", "--port", str(port)]
    with tempfile.TemporaryDirectory() as home:
        log = Path(home) / "log.txt"
        environment = {**os.environ, "HF_HOME": home}
        with log.open("wb") as file:
            server = subprocess.Popen([*command, *options], stdout=file, stderr=file, env=environment)
        try:
            deadline = time.monotonic() + 300
            while not _answers(f"http://127.0.0.1:{port}/health"):
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, trust_env=False).is_success
    except httpx2.TransportError:
        return False
