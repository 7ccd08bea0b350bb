"""Where the parts of a profile were read, or why there is no file to read them in."""

from dataclasses import dataclass

Origin = int | str
"""The number of a file among a profile's sources, from 0; or `CHECKPOINT`, `NOT_READ`, or "ours: " and the reason."""

CHECKPOINT = "its preprocessor_config.json"
NOT_READ = "not read"


@dataclass(frozen=True, slots=True)
class Origins:
    """For each part of a profile all that it comes from. A profile that only points has no history and no steps."""

    history: tuple[Origin, ...] = (NOT_READ,)
    """What is told of the earlier steps, and where it stands."""
    images: tuple[Origin, ...] = (NOT_READ,)
    """How many screenshots are shown."""
    pixels: tuple[Origin, ...] = (NOT_READ,)
    sampling: tuple[Origin, ...] = (NOT_READ,)
    """How the tokens of a step are chosen."""
    pointing: tuple[Origin, ...] = (NOT_READ,)
    """How the tokens of an answer that names a place are chosen."""
