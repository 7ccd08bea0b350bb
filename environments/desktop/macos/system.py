"""The monitors and windows of a macOS desktop, through Quartz and AppKit, which come with pyautogui (pyobjc).

Written from Apple's documentation and type checked; no test runs on macOS.
"""

import ctypes
import importlib
from typing import Any

from handeye.actions.errors import MissingDependency
from handeye.actions.geometry import Box
from handeye.environments.desktop.macos.focus import focused_field
from handeye.environments.desktop.system import Field, Monitor, Window
from handeye.environments.errors import DisplayNotFound, DisplayRefused

_ACCESSIBILITY = "/System/Library/Frameworks/ApplicationServices.framework/ApplicationServices"
_MOST_MONITORS = 32
_IGNORING_OTHER_APPS = 1 << 1
_SETTINGS = "System Settings > Privacy & Security"


class MacSystem:
    """The desktop of the user who is logged in. Positions are points; a Retina screenshot has more pixels."""

    def __init__(self) -> None:
        """Request the permissions. Raises `DisplayRefused` without them, and `MissingDependency`."""
        try:
            self._quartz: Any = importlib.import_module("Quartz")
            self._appkit: Any = importlib.import_module("AppKit")
        except ImportError:
            raise MissingDependency("pyobjc-framework-Quartz", "desktop") from None
        if not self._quartz.CGPreflightScreenCaptureAccess():
            self._quartz.CGRequestScreenCaptureAccess()
            raise DisplayRefused(
                f"macOS does not let this program see windows: allow the terminal in {_SETTINGS} > Screen Recording, "
                "and restart the terminal"
            )
        is_trusted = ctypes.cdll.LoadLibrary(_ACCESSIBILITY).AXIsProcessTrusted
        is_trusted.restype = ctypes.c_bool
        if not is_trusted():
            raise DisplayRefused(
                f"macOS does not let this program move anything: allow the terminal in {_SETTINGS} > Accessibility"
            )

    def monitors(self) -> tuple[Monitor, ...]:
        """Return the displays, in points; the main one is primary, and their names are their numbers."""
        _, displays, _ = self._quartz.CGGetActiveDisplayList(_MOST_MONITORS, None, None)
        if not displays:
            raise DisplayNotFound("macOS reports no display: log in to a desktop, not only by ssh")
        main = self._quartz.CGMainDisplayID()
        found = []
        for display in displays:
            bounds = self._quartz.CGDisplayBounds(display)
            box = _box(bounds.origin.x, bounds.origin.y, bounds.size.width, bounds.size.height)
            found.append(Monitor(str(display), box, display == main))
        return tuple(found)

    def windows(self) -> tuple[Window, ...]:
        """Return the programs' windows on the screen, front to back."""
        quartz = self._quartz
        options = quartz.kCGWindowListOptionOnScreenOnly | quartz.kCGWindowListExcludeDesktopElements
        listed = quartz.CGWindowListCopyWindowInfo(options, quartz.kCGNullWindowID) or ()
        ordinary = (window for window in listed if window["kCGWindowLayer"] == 0)
        return tuple(_window(window) for window in ordinary)

    def active_window(self) -> Window | None:
        """Return the frontmost window of the active program."""
        front = self._appkit.NSWorkspace.sharedWorkspace().frontmostApplication()
        if front is None:
            return None
        process = front.processIdentifier()
        return next((window for window in self.windows() if window.process == process), None)

    def focused_field(self) -> Field | None:
        """Return the element with the focus; None if it is unknown."""
        return focused_field()

    def focus(self, window: Window) -> None:
        """Bring the window's program to the front, with all its windows."""
        running = self._appkit.NSRunningApplication.runningApplicationWithProcessIdentifier_(window.process)
        if running is not None:
            running.activateWithOptions_(_IGNORING_OTHER_APPS)

    def has_window_manager(self) -> bool:
        """Return true: macOS is one."""
        return True

    def sever(self) -> None:
        """Do nothing: there is no connection."""

    def close(self) -> None:
        """Do nothing: there is no connection."""


def _window(described: Any) -> Window:
    bounds, app = described["kCGWindowBounds"], str(described.get("kCGWindowOwnerName", ""))
    return Window(
        int(described["kCGWindowNumber"]),
        str(described.get("kCGWindowName", "") or ""),
        app,
        int(described["kCGWindowOwnerPID"]),
        (app.lower(),),
        _box(bounds["X"], bounds["Y"], bounds["Width"], bounds["Height"]),
    )


def _box(x: float, y: float, width: float, height: float) -> Box:
    return Box(round(x), round(y), round(x + width), round(y + height))
