"""The prompt formats: how a history becomes a prompt, and the dialect in which the reply is read."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.dialect import Dialect
from handeye.agent.history import History
from handeye.agent.prompts import compact, qwen
from handeye.agent.prompts.told import Resize
from handeye.model.messages import Message


@dataclass(frozen=True, slots=True)
class PromptFormat:
    """One format."""

    dialect: Dialect
    """Reads the replies."""
    render: Callable[[History, Resize], list[Message]]
    """Returns the conversation for a history, and how screenshots are resized for the model."""


def prompt_format(name: Literal["qwen", "compact"], abilities: Abilities) -> PromptFormat:
    """Return the format that a checkpoint names, where `abilities` is what can be done."""
    match name:
        case "compact":
            return PromptFormat(AGENTS["unified"].on(abilities), compact.render)
        case "qwen":
            dialect = AGENTS["qwen"].on(abilities)
            return PromptFormat(dialect, partial(qwen.render, dialect=dialect))
