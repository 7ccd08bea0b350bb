"""An episode of three steps for which every profile can render its prompt: to check, to compare and to name it."""

import io
from collections.abc import Mapping

from PIL import Image

from handeye.actions.abilities import Abilities
from handeye.actions.carry import carried
from handeye.actions.dialects.dialect import Dialect, Inexpressible, Seen
from handeye.actions.geometry import Frame, Point, Size, Transform
from handeye.actions.schema import Action, Click, Type
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.prompts.profile import AgentPrompt, GrounderPrompt, Pixels
from handeye.agent.prompts.view import View
from handeye.agent.step import Step
from handeye.environments.observation import Observation
from handeye.model.conversation.messages import Message

TASK = "Search for the weather in Paris"
PHRASE = "the search field"
"""What is asked for."""
NOTHING_KNOWN = Abilities()
SIZE = Size(1280, 720)
"""Of the screenshots."""
STEPS: tuple[tuple[Action, str, str], ...] = (
    (Click(point=Point(640, 300)), "The search field is empty, so I click it.", "Clicked the search field."),
    (Type(text="weather in Paris"), "The field has the focus, so I type.", "Typed the query."),
)
"""The earlier steps: the action with its point in a screenshot, the thought, and the conclusion."""
_ALL = frozenset({"click", "long_press", "drag", "scroll", "type", "press", "hold", "wait", "wait_until_stable"})
_LOOP = frozenset({"note", "answer", "ask_user", "terminate"})
ABILITIES: Mapping[str, Abilities] = {
    screen: Abilities(_ALL | _LOOP | types, apps, ("password",))
    for screen, types, apps in (
        ("browser", {"move", "navigate", "back", "switch_tab", "new_tab", "close_tab"}, ()),
        ("desktop", {"move", "open_app"}, ("Files", "Terminal")),
        ("android", {"open_app", "back", "home", "recent_apps"}, ("Files", "Settings")),
    )
}
"""What can be done on each kind of screen where there is a user to ask and a secret to type."""


def example(
    prompt: AgentPrompt, pixels: Pixels | None, *, phone: bool = False, abilities: Abilities = NOTHING_KNOWN
) -> View:
    """Return the view of the third step; the replies of the earlier ones are those that the dialect writes.

    What it cannot write was decided by another policy. `phone` is for abilities that do not tell.
    """
    resize = (pixels or Pixels()).resize
    dialect = prompt.dialects.phone if phone or abilities.on_a_phone else prompt.dialects.computer
    observation = _observation()
    steps = tuple(
        Step(index, observation, _decision(dialect, resize(SIZE), *step), (Outcome("executed"),))
        for index, step in enumerate(STEPS)
    )
    return View(History(TASK, steps, observation, abilities=abilities), dialect, resize, prompt.history)


def asked(prompt: GrounderPrompt, pixels: Pixels | None) -> list[Message]:
    """Return the conversation that asks for `PHRASE` in a screenshot."""
    return prompt.compose(PHRASE, _observation().image, (pixels or Pixels()).resize(SIZE))


def _observation() -> Observation:
    file = io.BytesIO()
    Image.new("RGB", SIZE).save(file, "PNG")
    return Observation(file.getvalue(), SIZE, 0.0)


def _decision(dialect: Dialect, size: Size, action: Action, thought: str, conclusion: str) -> Decision:
    frame, screenshot = Frame("model image", size), Frame("screenshot", SIZE)
    shown = carried(action, Transform(screenshot, frame))
    try:
        text = dialect.write(shown, frame, thought, conclusion)
    except Inexpressible:
        try:
            # UI-Venus in a browser: enter follows every text.
            text = dialect.write(shown.model_copy(update={"submit": True}), frame, thought, conclusion)
        except Inexpressible:
            return Decision("", thought, (action,), conclusion=conclusion)
    reading = dialect.read(text, Seen(frame, screenshot))
    return Decision(text, reading.thought, reading.actions, reading.problem, reading.conclusion, reading.notes)
