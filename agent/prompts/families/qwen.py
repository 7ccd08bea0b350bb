"""The prompt that the released Qwen2.5-VL weights were trained on, with the tools `computer_use` and `mobile_use`.

The user turn is the one used to score these weights on GUI-Odyssey: the query, the request to reason in <thinking> and
to summarize in <conclusion>, and the progress, which is the conclusion of each earlier step; then the screenshot. In
the system prompt the request is reportedly ignored. Only the end of the text changes from step to step, so the cached
prefix of one step is a prefix of the next.
"""

import re

from PIL.Image import Image

from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.grounding.points import POINTS
from handeye.actions.dialects.qwen.prompt import THINKING
from handeye.actions.geometry import Size
from handeye.agent.prompts.asides import after, now
from handeye.agent.prompts.origins import CHECKPOINT, Origins
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile, GrounderPrompt
from handeye.agent.prompts.replies import calls, is_own
from handeye.agent.prompts.text import one_line, remark
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.step import Step
from handeye.model.conversation.messages import Message
from handeye.model.grounding import question

NAMING = (
    'Marks: what can be pointed at carries a number on the screenshot. A call may hold "mark": 1 in place of '
    '"coordinate" for the middle of box 1, and a swipe "mark2" in place of "coordinate2".'
)
"""Precedes the list of marks."""
_CALL = re.compile(r"<tool_call>\s*(.*?)\s*</tool_call>", re.DOTALL)


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step.

    Earlier screenshots within the budget of the history get their own turns, each followed by the reply to it. What was
    decided by another policy, a person or a replay is told by its actions, as the calls that carry them out.
    """
    history = view.history
    progress = " ".join(f"Step {index}: {_line(step, view)};" for index, step in enumerate(view.unseen, start=1))
    text = (
        f"The user query: {history.task}\n{THINKING}\n"
        f"Task progress (You have done the following operation on the current device):\n{progress}"
    )
    messages = [Message("system", (view.dialect.describe(view.size, history.abilities),))]
    for step in view.shown:
        messages.append(Message("user", (text, step.observation.image) if text else (step.observation.image,)))
        messages.append(Message("assistant", (_reply(step, view),)))
        text = after(step, view)
    text += now(view, NAMING)
    image = history.observation.image
    messages.append(Message("user", (text, image) if text else (image,)))
    return messages


def _line(step: Step, view: View) -> str:
    decision = step.decision
    # Without a conclusion, the calls describe the step; a thought would be too long.
    written = _CALL.findall(decision.text)
    if written and not is_own(step, view):
        written = calls(step, view)
    line = one_line(decision.conclusion or " ".join(written) or decision.thought or " ".join(calls(step, view)))
    added = remark(step, view)
    return f"{line} ({added})".lstrip() if added else line


def _reply(step: Step, view: View) -> str:
    """Return the reply of a step: as it was written if it was written in this format, otherwise as it would be."""
    decision = step.decision
    if is_own(step, view):
        return decision.text
    lines = [f"<thinking>\n{decision.thought}\n</thinking>"] if decision.thought else []
    lines += [f"<tool_call>\n{call}\n</tool_call>" for call in calls(step, view)]
    if decision.conclusion:
        lines.append(f"<conclusion>\n{decision.conclusion}\n</conclusion>")
    return "\n".join(lines)


def ask(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks for the boxes of what a phrase describes."""
    return [Message("user", (image, question(phrase)))]


QWEN = CheckpointProfile(
    name="qwen2.5-vl",
    models=(
        "Qwen/Qwen2.5-VL-3B-Instruct",
        "Qwen/Qwen2.5-VL-7B-Instruct",
        "Qwen/Qwen2.5-VL-32B-Instruct",
        "Qwen/Qwen2.5-VL-72B-Instruct",
    ),
    matches=r"qwen2[._]?5[-_ ]?vl",
    licence="Apache-2.0 (7B, 32B); Qwen Research License, not for commercial use (3B); Qwen License (72B)",
    sources=(
        "QwenLM/Qwen2.5-VL:cookbooks/utils/agent_function_call.py",
        "OpenBMB/AgentCPM-GUI:eval/run_predict_qwen2.5VL.py@d0e2956",
    ),
    read_from=Origins(
        history=(1,),
        images=(1,),
        pixels=(CHECKPOINT,),
        sampling=(1, "ours: the length"),
        pointing=("ours: that of a step",),
    ),
    pixels=None,
    agent=AgentPrompt(AGENTS["qwen"], HistoryRule(Layout.TEXT), compose),
    grounder=GrounderPrompt(POINTS, ask),
    notes=(
        "the makers publish the tools, not how an episode goes on: the turn of the user is the one with which OpenBMB "
        "scores these weights on GUI-Odyssey",
        "no penalty, as there, although the checkpoint's own generation_config.json names one",
    ),
)
PROFILES = (QWEN,)
