"""The prompt formats: how a history becomes a prompt, and how the reply is read."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.reading import Reading
from handeye.agent.history import History
from handeye.agent.prompts import compact, qwen
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
    ) -> Reading:
        """Read a reply with points in pixels of `frame`; the actions get pixels of `target`, or of `frame` if None.

        `cursor` is the position of the cursor in the target, if known; `marks` are the boxes in the target that a reply
        may name by their numbers, counted from 1.
        """


@dataclass(frozen=True, slots=True)
class PromptFormat:
    """One format: writing prompts and reading replies."""

    render: Callable[[History, Size], list[Message]]
    """Returns the conversation for a history and the size in pixels of the newest screenshot as the model sees it."""
    read: Read


def prompt_format(name: Literal["qwen", "compact"], supported: Collection[str]) -> PromptFormat:
    """Return the format that a checkpoint names, for an environment that carries out the action types `supported`."""
    match name:
        case "compact":
            return PromptFormat(compact.render, compact.read)
        case "qwen":
            tool = qwen.tool_for(supported)
            return PromptFormat(partial(qwen.render, tool=tool), partial(qwen.read, tool=tool))
