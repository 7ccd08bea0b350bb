"""Which model is tried, and where it runs."""

from dataclasses import dataclass

from handeye.agent.policies.backend import Backend
from handeye.agent.policies.local import LocalSettings

_PLAIN = LocalSettings()


@dataclass(frozen=True, slots=True)
class Subject:
    """A model by its names."""

    model: str | None = None
    """A hub id or a folder; with a server, the name of its model, None for the only one."""
    server: str | None = None
    """The address of a server."""
    profile: str | None = None
    """The name of a profile; None for the one that the model's name asks for."""
    local: LocalSettings = _PLAIN
    """How a model without a server is run."""

    def open(self) -> Backend:
        """Load the model, or make sure that the server has it. Raises what that raises."""
        if self.server is not None:
            from handeye.agent.servers.server import ChatServer

            server = ChatServer(self.server, self.model, checked=False)
            server.endpoint.require()
            return server
        return self.local.load(self.model or "")
