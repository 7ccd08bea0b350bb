"""A window manager that names no focused window."""

import re
from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.dumps.window import change_windows
from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk


class FocusNull(Quirk):
    """Phones that never name the focused window; the focused app is named."""

    name = "null-focus"
    does = "`dumpsys window` always says `mCurrentFocus=null`; `mFocusedApp` is named"
    reports = ("appium-adb, lib/tools/app-commands.ts",)

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys window`."""
        return change_windows(_unnamed)


def _unnamed(text: str) -> str:
    return re.sub(r"mCurrentFocus=Window\{[^}]*\}", "mCurrentFocus=null", text)
