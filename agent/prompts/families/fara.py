"""Fara-7B: each screenshot in a turn of its own, before the text, with the address of the page.

All replies are repeated. Of the turns whose screenshots are no longer shown, only the first one is kept, with the task:
the others are left out, so that replies follow each other.
"""

from handeye.actions.dialects.catalog import AGENTS
from handeye.agent.prompts.asides import after, now
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile, Pixels, SamplingRule
from handeye.agent.prompts.replies import reply
from handeye.agent.prompts.text import one_line
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.prompts.words import fara as words
from handeye.environments.observation import Observation
from handeye.model.conversation.messages import Message

NAMING = (
    'Marks: what can be pointed at carries a number on the screenshot. A call may hold "mark": 1 in place of '
    '"coordinate" for the middle of box 1.'
)
"""Precedes the list of marks."""


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step."""
    history = view.history
    first_shown = len(history.steps) - len(view.shown)
    messages = [Message("system", (view.dialect.describe(view.size, history.abilities),))]
    aside = ""
    for number, step in enumerate(history.steps):
        if number >= first_shown:
            text = aside + _told(step.observation, history.task if number == 0 else "")
            messages.append(Message("user", (step.observation.image, text)))
        elif number == 0 or aside:
            messages.append(Message("user", (aside + history.task if number == 0 else aside,)))
        messages.append(Message("assistant", (reply(step, view),)))
        aside = after(step, view)
    text = aside + _told(history.observation, "" if history.steps else history.task) + now(view, NAMING)
    messages.append(Message("user", (history.observation.image, text)))
    return messages


def _told(observation: Observation, task: str) -> str:
    """Return the text after a screenshot; `task` is empty in all turns but the first."""
    if task:
        return task
    url = one_line(observation.url or "").split("?", 1)[0]
    if len(url) > words.LONGEST_URL:
        url = url[: words.LONGEST_URL] + words.CUT
    return (words.URL.format(url=url) if url else "") + words.NEXT


PROFILES = (
    CheckpointProfile(
        name="fara",
        models=("microsoft/Fara-7B",),
        matches=r"(?<![a-z])fara(?:[-_ ]?7b|$)",
        licence="MIT (the makers' repository; the card was not read)",
        sources=(
            "microsoft/fara:src/fara/fara_agent.py",
            "microsoft/fara:src/fara/_prompts.py",
            "microsoft/fara:src/fara/qwen_helpers/fncall_prompt.py",
        ),
        read_from=Origins(
            history=(0,),
            images=(0,),
            pixels=(0,),
            sampling=(0, "ours: the length, which the makers leave to the server"),
        ),
        pixels=Pixels(4 * 28 * 28, 16384 * 28 * 28),
        agent=AgentPrompt(AGENTS["fara"], HistoryRule(Layout.TURNS, images=3, image_first=True), compose),
        sampling=SamplingRule(max_tokens=2048),
        notes=(
            "made for browsers alone, in a window of 1440x900 pixels, which it sees at 1428x896: give the browser "
            "that size",
            "the makers' client resizes screenshots itself",
            "the makers leave the longest reply to the server",
        ),
    ),
)
