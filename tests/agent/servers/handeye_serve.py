"""`handeye serve` with the checkpoint of this repository, in a process of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Process:
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        return self._log.read_text()

    @property
    def url(self) -> str:
        """The address that it tells, once it listens."""
        deadline = time.monotonic() + 300
        while (found := re.search(r"is served at (http://\S+)", self.said)) is None:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)
        return found[1]

    def end(self, number: int) -> int:
        """Send a signal, and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(300)


@contextmanager
def handeye_serve(folder: Path, *arguments: str, **environ: str) -> Iterator[Process]:
    """Serve handeye-tiny at a free port; `folder` is for the log."""
    log = folder / "serve.log"
    command = [sys.executable, "-m", "handeye", "serve", "--model", "handeye-tiny", "--port", "0", *arguments]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd=folder, env={**os.environ, **environ}
        )
    try:
        yield Process(process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait(300)
