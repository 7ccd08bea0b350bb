"""An adapter for tests: calls that answer, fail, hang, write, and start another process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def start(arguments: dict[str, Any]) -> dict[str, Any]:
    if "broken" in arguments:
        sys.stdout.write("about to break\n")
        raise RuntimeError(arguments["broken"])

    def fail(parameters: dict[str, Any]) -> None:
        raise LookupError(parameters["why"])

    def die(parameters: dict[str, Any]) -> None:
        sys.stderr.write("the disk is full\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGKILL)

    def stop(parameters: dict[str, Any]) -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    def child(parameters: dict[str, Any]) -> int:
        return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid

    def close(parameters: dict[str, Any]) -> None:
        if "closed" in arguments:
            Path(arguments["closed"]).write_text("closed", encoding="utf-8")

    return {
        "echo": lambda parameters: (parameters["value"], parameters["data"].encode()),
        "path": lambda parameters: sys.path,
        "directory": lambda parameters: str(Path.cwd()),
        "interpreter": lambda parameters: list(sys.version_info[:2]),
        "tuple": lambda parameters: (1, 2, 3),
        "text for bytes": lambda parameters: (1, "2"),
        "unwritable": lambda parameters: float("nan"),
        "sleep": lambda parameters: time.sleep(parameters["seconds"]),
        "fail": fail,
        "die": die,
        "stop": stop,
        "child": child,
        "close": close,
    }
