"""What a model is asked, and what its replies become."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import pytest
from PIL import Image

from handeye.actions.dialects.grounding.prefilled import PREFIX
from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click
from handeye.agent.prompts.profile import Pixels
from handeye.evals.grounding.asker import NOWHERE, grounding_asker
from handeye.evals.grounding.formats import NAMES, profile_of, prompt_digest
from handeye.evals.grounding.sample import GroundingSample
from handeye.evals.samples.asker import Reply
from handeye.evals.samples.region import Region, Spot
from handeye.evals.samples.settings import AskSettings
from handeye.model.conversation.messages import Message

QWEN = "Qwen/Qwen2.5-VL-7B-Instruct"
SAMPLE = GroundingSample(
    id="a", image=Path("a.png"), instruction="the search field", cluster="a", target=Region.box(0, 0, 10, 10)
)
SCREEN = Image.new("RGB", (1920, 1080))
"""The model sees it at 1932x1092."""


@dataclass(frozen=True)
class Said:
    text: str
    prompt_tokens: int | None = 100
    cached_tokens: int = 0
    generated_tokens: int | None = 3
    finish: Literal["stop", "length"] = "stop"


@dataclass
class Speaker:
    """Says what it was told to say, and keeps what it was asked."""

    replies: list[str]
    name: str = QWEN
    origins: tuple[str, ...] = ()
    pixels: Pixels = field(default_factory=Pixels)
    asked: list[Sequence[Message]] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)

    @property
    def pixel_limits(self) -> tuple[int, int]:
        return self.pixels.least, self.pixels.most

    def image_size(self, size: Size) -> Size:
        return self.pixels.resize(size)

    def seeing(self, min_pixels: int, max_pixels: int, /) -> Self:
        self.pixels = Pixels(min_pixels, max_pixels)
        return self

    def generate(self, messages: Sequence[Message], **options: Any) -> Said:
        self.asked.append(messages)
        self.options.append(options)
        return Said(self.replies.pop(0))


def settings(**fields: Any) -> AskSettings:
    return AskSettings(model=QWEN, **fields)


def ask(model: Speaker, seed: int | None = None, **fields: Any) -> Reply:
    return grounding_asker(model, settings(**fields)).ask(SAMPLE, SCREEN, seed)


def test_the_call_of_the_reference_runner() -> None:
    model = Speaker([PREFIX + "966, 546]}}\n</tool_call>"])
    reply = ask(model, format="computer_use")
    assert reply.actions == (Click(point=Point(960, 540)),) and reply.spot == Spot(960.0, 540.0)
    assert reply.problem is None and reply.tokens is not None and reply.tokens.generated == 3
    assert reply.image is not None and (reply.image.size, reply.image.tokens) == (Size(1932, 1092), 69 * 39)
    ((system, user),) = model.asked
    assert str(system.content[0]).startswith("You are a helpful assistant.\n\n\n# Tools\n\nYou may call one or more")
    assert "The screen's resolution is 1932x1092." in str(system.content[0])
    assert user.content == (SCREEN, "the search field"), "the image, then the bare instruction"
    assert model.options[0]["prefix"] == PREFIX
    assert (model.options[0]["max_new_tokens"], model.options[0]["temperature"]) == (100, 0.0)


@pytest.mark.parametrize(
    ("format", "reply", "spot"),
    [
        (None, '```json\n[{"bbox_2d": [0, 0, 966, 546], "label": "x"}]\n```', Spot(480.0, 270.0)),
        ("box", '[{"bbox_2d": [0, 0, 966, 546]}]', Spot(480.0, 270.0)),
        ("point", '[{"point_2d": [161, 91], "label": "x"}]', Spot(160.0, 90.0)),
    ],
)
def test_boxes_and_points_of_other_formats(format: str | None, reply: str, spot: Spot) -> None:
    assert ask(Speaker([reply]), format=format).spot == spot


@pytest.mark.parametrize(
    ("format", "reply"),
    [
        ("point", "[]"),
        ("point", '[{"point_2d": [-1, -1]}]'),
        ("computer_use", PREFIX + "-1, -1]}}\n</tool_call>"),
        (
            "computer_use",
            '<tool_call>\n{"name": "computer_use", "arguments": {"action": "terminate", "status": "failure"}}\n'
            "</tool_call>",
        ),
    ],
)
def test_a_refusal_is_an_answer(format: str, reply: str) -> None:
    refused = ask(Speaker([reply]), format=format)
    assert (refused.actions, refused.problem, refused.spot) == ((NOWHERE,), None, None)
    assert refused.text == reply and refused.tokens is not None


@pytest.mark.parametrize("reply", ["I cannot see it.", PREFIX + "96", '[{"point_2d": [5000, 90]}]'])
def test_what_cannot_be_read_is_a_problem(reply: str) -> None:
    unread = ask(Speaker([reply]), format="computer_use")
    assert unread.actions == () and unread.problem is not None and "did not find" in unread.problem


def test_settings_reach_the_model() -> None:
    model = Speaker(['[{"point_2d": [1, 1]}]'])
    ask(model, seed=7, format="point", temperature=0.5, max_tokens=33, min_pixels=3136, max_pixels=500_000)
    options = model.options[0]
    assert (options["temperature"], options["max_new_tokens"], options["seed"]) == (0.5, 33, 7)
    assert model.pixel_limits == (3136, 500_000)


def test_a_closer_look_is_in_pixels_of_the_image() -> None:
    model = Speaker(['[{"point_2d": [50, 50]}]', '[{"point_2d": [0, 28]}]'])
    reply = ask(model, format="point", zoom=True, max_pixels=300_000)
    part = reply.zoomed
    assert part is not None and part.size == Size(960, 540) and len(model.asked) == 2
    seen = model.image_size(Size(1920, 1080))
    assert reply.spot == Spot(part.left, part.top + 28 / seen.height * 540)
    assert reply.tokens is not None and reply.tokens.generated == 6


def test_a_closer_look_that_finds_nothing_leaves_the_first_answer() -> None:
    reply = ask(Speaker(['[{"point_2d": [0, 0]}]', "nothing"]), format="point", zoom=True, max_pixels=300_000)
    assert reply.zoomed is None and reply.spot == Spot(0.0, 0.0)


def test_an_agents_step_counts_by_its_first_click() -> None:
    reply = ask(Speaker([PREFIX + "966, 546]}}\n</tool_call>"]), format="agent")
    assert reply.actions == (Click(point=Point(960, 540)),) and reply.spot is None
    typed = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "type", "text": "a"}}\n</tool_call>'
    assert ask(Speaker([typed]), format="agent").problem == "the step points at nothing"
    ended = typed.replace('"type", "text": "a"', '"terminate", "status": "failure"')
    assert ask(Speaker([ended]), format="agent").actions == (NOWHERE,)


@pytest.mark.parametrize("format", [None, *NAMES])
def test_the_prompt_is_shown(format: str | None) -> None:
    asker = grounding_asker(Speaker([]), settings(format=format))
    assert "the search field" in asker.prompt(SAMPLE, SCREEN)
    assert asker.facts()["profile"] == profile_of(settings(format=format)).name


@pytest.mark.slow
def test_the_digest_tells_prompts_apart() -> None:
    digests = {prompt_digest(settings(format=format)) for format in (None, *NAMES)}
    assert len(digests) == 1 + len(NAMES)
    assert prompt_digest(settings()) == prompt_digest(settings())
    assert prompt_digest(settings()) != prompt_digest(AskSettings(model="inclusionAI/UI-Venus-Ground-7B"))
