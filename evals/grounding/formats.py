"""The forms in which a model is asked where something is.

Scores of one checkpoint differ by dozens of points between them, so a score without its form means little. The
profile's own is that of the checkpoint's makers; `agent` asks for the next step of a task, as an agent would act.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from PIL.Image import Image

from handeye.actions.dialects.grounding.points import POINTS
from handeye.actions.dialects.grounding.prefilled import PREFILLED
from handeye.actions.geometry import Size
from handeye.agent.prompts.catalog import choose_profile, find_profile
from handeye.agent.prompts.digest import digest
from handeye.agent.prompts.example import asked
from handeye.agent.prompts.plain import plain
from handeye.agent.prompts.profile import CheckpointProfile, GrounderPrompt, Pixels, SamplingRule
from handeye.evals.samples.key import run_digest
from handeye.evals.samples.settings import AskSettings
from handeye.model.conversation.messages import Message
from handeye.model.files.origins import folder_origins
from handeye.model.grounding import question

AGENT: Final = "agent"


def _computer_use(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation of ScreenSpot-Pro's reference runner: the image, then the bare instruction.

    Source: likaixin2000/ScreenSpot-Pro-GUI-Grounding, models/qwen2_5vl.py, commit bd8bbbb4.
    """
    told = PREFILLED.told(size).replace("\n\n# Tools", "\n\n\n# Tools", 1)  # its script has three line breaks there
    return [Message("system", (told,)), Message("user", (image, phrase))]


def _box(phrase: str, image: Image, size: Size) -> list[Message]:
    return [Message("user", (image, question(phrase)))]


def _point(phrase: str, image: Image, size: Size) -> list[Message]:
    return [Message("user", (image, f"Point to {phrase.strip()}, output its point coordinates using JSON format."))]


FORMATS: Final[Mapping[str, GrounderPrompt]] = {
    "computer_use": GrounderPrompt(PREFILLED, _computer_use, SamplingRule(max_tokens=100)),
    "box": GrounderPrompt(POINTS, _box),
    "point": GrounderPrompt(POINTS, _point),
}
"""Besides the profile's own and `AGENT`. The greedy 100 tokens of the first are the reference runner's."""
NAMES: Final = (*FORMATS, AGENT)


def profile_of(settings: AskSettings, *names: str) -> CheckpointProfile:
    """Return the profile that the settings ask for, with their form, limits of images and sampling.

    `names` are further names of the loaded checkpoint. A checkpoint that only acts is asked as an agent: then the
    profile has no grounder. Raises `UnknownProfile` and `UnsupportedCheckpoint`.
    """
    origins = () if settings.server else folder_origins(Path(settings.model))
    known = (settings.model, *names, *origins)
    profile = choose_profile(*known).profile if settings.profile is None else find_profile(settings.profile)
    grounder = FORMATS.get(settings.format, profile.grounder) if settings.format else profile.grounder
    if settings.format == AGENT:
        grounder = None
    if grounder is not None:
        grounder = replace(grounder, sampling=_sampled(grounder.sampling, settings))
    return replace(
        profile, grounder=grounder, sampling=_sampled(profile.sampling, settings), pixels=_limits(profile, settings)
    )


def prompt_digest(settings: AskSettings) -> str:
    """Return a hash of how the settings prompt a model: its profile, its form and the example rendered with it."""
    profile = profile_of(settings)
    example = "" if profile.grounder is None else plain(asked(profile.grounder, profile.pixels))
    return run_digest(profile.name, digest(profile), settings.format, example)[:12]


def _sampled(rule: SamplingRule, settings: AskSettings) -> SamplingRule:
    temperature = rule.temperature if settings.temperature is None else settings.temperature
    return replace(rule, temperature=temperature, max_tokens=settings.max_tokens or rule.max_tokens)


def _limits(profile: CheckpointProfile, settings: AskSettings) -> Pixels | None:
    """Return the profile's limits of images with what the settings change of them; None for the checkpoint's own."""
    if settings.min_pixels is None and settings.max_pixels is None:
        return profile.pixels
    own = profile.pixels or Pixels()
    most = settings.max_pixels or own.most
    return Pixels(min(settings.min_pixels or own.least, most), most)
