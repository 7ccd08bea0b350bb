"""Where keys go on Windows, and what kind of control has the focus.

Source: Microsoft's reference for `GetForegroundWindow`, `OpenInputDesktop`, `GetGUIThreadInfo` and `GetClassName`.
"""

import sys
from typing import Any

from handeye.environments.desktop.input import Focus
from handeye.environments.desktop.system import Field

_READ_OBJECTS = 0x0001
_LONGEST_NAME = 256
_EDITS = ("edit", "richedit", "rich edit", "windowsforms10.edit", "windowsforms10.richedit", "tedit", "tmemo")
"""How the class names of text controls begin, in lower case."""
_STYLE, _MULTI_LINE, _READ_ONLY = -16, 0x0004, 0x0800
_TEXT_LENGTH = 0x000E
_HANG_MILLISECONDS, _ABORT_IF_HUNG = 500, 0x0002


def keyboard_focus() -> Focus:
    """Return the window in the foreground."""
    if sys.platform != "win32":
        return Focus(None)
    import ctypes

    user32: Any = ctypes.WinDLL("user32")
    user32.OpenInputDesktop.restype = user32.GetForegroundWindow.restype = ctypes.c_void_p
    desktop = user32.OpenInputDesktop(0, False, _READ_OBJECTS)
    if not desktop:
        return Focus(None, True, "the screen is locked, or asks for permission: a person has to answer")
    user32.CloseDesktop(ctypes.c_void_p(desktop))
    window = user32.GetForegroundWindow()
    return Focus(window, problem="" if window else "no window is active: click the window to type into first")


def focused_field() -> Field | None:
    """Return the control with the focus, if it is a window of its own; None for those that a program draws itself."""
    if sys.platform != "win32":
        return None
    import ctypes
    from ctypes import wintypes

    class Info(ctypes.Structure):
        _fields_ = (
            ("size", wintypes.DWORD),
            ("flags", wintypes.DWORD),
            *((name, wintypes.HWND) for name in ("active", "focus", "capture", "menu", "moved", "caret")),
            ("place", wintypes.RECT),
        )

    user32: Any = ctypes.WinDLL("user32")
    info = Info(size=ctypes.sizeof(Info))
    if not user32.GetGUIThreadInfo(0, ctypes.byref(info)) or not info.focus:
        return None
    control = ctypes.c_void_p(info.focus)
    name = ctypes.create_unicode_buffer(_LONGEST_NAME)
    user32.GetClassNameW(control, name, _LONGEST_NAME)
    if not name.value.lower().startswith(_EDITS):
        return None
    style = user32.GetWindowLongW(control, _STYLE)
    length = wintypes.DWORD()
    answered = user32.SendMessageTimeoutW(
        control, _TEXT_LENGTH, 0, 0, _ABORT_IF_HUNG, _HANG_MILLISECONDS, ctypes.byref(length)
    )
    return Field("text", not style & _READ_ONLY, bool(style & _MULTI_LINE), int(length.value) if answered else None)
