"""The chat template, equal to the released jinja text."""

from collections.abc import Callable
from pathlib import Path

import jinja2
import PIL.Image
import pytest

from handeye.model.conversation.chat import KIMI, KIMI_QWEN, QWEN, Control
from handeye.model.conversation.messages import Message
from handeye.model.video.source import Video
from handeye.model.video.stills import Stills

TEMPLATE = jinja2.Environment(autoescape=False).from_string(
    (Path(__file__).parents[1] / "qwen2_5_vl.jinja").read_text(encoding="utf-8")
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
    assert QWEN.text(messages) == TEMPLATE.render(messages=as_dicts(messages), add_generation_prompt=True)


_MEDIA = "<|media_begin|>image<|media_content|><|media_placeholder|><|media_end|>"
_SYSTEM = "<|im_system|>system<|im_middle|>You are a helpful assistant<|im_end|>"
_USER, _ANSWER = "<|im_user|>user<|im_middle|>", "<|im_assistant|>assistant<|im_middle|>"
RENDERED = [
    f"{_SYSTEM}{_USER}hello<|im_end|>{_ANSWER}",
    f"<|im_system|>system<|im_middle|>Be brief.<|im_end|>{_USER}hello<|im_end|>{_ANSWER}",
    f"{_SYSTEM}{_USER}Task: x\n{_MEDIA}<|im_end|>{_ANSWER}",
    f"{_SYSTEM}{_USER}{_MEDIA}what is\nthis?<|im_end|>{_ANSWER}a cat<|im_end|>{_USER}sure?<|im_end|>{_ANSWER}",
    f"{_SYSTEM}{_USER}{_MEDIA}{_MEDIA} and {_MEDIA}<|im_end|>{_ANSWER}<|im_end|>{_USER}<|im_end|>{_ANSWER}",
    f"{_SYSTEM}{_USER}<|im_end|><|im_system|>system<|im_middle|>late<|im_end|>{_USER}  spaces  <|im_end|>{_ANSWER}",
    None,  # no videos
    _ANSWER,
]
"""What Kimi-VL's own template makes of the conversations (jinja2 3.1), with OpenCUA's tokens around an image."""


@pytest.mark.parametrize(("messages", "rendered"), [*zip(CONVERSATIONS, RENDERED, strict=True)])
def test_the_text_of_opencua_is_that_of_its_template(messages: list[Message], rendered: str | None) -> None:
    if rendered is not None:
        assert KIMI.text(messages) == rendered
        assert KIMI_QWEN.text(messages) == rendered.replace(_MEDIA, "<|vision_start|><|image_pad|><|vision_end|>")


def test_text_of_opencua_comes_in_whole_runs() -> None:
    assert list(KIMI.parts([Message("user", (IMAGE, "a", "b"))], "## Action:"))[5:] == [
        *(Control.IM_USER, "user", Control.IM_MIDDLE, Control.MEDIA_BEGIN, "image", Control.MEDIA_CONTENT, IMAGE),
        *(Control.MEDIA_END, "ab", Control.IM_END),
        *(Control.IM_ASSISTANT, "assistant", Control.IM_MIDDLE, "## Action:"),
    ]


def test_text_comes_in_whole_runs() -> None:
    assert list(QWEN.parts([Message("user", ("a", "b", IMAGE, "c"))]))[4:] == [
        *(Control.IM_START, "user\nab", Control.VISION_START, IMAGE, Control.VISION_END, "c", Control.IM_END, "\n"),
        *(Control.IM_START, "assistant\n"),
    ]


@pytest.mark.parametrize("prefix", ["Action: ", "\n", ""])
def test_the_beginning_of_the_answer_follows_in_the_same_run(prefix: str) -> None:
    messages = [Message("user", (IMAGE, "go"))]
    before = TEMPLATE.render(messages=as_dicts(messages), add_generation_prompt=True)
    assert list(QWEN.parts(messages, prefix))[-2:] == [Control.IM_START, f"assistant\n{prefix}"]
    assert QWEN.text(messages) == before


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
