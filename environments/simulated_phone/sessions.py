"""The sessions in which a computer installs an app from several APKs."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Sessions:
    """The sessions that are open, by number."""

    apks: dict[int, dict[str, bytes]] = field(default_factory=dict)
    """The APKs of each, by the name of the split."""
    _last: int = 1_000_000

    def create(self) -> int:
        """Open a session and return its number."""
        self._last += 1
        self.apks[self._last] = {}
        return self._last
