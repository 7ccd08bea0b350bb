"""The chat template, equal to the released jinja text."""

from collections.abc import Callable
from pathlib import Path

import jinja2
import PIL.Image
import pytest

from handeye.model.chat import Control, parts, text
from handeye.model.messages import Message
from handeye.model.video.source import Video
from handeye.model.video.stills import Stills

TEMPLATE = jinja2.Environment(autoescape=False).from_string(
    Path(__file__).with_name("qwen2_5_vl.jinja").read_text(encoding="utf-8")
)
IMAGE = PIL.Image.new("RGB", (28, 28))
VIDEO = Stills([IMAGE])
CONVERSATIONS = [
    [Message("user", ("hello",))],
    [Message("system", ("Be brief.",)), Message("user", ("hello",))],
    [Message("user", ("Task: x\n", IMAGE))],
    [Message("user", (IMAGE, "what ", "is\nthis?")), Message("assistant", ("a cat",)), Message("user", ("sure?",))],
    [Message("user", (IMAGE, IMAGE, " and ", IMAGE)), Message("assistant", ("",)), Message("user", ("",))],
    [Message("user", ()), Message("system", ("late",)), Message("user", ("  spaces  ",))],
    [Message("user", (VIDEO, "when?", IMAGE, VIDEO))],
    [],
]


def as_dicts(messages: list[Message]) -> list[dict[str, object]]:
    def content(part: str | PIL.Image.Image | Video) -> dict[str, object]:
        if isinstance(part, Video):
            return {"type": "video"}
        return {"type": "text", "text": part} if isinstance(part, str) else {"type": "image"}

    return [{"role": message.role, "content": [content(part) for part in message.content]} for message in messages]


@pytest.mark.parametrize("messages", CONVERSATIONS)
def test_the_text_is_that_of_the_released_template(messages: list[Message]) -> None:
    assert text(messages) == TEMPLATE.render(messages=as_dicts(messages), add_generation_prompt=True)


def test_text_comes_in_whole_runs() -> None:
    assert list(parts([Message("user", ("a", "b", IMAGE, "c"))]))[4:] == [
        *(Control.IM_START, "user\nab", Control.VISION_START, IMAGE, Control.VISION_END, "c", Control.IM_END, "\n"),
        *(Control.IM_START, "assistant\n"),
    ]


@pytest.mark.parametrize("prefix", ["Action: ", "\n", ""])
def test_the_beginning_of_the_answer_follows_in_the_same_run(prefix: str) -> None:
    messages = [Message("user", (IMAGE, "go"))]
    before = TEMPLATE.render(messages=as_dicts(messages), add_generation_prompt=True)
    assert list(parts(messages, prefix))[-2:] == [Control.IM_START, f"assistant\n{prefix}"]
    assert text(messages) == before


def test_tokens_are_those_of_the_templates_text(
    folder: Path, reference_inputs: Callable[[list[Message]], dict[str, list[list[int]]]]
) -> None:
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
    messages = [Message("system", ("Be brief.",)), Message("user", ("Task: ", "click\n", IMAGE, "b"))]
    rendered = TEMPLATE.render(messages=as_dicts(messages), add_generation_prompt=True)
    cells = (56 // 28) ** 2  # an image of 28x28 is enlarged to the smallest size
    expanded = rendered.replace("<|image_pad|>", "<|image_pad|>" * cells)
    assert reference_inputs(messages)["input_ids"][0].tolist() == tokenizer.encode(expanded, add_special_tokens=False)
