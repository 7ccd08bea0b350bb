"""What runs a model on this machine, as `--backend` names it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Literal

from handeye.agent.policies.backend import Backend
from handeye.agent.policies.prompted import profile_of
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.environments.errors import InvalidOption
from handeye.model.adapters.adapter import Adapter

ADAPTERS: Final = "--adapter works only with handeye's own engine: leave out --backend, or merge the adapter"


class Engine(StrEnum):
    """What runs a model."""

    HANDEYE = "handeye"
    TRANSFORMERS = "transformers"
    FLASH = "transformers-flash"
    """transformers with the attention of flash-attn."""

    @property
    def attention(self) -> Literal["sdpa", "flash"]:
        """The attention of transformers."""
        return "flash" if self is Engine.FLASH else "sdpa"

    def load(self, model: str, *, device: str, dtype: str, adapters: Sequence[Adapter] = ()) -> Backend:
        """Load a model. Raises what `load_model` or `load_transformers` raises, and `InvalidOption`."""
        if self is Engine.HANDEYE:
            from handeye.model.runtime import load_model  # imports torch

            return load_model(model, device=device, dtype=dtype, adapters=adapters)
        if adapters:
            raise InvalidOption(ADAPTERS)
        from handeye.model.others.load import load_transformers  # imports torch

        return load_transformers(model, device=device, dtype=dtype, attention=self.attention)


def profile_for(backend: Backend, profile: str | None) -> CheckpointProfile:
    """Return the profile of a loaded model or of a server. Raises what `profile_of` and `fitting_profile` raise."""
    from handeye.agent.policies.transformers import fitting_profile
    from handeye.model.others.model import TransformersModel

    if isinstance(backend, TransformersModel):
        return fitting_profile(backend, profile)
    return profile_of(profile, backend.name, backend.origins)
