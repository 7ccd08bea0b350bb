"""ScaleCUA, which acts and points: the newest screenshot, then the task and the earlier operations in words."""

from PIL.Image import Image

from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.grounding.action import ACTION
from handeye.actions.geometry import Size
from handeye.agent.prompts.asides import now
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile, GrounderPrompt, Pixels, SamplingRule
from handeye.agent.prompts.replies import line
from handeye.agent.prompts.text import remark
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.prompts.words import scalecua as words
from handeye.agent.step import Step
from handeye.model.conversation.messages import Message

_FAMILY = AGENTS["scalecua"]


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step. It shows the newest screenshot, whatever the budget."""
    history = view.history
    phone = view.dialect is _FAMILY.phone
    system = words.SYSTEM.format(
        platform="Android" if phone else "Linux (Ubuntu)",
        functions=view.dialect.describe(view.size, history.abilities),
    )
    previous = "".join(f"Step {index}: {_line(step, view)}\n" for index, step in enumerate(history.steps, start=1))
    if not phone:
        # The makers' agent for a computer writes None for no step, and ends this prompt with a line break.
        system, previous = f"{system}\n", previous or "None\n"
    text = words.USER.format(task=history.task, previous=previous)
    return [Message("system", (system,)), Message("user", (history.observation.image, text + now(view)))]


def point(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks for the place of what a phrase describes."""
    return [Message("system", (words.GROUNDING,)), Message("user", (image, f"\n{phrase}"))]


def _line(step: Step, view: View) -> str:
    said = step.decision.conclusion or line(step, view)
    added = remark(step, view)
    return f"{said} ({added})".lstrip() if added else said


PROFILES = (
    CheckpointProfile(
        name="scalecua",
        models=("OpenGVLab/ScaleCUA-3B", "OpenGVLab/ScaleCUA-7B", "OpenGVLab/ScaleCUA-32B"),
        matches=r"scale[-_]?cua",
        licence="Apache-2.0",
        sources=(
            "OpenGVLab/ScaleCUA:evaluation/OSWorld/mm_agents/scalecua_agent.py",
            "OpenGVLab/ScaleCUA:evaluation/OSWorld/mm_agents/prompts.py",
            "OpenGVLab/ScaleCUA:evaluation/AndroidWorld/android_world/agents/seeact_v.py",
            "OpenGVLab/ScaleCUA:evaluation/AndroidWorld/android_world/agents/PROMPT.py",
            "OpenGVLab/ScaleCUA:evaluation/WindowsAgentArena/src/win-arena-container/client/mm_agents/navi/"
            "scalecua_agent.py",
        ),
        read_from=Origins(history=(0, 2), images=(0, 2), pixels=(0, 2), sampling=(0,), pointing=(4,)),
        pixels=Pixels(3136, 2_109_744),
        agent=AgentPrompt(_FAMILY, HistoryRule(Layout.TEXT, image_first=True), compose),
        grounder=GrounderPrompt(ACTION, point, SamplingRule(top_p=0.001, frequency_penalty=1.0, max_tokens=1500)),
        sampling=SamplingRule(temperature=1.0, top_p=0.9, max_tokens=500),
        notes=(
            "The prompt for a computer is the one for Ubuntu; the makers have others for Windows and for browsers.",
            "On a phone, the makers leave the sampling to the server.",
        ),
    ),
)
