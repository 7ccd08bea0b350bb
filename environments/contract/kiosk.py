"""A Chromium that fills a monitor of a desktop with one page, with a profile of its own."""

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
    "--test-type",  # no bar that warns of other flags
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=Translate,MediaRouter",
    "--force-color-profile=srgb",
)


class Kiosk(Closeable):
    """The browser, from its start to `close`. Nothing of the user's browser or profile is touched."""

    def __init__(self, url: str, *, environ: Mapping[str, str] | None = None, at: Point = ORIGIN) -> None:
        """Start it; whether its window is there yet is for the caller to see.

        url: what it shows.
        environ: its environment variables, which say on which display it appears; None for our own.
        at: the upper left corner of the monitor that it is to fill, in the desktop's coordinates.

        Raises `ChromiumNotFound`, also where there is only one that shows no windows.
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
            environ["TMPDIR"] = self._profile.name  # it leaves the folder of its socket behind
            flags.append("--ozone-platform=x11")
            if os.geteuid() == 0:
                flags.append("--no-sandbox")  # Chromium does not start for root with it
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
        """End it and remove its profile. Closing twice does nothing more."""
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
    """Send a signal to the browser and all of its processes."""
    if sys.platform == "win32":
        process.terminate()
        return
    try:
        os.killpg(process.pid, sign)
    except ProcessLookupError:
        return
