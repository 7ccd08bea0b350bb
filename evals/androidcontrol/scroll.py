"""Which way a label of a scroll means.

AndroidControl's labels follow the content: "scroll up on the screen to read the article" is labelled `down`, and so are
947 of the 1,211 scrolls of UI-R1's copy. The finger moves the other way. Protocols differ in whether they turn the
labels round, which is worth up to 15 points, so it is an option and is printed.
"""

from enum import StrEnum
from typing import Final, Literal, TypeAlias

from handeye.evals.androidcontrol.truth import Direction

Convention: TypeAlias = Literal["content", "finger"]
"""What a label names: which content comes into view, or which way the finger moves."""

OPPOSITE: Final[dict[Direction, Direction]] = {"up": "down", "down": "up", "left": "right", "right": "left"}


class Scroll(StrEnum):
    """How labels of scrolls are read."""

    PROTOCOL = "protocol"
    """Each judge in its own way; in the history as the protocol of Qwen's numbers, whose labels are the finger's."""
    CONTENT = "content"
    """A label says which content comes into view, for every judge and in the history."""
    FINGER = "finger"
    """A label says which way the finger moves, for every judge and in the history."""

    def of(self, own: Convention) -> Convention:
        """Return how a judge reads labels whose own way is `own`."""
        match self:
            case Scroll.PROTOCOL:
                return own
            case Scroll.CONTENT:
                return "content"
            case Scroll.FINGER:
                return "finger"

    @property
    def told(self) -> str:
        """What it means, for people."""
        match self:
            case Scroll.PROTOCOL:
                return "each judge's own; in the history the finger moves the way of the label"
            case Scroll.CONTENT:
                return "labels say which content comes into view: the finger moves the other way"
            case Scroll.FINGER:
                return "labels say which way the finger moves"


def finger(label: Direction, convention: Convention) -> Direction:
    """Return which way the finger moves for a label."""
    return label if convention == "finger" else OPPOSITE[label]


def labelled(moved: Direction, convention: Convention) -> Direction:
    """Return the label of a movement of the finger."""
    return finger(moved, convention)  # the same swap
