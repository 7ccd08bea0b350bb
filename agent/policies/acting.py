"""How a model that acts on a screen is run, as the options of a command say it and a journal stores it."""

from handeye.agent.policies.engine import Engine
from handeye.agent.policies.local import LocalSettings
from handeye.environments.errors import InvalidOption


class ActingSettings(LocalSettings):
    """What runs a model that acts, and whether that keeps its replies to actions."""

    constrain: bool = False
    """Whether replies are kept to what can be read as an action."""

    def require_acting(self, *, adapted: bool, here: bool) -> None:
        """Refuse what makes no sense, as `require_local` does. Raises `InvalidOption`."""
        if self.constrain and (not adapted or self.backend is not Engine.HANDEYE):
            raise InvalidOption(
                "--constrain is for a model of this machine on handeye's own engine: leave it out, or give --model "
                "without --server and --backend"
            )
        self.require_local(adapted=adapted, here=here)
