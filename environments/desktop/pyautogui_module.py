"""Loading pyautogui, which connects to the desktop when it is imported."""

import contextlib
import io
import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from handeye.actions.errors import MissingDependency
from handeye.environments.errors import MissingProgram


def load_pyautogui() -> Any:
    """Import pyautogui without its pauses and its fail-safe.

    Raises `MissingDependency`, `MissingProgram`, and on X11 what `open_display` raises.
    """
    if sys.platform == "linux":
        # pyautogui connects when it is imported, and its errors then name neither the display nor a remedy.
        from handeye.environments.desktop.x11.display import open_display

        open_display(None).close()
    try:
        module = _import()
    except ImportError:
        raise MissingDependency("pyautogui", "desktop") from None
    except SystemExit:
        # Its module for showing the pointer's position exits the whole program if tkinter is missing.
        raise MissingProgram("tkinter, a part of Python", "python3-tk") from None
    module.PAUSE = 0  # type: ignore[attr-defined]
    module.FAILSAFE = False  # type: ignore[attr-defined]
    return module


def _import() -> ModuleType:
    """Import pyautogui, also where python3-Xlib fails on a missing Xauthority file."""
    missing = "XAUTHORITY" not in os.environ and not (Path.home() / ".Xauthority").exists()
    if sys.platform != "linux" or not missing:
        return import_module("pyautogui")
    os.environ["XAUTHORITY"] = os.devnull
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints a warning when that file is empty
            return import_module("pyautogui")
    finally:
        del os.environ["XAUTHORITY"]


def lost_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions that pyautogui raises when the desktop is gone."""
    if sys.platform != "linux":
        return (OSError,)
    from Xlib.error import ConnectionClosedError

    return (OSError, ConnectionClosedError)
