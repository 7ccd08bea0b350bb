"""How Qwen2.5-VL is asked about AndroidControl.

QwenLM/Qwen2.5-VL, issue 904; Reallm-Labs/InfiGUI-R1, eval/android_control/android_control.py; OpenBMB/AgentCPM-GUI,
eval/run_predict_qwen2_5VL.py. The tool `mobile_use` with the size at which the model sees the screenshot; then the
goal, at the low level the instruction of the step, and what was done before, as the calls that a person's steps are, in
pixels of the image as it is seen; then the screenshot, and no earlier one. No reasoning is asked for.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image

from handeye.actions.carry import carried
from handeye.actions.dialects.qwen.prompt import system_prompt
from handeye.actions.dialects.qwen.write import calls
from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Frame, Size, Transform
from handeye.agent.prompts.digest import digest
from handeye.agent.prompts.families.qwen import QWEN
from handeye.agent.prompts.plain import plain
from handeye.agent.prompts.profile import CheckpointProfile, Pixels
from handeye.evals.androidcontrol.actions import action_of
from handeye.evals.androidcontrol.sample import LEVELS, Level, StepSample
from handeye.evals.androidcontrol.truth import Opened, Scrolled, Tap, Truth, Typed
from handeye.evals.grounding.formats import profile_of
from handeye.evals.samples.dataset import InvalidDataset
from handeye.evals.samples.key import run_digest
from handeye.evals.samples.region import Spot
from handeye.evals.samples.settings import AskSettings
from handeye.model.conversation.messages import Message

_EXAMPLE: Final = Size(1080, 2400)


class UnknownPrompt(HandeyeError):
    """Nobody has published how a checkpoint is asked about AndroidControl."""


def compose(sample: StepSample, image: Image.Image, seen: Size) -> list[Message]:
    """Return the conversation about a step; `seen` is the size at which the model sees the image.

    Raises `InvalidDataset` for a step whose goal is not known.
    """
    if not sample.goal:
        raise InvalidDataset("the file of this step leaves out the goal, which a model is told: use the records")
    done = "".join(
        f"Step {place}: {_call(truth, sample, Size(*image.size), seen)}; "
        for place, truth in enumerate(sample.history, start=1)
    )
    step = f"Current step query: {sample.step}\n" if sample.level == "low" else ""
    text = (
        f"The user query:  {sample.goal}\n{step}"
        f"Task progress (You have done the following operation on the current device): {done}"
    )
    return [Message("system", (system_prompt("mobile_use", seen),)), Message("user", (text, image))]


def known_profile(settings: AskSettings, *names: str) -> CheckpointProfile:
    """Return the profile that the settings ask for. Raises `UnknownPrompt` if it has no prompt for AndroidControl."""
    profile = profile_of(settings, *names)
    if profile.name != QWEN.name:
        raise UnknownPrompt(
            f"how {profile.name} is asked about AndroidControl is not known: --profile {QWEN.name} asks in Qwen's "
            "words, for which its weights may not have been made"
        )
    return profile


def prompt_digest(settings: AskSettings) -> str:
    """Return a hash of how the settings prompt a model: its profile, and both levels of an example."""
    profile = known_profile(settings)
    seen = (profile.pixels or Pixels()).resize(_EXAMPLE)
    image = Image.new("RGB", _EXAMPLE)
    return run_digest(digest(profile), [plain(compose(_example(level), image, seen)) for level in LEVELS])[:12]


def _call(truth: Truth, sample: StepSample, size: Size, seen: Size) -> str:
    """Return the arguments of the call that a step is, with places in the image as it is seen."""
    action = action_of(truth, size, sample.scroll.of("finger"))
    frames = Transform(Frame("screenshot", size), Frame("model image", seen))
    found = calls(carried(action, frames), "mobile_use")
    assert found is not None and len(found) == 1  # every step of AndroidControl is one call
    return json.dumps(found[0].arguments, ensure_ascii=False)


def _example(level: Level) -> StepSample:
    history: Sequence[Truth] = (Opened("Clock"), Tap(Spot(100, 200)), Scrolled("down"), Typed("7:30"))
    return StepSample(
        id="example",
        image=Path(),
        instruction="",
        cluster="",
        level=level,
        goal="Set an alarm for 7:30",
        step="Tap on save",
        truth=Tap(Spot(540, 1200)),
        history=tuple(history),
    )
