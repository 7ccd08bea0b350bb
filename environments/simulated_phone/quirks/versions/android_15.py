"""Android 15."""

import re
from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.dumps.window import change_windows
from handeye.environments.simulated_phone.quirks.quirk import Change
from handeye.environments.simulated_phone.quirks.versions.version import DUMPS, Version


class Android15(Version):
    """The top resumed activity is named beside the focus, and the keyboard's insets tell more."""

    name = "android-15"
    does = "Android 15: `topResumedActivity` in the dump of windows, insets with their sides"
    reports = (DUMPS, "uiautomator2#1148")
    release = "15"
    sdk = 35

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys window`."""
        return change_windows(newer)


def newer(text: str) -> str:
    """Return a dump in the words of Android 15."""
    text = re.sub(r"(  mFocusedApp=(ActivityRecord\{[^}]*\})\n)", r"\1  topResumedActivity=\2\n", text)
    return text.replace(" flags=[]\n", " flags= sideHint=BOTTOM boundingRects=null\n")
