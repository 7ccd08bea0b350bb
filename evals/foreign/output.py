"""The last lines that a process writes, for the message that says why it failed."""

import subprocess
import threading
from collections import deque
from typing import Final

from handeye.agent.caption import printable

LINES: Final = 60
LONGEST_LINE: Final = 600
_END_SECONDS: Final = 2.0


class Output:
    """Reads what a process writes, so that its pipe never fills, and keeps the end of it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        self._pipe = process.stdout
        self._lines: deque[str] = deque(maxlen=LINES)
        self._reader = threading.Thread(target=self._read, name="foreign-output", daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """The last lines."""
        return "\n".join(tuple(self._lines))

    @property
    def last(self) -> str:
        """The last line that says something, after a colon; empty if there is none."""
        line = next((line for line in reversed(tuple(self._lines)) if line.strip()), "")
        return f": {printable(line.strip())}" if line else ""

    def finish(self) -> None:
        """Read what is left once the process has ended, and release its pipe."""
        self._reader.join(_END_SECONDS)
        if not self._reader.is_alive():
            self._pipe.close()

    def _read(self) -> None:
        while line := self._pipe.readline(1 << 16):
            self._lines.append(line.decode("utf-8", errors="replace").rstrip()[:LONGEST_LINE])
