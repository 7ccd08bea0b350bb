"""The monitors and windows of a macOS desktop, by Quartz and AppKit, which pyautogui brings along (pyobjc).

Written to Apple's documentation and type checked; no test runs on macOS.
"""

import ctypes
import importlib
from typing import Any

from handeye.actions.errors import MissingDependency
from handeye.actions.geometry import Box
from handeye.environments.desktop.system import Monitor, Window
from handeye.environments.errors import DisplayNotFound, DisplayRefused

_ACCESSIBILITY = "/System/Library/Frameworks/ApplicationServices.framework/ApplicationServices"
_MOST_MONITORS = 32
_IGNORING_OTHER_APPS = 1 << 1
_SETTINGS = "System Settings > Privacy & Security"


class MacSystem:
    """The desktop of the user who is logged in. Positions are points; a Retina screenshot has more pixels."""

    def __init__(self) -> None:
        """Ask for the permissions. Raises `DisplayRefused` without them, and `MissingDependency`."""
        try:
            self._quartz: Any = importlib.import_module("Quartz")
            self._appkit: Any = importlib.import_module("AppKit")
        except ImportError:
            raise MissingDependency("pyobjc-framework-Quartz", "desktop") from None
        if not self._quartz.CGPreflightScreenCaptureAccess():
            self._quartz.CGRequestScreenCaptureAccess()
            raise DisplayRefused(
                f"macOS lets this program see no windows: allow the terminal in {_SETTINGS} > Screen Recording, "
                "and start the terminal again"
            )
        is_trusted = ctypes.cdll.LoadLibrary(_ACCESSIBILITY).AXIsProcessTrusted
        is_trusted.restype = ctypes.c_bool
        if not is_trusted():
            raise DisplayRefused(
                f"macOS lets this program move nothing: allow the terminal in {_SETTINGS} > Accessibility"
            )

    def monitors(self) -> tuple[Monitor, ...]:
        """Return the displays, in points, the main one being primary; their names are their numbers."""
        _, displays, _ = self._quartz.CGGetActiveDisplayList(_MOST_MONITORS, None, None)
        if not displays:
            raise DisplayNotFound("macOS names no display: log in to a desktop, not by ssh alone")
        main = self._quartz.CGMainDisplayID()
        found = []
        for display in displays:
            bounds = self._quartz.CGDisplayBounds(display)
            box = _box(bounds.origin.x, bounds.origin.y, bounds.size.width, bounds.size.height)
            found.append(Monitor(str(display), box, display == main))
        return tuple(found)

    def windows(self) -> tuple[Window, ...]:
        """Return the windows of programs that are on the screen, the one in front first."""
        quartz = self._quartz
        options = quartz.kCGWindowListOptionOnScreenOnly | quartz.kCGWindowListExcludeDesktopElements
        listed = quartz.CGWindowListCopyWindowInfo(options, quartz.kCGNullWindowID) or ()
        ordinary = (window for window in listed if window["kCGWindowLayer"] == 0)
        return tuple(_window(window) for window in ordinary)

    def active_window(self) -> Window | None:
        """Return the frontmost window of the program that is in front."""
        front = self._appkit.NSWorkspace.sharedWorkspace().frontmostApplication()
        if front is None:
            return None
        process = front.processIdentifier()
        return next((window for window in self.windows() if window.process == process), None)

    def focus(self, window: Window) -> None:
        """Bring the program of the window to the front, with all of its windows."""
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
