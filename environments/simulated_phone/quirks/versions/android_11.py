"""Android 11."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.dumps.window import change_windows
from handeye.environments.simulated_phone.quirks.quirk import Change
from handeye.environments.simulated_phone.quirks.typing.clear import unknown_combination
from handeye.environments.simulated_phone.quirks.versions.version import DUMPS, Version, with_named_insets


class Android11(Version):
    """The keyboard's insets have names of their own, and `input` is a command of a service."""

    name = "android-11"
    does = "Android 11: the keyboard is `ITYPE_IME`, `input keycombination` is unknown with status 255"
    reports = (DUMPS, "mobilewright#117")
    release = "11"
    sdk = 30

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys window` and `input`."""
        return {**change_windows(with_named_insets), "input": unknown_combination}
