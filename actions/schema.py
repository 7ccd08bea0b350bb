"""The actions: one frozen model each, and their union.

An action is a validated intent. Points are integer pixels of the frame that it answers; `handeye.actions.fields`
defines the values of the other fields. The prompt text, the JSON Schema and the parsers are derived from this union:
there is no second list of actions.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from handeye.actions.errors import HandeyeError
from handeye.actions.fields import (
    Address,
    Button,
    Distance,
    Flag,
    HoldSeconds,
    Index,
    Keys,
    Modifiers,
    Name,
    Path,
    Pixel,
    Region,
    RestSeconds,
    Text,
    WaitSeconds,
)


class InvalidAction(HandeyeError):
    """A value is not an action. The message names the action, its field, and what the field must be."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Click(_Model):
    """Press and release a mouse button at a point, or tap it."""

    type: Literal["click"] = "click"
    point: Pixel
    """Where, in pixels."""
    button: Button = "left"
    """Which mouse button."""
    count: Annotated[int, Field(strict=True, ge=1, le=3)] = 1
    """2 for a double click, 3 for a triple click."""
    modifiers: Modifiers = ()
    """Keys held meanwhile."""


class LongPress(_Model):
    """Press at a point, hold, and release."""

    type: Literal["long_press"] = "long_press"
    point: Pixel
    """Where, in pixels."""
    seconds: HoldSeconds = 1.0
    """How long to hold, in seconds."""


class Move(_Model):
    """Move the pointer to a point without pressing."""

    type: Literal["move"] = "move"
    point: Pixel
    """Where to, in pixels."""


class Drag(_Model):
    """Press at the first point, move along the others, and release at the last; a swipe on a touch screen."""

    type: Literal["drag"] = "drag"
    path: Path
    """Two or more points, in pixels."""
    button: Button = "left"
    """Which mouse button."""
    modifiers: Modifiers = ()
    """Keys held meanwhile."""
    hold_seconds: RestSeconds = 0.0
    """How long to press without moving first, in seconds, such as 1.0 to pick up an icon."""


class Scroll(_Model):
    """Scroll what lies under a point."""

    type: Literal["scroll"] = "scroll"
    point: Pixel
    """Where, in pixels."""
    dx: Distance = 0
    """Pixels; positive shows what is to the right, negative what is to the left."""
    dy: Distance = 0
    """Pixels; positive shows what is below, negative what is above."""
    modifiers: Modifiers = ()
    """Keys held meanwhile."""

    @model_validator(mode="after")
    def _scrolls(self) -> Self:
        if self.dx == 0 and self.dy == 0:
            raise ValueError("dx or dy must not be 0")
        return self


class Type(_Model):
    """Type into the element that has the focus."""

    type: Literal["type"] = "type"
    text: Text | None = None
    """What to type; a line feed presses enter."""
    secret: Name | None = None
    """Instead of a text: the name of a secret to type, such as a password that only the environment knows."""
    clear: Flag = False
    """Whether to delete first what the element holds."""
    submit: Flag = False
    """Whether to press enter afterwards."""

    @model_validator(mode="after")
    def _types_something(self) -> Self:
        if (self.text is None) == (self.secret is None):
            raise ValueError("needs either a text or a secret")
        if self.text == "" and not (self.clear or self.submit):
            raise ValueError("types nothing: the text is empty")
        return self


class Press(_Model):
    """Press keys together and release them."""

    type: Literal["press"] = "press"
    keys: Keys
    """Names such as enter, pagedown or a; of a chord in the order in which they go down."""


class Hold(_Model):
    """Hold keys down together for a time."""

    type: Literal["hold"] = "hold"
    keys: Keys
    """Names as for press."""
    seconds: HoldSeconds
    """How long, in seconds."""


class Wait(_Model):
    """Do nothing for a time."""

    type: Literal["wait"] = "wait"
    seconds: WaitSeconds = 1.0
    """How long, in seconds."""


class WaitUntilStable(_Model):
    """Wait until the screen no longer changes."""

    type: Literal["wait_until_stable"] = "wait_until_stable"
    seconds: WaitSeconds = 5.0
    """At most how long, in seconds."""


class OpenApp(_Model):
    """Open an application."""

    type: Literal["open_app"] = "open_app"
    name: Name
    """Its name as a user knows it."""


class Navigate(_Model):
    """Open a web address in the current tab."""

    type: Literal["navigate"] = "navigate"
    url: Address
    """The http or https address."""


class Back(_Model):
    """Go back to the previous page or screen."""

    type: Literal["back"] = "back"


class Home(_Model):
    """Go to the home screen or home page."""

    type: Literal["home"] = "home"


class RecentApps(_Model):
    """Show the recently used applications."""

    type: Literal["recent_apps"] = "recent_apps"


class SwitchTab(_Model):
    """Show another browser tab."""

    type: Literal["switch_tab"] = "switch_tab"
    index: Index
    """Which tab, counted from 0."""


class NewTab(_Model):
    """Open a new browser tab and show it."""

    type: Literal["new_tab"] = "new_tab"
    url: Address | None = None
    """The address to open in it; without one it is empty."""


class CloseTab(_Model):
    """Close a browser tab."""

    type: Literal["close_tab"] = "close_tab"
    index: Index | None = None
    """Which tab, counted from 0; without one the current tab."""


class Zoom(_Model):
    """Look at a region of the screen more closely."""

    type: Literal["zoom"] = "zoom"
    box: Region
    """The region, in pixels."""


class Note(_Model):
    """Remember something for later steps."""

    type: Literal["note"] = "note"
    text: Text
    """What to remember."""


class Answer(_Model):
    """Answer the question of the task."""

    type: Literal["answer"] = "answer"
    text: Text
    """The answer."""


class AskUser(_Model):
    """Ask the user, or hand over a step that only a person may take."""

    type: Literal["ask_user"] = "ask_user"
    text: Text
    """The question or request."""


class Terminate(_Model):
    """End the task and say how it went."""

    type: Literal["terminate"] = "terminate"
    status: Literal["success", "failure", "infeasible"]
    """Whether it is done, could not be done, or cannot be done at all."""
    message: Text = ""
    """What to tell the user."""


AnyAction = (
    Click
    | LongPress
    | Move
    | Drag
    | Scroll
    | Type
    | Press
    | Hold
    | Wait
    | WaitUntilStable
    | OpenApp
    | Navigate
    | Back
    | Home
    | RecentApps
    | SwitchTab
    | NewTab
    | CloseTab
    | Zoom
    | Note
    | Answer
    | AskUser
    | Terminate
)
Action = Annotated[AnyAction, Field(discriminator="type")]
ACTIONS: Mapping[str, type[AnyAction]] = {member.model_fields["type"].default: member for member in get_args(AnyAction)}
"""The model of each action by its type, in the order of the union."""
ACTION_TYPES: frozenset[str] = frozenset(ACTIONS)
_ADAPTER: TypeAdapter[AnyAction] = TypeAdapter(Action)


class UnifiedStep(_Model):
    """One step, as it is journaled and as the compact prompt format asks for it."""

    thought: Annotated[str, Field(max_length=20_000)]
    """Why, in a sentence or two."""
    action: Action
    """What to do."""


def dump(action: AnyAction) -> dict[str, Any]:
    """Return the action as JSON values: its type first, then the fields that differ from their default."""
    return {"type": action.type, **action.model_dump(mode="json", exclude_defaults=True)}


def load(value: object) -> AnyAction:
    """Return the action that JSON values describe; raise `InvalidAction` if they do not describe one."""
    if not isinstance(value, dict):
        raise InvalidAction("an action must be a JSON object with a type")
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in ACTION_TYPES:
        raise InvalidAction(_unknown(kind))
    try:
        return _ADAPTER.validate_python(value)
    except ValidationError as error:
        raise InvalidAction(_explain(error)) from error


def _unknown(kind: object) -> str:
    if not isinstance(kind, str):
        return f"an action needs a type, one of {', '.join(ACTIONS)}"
    near = get_close_matches(kind[:40], ACTIONS, n=2)
    hint = f"did you mean {' or '.join(near)}?" if near else f"it must be one of {', '.join(ACTIONS)}"
    return f"there is no action {kind[:40]!r}: {hint}"


def _explain(error: ValidationError) -> str:
    """Return one line: the paths of the first three wrong fields, and what they must be."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    lines = []
    for detail in details[:3]:
        path = ".".join(" ".join(str(part).split())[:40] for part in detail["loc"])
        match detail["type"]:
            case "missing":
                lines.append(f"{path} is missing")
            case "extra_forbidden":
                lines.append(f"{path}: there is no such field")
            case _:
                lines.append(f"{path}: {detail['msg'].removeprefix('Value error, ')}")
    return "; ".join(lines)
