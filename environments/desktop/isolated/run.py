"""One run of an isolated desktop: its resources, and their cleanup."""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from handeye.environments.desktop.isolated.home import desktop_environ
from handeye.environments.desktop.isolated.keeper import clear_up
from handeye.environments.errors import DesktopFailed

_END_SECONDS = 20.0
_LONGEST_BASE = 20
"""The maximum length of the temporary folder's path, in bytes: paths of sockets in it have 107 bytes at most."""
_KEEPER = Path(__file__).with_name("keeper.py")


class DesktopRun:
    """One run of a desktop: its folder, its processes, and the keeper that ends them."""

    def __init__(self) -> None:
        base = tempfile.gettempdir()
        short = len(os.fsencode(base)) <= _LONGEST_BASE
        self.folder = Path(tempfile.mkdtemp(prefix="handeye-desktop-", dir=base if short else "/tmp"))
        """Contains everything that its programs write; removed at the end."""
        self._owner = os.getpid()
        self._mark = secrets.token_hex(8)
        self._display = ""
        self.processes: list[subprocess.Popen[bytes]] = []
        """The processes that we started on it, the X server first."""
        self.environ = desktop_environ(self.folder, self._mark)
        """The variables for its programs; DISPLAY is added when the X server runs."""
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_KEEPER), self._mark, str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def tell_keeper(self, display: str) -> None:
        """Tell the keeper the X server's display number."""
        self._display = display
        if self._keeper.stdin is not None:
            self._keeper.stdin.write(f"{display}\n".encode())
            self._keeper.stdin.flush()

    def end(self) -> None:
        """Let the keeper clean up; do it here if the keeper itself was killed. Raises `DesktopFailed`."""
        if os.getpid() != self._owner:
            return  # a fork of the program that started it
        try:
            self._keeper.communicate(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
        cleared = self._keeper.returncode == 0 or clear_up(self._mark, self.folder, self._display)
        if cleared:
            for process in self.processes:
                process.wait()
        else:
            raise DesktopFailed(f"a process of the isolated desktop does not end; its folder is {self.folder}")
