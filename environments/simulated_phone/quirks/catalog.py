"""All quirks, and finding them by their names."""

from collections.abc import Iterable
from typing import Final

from handeye.environments.errors import InvalidOption
from handeye.environments.simulated_phone.quirks.picture.foldable import FoldableClosed, FoldableOpen, FoldableWarning
from handeye.environments.simulated_phone.quirks.picture.noise import PictureNoise
from handeye.environments.simulated_phone.quirks.picture.physical import SizeOverride
from handeye.environments.simulated_phone.quirks.quirk import Quirk
from handeye.environments.simulated_phone.quirks.typing.clear import ClearIgnored, ClearTypes, ClearUnknown
from handeye.environments.simulated_phone.quirks.typing.noise import InputNoise

_ALL: Final[tuple[type[Quirk], ...]] = (
    ClearIgnored,
    ClearTypes,
    ClearUnknown,
    FoldableClosed,
    FoldableOpen,
    FoldableWarning,
    InputNoise,
    PictureNoise,
    SizeOverride,
)

QUIRKS: Final = {quirk.name: quirk for quirk in sorted(_ALL, key=lambda quirk: quirk.name)}
"""By name, in alphabetical order."""


def find_quirks(names: Iterable[str]) -> tuple[type[Quirk], ...]:
    """Return the quirks with these names, each once; raise `InvalidOption` with the list if there is none of a name."""
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name not in QUIRKS:
            raise InvalidOption(f"no quirk is named {name!r}; there are: {', '.join(QUIRKS)}")
    return tuple(QUIRKS[name] for name in wanted)
