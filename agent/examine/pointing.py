"""Asking a model for the targets of a screen, as its profile does, and what the answers say without their limits."""

import io
import re
import time

from PIL.Image import Image

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Dialect, Seen
from handeye.actions.dialects.grounding.answer import Answer
from handeye.actions.geometry import Frame, Size
from handeye.actions.schema import Click, LongPress, Move
from handeye.agent.examine.aim import Aim, Shot
from handeye.agent.examine.fit import Position
from handeye.agent.examine.screen import TARGETS
from handeye.agent.history import History
from handeye.agent.policies.backend import Backend, limited
from handeye.agent.policies.grounder import Grounder, NotFound
from handeye.agent.policies.prompted import PromptedPolicy
from handeye.agent.prompts.catalog import agent_prompt
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.environments.observation import Observation

_WIDER = 8
"""Points are read in a frame of so many times the sides of the image, so that those outside of it are read too."""
_PARTS = re.compile(r"(?<![\d.])(?:0?\.\d{1,9}|[01](?:\.\d{0,9})?)(?![\d.])")


def shoot(backend: Backend, profile: CheckpointProfile, screenshot: Image) -> Aim:
    """Ask for each target of a drawn screen. Raises what the backend raises.

    A profile that points is asked as a grounder; one that only acts gets the task to click, as one step. The answers
    are the likeliest ones, whatever the profile says of sampling.
    """
    shown = limited(backend, profile)
    size = Size(*screenshot.size)
    seen = shown.image_size(size)
    if profile.grounder is not None:
        reader: Answer | Dialect = profile.grounder.answer
        grounder = Grounder(backend, profile)
        texts = [_answer(grounder, screenshot, target.phrase) for target in TARGETS]
    else:
        dialects = agent_prompt(profile).dialects
        abilities = Abilities(dialects.computer.says)
        reader = dialects.on(abilities)
        policy = PromptedPolicy(shown, profile, temperature=0.0)
        observation = _observation(screenshot)
        texts = [
            policy.decide(History(f"Click {target.phrase}.", (), observation, abilities=abilities)).text
            for target in TARGETS
        ]
    shots = (Shot(target.box, position(text, reader, seen), text) for target, text in zip(TARGETS, texts, strict=True))
    return Aim(size, seen, tuple(shots))


def position(text: str, reader: Answer | Dialect, seen: Size) -> Position | None:
    """Return what a reply says as pixels of the image, also outside of it; None if it names no place.

    A reader of parts or thousandths names no place outside.

    Parts from 0 to 1, which a reader of pixels refuses, are returned as they stand.
    """
    wider = _WIDER if reader.points.unit == "pixels" else 1  # parts of the image are not outside of it
    wide = Frame("model image", Size(seen.width * wider, seen.height * wider))
    reading = reader.read(text, Seen(wide))
    for action in reading.actions:
        if isinstance(action, Click | LongPress | Move):
            return Position(*action.point)
    parts = [float(number) for number in _PARTS.findall(text)]
    if reading.problem is None or len(parts) not in (2, 4):
        return None
    return Position((parts[0] + parts[-2]) / 2, (parts[1] + parts[-1]) / 2)


def _answer(grounder: Grounder, screenshot: Image, phrase: str) -> str:
    try:
        return grounder.find(screenshot, phrase).text
    except NotFound as missed:
        return missed.text


def _observation(screenshot: Image) -> Observation:
    file = io.BytesIO()
    screenshot.save(file, "PNG")
    return Observation(file.getvalue(), Size(*screenshot.size), time.time())
