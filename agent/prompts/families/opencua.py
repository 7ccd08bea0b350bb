"""OpenCUA: the earlier steps as the actions in words, the last of them with their screenshots.

The steps whose screenshots are no longer shown stand together in one turn of the assistant. The newest screenshot is
followed by the task. Of a reply only the action in words is repeated, not the thought and not the code.
"""

from functools import partial

from PIL.Image import Image

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.grounding.pyautogui import PYAUTOGUI
from handeye.actions.geometry import Size
from handeye.agent.prompts.asides import after, now
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile, GrounderPrompt, Pixels, SamplingRule
from handeye.agent.prompts.replies import line
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.prompts.words import opencua as words
from handeye.agent.step import Step
from handeye.model.conversation.messages import Message

PIXELS = Pixels(3136, 12845056)
"""The limits of the makers' agent."""


def compose(system: str, view: View) -> list[Message]:
    """Return the conversation for the next step; `system` is the system prompt, the dialect's own if it is empty."""
    history, unseen = view.history, view.unseen
    messages = [Message("system", (system or view.dialect.describe(view.size, history.abilities),))]
    told = [_told(number, step, view) for number, step in enumerate((*unseen, *view.shown), start=1)]
    said = ""
    if unseen:
        remarks = [after(step, view) for step in unseen[:-1]]
        texts = [text + remark for text, remark in zip(told, (*remarks, ""), strict=False)]
        messages.append(Message("assistant", ("\n".join(texts),)))
        said = after(unseen[-1], view)
    for text, step in zip(told[len(unseen) :], view.shown, strict=True):
        messages.append(_user(said, step.observation.image))
        messages.append(Message("assistant", (text,)))
        said = after(step, view)
    task = words.INSTRUCTION.format(task=history.task) + now(view)
    messages.append(_user(said, history.observation.image, task))
    return messages


def ask(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks where something is, as an instruction to click it."""
    return [Message("system", (PYAUTOGUI.describe(size, Abilities()),)), Message("user", (image, phrase))]


def _told(number: int, step: Step, view: View) -> str:
    return words.STEP.format(number=number, action=step.decision.conclusion.strip() or line(step, view))


def _user(said: str, *parts: str | Image) -> Message:
    return Message("user", (said, *parts) if said else parts)


_HISTORY = HistoryRule(Layout.SUMMARY, images=3, image_first=True)
_SAMPLING = SamplingRule(top_p=0.9, max_tokens=2048)
_LICENCE = "MIT; for research and education, says its README"
_AGENT = "mrwwk/DeskCraft:mm_agents/opencua/opencua_agent.py"
_PROMPTS = "mrwwk/DeskCraft:mm_agents/opencua/prompts.py"
_RUN = "mrwwk/DeskCraft:runners/run_multienv_opencua.py"
_AGAIN = "a reply that cannot be read is sampled again at temperature 0.2 by its makers"

PROFILES = (
    CheckpointProfile(
        name="opencua-72b",
        models=("xlangai/OpenCUA-72B",),
        matches=r"opencua[-_]?72b",
        licence=_LICENCE,
        sources=(_AGENT, _PROMPTS, _RUN),
        read_from=Origins(history=(0,), images=(2,), pixels=(0,), sampling=(2,)),
        pixels=PIXELS,
        agent=AgentPrompt(AGENTS["opencua"], _HISTORY, partial(compose, words.SYSTEM_72B)),
        sampling=_SAMPLING,
        notes=(_AGAIN, "its prompt says that the computer's password is 'password', the default of its makers' code"),
    ),
    CheckpointProfile(
        name="opencua",
        models=("xlangai/OpenCUA-7B", "xlangai/OpenCUA-32B"),
        matches=r"opencua(?![-_]?(?:a3b|qwen2(?![._]?5)))",
        licence=_LICENCE,
        sources=(
            _AGENT,
            _PROMPTS,
            _RUN,
            "xlang-ai/OpenCUA:model/inference/huggingface_inference.py",
            "xlang-ai/OpenCUA:model/README.md",
        ),
        read_from=Origins(history=(0,), images=(2,), pixels=(0, 4), sampling=(2,), pointing=(3,)),
        pixels=PIXELS,
        agent=AgentPrompt(AGENTS["opencua"], _HISTORY, partial(compose, "")),
        grounder=GrounderPrompt(PYAUTOGUI, ask, SamplingRule(max_tokens=512)),
        sampling=_SAMPLING,
        notes=(
            _AGAIN,
            "its makers' runs of OSWorld had a variant of the prompt, with the password of its machines; this one is "
            "that of the training data",
        ),
    ),
)
