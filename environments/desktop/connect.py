"""The parts of a desktop for the operating system that this program runs on."""

import sys

from handeye.environments.desktop.input import DesktopInput
from handeye.environments.desktop.system import DesktopSystem, Marking, Probe


def connect_system(display: str | None) -> DesktopSystem:
    """Return the monitors and windows.

    display: the name of an X11 display; None means the one in DISPLAY, or the only one on other systems. Raises
    `DisplayNotFound`, `DisplayRefused`, `WaylandSession` and `MissingDependency`.
    """
    if sys.platform == "win32":
        from handeye.environments.desktop.windows.system import Win32System

        return Win32System()
    if sys.platform == "darwin":
        from handeye.environments.desktop.macos.system import MacSystem

        return MacSystem()
    from handeye.environments.desktop.x11.system import X11System

    return X11System(display)


def connect_input(display: str | None) -> DesktopInput:
    """Return the pointer and the keyboard. Raises as `connect_system` does."""
    if sys.platform in ("win32", "darwin"):
        from handeye.environments.desktop.pyautogui_input import PyautoguiInput

        return PyautoguiInput()
    from handeye.environments.desktop.x11.input import X11Input

    return X11Input(display)


def connect_probe(display: str | None) -> Probe:
    """Return a probe that reads the pointer from another thread. Raises as `connect_system` does."""
    if sys.platform in ("win32", "darwin"):
        from handeye.environments.desktop.pyautogui_probe import PyautoguiProbe

        return PyautoguiProbe()
    from handeye.environments.desktop.x11.system import X11Probe

    return X11Probe(display)


def connect_marking(display: str | None) -> Marking | None:
    """Return what tells whether a program has marked something; None where the system tells what has the focus."""
    if sys.platform in ("win32", "darwin"):
        return None
    from handeye.environments.desktop.x11.marked import Marked

    return Marked(display)
