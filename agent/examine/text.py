"""What a model wrote: whether it is language at all, and how it is quoted."""

import re

_LONGEST_PERIOD = 40
_REPEATS = 5
_SHORTEST = 8
"""Characters of a piece that is repeated, how often it must stand there, and of a text that can be a loop."""
_SHARE = 0.9
"""The share of a text that must repeat what stands before it."""
_SHOWN = 60


def is_garbage(text: str) -> bool:
    """Return whether a text is empty, has no letter and no digit, or repeats one piece over and over.

    A network whose numbers overflow writes one token for ever: "!!!!" with the vocabulary of Qwen2.5.
    """
    stripped = text.strip()
    if not re.search(r"\w", stripped) or "\ufffd" in stripped:
        return True
    if len(stripped) < _SHORTEST:
        return False
    for period in range(1, min(_LONGEST_PERIOD, len(stripped) // _REPEATS) + 1):
        again = sum(one == other for one, other in zip(stripped, stripped[period:], strict=False))
        if again >= _SHARE * (len(stripped) - period):
            return True
    return False


def quoted(text: str) -> str:
    """Return the beginning of a text in quotation marks, on one line."""
    line = " ".join(text.split())
    return repr(line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…")
