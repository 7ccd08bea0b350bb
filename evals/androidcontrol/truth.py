"""What a person did at a step, as AndroidControl writes it.

google-research/google-research, android_control/README.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

from handeye.evals.samples.dataset import InvalidDataset
from handeye.evals.samples.region import Spot

Direction: TypeAlias = Literal["up", "down", "left", "right"]
Button: TypeAlias = Literal["back", "home"]
DIRECTIONS: Final[tuple[Direction, ...]] = get_args(Direction)


@dataclass(frozen=True, slots=True)
class Tap:
    """A click, or a long press."""

    spot: Spot
    """Where, in pixels of the screenshot."""
    long: bool = False


@dataclass(frozen=True, slots=True)
class Scrolled:
    """A scroll. Labels follow the content: `down` mostly shows what is below; see `scroll` beside this module."""

    direction: Direction


@dataclass(frozen=True, slots=True)
class Typed:
    """A text. With a spot, it was clicked first, and enter pressed afterwards."""

    text: str
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """An app."""

    app: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of the system."""

    button: Button


@dataclass(frozen=True, slots=True)
class Waited:
    """Nothing was done."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of the episode, which is no step of AndroidControl: some protocols add it."""


Truth: TypeAlias = Tap | Scrolled | Typed | Opened | Pressed | Waited | Finished


def kind_of(truth: Truth) -> str:
    """Return the name of a step in AndroidControl's words; "finish" for the end."""
    return str(written(truth)["action_type"])


def written(truth: Truth) -> dict[str, Any]:
    """Return a step as AndroidControl writes it."""
    match truth:
        case Tap(spot, long):
            return {"action_type": "long_press" if long else "click", "x": spot.x, "y": spot.y}
        case Scrolled(direction):
            return {"action_type": "scroll", "direction": direction}
        case Typed(text, None):
            return {"action_type": "input_text", "text": text}
        case Typed(text, Spot(x, y)):
            return {"action_type": "type", "text": text, "x": x, "y": y}
        case Opened(app):
            return {"action_type": "open_app", "app_name": app}
        case Pressed(button):
            return {"action_type": f"navigate_{button}"}
        case Waited():
            return {"action_type": "wait"}
        case _:
            return {"action_type": "finish"}


def read_truth(action: object, where: str) -> Truth:
    """Return the step that an object of AndroidControl says. Raises `InvalidDataset`, which names `where`."""
    if not isinstance(action, dict):
        raise InvalidDataset(f"{where} has {action!r} as its action, not an object")
    match action.get("action_type"):
        case "click" | "long_press" as kind:
            return Tap(_spot(action, where), kind == "long_press")
        case "scroll":
            return Scrolled(direction_of(action.get("direction"), where))
        case "input_text":
            return Typed(_text(action, "text", where))
        case "type" | "type_text":
            return Typed(_text(action, "text", where), _spot(action, where))
        case "open_app":
            return Opened(_text(action, "app_name", where))
        case "navigate_back":
            return Pressed("back")
        case "navigate_home":
            return Pressed("home")
        case "wait":
            return Waited()
        case "finish" | "status":
            return Finished()
        case kind:
            raise InvalidDataset(f"{where} has an action of the type {kind!r}, which AndroidControl does not have")


def direction_of(value: object, where: str) -> Direction:
    """Return a direction, in whatever case. Raises `InvalidDataset`."""
    lowered = value.lower() if isinstance(value, str) else None
    for direction in DIRECTIONS:
        if lowered == direction:
            return direction
    raise InvalidDataset(f"{where} scrolls {value!r}, which is no direction")


def _spot(action: Mapping[str, Any], where: str) -> Spot:
    x, y = action.get("x"), action.get("y")
    if not (isinstance(x, int | float) and isinstance(y, int | float)):
        raise InvalidDataset(f"{where} has no place as x and y: {x!r}, {y!r}")
    return Spot(x, y)


def _text(action: Mapping[str, Any], name: str, where: str) -> str:
    value = action.get(name)
    if not isinstance(value, str):
        raise InvalidDataset(f"{where} has {value!r} as {name}, not a text")
    return value
