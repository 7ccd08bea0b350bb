"""The compact step format: a short prompt, and one JSON step as the answer.

For checkpoints that were trained on it. The text comes first and the newest screenshot last, so that the cached prefix
of one step is a prefix of the next.
"""

from collections.abc import Sequence

from PIL.Image import Image

from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.geometry import Size
from handeye.agent.prompts.origins import CHECKPOINT, Origins
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile
from handeye.agent.prompts.replies import calls
from handeye.agent.prompts.text import mark_lines, notices, one_line, remark
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.step import Step
from handeye.environments.element import Element
from handeye.model.conversation.messages import Message

SYSTEM = "You operate a screen. Answer with one JSON step."
NAMING = 'Marks: the numbered boxes. A step may hold "mark": 1 in place of "point".'
"""Precedes the list of marks."""


def conversation(
    task: str, done: Sequence[str], notices: Sequence[str], image: Image, size: Size, marks: Sequence[Element] = ()
) -> list[Message]:
    """Return the conversation for one step.

    `done` holds one line for each earlier step, `notices` what the pixels do not show. `size` is the size in pixels of
    the image as the model sees it, which is the frame of the points in the answer. `marks` are listed if there are any.
    """
    lines = [f"Task: {task}\n"]
    lines += [f"Step {index}: {line}\n" for index, line in enumerate(done, start=1)]
    lines += [f"Notice: {notice}\n" for notice in notices]
    if marks:
        lines.append(f"{NAMING}\n")
        lines += [f"Mark {line}\n" for line in mark_lines(marks)]
    lines.append(f"Screen {size.width}x{size.height}:\n")
    return [Message("system", (SYSTEM,)), Message("user", ("".join(lines), image))]


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step. It shows the newest screenshot, whatever the budget."""
    seen = view.history.observation
    done = [_line(step, view) for step in view.history.steps]
    return conversation(view.history.task, done, notices(seen), seen.image, view.size, seen.marks)


def _line(step: Step, view: View) -> str:
    # A step of a replay, a script or a person may have no thought: then its actions say what was done.
    said = one_line(step.decision.thought or " ".join(calls(step, view)))
    added = remark(step, view)
    return f"{said} ({added})".lstrip() if added else said


_OURS = ("ours: as it was trained",)
PROFILES = (
    CheckpointProfile(
        name="handeye-tiny",
        models=("handeye-tiny",),
        matches=r"handeye-tiny",
        licence="Apache-2.0",
        sources=(),
        read_from=Origins(history=_OURS, images=_OURS, pixels=(CHECKPOINT,), sampling=_OURS),
        pixels=None,
        agent=AgentPrompt(AGENTS["unified"], HistoryRule(Layout.TEXT), compose),
    ),
)
