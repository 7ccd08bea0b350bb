"""What the options of a command say about the model of an offline benchmark."""

from handeye.agent.policies.local import LocalSettings

ORACLE = "oracle"
CENTER = "center"
RANDOM = "random"
SCRIPTED = (ORACLE, CENTER, RANDOM)
"""Names that stand for no model: the right answers, the middle of each image, and a place anywhere on it."""


class AskSettings(LocalSettings):
    """How a model is asked. All of it belongs to the key of a prediction, but for where the model runs."""

    model: str
    """A hub id, a folder, or one of `SCRIPTED`; with a server, the name of its model."""
    server: str | None = None
    profile: str | None = None
    """The name of the profile; None for the one that the model's name asks for."""
    format: str | None = None
    """The name of the prompt's format; None for the profile's own."""
    zoom: bool = False
    """Whether to look closer at the part around the first answer."""
    temperature: float | None = None
    """None for the profile's own."""
    max_tokens: int | None = None
    min_pixels: int | None = None
    """The least area of an image as the model sees it, in pixels; None for the profile's own."""
    max_pixels: int | None = None
