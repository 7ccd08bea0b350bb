"""Where keys go on macOS, and what kind of element has the focus.

Source: Apple's references for `CGSessionCopyCurrentDictionary`, `NSWorkspace`, and `AXUIElement.h` of the Accessibility
interface, which is called through ctypes: pyautogui's packages do not contain it.
"""

import ctypes
import importlib
from typing import Any

from handeye.environments.desktop.input import Focus
from handeye.environments.desktop.system import Field

_FRAMEWORKS = "/System/Library/Frameworks"
_UTF_8 = 0x0800_0100
_LONGEST = 256
_FIELDS = frozenset({"AXTextField", "AXTextArea", "AXComboBox", "AXSearchField", "AXSecureTextField"})


def keyboard_focus() -> Focus:
    """Return the front window of the active program."""
    quartz, appkit = importlib.import_module("Quartz"), importlib.import_module("AppKit")
    session = quartz.CGSessionCopyCurrentDictionary() or {}
    if session.get("CGSSessionScreenIsLocked"):
        return Focus(None, True, "the screen is locked: a person has to unlock it")
    front = appkit.NSWorkspace.sharedWorkspace().frontmostApplication()
    if front is None:
        return Focus(None, problem="no window is active: click the window to type into first")
    options = quartz.kCGWindowListOptionOnScreenOnly | quartz.kCGWindowListExcludeDesktopElements
    for window in quartz.CGWindowListCopyWindowInfo(options, quartz.kCGNullWindowID) or ():
        if window["kCGWindowOwnerPID"] == front.processIdentifier() and window["kCGWindowLayer"] == 0:
            return Focus(int(window["kCGWindowNumber"]))
    return Focus(-int(front.processIdentifier()))


def focused_field() -> Field | None:
    """Return the element with the focus; None if it is unknown."""
    services: Any = ctypes.cdll.LoadLibrary(f"{_FRAMEWORKS}/ApplicationServices.framework/ApplicationServices")
    core: Any = ctypes.cdll.LoadLibrary(f"{_FRAMEWORKS}/CoreFoundation.framework/CoreFoundation")
    services.AXUIElementCreateSystemWide.restype = ctypes.c_void_p
    element = _attribute(services, core, services.AXUIElementCreateSystemWide(), "AXFocusedUIElement")
    role = None if element is None else _text(core, _attribute(services, core, element, "AXRole"))
    if role is None:
        return None
    return Field(role, role in _FIELDS, role == "AXTextArea", None)


def _attribute(services: Any, core: Any, element: int, name: str) -> int | None:
    """Return a reference to an attribute's value."""
    core.CFStringCreateWithCString.restype = ctypes.c_void_p
    key = core.CFStringCreateWithCString(None, name.encode(), _UTF_8)
    found = ctypes.c_void_p()
    status = services.AXUIElementCopyAttributeValue(ctypes.c_void_p(element), ctypes.c_void_p(key), ctypes.byref(found))
    core.CFRelease(ctypes.c_void_p(key))
    return found.value if status == 0 else None


def _text(core: Any, reference: int | None) -> str | None:
    if reference is None:
        return None
    text = ctypes.create_string_buffer(_LONGEST)
    done = core.CFStringGetCString(ctypes.c_void_p(reference), text, ctypes.c_long(_LONGEST), _UTF_8)
    core.CFRelease(ctypes.c_void_p(reference))
    return text.value.decode(errors="replace") if done else None
