"""The prompt that the released Qwen2.5-VL weights were trained on, with the tools `computer_use` and `mobile_use`.

The user turn is the one used to score these weights on GUI-Odyssey: the query, the request to reason in <thinking> and
to summarize in <conclusion>, and the progress, which is the conclusion of each earlier step; then the screenshot. In
the system prompt the request is reportedly ignored. Only the end of the text changes from step to step, so the cached
prefix of one step is a prefix of the next.
"""

import re

from handeye.actions.dialects.dialect import Dialect, Inexpressible, Seen
from handeye.actions.dialects.qwen.dialect import COMPUTER_USE
from handeye.actions.dialects.qwen.prompt import THINKING
from handeye.actions.dialects.unified import UNIFIED
from handeye.actions.geometry import Frame
from handeye.agent.history import History
from handeye.agent.prompts.text import in_words, mark_lines, notices, one_line, remark
from handeye.agent.prompts.told import Resize, model_actions
from handeye.agent.step import Step
from handeye.model.messages import Message

NAMING = (
    'Marks: what can be pointed at carries a number on the screenshot. A call may hold "mark": 1 in place of '
    '"coordinate" for the middle of box 1, and a swipe "mark2" in place of "coordinate2".'
)
"""Precedes the list of marks."""
_CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL)


def render(history: History, resize: Resize, dialect: Dialect = COMPUTER_USE) -> list[Message]:
    """Return the conversation for the next step.

    `resize` returns the size at which the model sees a screenshot, in pixels. Earlier screenshots within the budget of
    `history` get their own turns, each followed by the reply to it. What was decided by another policy, a person or a
    replay is told by its actions, as the calls that carry them out.
    """
    shown = history.shown
    told = history.steps[: len(history.steps) - len(shown)]
    progress = " ".join(f"Step {index}: {_line(step, resize, dialect)};" for index, step in enumerate(told, start=1))
    text = (
        f"The user query: {history.task}\n{THINKING}\n"
        f"Task progress (You have done the following operation on the current device):\n{progress}"
    )
    size = resize(history.observation.size)
    messages = [Message("system", (dialect.describe(size, history.abilities),))]
    for step in shown:
        messages.append(Message("user", (text, step.observation.image) if text else (step.observation.image,)))
        messages.append(Message("assistant", (_reply(step, resize, dialect),)))
        said = remark(step, dialect.word)
        text = f"({said})\n" if said else ""
    text += "".join(f"\nNotice: {in_words(notice, dialect.word)}" for notice in notices(history.observation))
    if marks := history.observation.marks:
        text += "".join(f"\n{line}" for line in (NAMING, *mark_lines(marks)))
    image = history.observation.image
    messages.append(Message("user", (text, image) if text else (image,)))
    return messages


def _line(step: Step, resize: Resize, dialect: Dialect) -> str:
    decision = step.decision
    # Without a conclusion, the calls as written describe the step; a thought would be too long.
    said = decision.conclusion or " ".join(_CALL.findall(decision.text)) or decision.thought
    line = one_line(said or " ".join(_calls(step, resize, dialect)))
    added = remark(step, dialect.word)
    return f"{line} ({added})".lstrip() if added else line


def _reply(step: Step, resize: Resize, dialect: Dialect) -> str:
    """Return the reply of a step: as it was written if it was written in this format, otherwise as it would be."""
    decision = step.decision
    if not decision.actions or _is_own(step, resize, dialect):
        return decision.text
    lines = [f"<thinking>\n{decision.thought}\n</thinking>"] if decision.thought else []
    lines += [f"<tool_call>\n{call}\n</tool_call>" for call in _calls(step, resize, dialect)]
    if decision.conclusion:
        lines.append(f"<conclusion>\n{decision.conclusion}\n</conclusion>")
    return "\n".join(lines)


def _is_own(step: Step, resize: Resize, dialect: Dialect) -> bool:
    """Return whether the text of a step can be read in this format, as a model of this format wrote it."""
    frame = Frame("model image", resize(step.observation.size))
    marks = tuple(mark.box for mark in step.observation.marks)
    return dialect.read(step.decision.text, Seen(frame, cursor=frame.box.center, marks=marks)).problem is None


def _calls(step: Step, resize: Resize, dialect: Dialect) -> list[str]:
    """Return the calls of a step's actions, each one line of JSON, with points as the model saw the screenshot."""
    frame = Frame("model image", resize(step.observation.size))
    calls: list[str] = []
    for action in model_actions(step, resize):
        try:
            calls += dialect.tell(action, frame)
        except Inexpressible:
            calls += UNIFIED.tell(action, frame)
    return calls
