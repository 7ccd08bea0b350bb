"""Choosing the monitor to observe."""

from collections.abc import Sequence

from handeye.actions.geometry import Box
from handeye.environments.desktop.system import Monitor
from handeye.environments.errors import InvalidOption

ALL = "all"
"""Selects the union of all monitors, including any gaps between them."""


def chosen(monitors: Sequence[Monitor], wanted: int | str | None) -> Box:
    """Return the region to observe, in units of the pointer's positions.

    wanted: None for the primary monitor, or the first if none is primary; `ALL` for the union; a number for an index
    from 0; other text for a name in any case, or else an index. Raises `InvalidOption` if there is no such monitor.
    """
    match wanted:
        case None:
            return next((monitor for monitor in monitors if monitor.primary), monitors[0]).box
        case str() if wanted.lower() == ALL:
            return union(monitors)
        case int() if 0 <= wanted < len(monitors):
            return monitors[wanted].box
        case str():
            for monitor in monitors:
                if monitor.name.lower() == wanted.lower():
                    return monitor.box
            if wanted.isdecimal():
                return chosen(monitors, int(wanted))
    raise InvalidOption(f"there is no monitor {wanted!r}; there are: {_listed(monitors)}, or {ALL}")


def union(monitors: Sequence[Monitor]) -> Box:
    """Return the smallest box around all monitors."""
    boxes = [monitor.box for monitor in monitors]
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def _listed(monitors: Sequence[Monitor]) -> str:
    return ", ".join(
        f"{index} ({monitor.name}, {monitor.box.size} at [{monitor.box.left}, {monitor.box.top}])"
        for index, monitor in enumerate(monitors)
    )
