"""Prompts for the engine."""

from collections.abc import Callable

import pytest

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt, assemble
from tests.model.engine.logits import MakeImage, conversation


@pytest.fixture
def build(checkpoint: Checkpoint, noise: MakeImage) -> Callable[..., Prompt]:
    """Build the prompt of a conversation, as `conversation` makes it, or as given."""

    def prompt(*texts: str | Message) -> Prompt:
        given = [text for text in texts if isinstance(text, Message)]
        messages = given or conversation(noise, *(text for text in texts if isinstance(text, str)))
        return assemble(messages, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)

    return prompt
