"""What can go wrong with a screen.

HandeyeError
├── ActionRejected      the action cannot be done here and now; nothing was done, and the policy is told
├── EnvironmentLost     the screen is gone (crashed, killed, hung, closed); the episode ends, `reset()` starts afresh
├── NavigationFailed    an address that the caller asked for could not be opened
├── ChromiumNotFound    no browser is installed
├── BrowserFailed       a browser is installed and does not start
├── DisplayNotFound     there is no X display, or nothing answers at the one that was named
├── DisplayRefused      the X display does not let us in
├── WaylandSession      the desktop runs on Wayland, which lets no program see and move what is on it
├── DesktopFailed       a desktop of our own (Xvfb, its window manager, its VNC server) does not start
├── AdbFailed           the adb program or its server does not do what it should
├── PhoneNotFound       no phone is connected, or not the one that was named
├── SeveralPhones       more than one phone is connected and none was named
├── PhoneUnauthorized   the phone has not allowed this computer to debug it
├── PhoneOffline        the phone is connected and does not answer
├── MissingProgram      a program that is no Python package is not installed
├── InvalidOption       an environment was asked for with an option that makes no sense
├── DialogOpened       a harness asked something of a page while a dialog is open in it
├── ScriptFailed       a harness's JavaScript threw an error
└── ContractBroken      `check_environment` found an environment that does not keep its promises
"""

from handeye.actions.errors import HandeyeError


class ActionRejected(HandeyeError):
    """The action cannot be done here and now. Nothing was done; the message tells the policy why and what to do."""


class EnvironmentLost(HandeyeError):
    """The screen is gone: crashed, killed, hung or closed. `reset()` starts afresh, except after `close()`."""


class NavigationFailed(HandeyeError):
    """An address that the caller asked for could not be opened."""


class ChromiumNotFound(HandeyeError):
    """No Chromium is installed, or not where it was said to be."""


class BrowserFailed(HandeyeError):
    """Chromium is installed and does not start."""


class DisplayNotFound(HandeyeError):
    """There is no X display: DISPLAY is unset, or nothing answers where it points to."""


class DisplayRefused(HandeyeError):
    """The X display does not let us in."""


class WaylandSession(HandeyeError):
    """The desktop runs on Wayland, where a program can neither see the screen nor move the pointer."""


class DesktopFailed(HandeyeError):
    """A desktop of our own does not start: its X server, its window manager, or the VNC server that shows it."""


class AdbFailed(HandeyeError):
    """The adb program or its server does not do what it should."""


class PhoneNotFound(HandeyeError):
    """No phone is connected, or not the one that was named."""


class SeveralPhones(HandeyeError):
    """More than one phone is connected and none was named."""


class PhoneUnauthorized(HandeyeError):
    """The phone has not allowed this computer to debug it."""


class PhoneOffline(HandeyeError):
    """The phone is connected and does not answer."""


class MissingProgram(HandeyeError):
    """A program that is no Python package is not installed."""

    def __init__(self, program: str, package: str) -> None:
        """Name the program and the Debian package that holds it."""
        super().__init__(f"needs {program}, which is not installed: apt-get install -y {package}")


class KillSwitch(KeyboardInterrupt):
    """The person at the desktop has stopped the agent; the loop takes it as it takes Ctrl-C."""


class InvalidOption(HandeyeError, ValueError):
    """An environment was asked for with an option that makes no sense."""


class DialogOpened(HandeyeError):
    """A dialog is open, so the page cannot do what was asked until an action answers the dialog."""

    def __init__(self) -> None:
        super().__init__("a dialog is open in the page: answer it by an action first")


class ScriptFailed(HandeyeError):
    """JavaScript that a harness evaluated in a page threw an error."""


class ContractBroken(HandeyeError):
    """An environment does not keep the contract that `check_environment` checks."""
