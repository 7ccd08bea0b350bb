"""MAI-UI: the task in a turn of its own, then every reply, the last ones each after a turn with its screenshot.

Its makers write a reply anew before they repeat it: the call without spaces, the thought without those around it.
"""

import json

from PIL.Image import Image

from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.grounding.thousandths import COORDINATE
from handeye.actions.geometry import Size
from handeye.agent.prompts.asides import after, now
from handeye.agent.prompts.origins import Origins
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
from handeye.agent.step import Step
from handeye.model.conversation.messages import Message


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step."""
    history = view.history
    messages = [
        Message("system", (view.dialect.describe(view.size, history.abilities),)),
        Message("user", (history.task,)),
    ]
    first_shown = len(history.steps) - len(view.shown)
    said = ""
    for number, step in enumerate(history.steps):
        if number >= first_shown:
            messages.append(Message("user", (said, step.observation.image) if said else (step.observation.image,)))
        elif said:
            messages.append(Message("user", (said,)))
        messages.append(Message("assistant", (_repeated(step, view),)))
        said = after(step, view)
    aside = (said + now(view)).strip("\n")
    newest = history.observation.image
    messages.append(Message("user", (f"{aside}\n", newest) if aside else (newest,)))
    return messages


def ask(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks where something is."""
    return [Message("system", (COORDINATE.told(size),)), Message("user", (f"{phrase}\n", image))]


def _repeated(step: Step, view: View) -> str:
    """Return a reply as its makers repeat it; as it is, if it is not a single call that they could read."""
    text = reply(step, view)
    if text.count("</tool_call>") != 1 or text.partition("</tool_call>")[2].strip():
        return text
    thought = _between(text.replace("</think>", "</thinking>"), "thinking")
    try:
        call = json.dumps(json.loads(_between(text, "tool_call")), ensure_ascii=True, separators=(",", ":"))
    except ValueError:
        return text
    return f"<thinking>\n{thought}\n</thinking>\n<tool_call>\n{call}\n</tool_call>"


def _between(text: str, tag: str) -> str:
    """Return what stands before the closing of a tag, after its opening if it is there."""
    before = text.partition(f"</{tag}>")[0]
    return before.rpartition(f"<{tag}>")[2].strip().strip('"')


PROFILES = (
    CheckpointProfile(
        name="mai-ui",
        models=("Tongyi-MAI/MAI-UI-2B", "Tongyi-MAI/MAI-UI-8B"),
        matches=r"mai[-_]?ui(?![a-z])",
        licence="Apache-2.0",
        sources=(
            "Tongyi-MAI/MAI-UI:src/mai_naivigation_agent.py",
            "Tongyi-MAI/MAI-UI:src/prompt.py",
            "Tongyi-MAI/MAI-UI:src/mai_grounding_agent.py",
        ),
        read_from=Origins(
            history=(0,),
            images=(0,),
            pixels=("ours: those of Qwen3-VL, from which it is made; the makers leave them to the server",),
            sampling=(0,),
            pointing=(2,),
        ),
        pixels=Pixels(64 * 32 * 32, 16384 * 32 * 32, FACTOR_3),
        agent=AgentPrompt(AGENTS["mai_ui"], HistoryRule(Layout.TURNS, images=3), compose),
        grounder=GrounderPrompt(COORDINATE, ask, SamplingRule(max_tokens=2048)),
        sampling=SamplingRule(max_tokens=2048),
        notes=(
            "made from Qwen3-VL: --backend transformers, or a server",
            "made for phones alone",
            "the prompt lists the phone's apps where they are known, otherwise those of its makers' phone",
            "its makers repeat a call with each coordinate cut to a whole number after two divisions, which now and "
            "then makes it one less; here it stays",
            "its makers' evaluation of pointing adds a heading to the system prompt and allows 256 tokens",
        ),
    ),
)
