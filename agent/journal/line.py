"""The lines of a journal: what each one holds, and conversion to and from JSON."""

import json
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, model_validator

from handeye.actions.geometry import Size, Transform
from handeye.actions.schema import Action
from handeye.agent.decision import Decision
from handeye.agent.limits import Limits
from handeye.agent.outcome import Status, StopReason
from handeye.environments.element import Element
from handeye.environments.observation import Observation, Tab

SCHEMA_VERSION = 4


class Record(BaseModel):
    """Anything in a journal: frozen, without fields that this version does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Seen(Record):
    """A stored observation."""

    screenshot: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """The SHA-256 of the PNG file, which is its name too."""
    size: Size
    time: float
    url: str | None = None
    title: str | None = None
    app: str | None = None
    tabs: tuple[Tab, ...] = ()
    notices: tuple[str, ...] = ()
    marks: tuple[Element, ...] = ()
    transforms: tuple[Transform, ...] = ()

    @classmethod
    def of(cls, observation: Observation, screenshot: str) -> Self:
        """Return `observation` with the hash `screenshot` in place of the picture."""
        return cls(
            screenshot=screenshot,
            size=observation.size,
            time=observation.time,
            url=observation.url,
            title=observation.title,
            app=observation.app,
            tabs=observation.tabs,
            notices=observation.notices,
            marks=observation.marks,
            transforms=observation.transforms,
        )

    def observation(self, screenshot: bytes) -> Observation:
        """Return the observation with the picture itself."""
        return Observation(
            screenshot=screenshot,
            size=self.size,
            time=self.time,
            url=self.url,
            title=self.title,
            app=self.app,
            tabs=self.tabs,
            notices=self.notices,
            marks=self.marks,
            transforms=self.transforms,
        )


class MetaLine(Record):
    """The first line: what the episode was started with."""

    kind: Literal["meta"] = "meta"
    schema_version: Literal[1, 2, 3, 4] = 4
    time: float
    """When the line was written, in Unix seconds, here and below."""
    version: str
    """The version of handeye."""
    task: str
    policy: str
    profile: str | None
    """The name of the policy's profile; in versions 1 and 2 it was `prompt_format`, "qwen" or "compact"."""
    profile_hash: str | None = None
    """The hash of that profile, which changes with its prompts."""
    environment: str
    limits: Limits
    screenshots: int | None
    """The maximum number in a prompt; None is the profile's own."""
    settings: dict[str, JsonValue]
    """What the caller needs for a resume. Never a secret."""

    @model_validator(mode="before")
    @classmethod
    def _older(cls, line: JsonValue) -> JsonValue:
        if isinstance(line, dict) and line.get("schema_version") in (1, 2) and "prompt_format" in line:
            line = dict(line)
            line["profile"] = line.pop("prompt_format")
        return line


class ResumedLine(Record):
    """Another process continues from here."""

    kind: Literal["resumed"] = "resumed"
    time: float
    version: str
    policy: str
    profile: str | None = None
    profile_hash: str | None = None
    limits: Limits
    settings: dict[str, JsonValue] | None = None
    """What the caller needs for a further resume; None if nothing has changed."""


class DecisionLine(Record):
    """What was seen and decided; none of it has been carried out yet."""

    kind: Literal["decision"] = "decision"
    time: float
    step: int
    observation: Seen
    decision: Decision


class IntentLine(Record):
    """An action is approved and is executed next."""

    kind: Literal["intent"] = "intent"
    time: float
    step: int
    number: int
    """Which of the decision's actions, from 0."""


class OutcomeLine(Record):
    """The outcome of an action. Without an intent before it, the action never reached the environment."""

    kind: Literal["outcome"] = "outcome"
    time: float
    step: int
    number: int
    status: Status
    message: str
    seconds: float
    stop: StopReason | None
    observation: Seen | None
    done: Action | None = None


class StopLine(Record):
    """The episode ended."""

    kind: Literal["stop"] = "stop"
    time: float
    reason: StopReason
    message: str


Line = Annotated[
    MetaLine | ResumedLine | DecisionLine | IntentLine | OutcomeLine | StopLine, Field(discriminator="kind")
]
_LINE: TypeAdapter[Line] = TypeAdapter(Line)


def encode(line: Line) -> bytes:
    """Return `line` as one line of JSON in UTF-8, without a line end."""
    text = json.dumps(line.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)
    # A lone surrogate, which JSON can hold and UTF-8 cannot, becomes a question mark.
    return text.encode("utf-8", errors="replace")


def recorded_secrets(settings: Mapping[str, JsonValue]) -> frozenset[str] | None:
    """Return the names of the secrets in the settings of an episode; None if they do not say."""
    declared = settings.get("secrets")
    return frozenset(declared) if isinstance(declared, dict) else None


def decode(value: JsonValue) -> Line:
    """Return the line that a JSON value holds; raise pydantic.ValidationError if it holds none."""
    return _LINE.validate_python(value)
