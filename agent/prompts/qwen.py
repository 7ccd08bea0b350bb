"""The prompt that the released Qwen2.5-VL weights were trained on, with the tools `computer_use` and `mobile_use`.

The user turn is the one used to score these weights on GUI-Odyssey: the query, the request to reason in <thinking> and
to summarize in <conclusion>, and the progress, which is the conclusion of each earlier step; then the screenshot. In
the system prompt the request is reportedly ignored. Only the end of the text changes from step to step, so the cached
prefix of one step is a prefix of the next.
"""

import re
from collections.abc import Collection, Sequence

from handeye.actions.dialects.qwen import tools as qwen
from handeye.actions.dialects.qwen.tools import Tool
from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.reading import Reading
from handeye.agent.history import History
from handeye.agent.prompts.text import mark_lines, one_line
from handeye.agent.step import Step
from handeye.model.messages import Message

NAMING = (
    'Marks: what can be pointed at carries a number on the screenshot. A call may hold "mark": 1 in place of '
    '"coordinate" for the middle of box 1, and a swipe "mark2" in place of "coordinate2".'
)
"""Precedes the list of marks."""
_CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL)


def tool_for(supported: Collection[str]) -> Tool:
    """Return the tool for an environment that carries out `supported`.

    A phone has a home button, and no pointer that can move without touching.
    """
    return "mobile_use" if "home" in supported and "move" not in supported else "computer_use"


def render(history: History, size: Size, tool: Tool = "computer_use") -> list[Message]:
    """Return the conversation for the next step.

    `size` is the size of the newest screenshot as the model sees it, in pixels. Earlier screenshots within the budget
    of `history` get their own turns, each followed by the reply to it.
    """
    shown = history.shown
    told = history.steps[: len(history.steps) - len(shown)]
    progress = " ".join(f"Step {index}: {_line(step)};" for index, step in enumerate(told, start=1))
    text = (
        f"The user query: {history.task}\n{qwen.THINKING}\n"
        f"Task progress (You have done the following operation on the current device):\n{progress}"
    )
    messages = [Message("system", (qwen.system_prompt(tool, size, thinking=False),))]
    for step in shown:
        messages.append(Message("user", (text, step.observation.image) if text else (step.observation.image,)))
        messages.append(Message("assistant", (step.decision.text,)))
        text = f"({one_line(step.remark)})\n" if step.remark else ""
    text += "".join(f"\nNotice: {one_line(notice)}" for notice in history.observation.notices)
    if marks := history.observation.marks:
        text += "".join(f"\n{line}" for line in (NAMING, *mark_lines(marks)))
    image = history.observation.image
    messages.append(Message("user", (text, image) if text else (image,)))
    return messages


def read(
    text: str,
    frame: Frame,
    cursor: Point | None = None,
    *,
    target: Frame | None = None,
    marks: Sequence[Box] = (),
    tool: Tool = "computer_use",
) -> Reading:
    """Read a reply as `handeye.actions.dialects.qwen.tools.parse` does."""
    return qwen.parse(text, tool, frame, cursor, target=target, marks=marks)


def _line(step: Step) -> str:
    decision = step.decision
    # Without a conclusion, the call as written describes the step; a thought would be too long.
    said = one_line(decision.conclusion or " ".join(_CALL.findall(decision.text)) or decision.thought)
    remark = one_line(step.remark)
    return f"{said} ({remark})".lstrip() if remark else said
