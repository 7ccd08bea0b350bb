"""The monitors and windows of a Windows desktop, through user32.

Written from Microsoft's documentation and type checked; no test runs on Windows.
"""

import sys
from collections.abc import Callable
from pathlib import PureWindowsPath
from typing import Any

from handeye.actions.geometry import Box
from handeye.environments.desktop.system import Field, Monitor, Window
from handeye.environments.desktop.windows.focus import focused_field
from handeye.environments.errors import DisplayNotFound

_PER_MONITOR_AWARE_V2 = -4
_PRIMARY = 1
_CLOAKED = 14
_RESTORE = 9
_QUERY_LIMITED_INFORMATION = 0x1000
_LONGEST_PATH = 32_768


class Win32System:
    """The desktop of the user who is logged in. Positions are physical pixels, whatever each monitor's scale is."""

    def __init__(self) -> None:
        """Request physical pixels for this whole process. Raises `DisplayNotFound` if this is not Windows."""
        if sys.platform != "win32":
            raise DisplayNotFound("this is not a Windows desktop")
        import ctypes

        self._user32: Any = ctypes.WinDLL("user32")
        self._kernel32: Any = ctypes.WinDLL("kernel32")
        self._dwmapi: Any = ctypes.WinDLL("dwmapi")
        handle = ctypes.c_void_p
        self._user32.SetProcessDpiAwarenessContext.argtypes = (handle,)
        self._user32.GetForegroundWindow.restype = handle
        for name in ("IsWindowVisible", "IsIconic", "SetForegroundWindow", "GetWindowTextLengthW"):
            getattr(self._user32, name).argtypes = (handle,)
        self._kernel32.OpenProcess.restype = handle
        self._kernel32.CloseHandle.argtypes = (handle,)
        # Otherwise Windows reports scaled pixels, and clicks would miss.
        self._user32.SetProcessDpiAwarenessContext(handle(_PER_MONITOR_AWARE_V2))

    def monitors(self) -> tuple[Monitor, ...]:
        r"""Return the monitors, with names such as "DISPLAY1" (for `\\.\DISPLAY1`)."""
        if sys.platform != "win32":
            return ()
        import ctypes
        from ctypes import wintypes

        class Info(ctypes.Structure):
            _fields_ = (
                ("size", wintypes.DWORD),
                ("monitor", wintypes.RECT),
                ("work", wintypes.RECT),
                ("flags", wintypes.DWORD),
                ("device", wintypes.WCHAR * 32),
            )

        found: list[Monitor] = []

        def add(monitor: int, *_: object) -> bool:
            info = Info(size=ctypes.sizeof(Info))
            self._user32.GetMonitorInfoW(ctypes.c_void_p(monitor), ctypes.byref(info))
            name = info.device.removeprefix("\\\\.\\")
            found.append(Monitor(name, _box(info.monitor), bool(info.flags & _PRIMARY)))
            return True

        prototype = ctypes.WINFUNCTYPE(
            wintypes.BOOL, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, wintypes.LPARAM
        )
        self._user32.EnumDisplayMonitors(None, None, prototype(add), 0)
        if not found:
            raise DisplayNotFound("Windows reports no monitor: log in to a desktop, not to a service session")
        return tuple(found)

    def windows(self) -> tuple[Window, ...]:
        """Return the visible windows that have a title, front to back."""
        numbers: list[int] = []
        self._each_window(numbers.append)
        return tuple(window for number in numbers if self._is_shown(number) if (window := self._window(number)).title)

    def active_window(self) -> Window | None:
        """Return the window in the foreground."""
        number = self._user32.GetForegroundWindow()
        return self._window(number) if number else None

    def focused_field(self) -> Field | None:
        """Return the text control with the focus; None for one that its program draws itself."""
        return focused_field()

    def focus(self, window: Window) -> None:
        """Bring the window to the foreground; Windows may only flash its taskbar button instead."""
        import ctypes

        if self._user32.IsIconic(window.id):
            self._user32.ShowWindow(ctypes.c_void_p(window.id), _RESTORE)
        self._user32.SetForegroundWindow(window.id)

    def has_window_manager(self) -> bool:
        """Return true: Windows is one."""
        return True

    def sever(self) -> None:
        """Do nothing: there is no connection."""

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def _each_window(self, take: Callable[[int], None]) -> None:
        if sys.platform != "win32":
            return
        import ctypes
        from ctypes import wintypes

        def each(number: int, _: object) -> bool:
            take(number)
            return True

        prototype = ctypes.WINFUNCTYPE(wintypes.BOOL, ctypes.c_void_p, wintypes.LPARAM)
        self._user32.EnumWindows(prototype(each), 0)

    def _is_shown(self, number: int) -> bool:
        import ctypes

        cloaked = ctypes.c_int()  # set for windows of suspended apps or on another virtual desktop
        self._dwmapi.DwmGetWindowAttribute(ctypes.c_void_p(number), _CLOAKED, ctypes.byref(cloaked), 4)
        return bool(self._user32.IsWindowVisible(number)) and not cloaked.value

    def _window(self, number: int) -> Window:
        import ctypes
        from ctypes import wintypes

        handle = ctypes.c_void_p(number)
        title = ctypes.create_unicode_buffer(self._user32.GetWindowTextLengthW(number) + 1)
        self._user32.GetWindowTextW(handle, title, len(title))
        rectangle, process = wintypes.RECT(), wintypes.DWORD()
        self._user32.GetWindowRect(handle, ctypes.byref(rectangle))
        self._user32.GetWindowThreadProcessId(handle, ctypes.byref(process))
        app = self._process_name(process.value)
        return Window(number, title.value, app, process.value, (app.lower(),), _box(rectangle))

    def _process_name(self, process: int) -> str:
        import ctypes
        from ctypes import wintypes

        opened = self._kernel32.OpenProcess(_QUERY_LIMITED_INFORMATION, False, process)
        if not opened:
            return ""
        path, length = ctypes.create_unicode_buffer(_LONGEST_PATH), wintypes.DWORD(_LONGEST_PATH)
        self._kernel32.QueryFullProcessImageNameW(ctypes.c_void_p(opened), 0, path, ctypes.byref(length))
        self._kernel32.CloseHandle(opened)
        return PureWindowsPath(path.value).stem


def _box(rectangle: Any) -> Box:
    return Box(rectangle.left, rectangle.top, rectangle.right, rectangle.bottom)
