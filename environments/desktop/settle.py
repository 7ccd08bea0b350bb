"""Waiting until a desktop has settled after an action."""

import time
from collections.abc import Callable

from handeye.environments.desktop.capture import Shot
from handeye.environments.settle import Settle

_POLL = 0.025
"""Seconds between screenshots. Capturing and comparing a full-HD screen takes a tenth of that."""
_CARET = (4, 64)
"""Width and height in pixels: a change within one such box is a blinking caret."""
_BUSY_SECONDS = 2.0
"""How long a program that works without changing the screen is waited for."""


def settled(
    grab: Callable[[], Shot], is_busy: Callable[[], bool], wait: Callable[[float], None], settle: Settle
) -> Shot:
    """Wait as `settle` says, and return the last screenshot.

    Settled: the pixels have not changed, except for a caret, and the program in front is idle. A program that works for
    long without showing anything is not waited for.
    """
    began = time.monotonic()
    wait(settle.grace)
    shot = still = grab()
    changed = since = time.monotonic()
    while (now := time.monotonic()) - began < settle.limit and now - since < settle.quiet:
        wait(min(_POLL, settle.quiet))
        shot = grab()
        now = time.monotonic()
        if has_changed(still, shot):
            still, changed, since = shot, now, now
        elif now - changed < _BUSY_SECONDS and is_busy():
            since = now
    return shot


def has_changed(before: Shot, after: Shot) -> bool:
    """Return whether more than a caret differs."""
    box = after.difference(before)
    return box is not None and (box.size.width > _CARET[0] or box.size.height > _CARET[1])
