"""Android 7.1."""

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
    with_lockscreen,
    without_insets,
)


class Android7(Version):
    """One focus for all displays, flags as numbers, no key combinations, no finger that moves step by step."""

    name = "android-7"
    does = "Android 7.1: its dump of windows, raw pixels after 12 bytes, `input` without motionevent and keycombination"
    reports = (DUMPS, "Airtest#259")
    release = "7.1.2"
    sdk = 25

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys window`, `input` and `screencap`."""
        return {
            **change_windows(_old),
            "input": input_without(("motionevent", "keycombination", "draganddrop")),
            "screencap": short_header,
        }


def _old(text: str) -> str:
    return with_lockscreen(with_flags_as_numbers(with_focus_among_windows(without_insets(text))))
