"""A connection to an X display, or a named error that says why there is none.

Which server answers is asked of the server, not of the environment's variables: an Xvfb that is started inside a
Wayland session is a display like any other, and an Xwayland is none, whatever DISPLAY says, because it shows and moves
only the windows of old programs.
"""

import contextlib
import io
import os
from typing import TYPE_CHECKING

from handeye.actions.errors import HandeyeError, MissingDependency
from handeye.environments.errors import DisplayNotFound, DisplayRefused, WaylandSession

if TYPE_CHECKING:
    from Xlib.display import Display

_INSTEAD = "or use an isolated desktop: --env desktop:xvfb"


def open_display(name: str | None) -> "Display":
    """Connect to the display of this name, as in ":0"; None is the one that DISPLAY names.

    Raises `DisplayNotFound`, `DisplayRefused` (also of a server that lets nobody move its pointer or type),
    `WaylandSession` and `MissingDependency`.
    """
    try:
        from Xlib import error
    except ImportError:
        raise MissingDependency("python-xlib", "desktop") from None
    wanted = os.environ.get("DISPLAY", "") if name is None else name
    if not wanted:
        if _is_wayland_session():
            raise _wayland()
        raise DisplayNotFound(f"there is no X display, DISPLAY is not set: log in to a desktop and set it, {_INSTEAD}")
    try:
        display = _connect(wanted)
    except (error.DisplayNameError, OverflowError):
        raise DisplayNotFound(f"{wanted!r} names no X display: write it as :0 or host:0") from None
    except error.DisplayConnectionError as failure:
        if not isinstance(failure.__context__, OSError):
            raise _refused(wanted, failure.msg) from None
        if name is None and _is_wayland_session():
            raise _wayland() from None
        why = failure.__context__.strerror or failure.__context__
        raise DisplayNotFound(f"nothing answers at the X display {wanted} ({why}): start it, {_INSTEAD}") from None
    except (error.ConnectionClosedError, OSError) as failure:
        raise DisplayNotFound(f"the X display {wanted} hangs up ({failure}): start it again, {_INSTEAD}") from None
    try:
        if _is_xwayland(display):
            raise _wayland()
        if not display.has_extension("XTEST"):
            raise DisplayRefused(f"the X display {wanted} has no XTEST extension, so nobody can move its pointer")
        if display.query_extension("XKEYBOARD") is None:
            raise DisplayRefused(
                f"the X display {wanted} has no XKEYBOARD extension, so nobody can type every character"
            )
    except HandeyeError:
        display.close()
        raise
    return display


def _connect(name: str) -> "Display":
    from handeye.environments.desktop.x11.connection import Connection

    # python-xlib prints a warning when the file of the display's keys is empty.
    with contextlib.redirect_stdout(io.StringIO()):
        return Connection(name)


def _refused(name: str, reason: object) -> DisplayRefused:
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return DisplayRefused(
        f"the X display {name} refuses: {' '.join(text.split())}; run as the user who is logged in, or set XAUTHORITY "
        "to that user's file of keys"
    )


def _is_wayland_session() -> bool:
    return bool(os.environ.get("WAYLAND_DISPLAY")) or os.environ.get("XDG_SESSION_TYPE") == "wayland"


def _wayland() -> WaylandSession:
    return WaylandSession(
        "this desktop runs on Wayland, where no program can see the screen or move the pointer: log in to an X11 "
        f"(Xorg) session, {_INSTEAD}"
    )


def _is_xwayland(display: "Display") -> bool:
    """Xwayland says so by an extension since 23.1, and before by the names of its devices or its outputs."""
    if display.has_extension("XWAYLAND"):
        return True
    names: list[str] = []
    if display.has_extension("XInputExtension"):
        from Xlib.ext import xinput

        names += [device.name for device in xinput.query_device(display, xinput.AllDevices).devices]
    if display.has_extension("RANDR"):
        from Xlib.ext import randr

        resources = randr.get_screen_resources_current(display.screen().root)
        names += [
            randr.get_output_info(display, output, resources.config_timestamp).name for output in resources.outputs
        ]
    return any(name.lower().startswith("xwayland") for name in names)
