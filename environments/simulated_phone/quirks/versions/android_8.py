"""Android 8.1."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.dumps.window import change_windows
from handeye.environments.simulated_phone.quirks.quirk import Change
from handeye.environments.simulated_phone.quirks.versions.old_input import input_without
from handeye.environments.simulated_phone.quirks.versions.old_picture import short_header
from handeye.environments.simulated_phone.quirks.versions.version import (
    DUMPS,
    Version,
    with_flags_as_numbers,
    with_focus_among_windows,
    without_insets,
)


class Android8(Version):
    """As Android 7, with the lock screen's own delegate."""

    name = "android-8"
    does = "Android 8.1: its dump of windows, raw pixels after 12 bytes, `input` without motionevent and keycombination"
    reports = (DUMPS, "android-runner#28")
    release = "8.1.0"
    sdk = 27

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys window`, `input` and `screencap`."""
        return {
            **change_windows(lambda text: with_flags_as_numbers(with_focus_among_windows(without_insets(text)))),
            "input": input_without(("motionevent", "keycombination")),
            "screencap": short_header,
        }
