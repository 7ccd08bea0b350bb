"""UI-Venus-Navi, which acts, UI-Venus-Ground, which points, and UI-Venus-1.5, which does both.

Navi sees one turn: the text with the thoughts and calls of all earlier steps, counted from 0, then the newest
screenshot. Ground sees the screenshot first, and answers with a box. Version 1.5 is told the last five steps, and
answers with a point.
"""

from collections.abc import Callable

from PIL.Image import Image

from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.grounding.box import BOX
from handeye.actions.dialects.grounding.thousandths import POINT
from handeye.actions.dialects.ui_venus.dialect import MOBILE, MOBILE_1_5
from handeye.actions.geometry import Size
from handeye.agent.prompts.asides import now
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import (
    FACTOR_3,
    AgentPrompt,
    CheckpointProfile,
    GrounderPrompt,
    Pixels,
    SamplingRule,
)
from handeye.agent.prompts.replies import calls, is_own
from handeye.agent.prompts.text import remark
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.prompts.words import ui_venus as words
from handeye.agent.step import Step
from handeye.model.conversation.messages import Message

_LICENCE = "Apache-2.0"


_MOBILE = {MOBILE.name: words.MOBILE, MOBILE_1_5.name: words.MOBILE_1_5}


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step. It shows the newest screenshot, whatever the budget."""
    history = view.history
    template = _MOBILE.get(view.dialect.name, words.WEB)
    text = template.format(
        task=history.task,
        previous="\n".join(f"Step {index}: {_line(step, view)}" for index, step in enumerate(view.unseen)),
        functions=view.dialect.describe(view.size, history.abilities),
    )
    image = history.observation.image
    return [Message("system", (words.SYSTEM,)), Message("user", (text + now(view), image))]


def _line(step: Step, view: View) -> str:
    decision = step.decision
    thought, action = decision.thought, "\n".join(calls(step, view))
    if is_own(step, view):
        thought = _between(decision.text, "think") or thought
        action = _between(decision.text, "action") or action
    added = remark(step, view)
    return f"<think>{thought}</think><action>{action}</action>" + (f" ({added})" if added else "")


def _between(text: str, tag: str) -> str:
    """Return what a text has between the first opening of a tag and its closing, without the line breaks around it."""
    return text.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0].strip("\n")


def _pointing(template: str) -> Callable[[str, Image, Size], list[Message]]:
    def ask(phrase: str, image: Image, size: Size) -> list[Message]:
        return [Message("user", (image, template.format(phrase=phrase, answer=BOX.told(size))))]

    return ask


def _point(phrase: str, image: Image, size: Size) -> list[Message]:
    # The template puts a full stop after the phrase, and its makers take away the phrase's own.
    text = words.POINT.format(phrase=phrase.removesuffix("."), answer=POINT.told(size))
    return [Message("user", (image, text))]


_NAVI = AgentPrompt(AGENTS["ui_venus"], HistoryRule(Layout.TEXT), compose)
_NAVI_SAMPLING = SamplingRule(repetition_penalty=1.05, max_tokens=2048)
_NAVI_SOURCES = (
    "inclusionAI/UI-Venus:models/navigation/utils.py",
    "inclusionAI/UI-Venus:models/navigation/ui_venus_navi_agent.py",
    "inclusionAI/UI-Venus:models/navigation/ui_venus_navi_vllm.py",
    "inclusionAI/UI-Venus:models/navigation/runner.py",
)
_NAVI_READ = Origins(history=(1,), images=(1,), pixels=(4,), sampling=(2, 3))
_NAVI_NOTES = (
    "On a computer, the prompt is the one of UI-Venus-1.5 for web pages: the makers published none for these weights.",
)
PROFILES = (
    CheckpointProfile(
        name="ui-venus-1.5",
        models=("inclusionAI/UI-Venus-1.5-2B", "inclusionAI/UI-Venus-1.5-8B", "inclusionAI/UI-Venus-1.5-30B-A3B"),
        matches=r"ui[-_]?venus[-_]?v?1[._-]?5(?![0-9])",
        licence=_LICENCE,
        sources=(
            "inclusionAI/UI-Venus:models/navigation/utils.py@c3a1442",
            "inclusionAI/UI-Venus:models/navigation/ui_venus_navi_agent.py@c3a1442",
            "inclusionAI/UI-Venus:models/navigation/ui_venus_navi_vllm.py@c3a1442",
            "inclusionAI/UI-Venus:scripts/run_navi.sh@c3a1442",
            "inclusionAI/UI-Venus:models/grounding/ui_venus1_5_gd.py@c3a1442",
            "inclusionAI/UI-Venus:Venus_framework/policy/ui_venus_policy.py@c3a1442",
        ),
        read_from=Origins(history=(1, 3), images=(1,), pixels=(3,), sampling=(2, 3), pointing=(4,)),
        pixels=Pixels(3136, 12_845_056, FACTOR_3),
        agent=AgentPrompt(AGENTS["ui_venus_1_5"], HistoryRule(Layout.TEXT, texts=5), compose),
        grounder=GrounderPrompt(POINT, _point, SamplingRule(max_tokens=128)),
        sampling=_NAVI_SAMPLING,
        notes=(
            "made from Qwen3-VL: --backend transformers, or a server",
            "points are thousandths; the makers' older runner, which takes them for pixels, is not followed",
            "the limits are those of steps: the makers' code for pointing leaves them to the checkpoint",
            "the makers have another prompt for phones in China, in Chinese",
        ),
    ),
    CheckpointProfile(
        name="ui-venus-navi-72b",
        models=("inclusionAI/UI-Venus-Navi-72B",),
        matches=r"ui[-_]?venus[-_]?navi[-_]?72b",
        licence=_LICENCE,
        sources=(*_NAVI_SOURCES, "inclusionAI/UI-Venus:scripts/run_navi_72b.sh"),
        read_from=_NAVI_READ,
        pixels=Pixels(3136, 12_845_056),
        agent=_NAVI,
        sampling=_NAVI_SAMPLING,
        notes=_NAVI_NOTES,
    ),
    CheckpointProfile(
        name="ui-venus-navi",
        models=("inclusionAI/UI-Venus-Navi-7B",),
        matches=r"ui[-_]?venus[-_]?navi",
        licence=_LICENCE,
        sources=(*_NAVI_SOURCES, "inclusionAI/UI-Venus:scripts/run_navi_7b.sh"),
        read_from=_NAVI_READ,
        pixels=Pixels(830_000, 937_664),
        agent=_NAVI,
        sampling=_NAVI_SAMPLING,
        notes=_NAVI_NOTES,
    ),
    CheckpointProfile(
        name="ui-venus-ground-72b",
        models=("inclusionAI/UI-Venus-Ground-72B",),
        matches=r"ui[-_]?venus[-_]?ground[-_]?72b",
        licence=_LICENCE,
        sources=("inclusionAI/UI-Venus:models/grounding/ui_venus_ground_72b.py",),
        read_from=Origins(pixels=(0,), pointing=(0,)),
        pixels=Pixels(3_110_400, 12_845_056),
        grounder=GrounderPrompt(BOX, _pointing(words.OUTPUT), SamplingRule(max_tokens=128)),
        notes=(
            "The makers' code resizes an image twice: to at most 12845056 pixels, then to 3110400 or more.",
            "Small screens are enlarged.",
        ),
    ),
    CheckpointProfile(
        name="ui-venus-ground",
        models=("inclusionAI/UI-Venus-Ground-7B",),
        matches=r"ui[-_]?venus[-_]?ground",
        licence=_LICENCE,
        sources=("inclusionAI/UI-Venus:models/grounding/ui_venus_ground_7b.py",),
        read_from=Origins(pixels=(0,), pointing=(0,)),
        pixels=Pixels(2_000_000, 4_800_000),
        grounder=GrounderPrompt(BOX, _pointing(words.OUTLINE), SamplingRule(max_tokens=128)),
        notes=("Small screens are enlarged.",),
    ),
)
