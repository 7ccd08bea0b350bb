"""Chords of a browser's own window, read as the actions that do the same.

A page never gets them, so an environment with tabs has actions instead; models have learned the keys. On a desktop they
are keys like any other.
"""

from collections.abc import Collection, Sequence

from handeye.actions.dialects.dialect import TabStrip

Members = dict[str, object]

ADDRESS_BAR = (("ctrl", "l"), ("alt", "d"), ("f6",))
"""Chords after which a typed text is an address."""
INSTEAD = {
    "navigate": "ctrl+l and an address after it in the same reply are read as it",
    "back": "alt+left is read as it",
    "new_tab": "ctrl+t is read as it",
    "switch_tab": "ctrl+tab and ctrl+1 to ctrl+9 are read as it",
    "close_tab": "ctrl+w is read as it",
}
"""Why a dialect that has keys needs no call for these types of action."""
_PLAIN: dict[frozenset[str], Members] = {
    frozenset({"alt", "left"}): {"type": "back"},
    frozenset({"meta", "["}): {"type": "back"},
    frozenset({"ctrl", "t"}): {"type": "new_tab"},
    frozenset({"meta", "t"}): {"type": "new_tab"},
    frozenset({"ctrl", "n"}): {"type": "new_tab"},
    frozenset({"ctrl", "w"}): {"type": "close_tab"},
    frozenset({"meta", "w"}): {"type": "close_tab"},
    frozenset({"ctrl", "f4"}): {"type": "close_tab"},
}
_NEXT = (frozenset({"ctrl", "tab"}), frozenset({"ctrl", "pagedown"}))
_PREVIOUS = (frozenset({"ctrl", "shift", "tab"}), frozenset({"ctrl", "pageup"}))


def chord(keys: Sequence[str], types: Collection[str], tabs: TabStrip) -> Members | None:
    """Return the members of the action that the chord stands for, if `types` has it; None if it is only keys.

    keys: canonical names.
    """
    members = _PLAIN.get(frozenset(keys)) or _switched(frozenset(keys), tabs)
    return members if members is not None and members["type"] in types else None


def _switched(keys: frozenset[str], tabs: TabStrip) -> Members | None:
    if tabs.count < 2:
        return None
    if keys in _NEXT:
        return {"type": "switch_tab", "index": (tabs.shown + 1) % tabs.count}
    if keys in _PREVIOUS:
        return {"type": "switch_tab", "index": (tabs.shown - 1) % tabs.count}
    digit = next((key for key in keys if key in "123456789"), None)
    if digit is None or keys not in ({"ctrl", digit}, {"alt", digit}):
        return None
    # Nine is the last tab, however many there are.
    return {"type": "switch_tab", "index": tabs.count - 1 if digit == "9" else int(digit) - 1}
