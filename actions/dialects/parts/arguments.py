"""Reads the arguments of calls: texts, times, distances, flags and keys.

Each `read_*` function that is given a call's arguments removes what it uses, so that what is left was not understood.
"""

import math
import re
from collections.abc import Sequence

from handeye.actions.keys import UnknownKey, canonical_keys
from handeye.actions.keys_adb import key_of_keyevent
from handeye.actions.reading import read_number
from handeye.actions.schema import InvalidAction

Members = dict[str, object]

_BROWSER_BACK = frozenset({"browserback", "xf86back", "goback"})
"""Names of a key that only the browser's window takes."""
_KEYEVENT_ACTIONS = {"back": "back", "home": "home", "app_switch": "recent_apps"}
_FLAGS: dict[object, bool] = {
    None: False,
    True: True,
    False: False,
    "true": True,
    "false": False,
    "1": True,
    "0": False,
}
_ARGUMENTS = {
    "hold_seconds": "time",
    "index": "tab",
    "message": "text",
    "modifiers": "keys",
    "name": "text",
    "seconds": "time",
    "secret": "text",
}
"""The arguments of calls that are not called as the members of the actions are."""
# A list of keys whose strings contain pieces of code: ["keys=['ctrl'", "'c']"].
_KEYS_AS_CODE = re.compile(r"keys\s*=|\[['\"]|['\"]\]|^'.+'$")


def take(given: Members, *names: str) -> object:
    """Remove and return the argument under the first of the names that exists; None if there is none."""
    for name in names:
        if name in given:
            return given.pop(name)
    return None


def read_text(given: Members) -> object:
    """Take the text; a number counts as its digits."""
    text = take(given, "text")
    return str(text) if isinstance(text, int) and not isinstance(text, bool) else text


def read_flag(given: Members, *names: str) -> bool:
    """Take a flag, which may be written as 0 or 1; False if it is not given. Raises `InvalidAction` otherwise."""
    written = take(given, *names)
    flag = _FLAGS.get(written.strip().lower() if isinstance(written, str) else written) if _simple(written) else None
    if flag is None:
        raise InvalidAction(f"{names[0]} must be true or false")
    return flag


def read_seconds(given: Members) -> Members:
    """Take the time, as the member `seconds`; nothing if it is not given."""
    time = take(given, "time", "duration")
    return {} if time is None else {"seconds": read_number(time)}


def read_pixels(given: Members, call: str, directions: str) -> int:
    """Take the distance of a scroll; raise `InvalidAction` if it is not a finite number, or no distance.

    call, directions: the name of the call and what a sign means in it, for the message.
    """
    number = read_number(take(given, "pixels"))
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise InvalidAction(f"{call} needs pixels, a number: {directions}")
    if round(number) == 0:
        raise InvalidAction(f"{call} needs pixels other than 0: {directions}")
    return round(number)


def read_keys(written: object) -> object:
    """Return the names of keys, also from a list whose strings contain pieces of code."""
    items = [written] if isinstance(written, str) else written
    if not isinstance(items, list):
        return items
    names: list[object] = []
    for item in items:
        if isinstance(item, str) and _KEYS_AS_CODE.search(item):
            words = re.sub(r"keys\s*=|[\[\]'\"]", "", item).split(",")
            names += [word.strip() for word in words if word.strip()]
        else:
            names.append(item)
    return names


def read_keyevent(written: object) -> Members:
    """Return the action of an adb key event; Android's home, back and app_switch are separate actions."""
    if isinstance(written, list) and len(written) == 1:
        (written,) = written
    if not isinstance(written, str):
        raise InvalidAction("key needs a text, the name of one key event")
    name = written.strip().lower()
    if name.isdigit():
        raise InvalidAction("key needs the name of a key event, not its number")
    if (action := _KEYEVENT_ACTIONS.get(name.removeprefix("keycode_"))) is not None:
        return {"type": action}
    return {"type": "press", "keys": [key_of_keyevent(name) or written]}


def read_tab(written: object) -> object:
    """Return the number of a tab; anything else is returned for `load` to refuse."""
    number = read_number(written)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def canonical(written: object) -> tuple[str, ...] | None:
    """Return the canonical names of the keys; None if they are not names of keys, which `load` then explains."""
    names = [written] if isinstance(written, str) else written
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    if len(names) == 1 and re.sub(r"[\s_-]", "", names[0].lower()) in _BROWSER_BACK:
        return "alt", "left"
    try:
        return canonical_keys(names)
    except UnknownKey:
        return None


def _simple(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def in_call_words(message: str, kind: str, call: str) -> str:
    """Return what is wrong with the members of an action, in the words of the call that was read."""

    def renamed(found: re.Match[str]) -> str:
        member = found["member"]
        return call if member is None else f"{call}.{_ARGUMENTS.get(member, member)}"

    return re.sub(rf"(?<![\w.]){kind}(?:\.(?P<member>\w+))?(?=:| is missing)", renamed, message)


def joined(written: object) -> str:
    """Return names of keys as a chord: ctrl+t."""
    return (
        "+".join(map(str, written)) if isinstance(written, Sequence) and not isinstance(written, str) else str(written)
    )
