"""A connection to an X display, or a specific error that says why there is none.

The server itself is queried for its kind, not the environment variables: an Xvfb started inside a Wayland session is a
display like any other, but Xwayland is not, whatever DISPLAY says, because it shows and controls only the windows of
X11 programs.
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
    """Connect to the display with this name, such as ":0"; None means the one in DISPLAY.

    Raises `DisplayNotFound`, `DisplayRefused` (also if the server does not support moving its pointer or typing),
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
        raise DisplayNotFound(f"{wanted!r} is not the name of an X display: write it as :0 or host:0") from None
    except error.DisplayConnectionError as failure:
        if not isinstance(failure.__context__, OSError):
            raise _refused(wanted, failure.msg) from None
        if name is None and _is_wayland_session():
            raise _wayland() from None
        why = failure.__context__.strerror or failure.__context__
        raise DisplayNotFound(f"nothing answers at the X display {wanted} ({why}): start it, {_INSTEAD}") from None
    except (error.ConnectionClosedError, OSError) as failure:
        raise DisplayNotFound(f"the X display {wanted} disconnects ({failure}): restart it, {_INSTEAD}") from None
    try:
        if _is_xwayland(display):
            raise _wayland()
        if not display.has_extension("XTEST"):
            raise DisplayRefused(f"the X display {wanted} has no XTEST extension, so its pointer cannot be moved")
        if display.query_extension("XKEYBOARD") is None:
            raise DisplayRefused(
                f"the X display {wanted} has no XKEYBOARD extension, so not every character can be typed"
            )
    except HandeyeError:
        display.close()
        raise
    return display


def _connect(name: str) -> "Display":
    from handeye.environments.desktop.x11.connection import Connection

    # python-xlib prints a warning when the Xauthority file is empty.
    with contextlib.redirect_stdout(io.StringIO()):
        return Connection(name)


def _refused(name: str, reason: object) -> DisplayRefused:
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    return DisplayRefused(
        f"the X display {name} refuses access: {' '.join(text.split())}; run as the logged-in user, or set XAUTHORITY "
        "to that user's Xauthority file"
    )


def _is_wayland_session() -> bool:
    return bool(os.environ.get("WAYLAND_DISPLAY")) or os.environ.get("XDG_SESSION_TYPE") == "wayland"


def _wayland() -> WaylandSession:
    return WaylandSession(
        "this desktop runs on Wayland, where no program can see the screen or move the pointer: log in to an X11 "
        f"(Xorg) session, {_INSTEAD}"
    )


def _is_xwayland(display: "Display") -> bool:
    """Return whether it is Xwayland: since 23.1 an extension says so, before that its device or output names."""
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
