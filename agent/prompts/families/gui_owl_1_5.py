"""GUI-Owl-1.5: the task and the oldest steps in the first turn, then a turn for each screenshot and each reply."""

from datetime import UTC, datetime

from PIL.Image import Image

from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.grounding.thousandths import CALL
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
from handeye.agent.prompts.replies import line, reply
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.prompts.words import gui_owl_1_5 as words
from handeye.model.conversation.messages import Message

_DIALECTS = AGENTS["gui_owl_1_5"]
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def compose(view: View) -> list[Message]:
    """Return the conversation for the next step.

    On a phone it tells the date: that of the first screenshot, in UTC, so that the beginning stays as it is.
    """
    history = view.history
    previous = "\n".join(
        words.STEP.format(number=number, line=f"{line(step, view)} {after(step, view)}".strip())
        for number, step in enumerate(view.unseen, start=1)
    )
    said = words.ASK.format(task=_date(view) + history.task, previous=previous or words.NONE)
    messages = [Message("system", (view.dialect.describe(view.size, history.abilities),))]
    for step in view.shown:
        messages.append(_user(said, step.observation.image))
        messages.append(Message("assistant", (reply(step, view),)))
        said = after(step, view)
    messages.append(_user(said + now(view), history.observation.image))
    return messages


def ask(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks where something is, as an instruction to click it."""
    return [Message("system", (CALL.told(size),)), Message("user", (image, phrase))]


def _date(view: View) -> str:
    if view.dialect is not _DIALECTS.phone:
        return ""
    history = view.history
    began = history.steps[0].observation if history.steps else history.observation
    day = datetime.fromtimestamp(began.time, UTC)
    return words.DATE.format(date=f"{day:%Y-%m-%d} {_DAYS[day.weekday()]}")


def _user(said: str, image: Image) -> Message:
    return Message("user", (said, image) if said else (image,))


PROFILES = (
    CheckpointProfile(
        name="gui-owl-1.5",
        models=(
            "mPLUG/GUI-Owl-1.5-2B-Instruct",
            "mPLUG/GUI-Owl-1.5-4B-Instruct",
            "mPLUG/GUI-Owl-1.5-8B-Instruct",
            "mPLUG/GUI-Owl-1.5-8B-Think",
            "mPLUG/GUI-Owl-1.5-32B-Instruct",
            "mPLUG/GUI-Owl-1.5-32B-Think",
        ),
        matches=r"gui[-_ ]?owl[-_ ]?v?1[._-]?5(?![0-9])",
        licence="MIT (the makers' repository; the cards were not read)",
        sources=(
            "X-PLUG/MobileAgent:Mobile-Agent-v3.5/computer_use/utils.py",
            "X-PLUG/MobileAgent:Mobile-Agent-v3.5/mobile_use/utils.py",
            "X-PLUG/MobileAgent:Mobile-Agent-v3.5/cookbook/end2end_usage_computer.ipynb",
            "X-PLUG/MobileAgent:Mobile-Agent-v3.5/grounding_and_kb/eval_grounding_benchmarks.py",
        ),
        read_from=Origins(
            history=(0, 1),
            images=(0, 1),
            pixels=(0, 1),
            sampling=(2, "ours: the length, which the makers leave to the server"),
            pointing=(3,),
        ),
        pixels=Pixels(3136, 10_035_200, FACTOR_3),
        agent=AgentPrompt(_DIALECTS, HistoryRule(Layout.TEXT_AND_TURNS, images=5), compose),
        grounder=GrounderPrompt(CALL, ask, SamplingRule(max_tokens=2048)),
        sampling=SamplingRule(max_tokens=2048),
        notes=(
            "made from Qwen3-VL: --backend transformers, or a server",
            "the makers' clients resize screenshots to multiples of 16 (on a computer) and 28 (on a phone) before the "
            "model's own processor does to multiples of 32",
            "for pointing the makers enlarge images below 200,704 pixels",
            "the makers' cookbook, AndroidWorld and browser have other wordings of the tools and of the history",
        ),
    ),
)
