"""Android 9."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.dumps.window import change_windows
from handeye.environments.simulated_phone.quirks.quirk import Change
from handeye.environments.simulated_phone.quirks.versions.old_input import input_without
from handeye.environments.simulated_phone.quirks.versions.version import (
    DUMPS,
    Version,
    with_focus_among_windows,
    without_insets,
)


class Android9(Version):
    """The last one with one focus for all displays; flags are words."""

    name = "android-9"
    does = "Android 9: one focus for all displays in the part on windows, `input` without keycombination"
    reports = (DUMPS, "STFService.apk#144")
    release = "9"
    sdk = 28

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys window` and `input`."""
        return {
            **change_windows(lambda text: with_focus_among_windows(without_insets(text))),
            "input": input_without(("keycombination",)),
        }
