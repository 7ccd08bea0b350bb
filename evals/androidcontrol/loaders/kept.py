"""What is kept of a shard: all but the screenshots of the episodes that are asked about.

A shard has gigabytes, and can only be read from its beginning, so it is read once. What is kept is thrown away when the
shard changes, and when it cannot be read.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from handeye.actions.geometry import Size
from handeye.agent.journal.durable import write_whole
from handeye.evals.androidcontrol.records.episode import Episode
from handeye.evals.androidcontrol.screen import Screen, screen_of
from handeye.evals.androidcontrol.truth import Finished, written

_VERSION: Final = 1


class KeptScreen(BaseModel):
    """One screen of an episode: its size in pixels, and what judges need to know of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: Size
    screen: Screen


class KeptEpisode(BaseModel):
    """One episode."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: int
    goal: str
    actions: tuple[Mapping[str, Any], ...]
    """As AndroidControl writes them."""
    instructions: tuple[str, ...]
    screens: tuple[KeptScreen, ...]
    """One more than actions: how the episode ended."""

    @classmethod
    def of(cls, episode: Episode) -> "KeptEpisode":
        """Return what is kept of an episode. Raises `InvalidDataset`."""
        truths = [*episode.steps, Finished()]
        screens = [
            KeptScreen(size=size, screen=screen_of(episode.forest(index), truth, size))
            for index, (truth, size) in enumerate(zip(truths, episode.sizes, strict=True))
        ]
        return cls(
            id=episode.id,
            goal=episode.goal,
            actions=tuple(written(truth) for truth in episode.steps),
            instructions=tuple(episode.instructions),
            screens=tuple(screens),
        )


class _Head(BaseModel):
    """What a file of kept episodes is of. Another head, and it is of no use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    shard: str
    bytes: int
    changed: int
    """When, in nanoseconds."""
    episodes: str
    """Which ones were asked for, as a hash."""


class Kept:
    """The kept episodes of one shard."""

    def __init__(self, path: Path, shard: Path, episodes: str) -> None:
        """`path` is the file; `episodes` a hash of those that are asked for. Raises OSError without the shard."""
        found = shard.stat()
        self._path = path
        self._head = _Head(
            version=_VERSION, shard=shard.name, bytes=found.st_size, changed=found.st_mtime_ns, episodes=episodes
        )

    def read(self) -> list[KeptEpisode] | None:
        """Return the episodes; None if they have to be read from the shard."""
        try:
            head, *lines = self._path.read_text(encoding="utf-8").splitlines()
            if _Head.model_validate_json(head) != self._head:
                return None
            return [KeptEpisode.model_validate_json(line) for line in lines]
        except (OSError, UnicodeDecodeError, ValidationError, ValueError):
            return None

    def write(self, episodes: Sequence[KeptEpisode]) -> None:
        """Keep episodes. Raises OSError."""
        lines = [self._head.model_dump_json(), *(episode.model_dump_json() for episode in episodes)]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, "".join(f"{line}\n" for line in lines).encode())
