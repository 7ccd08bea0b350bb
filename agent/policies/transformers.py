"""The policy of a model of any architecture, which transformers runs on this machine."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from handeye.actions.errors import HandeyeError
from handeye.agent.policies.backend import limited
from handeye.agent.policies.prompted import PromptedPolicy, profile_of
from handeye.agent.prompts.catalog import PROFILES, UnknownProfile, agent_prompt, choose_profile
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.model.files.origins import folder_origins

if TYPE_CHECKING:
    from handeye.model.others.model import TransformersModel

_OWN = "qwen2_5_vl"
"""The architecture whose unknown fine-tunes are prompted as Qwen2.5-VL."""


class UnknownScale(HandeyeError):
    """A model whose points are pixels of an image of a size that is not known."""


class TransformersPolicy(PromptedPolicy):
    """Prompts a model that transformers runs, by the profile of its checkpoint."""

    def __init__(
        self,
        model: "TransformersModel | str | Path",
        *,
        profile: CheckpointProfile | str | None = None,
        device: str = "auto",
        dtype: str = "auto",
        attention: Literal["sdpa", "flash"] = "sdpa",
        max_pixels: int | None = None,
        max_new_tokens: int | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> None:
        """`model` is a loaded model, or what `handeye.model.load_transformers` takes, as are the three after `profile`.

        The other options are those of `QwenPolicy`.

        Raises what `load_transformers` and `fitting_profile` raise, and `NotAnAgent` if the profile only points.
        """
        if isinstance(model, str | Path):
            # Refused before it is loaded, which takes long.
            agent_prompt(profile_of(profile, str(model), folder_origins(Path(model))))
            from handeye.model.others.load import load_transformers  # imports torch

            model = load_transformers(model, device=device, dtype=dtype, attention=attention)
        chosen = fitting_profile(model, profile)
        self.model = limited(model, chosen, max_pixels)
        super().__init__(
            self.model,
            chosen,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            seed=seed,
            on_text=on_text,
        )


def fitting_profile(model: "TransformersModel", profile: CheckpointProfile | str | None) -> CheckpointProfile:
    """Return the profile that is given, or the one that the names of a model ask for.

    Raises `UnknownProfile` if there is none: an architecture that nothing is known of may write points in any unit.
    Raises `UnknownScale` if the profile's points are pixels, and the model's processor brings images to a size of its
    own. Raises `UnsupportedCheckpoint`.
    """
    if profile is None and model.kind != _OWN and choose_profile(model.name, *model.origins).notice:
        raise UnknownProfile(
            f"{model.name} is not known, and a model of type {model.kind} may write points in other units than "
            f"Qwen2.5-VL: give --profile NAME, one of {', '.join(PROFILES)}"
        )
    chosen = profile_of(profile, model.name, model.origins)
    if model.factor == 1 and any(unit == "pixels" for unit in _units(chosen)):
        raise UnknownScale(
            f"{model.name} brings images to a size of its own, so the pixels that profile {chosen.name} speaks of are "
            "not known: give a profile with thousandths, such as ui-venus-1.5"
        )
    return chosen


def require_pixels(model: "TransformersModel") -> None:
    """Raise `UnknownScale` if boxes in a model's answers may be in other units than pixels of the image as it sees it.

    Questions about boxes are asked in the words of Qwen2.5-VL, whose boxes are such pixels.
    """
    if model.kind != _OWN:
        raise UnknownScale(
            f"{model.name} is of type {model.kind}, whose boxes may be in other units than those of Qwen2.5-VL: use a "
            "checkpoint made from that, or handeye ground, which asks by profile"
        )


def _units(profile: CheckpointProfile) -> tuple[str, ...]:
    acts = () if profile.agent is None else (profile.agent.dialects.computer, profile.agent.dialects.phone)
    points = () if profile.grounder is None else (profile.grounder.answer,)
    return tuple(each.points.unit for each in (*acts, *points))
