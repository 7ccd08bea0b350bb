"""The policy of a local model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from handeye.agent.policies.backend import limited
from handeye.agent.policies.prompted import PromptedPolicy, profile_of
from handeye.agent.prompts.catalog import agent_prompt
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.model.adapters.adapter import Adapter
from handeye.model.files.origins import folder_origins

if TYPE_CHECKING:
    from handeye.model.runtime import Model


class QwenPolicy(PromptedPolicy):
    """Prompts a model that is loaded here, by the profile of its checkpoint."""

    def __init__(
        self,
        model: "Model | str | Path",
        *,
        profile: CheckpointProfile | str | None = None,
        device: str = "auto",
        dtype: str = "auto",
        adapters: Sequence[Adapter | str | Path] = (),
        max_pixels: int | None = None,
        max_new_tokens: int | None = None,
        temperature: float | None = None,
        seed: int | None = None,
        on_text: Callable[[str], None] | None = None,
        constrained: bool = False,
    ) -> None:
        """`model` is a loaded model, or what `handeye.model.load_model` takes; `device`, `dtype` and `adapters` are for
        loading.

        `profile` says how it is prompted and read: a profile, the name of one, or None for the one that the
        checkpoint's name asks for. Images have the profile's limits, or the checkpoint's own, and at most `max_pixels`.
        `max_new_tokens` and `temperature` are the profile's by default; temperature 0 always takes the likeliest token;
        above 0, `seed` makes an episode reproducible. `on_text` receives each piece of the reply as it is generated.
        `constrained` keeps replies to what the profile's dialect reads.

        Raises what `load_model` raises, `UnknownProfile`, `UnsupportedCheckpoint`, and `NotAnAgent` if the profile
        only points.
        """
        if isinstance(model, str | Path):
            # Refused before it is loaded, which takes long.
            agent_prompt(profile_of(profile, str(model), folder_origins(Path(model))))
            from handeye.model import load_model  # imports torch

            model = load_model(model, device=device, dtype=dtype, adapters=adapters)
        chosen = profile_of(profile, model.name, model.origins)
        self.model = limited(model, chosen, max_pixels)
        super().__init__(
            self.model,
            chosen,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            seed=seed,
            on_text=on_text,
            constrained=constrained,
        )
