"""The requirements of desktops: the user's own, isolated ones, and showing those by VNC."""

import sys
import threading
from collections.abc import Iterator

from handeye.actions.errors import HandeyeError, MissingDependency
from handeye.environments.desktop.system import Monitor
from handeye.environments.doctor.finding import Finding, apt, missing, ok, package, program, warning
from handeye.environments.errors import DisplayNotFound, DisplayRefused, WaylandSession

_CONNECT_SECONDS = 10.0
_INSTEAD = "use --env desktop:xvfb, which needs no screen"


def desktop() -> Iterator[Finding]:
    """Check everything that `--env desktop` needs, and the desktop itself."""
    yield from _packages()
    if sys.platform == "linux":
        yield from _bounded_display()
    elif sys.platform == "darwin":
        yield warning(
            "permissions",
            "macOS asks for them on first use, and whether they were granted cannot be checked",
            "System Settings, Privacy & Security: allow your terminal Accessibility and Screen Recording",
        )


def isolated() -> Iterator[Finding]:
    """Check everything that `--env desktop:xvfb` needs."""
    if sys.platform != "linux":
        yield missing("Linux", f"isolated desktops need it, but this is {sys.platform}", "use --env desktop")
        return
    yield from _packages()
    yield program("Xvfb", "xvfb", "it provides the invisible screen")
    yield program("openbox", "openbox", "it manages the windows")
    yield program("dbus-daemon", "dbus", "without it there are no marks on programs' elements", optional=True)


def vnc() -> Iterator[Finding]:
    """Check what `--vnc` needs beyond an isolated desktop."""
    if sys.platform == "linux":
        yield program("x11vnc", "x11vnc", "it shows an isolated desktop to a VNC viewer")
    else:
        yield missing("Linux", f"isolated desktops need it, but this is {sys.platform}", "use --env desktop")


def _packages() -> Iterator[Finding]:
    yield package("mss", "desktop", "it takes the screenshots")
    if sys.platform == "linux":
        yield package("python-xlib", "desktop", "it moves the pointer and types")
        yield package("dbus-fast", "desktop", "without it there are no marks on programs' elements", optional=True)
    else:
        yield package("pyautogui", "desktop", "it moves the pointer and types")


def _bounded_display() -> list[Finding]:
    """Return the findings about the display, also if its server does not answer."""
    found: list[Finding] = []
    thread = threading.Thread(target=lambda: found.extend(_display()), daemon=True)
    thread.start()
    thread.join(_CONNECT_SECONDS)
    if thread.is_alive():
        return [missing("display", f"its server did not answer within {_CONNECT_SECONDS:g} s", _INSTEAD)]
    return found


def _display() -> Iterator[Finding]:
    """Check the display in DISPLAY: access, monitors and window manager."""
    from handeye.environments.desktop.connect import connect_system

    try:
        system = connect_system(None)
    except MissingDependency:
        return  # already reported
    except (DisplayNotFound, DisplayRefused, WaylandSession) as error:
        problem, _, cure = str(error).partition(": ")
        yield missing("display", problem, cure or _INSTEAD)
        return
    try:
        yield ok("display", ", ".join(map(_monitor, system.monitors())))
        if system.has_window_manager():
            yield ok("window manager", "running")
        else:
            yield warning(
                "window manager", "none is running: windows have no frames, and dialogs are not placed", apt("openbox")
            )
    except HandeyeError as error:
        yield missing("display", str(error), _INSTEAD)
    finally:
        system.close()


def _monitor(monitor: Monitor) -> str:
    where = f"{monitor.name} {monitor.box.size} at [{monitor.box.left}, {monitor.box.top}]"
    return f"{where} (primary)" if monitor.primary else where
