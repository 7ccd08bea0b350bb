"""Whether a typed text has arrived, by what its field read before and reads now.

A field may show a hint in place of a text, and a phone's report does not tell the two apart. A text that is in the
field now may have been there before; one that is a hint, too. Only a difference is a proof.
"""

import re
from enum import Enum

_SPACES = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069]+")


class Proof(Enum):
    """What the field shows of a text that was typed into it."""

    ARRIVED = "arrived"
    """All of it, once."""
    DIFFERS = "differs"
    """Not all of it, or more."""
    UNKNOWN = "unknown"
    """The field reads what it would in either case."""


def proof(before: str | None, after: str, text: str) -> Proof:
    """Judge a text typed at any place of a field, or over all that it held; `before` is None if that is unknown."""
    old, new, typed = None if before is None else squeezed(before), squeezed(after), squeezed(text)
    if not typed:
        return Proof.ARRIVED if before is not None and before != after else Proof.UNKNOWN
    if old is None:
        return Proof.UNKNOWN if typed in new else Proof.DIFFERS
    if new == old:
        return Proof.UNKNOWN if new == typed else Proof.DIFFERS
    if old == typed and new == typed * 2:
        return Proof.UNKNOWN  # beside the same text, or twice where that was a hint
    return Proof.ARRIVED if new == typed or _inserted(old, new, typed) else Proof.DIFFERS


def proof_in_cleared(hint: str, after: str, text: str) -> Proof:
    """Judge a text typed into a field that was cleared and then read `hint`."""
    new, typed = squeezed(after), squeezed(text)
    if new != typed:
        return Proof.DIFFERS
    return Proof.UNKNOWN if new == squeezed(hint) else Proof.ARRIVED


def arrived(before: str, after: str, text: str) -> str | None:
    """Return the beginning of the text that has arrived, as far as it can be told; None if it cannot."""
    old, new = squeezed(before), squeezed(after)
    ends = [end for end in range(len(text) + 1) if _holds(old, new, squeezed(text[:end]))]
    exact = [end for end in ends if _holds(before, after, text[:end])]
    # Of a text that ends in spaces it cannot always be told how many of them have arrived.
    return text[: (exact or ends)[0]] if ends else None


def _holds(old: str, new: str, part: str) -> bool:
    return (new != old and new == part) or _inserted(old, new, part)


def squeezed(text: str) -> str:
    """Return the text without spaces and invisible characters, which fields change."""
    return _SPACES.sub("", text)


def _inserted(old: str, new: str, part: str) -> bool:
    if len(new) != len(old) + len(part):
        return False
    return any(new == old[:at] + part + old[at:] for at in _common_starts(old, new))


def _common_starts(old: str, new: str) -> range:
    """Return the places up to which both texts are the same."""
    same = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return range(same + 1)
