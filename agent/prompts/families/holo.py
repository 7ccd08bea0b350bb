"""Holo1, which browses and points, and Holo1.5 and Holo2, which point.

The makers publish the prompt of one step of Holo1, not how it goes on. Here each step is asked about in the turn that
they publish, after the turns and replies of the steps before it.
"""

from datetime import UTC, datetime

from PIL.Image import Image

from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.grounding import words as grounding
from handeye.actions.dialects.grounding.click import CLICK
from handeye.actions.dialects.grounding.thousandths import XY
from handeye.actions.geometry import Size
from handeye.agent.prompts.asides import after, now
from handeye.agent.prompts.origins import CHECKPOINT, Origins
from handeye.agent.prompts.profile import (
    FACTOR_3,
    AgentPrompt,
    CheckpointProfile,
    GrounderPrompt,
    Pixels,
    SamplingRule,
)
from handeye.agent.prompts.replies import reply
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.prompts.words import holo as words
from handeye.model.conversation.messages import Message


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step.

    The date is that of the first screenshot, in UTC, so that the beginning stays as it is.
    """
    history = view.history
    began = history.steps[0].observation if history.steps else history.observation
    date = datetime.fromtimestamp(began.time, UTC).strftime("%Y-%m-%d %H:%M:%S")
    schema = view.dialect.describe(view.size, history.abilities)
    messages = [Message("system", (f"{words.SYSTEM.format(timestamp=date)}{schema}\n\n",))]
    first_shown = len(history.steps) - len(view.shown)
    aside = ""
    for number, step in enumerate(history.steps, start=1):
        image = step.observation.image if number > first_shown else None
        messages.append(_turn(history.task, number, image, aside))
        messages.append(Message("assistant", (reply(step, view),)))
        aside = after(step, view)
    messages.append(_turn(history.task, len(history.steps) + 1, history.observation.image, aside, now(view)))
    return messages


def _turn(task: str, number: int, image: Image | None, aside: str, notices: str = "") -> Message:
    begin = aside + words.TASK.format(task=task) + words.OBSERVATION.format(number=number)
    if image is None:
        return Message("user", (begin + words.OBSERVED,))
    return Message("user", (begin + words.SCREENSHOT, image, words.SHOWN + notices + words.OBSERVED))


def _click(phrase: str, image: Image, size: Size) -> list[Message]:
    return [Message("user", (image, f"{grounding.CLICK}\n{phrase}"))]


def _click_absolute(phrase: str, image: Image, size: Size) -> list[Message]:
    return [Message("user", (image, words.LOCALIZE + phrase))]


def _click_in_thousandths(phrase: str, image: Image, size: Size) -> list[Message]:
    return [Message("user", (image, words.LOCALIZE_2.format(answer=XY.told(size)) + phrase))]


PROFILES = (
    CheckpointProfile(
        name="holo2",
        models=("Hcompany/Holo2-4B", "Hcompany/Holo2-8B", "Hcompany/Holo2-30B-A3B"),
        matches=r"(?<![a-z])holo[-_ ]?2(?![0-9.])",
        licence="the cards were not read",
        sources=(
            "hcompai/hai-cookbook:holo2/holo_2_localization_huggingface.ipynb",
            "hcompai/hai-cookbook:holo2/holo_2_localization_hosted_api.ipynb",
        ),
        read_from=Origins(pixels=(1,), pointing=(0, 1)),
        pixels=Pixels(64 * 32 * 32, 16384 * 32 * 32, FACTOR_3),
        grounder=GrounderPrompt(XY, _click_in_thousandths, SamplingRule(max_tokens=32)),
        template=("thinking",),
        notes=(
            "made from Qwen3-VL: --backend transformers, or a server",
            "it acts too, but its makers publish the prompt for pointing only",
            "its chat template is told not to let it think, as its makers do for pointing; servers other than vLLM, "
            "SGLang and llama.cpp cannot pass that on",
            "the makers' hosted endpoint forces the answer into the schema",
        ),
    ),
    CheckpointProfile(
        name="holo1",
        models=("Hcompany/Holo1-3B", "Hcompany/Holo1-7B"),
        matches=r"(?<![a-z])holo[-_ ]?1(?![._-]?5|[0-9])",
        licence="Apache-2.0 (7B); Qwen Research License, not for commercial use (3B)",
        sources=(
            "hcompai/hai-cookbook:utils/navigation.py",
            "hcompai/hai-cookbook:utils/localization.py",
            "hcompai/hai-cookbook:holo1/vllm/README.md",
            "hcompai/hai-cookbook:utils/image.py",
            "hcompai/hai-cookbook:holo1/vllm/invoke_navigation.ipynb",
            "hcompai/hai-cookbook:holo1/vllm/invoke_localization.ipynb",
        ),
        read_from=Origins(
            history=("ours: the makers publish one step only",),
            images=(2,),
            pixels=(2, 3),
            sampling=(4, "ours: the length, which the makers leave to the server"),
            pointing=(5, "ours: the length, which the makers leave to the server"),
        ),
        pixels=Pixels(56 * 56, 1280 * 28 * 28),
        agent=AgentPrompt(AGENTS["holo"], HistoryRule(Layout.TURNS, images=3), compose),
        grounder=GrounderPrompt(CLICK, _click),
        notes=(
            "made for browsers alone",
            "the makers publish the prompt of one step only, with one screenshot: that earlier steps stand before it "
            "in turns of the same form, three screenshots in all, follows their server, which takes three images",
            "the makers' client resizes screenshots itself and sends them as JPEG of quality 90",
            "the makers force the reply of a step into the schema while it is generated",
        ),
    ),
    CheckpointProfile(
        name="holo1.5",
        models=("Hcompany/Holo1.5-3B", "Hcompany/Holo1.5-7B", "Hcompany/Holo1.5-72B"),
        matches=r"(?<![a-z])holo[-_ ]?1[._-]?5(?![0-9])",
        licence="the cards were not read; they are made from Qwen2.5-VL, whose 3B is not for commercial use",
        sources=(
            "hcompai/hai-cookbook:holo1_5/holo_1_5_quickstart.ipynb",
            "hcompai/hai-cookbook:holo1_5/openai_client/invoke_localization.ipynb",
        ),
        read_from=Origins(pixels=(0, CHECKPOINT), pointing=(0, 1)),
        pixels=None,
        grounder=GrounderPrompt(CLICK, _click_absolute, SamplingRule(max_tokens=256)),
        notes=(
            "answers with a JSON object",
            "the makers' hosted endpoint forces the answer into the schema, and their client for it resizes to 1280 "
            "tokens; their quickstart does neither",
        ),
    ),
)
