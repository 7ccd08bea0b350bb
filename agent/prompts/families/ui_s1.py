"""UI-S1: a turn for each step, with the form of the answer and, in the last two, the screenshot after it.

All replies are repeated. The turns whose screenshots are no longer shown keep their text.
"""

from handeye.actions.dialects.catalog import AGENTS
from handeye.agent.prompts.asides import after, now
from handeye.agent.prompts.families.qwen import NAMING
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile, Pixels, SamplingRule
from handeye.agent.prompts.replies import reply
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.prompts.words import ui_s1 as words
from handeye.model.conversation.messages import Message


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step."""
    history = view.history
    messages = [Message("system", (view.dialect.describe(view.size, history.abilities),))]
    text = words.TASK.format(task=history.task) + words.NEXT + words.ANSWER
    first_shown = len(history.steps) - len(view.shown)
    for number, step in enumerate(history.steps):
        shown = (step.observation.image,) if number >= first_shown else ()
        messages.append(Message("user", (text, *shown)))
        messages.append(Message("assistant", (reply(step, view),)))
        text = after(step, view) + words.NEXT
    messages.append(Message("user", (text + now(view, NAMING), history.observation.image)))
    return messages


PROFILES = (
    CheckpointProfile(
        name="ui-s1",
        models=("mPLUG/UI-S1-7B",),
        matches=r"(?<![a-z])ui[-_ ]?s1(?![0-9a-z])",
        licence="MIT (the makers' repository; the card was not read)",
        sources=(
            "X-PLUG/MobileAgent:UI-S1/x/data/agent/json.py",
            "X-PLUG/MobileAgent:UI-S1/x/data/agent/space/std_space.py",
            "X-PLUG/MobileAgent:UI-S1/evaluation/eval_qwenvl.py",
            "X-PLUG/MobileAgent:UI-S1/evaluation/qwenvl_utils.py",
        ),
        read_from=Origins(
            history=(0, 2),
            images=(2,),
            pixels=(3,),
            sampling=(3, "ours: the length, which the makers leave to the server"),
        ),
        pixels=Pixels(56 * 56, 12800 * 28 * 28),
        agent=AgentPrompt(AGENTS["ui_s1"], HistoryRule(Layout.TURNS, images=2), compose),
        sampling=SamplingRule(max_tokens=1024),
        notes=(
            "made for phones alone",
            "the makers take the likeliest token by top_k 1, and leave the longest reply to the server",
        ),
    ),
)
