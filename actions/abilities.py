"""What can be done on a screen, as a dialect describes it to a model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Abilities:
    """The actions that a policy may take, and the names that they may use."""

    types: frozenset[str] = frozenset()
    """The types of the actions."""
    apps: tuple[str, ...] = ()
    """The names of the apps that may be opened; empty if they are not known beforehand."""
    secrets: tuple[str, ...] = ()
    """The names of the secrets that may be typed."""

    @property
    def on_a_phone(self) -> bool:
        """Whether this is a phone: it has a home button, and no pointer that can move without touching."""
        return "home" in self.types and "move" not in self.types
