"""Changes of `dumpsys window` as a whole, of which tools may ask for one part."""

from collections.abc import Callable, Mapping
from typing import Final

from handeye.environments.simulated_phone.quirks.quirk import Change, capture
from handeye.environments.simulated_phone.shell.call import Call, Command

_TITLES: Final = {
    "displays": "WINDOW MANAGER DISPLAY CONTENTS",
    "windows": "WINDOW MANAGER WINDOWS",
    "policy": "WINDOW MANAGER POLICY STATE",
}
_TITLE = "WINDOW MANAGER "


def part_of(text: str, title: str) -> str:
    """Return the part of a dump that begins with a title, up to the next one; empty if there is none."""
    start = text.find(title)
    if start < 0:
        return ""
    end = text.find(_TITLE, start + len(title))
    return text[start:] if end < 0 else text[start:end]


def change_windows(change: Callable[[str], str]) -> Mapping[str, Change]:
    """Return the change of `dumpsys` that changes the whole dump of windows, whichever part is asked for."""

    async def dumpsys(call: Call, usual: Command) -> int:
        if call.words[:1] != ("window",):
            return await usual(call)
        whole = await capture(call, usual, ("window",))
        text = change(whole.text)
        wanted = next((word for word in call.words[1:] if word in _TITLES), None)
        await call.print(text if wanted is None else part_of(text, _TITLES[wanted]))
        await call.err.write(whole.err)
        return whole.status

    return {"dumpsys": dumpsys}
