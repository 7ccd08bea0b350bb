"""What can go wrong with a screen.

HandeyeError
├── ActionRejected      the action cannot be done here and now; nothing was done, and the policy is told
├── EnvironmentLost     the screen is gone (crashed, killed, hung, closed); the episode ends, `reset()` starts afresh
├── NavigationFailed    an address that the caller asked for could not be opened
├── ChromiumNotFound    no browser is installed
├── BrowserFailed       a browser is installed and does not start
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
