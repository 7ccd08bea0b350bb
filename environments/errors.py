"""The errors of environments.

HandeyeError
├── ActionRejected      the action is not possible here and now; nothing was done, and the policy is told
├── ActionPartial       only part of the action was done; the message says which
├── EnvironmentLost     the screen is gone (crashed, killed, hung, closed); the episode ends, `reset()` starts over
├── NavigationFailed    an address requested by the caller could not be opened
├── ChromiumNotFound    no browser is installed
├── BrowserFailed       a browser is installed but does not start
├── DisplayNotFound     there is no X display, or the given one does not answer
├── DisplayRefused      the X display refuses access
├── WaylandSession      the desktop runs on Wayland, where a program can neither see the screen nor move the pointer
├── DesktopFailed       an isolated desktop (Xvfb, its window manager, its VNC server) does not start or end
├── AdbFailed           the adb program or its server fails
├── PhoneNotFound       no phone is connected, or not the given one
├── SeveralPhones       more than one phone is connected and none was chosen
├── PhoneUnauthorized   the phone has not allowed this computer to debug it
├── PhoneOffline        the phone is connected but does not answer
├── MissingProgram      a program that is not a Python package is not installed
├── InvalidOption       an environment was given an invalid option
├── DialogOpened        a harness used a page while a dialog is open in it
├── ScriptFailed        a harness's JavaScript threw an error
└── ContractBroken      `check_environment` found an environment that breaks the contract
"""

from handeye.actions.errors import HandeyeError
from handeye.actions.schema import AnyAction


class ActionRejected(HandeyeError):
    """The action is not possible here and now. Nothing was done; the message tells the policy why and what to do."""


class ActionPartial(HandeyeError):
    """Only part of the action was done. The message tells the policy which part, why, and what to do.

    Raised after the screen has settled, so that the next observation shows what the part has done.
    """

    def __init__(self, message: str, done: AnyAction | None = None) -> None:
        """Take the message, and the action that describes the part: a shorter text, fewer clicks.

        done: None if no action describes it, or if the environment does not know how far it came. It never holds the
        text of a secret.
        """
        super().__init__(message)
        self.done = done


class EnvironmentLost(HandeyeError):
    """The screen is gone: crashed, killed, hung or closed. `reset()` starts over, except after `close()`."""


class NavigationFailed(HandeyeError):
    """An address requested by the caller could not be opened."""


class ChromiumNotFound(HandeyeError):
    """Chromium is not installed, or not at the given path."""


class BrowserFailed(HandeyeError):
    """Chromium is installed but does not start."""


class DisplayNotFound(HandeyeError):
    """There is no X display: DISPLAY is unset, or the display that it names does not answer."""


class DisplayRefused(HandeyeError):
    """The X display refuses access."""


class WaylandSession(HandeyeError):
    """The desktop runs on Wayland, where a program can neither see the screen nor move the pointer."""


class DesktopFailed(HandeyeError):
    """An isolated desktop does not start or end: its X server, its window manager, or its VNC server."""


class AdbFailed(HandeyeError):
    """The adb program or its server fails."""


class PhoneNotFound(HandeyeError):
    """No phone is connected, or not the given one."""


class SeveralPhones(HandeyeError):
    """More than one phone is connected and none was chosen."""


class PhoneUnauthorized(HandeyeError):
    """The phone has not allowed this computer to debug it."""


class PhoneOffline(HandeyeError):
    """The phone is connected but does not answer."""


class MissingProgram(HandeyeError):
    """A program that is not a Python package is not installed."""

    def __init__(self, program: str, package: str) -> None:
        """Name the program and the Debian package that contains it."""
        super().__init__(f"needs {program}, which is not installed: apt-get install -y {package}")


class KillSwitch(KeyboardInterrupt):
    """The person at the desktop has stopped the agent; the loop handles it like Ctrl-C."""


class InvalidOption(HandeyeError, ValueError):
    """An environment was given an invalid option."""


class DialogOpened(HandeyeError):
    """A dialog is open, so the page cannot be used until an action answers the dialog."""

    def __init__(self) -> None:
        super().__init__("a dialog is open in the page: answer it with an action first")


class ScriptFailed(HandeyeError):
    """JavaScript that a harness evaluated in a page threw an error."""


class ContractBroken(HandeyeError):
    """An environment breaks the contract that `check_environment` checks."""
