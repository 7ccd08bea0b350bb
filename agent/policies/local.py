"""How a model of this machine is run, as the options of a command say it and a journal stores it."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from handeye.agent.policies.adapters import parse_adapter
from handeye.agent.policies.backend import Backend
from handeye.agent.policies.engine import Engine
from handeye.environments.errors import InvalidOption
from handeye.model.adapters.adapter import Adapter


class LocalSettings(BaseModel):
    """What runs a model, with what beside it, where and in which numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    adapters: tuple[str, ...] = ()
    """LoRA adapters, `NAME=WEIGHT`."""
    backend: Engine = Engine.HANDEYE
    device: str = "auto"
    dtype: str = "auto"

    def require_local(self, *, adapted: bool, here: bool) -> None:
        """Refuse what makes no sense. Raises `InvalidOption`.

        `adapted` says whether a model that may have the adapters is loaded here, and `here` whether any is.
        """
        if self.adapters and not adapted:
            raise InvalidOption("--adapter works only with a model on this machine: a server loads its own adapters")
        if self.backend is not Engine.HANDEYE and not here:
            raise InvalidOption("--backend is for a model of this machine: leave it out, or leave out --server")
        if self.backend is not Engine.HANDEYE and self.adapters:
            raise InvalidOption(
                "--adapter works only with handeye's own engine: leave out --backend, or merge the adapter"
            )
        self.parsed()

    def parsed(self) -> list[Adapter]:
        """Return the adapters. Raises `InvalidOption`."""
        return list(map(parse_adapter, self.adapters))

    def load(self, model: str) -> Backend:
        """Load a model. Raises what `Engine.load` raises, and `InvalidOption`."""
        self.require_local(adapted=True, here=True)
        return self.backend.load(model, device=self.device, dtype=self.dtype, adapters=self.parsed())

    def plain(self, adapters: Sequence[str] = ()) -> "LocalSettings":
        """Return the same for another model, which has its own adapters."""
        return LocalSettings(adapters=tuple(adapters), backend=self.backend, device=self.device, dtype=self.dtype)
