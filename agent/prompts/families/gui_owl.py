"""GUI-Owl: one turn with the task, the conclusions of all steps, and the last screenshots, each under its own heading.

On a phone only the newest screenshot is shown, without a heading.
"""

from PIL.Image import Image

from handeye.actions.dialects.catalog import AGENTS
from handeye.agent.prompts.asides import after, now
from handeye.agent.prompts.families.qwen import NAMING
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile, Pixels, SamplingRule
from handeye.agent.prompts.replies import calls
from handeye.agent.prompts.text import one_line
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.prompts.words import gui_owl as words
from handeye.agent.step import Step
from handeye.model.conversation.messages import Message

_DIALECTS = AGENTS["gui_owl"]


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step."""
    system = view.dialect.describe(view.size, view.history.abilities)
    content = _phone(view) if view.dialect is _DIALECTS.phone else _computer(view)
    return [Message("system", (system,)), Message("user", content)]


def _computer(view: View) -> tuple[str | Image, ...]:
    history = view.history
    steps = "".join(
        words.STEP.format(number=number, line=f"{_said(step, view)}\n{after(step, view)}".strip("\n"))
        for number, step in enumerate(history.steps, start=1)
    )
    content: list[str | Image] = [words.COMPUTER.format(task=history.task, steps=steps or words.FIRST)]
    first = len(history.steps) - len(view.shown) + 1
    for number, step in enumerate(view.shown, start=first):
        content += [words.EARLIER.format(number=number), step.observation.image]
    aside = now(view, NAMING)
    content += [f"{aside}\n{words.CURRENT}" if aside else words.CURRENT, history.observation.image]
    return tuple(content)


def _phone(view: View) -> tuple[str | Image, ...]:
    history = view.history
    steps = "".join(
        words.MOBILE_STEP.format(number=number, line=f"{_said(step, view)} {after(step, view)}".strip())
        for number, step in enumerate(history.steps, start=1)
    )
    text = words.MOBILE.format(task=history.task, steps=steps)
    return text + now(view, NAMING), history.observation.image


def _said(step: Step, view: View) -> str:
    decision = step.decision
    said = one_line(decision.conclusion or decision.thought)
    if view.dialect is _DIALECTS.phone:
        said = said.replace('"', "")
    return said or " ".join(calls(step, view))


PROFILES = (
    CheckpointProfile(
        name="gui-owl",
        models=("mPLUG/GUI-Owl-7B", "mPLUG/GUI-Owl-32B"),
        # Version 1.5 is made from Qwen3-VL.
        matches=r"gui[-_ ]?owl(?![-_ ]?v?1[._-]?5)",
        licence="MIT (the makers' repository; the cards were not read)",
        sources=(
            "X-PLUG/MobileAgent:Mobile-Agent-v3/os_world_v3/mm_agents/owl_agent.py",
            "X-PLUG/MobileAgent:Mobile-Agent-v3/os_world_v3/run_guiowl.sh",
            "X-PLUG/MobileAgent:Mobile-Agent-v3/android_world_v3/android_world/agents/gui_owl.py",
            "X-PLUG/MobileAgent:Mobile-Agent-v3/android_world_v3/android_world/agents/mobile_agent_utils_new.py",
            "X-PLUG/MobileAgent:Mobile-Agent-v3/cookbook/end2end_usage.ipynb",
        ),
        read_from=Origins(history=(0, 3), images=(1, 2), pixels=(4,), sampling=(0, 1)),
        pixels=Pixels(56 * 56, 4096 * 28 * 28),
        agent=AgentPrompt(_DIALECTS, HistoryRule(Layout.ONE_TURN, images=3), compose),
        sampling=SamplingRule(top_p=0.9, repetition_penalty=1.05, max_tokens=2048),
        notes=(
            "the makers limit an image to 3000 tokens on a desktop, to which their client shrinks it linearly, and to "
            "12800 on a phone; their cookbook to 12800, or 4096 if there are several, as here",
            "on a computer the makers always say 1932x1092, the size of their screen as the model sees it",
            "the sampling is that of a computer; on a phone the makers leave it to the server",
            "on a phone only the newest screenshot is shown",
        ),
    ),
)
