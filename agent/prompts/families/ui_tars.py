"""UI-TARS-1.5, and the agents that others trained from it with reinforcement learning.

The prompt is a turn of its own; each screenshot is another, and after it the reply. The replies to screenshots that are
no longer shown stay, one after another. In a reply the points stand between tokens that are lost where replies are
decoded without special tokens: they are put back.
"""

import re
from dataclasses import dataclass
from functools import partial

from PIL.Image import Image

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.grounding.ui_tars import UI_TARS
from handeye.actions.dialects.ui_tars.dialect import MOBILE
from handeye.actions.dialects.ui_tars.words import CALL_USER
from handeye.actions.geometry import Size
from handeye.agent.prompts.asides import after, now
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import AgentPrompt, CheckpointProfile, GrounderPrompt, Pixels, SamplingRule
from handeye.agent.prompts.replies import reply
from handeye.agent.prompts.view import HistoryRule, Layout, View
from handeye.agent.prompts.words import ui_tars as words
from handeye.model.conversation.messages import Message

_BARE = re.compile(r"((?:start|end)_box=')(\(\d+,\d+\))(?=')")


@dataclass(frozen=True, slots=True)
class Wording:
    """In what the prompts of the family differ."""

    system: str
    desktop: str
    """The prompt for a computer; for a phone all have the same."""
    language: str
    """The language of the thoughts, in English."""
    together: bool = False
    """Whether the first screenshot stands in the turn of the prompt, as long as it is shown."""


def compose(wording: Wording, view: View) -> list[Message]:
    """Return the conversation for the next step."""
    history = view.history
    turns: list[Message] = []
    said = ""
    for step in view.unseen:
        turns += [Message("user", (said,))] if said else []
        turns.append(Message("assistant", (boxed(reply(step, view)),)))
        said = after(step, view)
    for step in view.shown:
        turns.append(_user(said, step.observation.image))
        turns.append(Message("assistant", (boxed(reply(step, view)),)))
        said = after(step, view)
    turns.append(_user(said + now(view), history.observation.image))
    prompt = Message("user", (_prompt(wording, view),)).content
    if wording.together and len(view.shown) == len(history.steps):
        first, *turns = turns
        prompt += first.content
    return [Message("system", (wording.system,)), Message("user", prompt), *turns]


def boxed(text: str) -> str:
    """Return a reply with the tokens around its points, exactly as the makers put them back."""
    head, *calls = text.strip().split("Action: ")
    if not calls or "start_box=" not in text:
        return text.strip()
    return f"{head}Action: " + "\n\n".join(_BARE.sub(r"\1<|box_start|>\2<|box_end|>", call.strip()) for call in calls)


def ask(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks where something is; its layout is that of the first step of a task."""
    text = words.GROUNDING.format(form=UI_TARS.describe(size, Abilities()), phrase=phrase)
    return [Message("system", (words.HELPFUL,)), Message("user", (text,)), Message("user", (image,))]


def _prompt(wording: Wording, view: View) -> str:
    abilities = view.history.abilities
    template = words.MOBILE if view.dialect == MOBILE else wording.desktop
    return template.format(
        space=view.dialect.describe(view.size, abilities),
        user=f"\n{CALL_USER}" if "ask_user" in abilities.types else "",
        language=wording.language,
        task=view.history.task,
    )


def _user(text: str, image: Image) -> Message:
    return Message("user", (text, image) if text else (image,))


PROFILES = (
    CheckpointProfile(
        name="dart-gui",
        models=("dart-gui/dart-gui-7b",),
        matches=r"dart[-_](?:gui|ui[-_]?tars)",
        licence="Apache-2.0 (the code; the card of the weights names none that was read)",
        sources=(
            "mrwwk/DeskCraft:mm_agents/dart_gui_agent.py",
            "mrwwk/DeskCraft:runners/run_multienv_dart_gui.py",
            "Computer-use-agents/dart-gui:validation/prompts.py",
        ),
        read_from=Origins(history=(0, 1), images=(1,), pixels=(1,), sampling=(0, 1)),
        pixels=Pixels(100 * 28 * 28, 16384 * 28 * 28),
        agent=AgentPrompt(
            AGENTS["ui_tars"],
            HistoryRule(Layout.TURNS, images=5, texts=35),
            partial(compose, Wording(words.HELPFUL, words.DART, "English", together=True)),
        ),
        sampling=SamplingRule(frequency_penalty=1.0, max_tokens=500),
        notes=(
            "its prompt says that the computer's password is 'password', as in its training",
            "its makers have no prompt for a phone: that of UI-TARS-1.5 stands in",
        ),
    ),
    CheckpointProfile(
        name="arpo-ui-tars",
        models=("Fanbin/ARPO_UITARS1.5_7B",),
        matches=r"arpo[-_]?ui[-_]?tars",
        licence="Apache-2.0 (the code; the card of the weights names none that was read)",
        sources=(
            "dvlab-research/ARPO:verl/trainer/gui_agent.py",
            "dvlab-research/ARPO:README.md",
            "dvlab-research/ARPO:examples/osworld_full_arpo.sh",
            "hanshengzhu0001/arpo_remote_env:osworld_patches/uitars_agent.py@0c846dc",
        ),
        read_from=Origins(history=(0,), images=(2,), pixels=(0,), sampling=(1, 3)),
        pixels=Pixels(3136, 2116800),
        agent=AgentPrompt(
            AGENTS["ui_tars"],
            HistoryRule(Layout.TURNS, images=15),
            partial(compose, Wording(words.ARPO_HELPFUL, words.ARPO, "English")),
        ),
        sampling=SamplingRule(temperature=0.6, frequency_penalty=1.0, max_tokens=4096),
        notes=(
            "trained on episodes of at most 15 steps",
            "the prompt is that of its training; its makers' evaluation is in a repository that could not be read, of "
            "which a copy in others' hands, the last source, has the prompt of UI-TARS-1.5, in English, the penalty "
            "and the length",
            "its makers have no prompt for a phone: that of UI-TARS-1.5 stands in",
        ),
    ),
    CheckpointProfile(
        name="ui-tars-1.5",
        models=("ByteDance-Seed/UI-TARS-1.5-7B",),
        matches=r"ui[-_]?tars[-_ ]?v?1[._-]?5(?!\d)",
        licence="Apache-2.0",
        sources=(
            "mrwwk/DeskCraft:mm_agents/uitars15_v1.py",
            "mrwwk/DeskCraft:runners/run_multienv_uitars15_v1.py",
            "bytedance/UI-TARS:codes/prompts.py@6b315cc",
            "bytedance/UI-TARS:README_deploy.md",
        ),
        read_from=Origins(history=(0,), images=(1,), pixels=(1,), sampling=(0, 1), pointing=(3,)),
        pixels=Pixels(100 * 28 * 28, 16384 * 28 * 28),
        agent=AgentPrompt(
            AGENTS["ui_tars"],
            HistoryRule(Layout.TURNS, images=5),
            partial(compose, Wording(words.HELPFUL, words.DESKTOP, "Chinese")),
        ),
        grounder=GrounderPrompt(UI_TARS, ask, SamplingRule(max_tokens=400)),
        sampling=SamplingRule(top_p=0.9, frequency_penalty=1.0, max_tokens=1000),
        notes=(
            "thinks in Chinese, as its makers had it think in their runs",
            "its makers' client shrinks a screenshot above the limit before the server does, keeping its shape",
            "a reply that cannot be read is sampled again at temperature 1 by its makers",
        ),
    ),
)
