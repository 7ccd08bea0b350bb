"""Android 16."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.dumps.window import change_windows
from handeye.environments.simulated_phone.quirks.quirk import Change
from handeye.environments.simulated_phone.quirks.versions.android_15 import newer
from handeye.environments.simulated_phone.quirks.versions.version import DUMPS, Version


class Android16(Version):
    """As Android 15."""

    name = "android-16"
    does = "Android 16: the words of Android 15, by another number"
    reports = (DUMPS, "argent#693")
    release = "16"
    sdk = 36

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys window`."""
        return change_windows(newer)
