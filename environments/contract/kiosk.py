"""A Chromium that fills a desktop's monitor with one page, with its own profile."""

import os
import signal
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Mapping

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import ORIGIN, Point
from handeye.environments.browser.chromium import require_chromium

_END_SECONDS = 3.0
_FLAGS = (
    "--kiosk",
    "--no-first-run",
    "--no-default-browser-check",
    "--test-type",  # no warning bar about other flags
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=Translate,MediaRouter",
    "--force-color-profile=srgb",
)


class Kiosk(Closeable):
    """The browser, from its start to `close`. The user's own browser and profile are not touched."""

    def __init__(self, url: str, *, environ: Mapping[str, str] | None = None, at: Point = ORIGIN) -> None:
        """Start it; the caller must wait for its window to appear.

        url: what it shows.
        environ: its environment variables, which determine the display; None for our own.
        at: the upper left corner of the monitor to fill, in the desktop's coordinates.

        Raises `ChromiumNotFound`, also if only a headless one is installed.
        """
        executable = require_chromium(headless=False)
        self._profile = tempfile.TemporaryDirectory(prefix="handeye-kiosk-", ignore_cleanup_errors=True)
        flags = [
            *_FLAGS,
            f"--user-data-dir={self._profile.name}",
            f"--window-position={at.x},{at.y}",
            "--window-size=100,100",
        ]
        environ = dict(os.environ if environ is None else environ)
        if sys.platform == "linux":
            environ["TMPDIR"] = self._profile.name  # it leaves its socket's folder behind
            flags.append("--ozone-platform=x11")
            if os.geteuid() == 0:
                flags.append("--no-sandbox")  # Chromium does not start as root with a sandbox
        process = subprocess.Popen(
            [executable, *flags, url],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=sys.platform != "win32",
        )
        self._finalizer = weakref.finalize(self, _end, process, self._profile)

    def close(self) -> None:
        """End it and remove its profile. Closing twice is harmless."""
        self._finalizer()


def _end(process: "subprocess.Popen[bytes]", profile: "tempfile.TemporaryDirectory[str]") -> None:
    _signal(process, signal.SIGTERM)
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        if sys.platform != "win32":
            _signal(process, signal.SIGKILL)
        process.wait()
        profile.cleanup()


def _signal(process: "subprocess.Popen[bytes]", sign: signal.Signals) -> None:
    """Send a signal to the browser and all its processes."""
    if sys.platform == "win32":
        process.terminate()
        return
    try:
        os.killpg(process.pid, sign)
    except ProcessLookupError:
        return
