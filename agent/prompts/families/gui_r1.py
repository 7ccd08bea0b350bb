"""GUI-R1, which acts and points, and UI-R1, which points.

GUI-R1 acts as it was trained: the screenshot stands within the first sentence. Its makers' scripts for benchmarks put
it first, leave the word `<image>` in the text and name the actions of each benchmark only. It is asked for a place as
in their script for ScreenSpot.
"""

from collections.abc import Callable

from PIL.Image import Image

from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.grounding.action_list import ACTION_LIST
from handeye.actions.geometry import Size
from handeye.agent.prompts.asides import now
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile, GrounderPrompt, Pixels, SamplingRule
from handeye.agent.prompts.replies import calls, is_own
from handeye.agent.prompts.text import remark
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.prompts.words import gui_r1 as words
from handeye.agent.step import Step
from handeye.model.conversation.messages import Message


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step. It shows the newest screenshot, whatever the budget."""
    history = view.history
    before, after = words.TASK
    text = after.format(
        task=history.task,
        previous="\n".join(f"Step {index}: {_line(step, view)}" for index, step in enumerate(history.steps, start=1))
        or "None",
        how=view.dialect.describe(view.size, history.abilities),
    )
    return [Message("user", (before, history.observation.image, text + now(view)))]


def _line(step: Step, view: View) -> str:
    """Return the answer of a step, without its thoughts."""
    decision = step.decision
    told = f"[{', '.join(calls(step, view))}]" if decision.actions else decision.thought
    if is_own(step, view):
        told = decision.text.partition("<answer>")[2].partition("</answer>")[0].strip() or told
    added = remark(step, view)
    return f"{told} ({added})".lstrip() if added else told


def _pointing(template: str) -> Callable[[str, Image, Size], list[Message]]:
    def ask(phrase: str, image: Image, size: Size) -> list[Message]:
        return [Message("user", (image, template.format(phrase=phrase, how=ACTION_LIST.told(size))))]

    return ask


_GREEDY = "ours: the temperature, which the makers leave to the checkpoint"
_SAMPLING = SamplingRule(top_p=0.001, repetition_penalty=1.05, max_tokens=1024)
_UI_R1_PIXELS = Pixels(3136, 12_845_056)
PROFILES = (
    CheckpointProfile(
        name="gui-r1",
        models=("ritzzai/GUI-R1",),
        matches=r"(?<![a-z])gui[-_]?r1",
        licence="MIT",
        sources=(
            "ritzz-ai/GUI-R1:verl/utils/dataset.py",
            "ritzz-ai/GUI-R1:examples/config.yaml",
            "ritzz-ai/GUI-R1:guir1/inference/inference_vllm_screenspot.py",
        ),
        read_from=Origins(history=(0,), images=(0,), pixels=(1, 2), sampling=(2,), pointing=(2,)),
        pixels=Pixels(262_144, 2_097_152),
        agent=AgentPrompt(AGENTS["gui_r1"], HistoryRule(Layout.TEXT), compose),
        grounder=GrounderPrompt(ACTION_LIST, _pointing(words.PHRASE), _SAMPLING),
        sampling=_SAMPLING,
        notes=(
            "In training, images had at most 1258291 pixels.",
            "The makers say that the history is the answers of earlier steps; the lines are as in their data.",
        ),
    ),
    CheckpointProfile(
        name="ui-r1-e",
        models=("LZXzju/Qwen2.5-VL-3B-UI-R1-E",),
        matches=r"(?<![a-z])ui[-_]?r1[-_]?(?:3b[-_]?)?e(?:[-_.]|$)",
        licence="Apache-2.0",
        sources=(
            "lll6gg/UI-R1:src/ui_r1/src/open_r1/grpo_json_action_coord-nothink.py",
            "lll6gg/UI-R1:evaluation/test_screenspot.py",
        ),
        read_from=Origins(pixels=(0,), pointing=(1, _GREEDY)),
        pixels=_UI_R1_PIXELS,
        grounder=GrounderPrompt(ACTION_LIST, _pointing(words.UI_R1_E), SamplingRule(max_tokens=1024)),
        notes=("It answers without thoughts.",),
    ),
    CheckpointProfile(
        name="ui-r1",
        models=("LZXzju/Qwen2.5-VL-3B-UI-R1",),
        matches=r"(?<![a-z])ui[-_]?r1",
        licence="Apache-2.0",
        sources=(
            "lll6gg/UI-R1:evaluation/test_screenspot.py",
            "lll6gg/UI-R1:src/ui_r1/src/open_r1/grpo_json_action_coord.py",
        ),
        read_from=Origins(pixels=(1,), pointing=(0, _GREEDY)),
        pixels=_UI_R1_PIXELS,
        grounder=GrounderPrompt(ACTION_LIST, _pointing(words.UI_R1), SamplingRule(max_tokens=1024)),
    ),
)
