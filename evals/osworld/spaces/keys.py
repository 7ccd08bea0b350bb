"""The names of keys in the machine, which are pyautogui's."""

from typing import Final

from handeye.actions.keys import NAMED_KEYS
from handeye.environments.errors import ActionRejected

_NAMES: Final = {"meta": "win", "menu": "apps", "space": " "}
_DROPPED: Final = frozenset(
    (
        *("volumeup", "volumedown", "volumemute", "playpause", "nexttrack", "prevtrack", "stop"),
        *("power", "sleep", "wakeup", "camera", "call", "endcall", "search", "clear"),
        *(f"f{number}" for number in range(13, 25)),
    )
)
"""Keys that pyautogui 0.9.54 has no key code for on Linux; it does nothing for them, and says nothing."""


def machine_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return pyautogui's names of keys that are held together. Raises `ActionRejected` if there is no such key.

    The key that pyautogui finds for "<" gives ">": upstream types it as shift and a comma, and so do we.
    """
    found: list[str] = []
    for key in keys:
        if key in _DROPPED or (key not in NAMED_KEYS and not (key.isascii() and key.isprintable())):
            raise ActionRejected(f"there is no key {key!r} on this machine's keyboard")
        found += ("shift", ",") if key == "<" else (_NAMES.get(key, key),)
    return tuple(dict.fromkeys(found))
