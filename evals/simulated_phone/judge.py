"""Whether a phone's state is as required: every difference between two states, and where it is."""

from collections.abc import Iterator
from typing import Any, Final

FREE: Final = frozenset({"id", "mtime"})
"""What a phone chooses by itself: the ids of its entries, and when a file was written."""

KEYBOARDS: Final = ("default_input_method", "enabled_input_methods")
"""The secure settings that an executor may change: which keyboard it types with is not judged."""


def judged(state: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a phone's state that is judged."""
    settings = state["settings"]
    secure = {key: value for key, value in settings["secure"].items() if key not in KEYBOARDS}
    return {**state, "settings": {**settings, "secure": secure}}


def differences(found: Any, wanted: Any, place: str = "") -> Iterator[str]:
    """Yield a line for each difference, including unwanted additions. The order of a list does not matter."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in sorted(found.keys() | wanted.keys()):
            inner = f"{place}.{key}" if place else key
            if key in FREE:
                continue
            if key not in wanted:
                yield f"{inner} is {_short(found[key])}, and should not be there"
            elif key not in found:
                yield f"{inner} is missing; it should be {_short(wanted[key])}"
            else:
                yield from differences(found[key], wanted[key], inner)
    elif isinstance(found, list) and isinstance(wanted, list):
        left = list(wanted)
        for item in found:
            same = (number for number, other in enumerate(left) if next(differences(item, other), None) is None)
            index = next(same, None)
            if index is None:
                yield f"{place} holds {_short(item)}, and should not"
            else:
                del left[index]
        for item in left:
            yield f"{place} lacks {_short(item)}"
    elif type(found) is not type(wanted) or found != wanted:
        yield f"{place} is {_short(found)} instead of {_short(wanted)}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
