"""Where keys go at this moment: the window and the view that take text.

Asked before each portion of a long text, so it must be quick: two dumps of a few milliseconds, and not the view tree,
for which a phone takes a second or two.
"""

import re
from typing import NamedTuple, Self

from handeye.environments.android.shell import command
from handeye.environments.android.status import DISPLAY, is_input_shown
from handeye.environments.android.windows import parse_windows

_MARK = "handeye-next-part"
TARGET = f"{DISPLAY}; echo {_MARK}; {command('dumpsys', 'input_method')}"
"""The script whose output `Target.read` reads."""
_VIEW = re.compile(r"\bmServedView=(?:null|([\w.$]+(?:\{\w+)?))")
_FIELD = re.compile(r"\bfieldId=(\S+)")
_CLIENT = re.compile(r"\bmCurFocusedWindow=\S+@(\w+)")


class Target(NamedTuple):
    """What takes the keys, in the phone's own names; empty where it reports none."""

    window: str
    client: str
    view: str
    field: str
    keyboard: bool
    """Whether a keyboard is shown."""

    @classmethod
    def read(cls, output: str) -> Self:
        """Parse the output of `TARGET`."""
        window, _, method = output.partition(_MARK)
        windows = parse_windows(window)
        client, view, field = (pattern.search(method) for pattern in (_CLIENT, _VIEW, _FIELD))
        return cls(
            windows.token,
            "" if client is None else client[1],
            "" if view is None else view[1] or "",
            "" if field is None else field[1],
            is_input_shown(method),
        )

    def has_moved_to(self, now: "Target") -> bool:
        """Return whether the keys now go elsewhere. What is not reported is taken to be the same."""
        names = zip(self[:4], now[:4], strict=True)
        return self.is_lost_in(now) or any(old and new and old != new for old, new in names)

    def is_lost_in(self, now: "Target") -> bool:
        """Return whether there was a view that takes text, or a keyboard for one, and now there is neither."""
        return bool(self.view or self.keyboard) and not (now.view or now.keyboard)
