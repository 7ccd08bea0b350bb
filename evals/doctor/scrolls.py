"""Whether directions were read the wrong way round: with the finger, or with the content."""

from collections.abc import Mapping
from typing import Final

from handeye.evals.doctor.finding import Finding

WHAT: Final = "directions"
LEAST: Final = 5
"""Fewer directions say nothing."""
_OPPOSITE: Final = {"up": "down", "down": "up", "left": "right", "right": "left"}


def scroll_finding(confusion: Mapping[str, Mapping[str, int]]) -> Finding:
    """Return whether the answers say the opposite of what was meant more often than the same."""
    same = opposite = other = 0
    for meant, row in confusion.items():
        direction = _direction(meant)
        if direction is None:
            continue
        for said, count in row.items():
            spoken = _direction(said)
            if spoken == direction:
                same += count
            elif spoken == _OPPOSITE[direction]:
                opposite += count
            else:
                other += count
    total = same + opposite + other
    if same + opposite < LEAST:
        return Finding(WHAT, f"only {same + opposite} directions were answered along their axis: too few to tell")
    evidence = f"of {total} directions, {same} as meant, {opposite} the opposite, {other} something else"
    if opposite <= same:
        return Finding(WHAT, evidence)
    return Finding(
        WHAT,
        evidence,
        "answers seem to say how the finger moves where labels say how the content moves, or the reverse: choose "
        "another --judge, or the option for the labels' convention",
    )


def _direction(label: str) -> str | None:
    """Return the direction that a label ends with, such as "scroll down"."""
    word = label.lower().replace("_", " ").split()[-1:] or [""]
    return word[0] if word[0] in _OPPOSITE else None
