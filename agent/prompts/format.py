"""The prompt formats: how a history becomes a prompt, and how the reply is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

from handeye.actions.abilities import Abilities
from handeye.actions.geometry import Box, Frame, Point
from handeye.actions.reading import Reading
from handeye.agent.history import History
from handeye.agent.prompts import compact, qwen
from handeye.agent.prompts.told import Resize
from handeye.environments.observation import Tab
from handeye.model.messages import Message


class Read(Protocol):
    """Reads a reply."""

    def __call__(
        self,
        text: str,
        frame: Frame,
        cursor: Point | None = None,
        *,
        target: Frame | None = None,
        marks: Sequence[Box] = (),
        tabs: Sequence[Tab] = (),
    ) -> Reading:
        """Read a reply with points in pixels of `frame`; the actions get pixels of `target`, or of `frame` if None.

        `cursor` is the position of the cursor in the target, if known; `marks` are the boxes in the target that a reply
        may name by their numbers, counted from 1; `tabs` are the open tabs of a browser.
        """


@dataclass(frozen=True, slots=True)
class PromptFormat:
    """One format: writing prompts and reading replies."""

    render: Callable[[History, Resize], list[Message]]
    """Returns the conversation for a history, and how screenshots are resized for the model."""
    read: Read


def prompt_format(name: Literal["qwen", "compact"], abilities: Abilities) -> PromptFormat:
    """Return the format that a checkpoint names, where `abilities` is what can be done."""
    match name:
        case "compact":
            return PromptFormat(compact.render, compact.read)
        case "qwen":
            tool = qwen.tool_for(abilities.types)
            return PromptFormat(partial(qwen.render, tool=tool), partial(qwen.read, tool=tool, abilities=abilities))
