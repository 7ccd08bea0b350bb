"""Empty fields that report a text."""

import re
from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk, capture
from handeye.environments.simulated_phone.shell.call import Call, Command

_EMPTY = re.compile(r'text=""(?=[^>]*class="android\.widget\.EditText")')
_HINT = 'text="Search or type an address"'


class HintFields(Quirk):
    """What stands in an empty field as a hint is reported as its text, also by fields that show none."""

    name = "hint-fields"
    does = "an empty field without a hint of its own reports `Search or type an address` as its text"
    reports = ("appium#13618", "Maestro#3510")

    def changes(self) -> Mapping[str, Change]:
        """Change `uiautomator`."""
        return {"uiautomator": _hinted}


async def _hinted(call: Call, usual: Command) -> int:
    ran = await capture(call, usual)
    await call.print(_EMPTY.sub(_HINT, ran.text))
    await call.err.write(ran.err)
    path = next((word for word in call.words[1:] if not word.startswith("-")), "/sdcard/window_dump.xml")
    files = call.device.files
    if path != "/dev/tty" and await files.stat(call.path(path)) is not None:
        xml = (await files.read(call.path(path))).decode()
        await files.write(call.path(path), _EMPTY.sub(_HINT, xml).encode())
    return ran.status
