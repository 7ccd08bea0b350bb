"""What runs a model on this machine, as `--backend` names it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from handeye.agent.policies.backend import Backend
from handeye.agent.policies.prompted import profile_of
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.model.adapters.adapter import Adapter

if TYPE_CHECKING:
    from handeye.model.others.model import TransformersModel


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
        """Load a model. Raises what `load_model` or `load_transformers` raises."""
        if self is Engine.HANDEYE:
            from handeye.model.runtime import load_model  # imports torch

            return load_model(model, device=device, dtype=dtype, adapters=adapters)
        assert not adapters
        from handeye.model.others.load import load_transformers  # imports torch

        return load_transformers(model, device=device, dtype=dtype, attention=self.attention)

    def profile(self, backend: Backend, profile: str | None) -> CheckpointProfile:
        """Return the profile of what it has loaded, or of a server. Raises as `profile_of`, `fitting_profile`."""
        if self is Engine.HANDEYE:
            return profile_of(profile, backend.name, backend.origins)
        from handeye.agent.policies.transformers import fitting_profile

        return fitting_profile(_loaded(backend), profile)

    def require_boxes(self, backend: Backend) -> None:
        """Refuse a model that it has loaded whose boxes may not be those of Qwen2.5-VL. Raises `UnknownScale`."""
        if self is not Engine.HANDEYE:
            from handeye.agent.policies.transformers import require_pixels

            require_pixels(_loaded(backend))


def _loaded(backend: Backend) -> "TransformersModel":
    from handeye.model.others.model import TransformersModel

    assert isinstance(backend, TransformersModel)
    return backend
