"""All quirks, and finding them by their names."""

from collections.abc import Iterable
from typing import Final

from handeye.environments.errors import InvalidOption
from handeye.environments.simulated_phone.quirks.apps.entries import EntriesLookalike, EntriesSeveral, EntriesUnnamed
from handeye.environments.simulated_phone.quirks.apps.profile import ProfileWork
from handeye.environments.simulated_phone.quirks.apps.service import (
    ServiceMissing,
    StartAbsent,
    StartDenied,
    StartQuiet,
    StartUnnoticed,
)
from handeye.environments.simulated_phone.quirks.connection.refused import ServicesClosed, ShellOld
from handeye.environments.simulated_phone.quirks.connection.serial import SerialMdns
from handeye.environments.simulated_phone.quirks.dumps.busy import ScreenBusy
from handeye.environments.simulated_phone.quirks.dumps.displays import DisplayDesktop, DisplayVirtual
from handeye.environments.simulated_phone.quirks.dumps.focus import FocusNull
from handeye.environments.simulated_phone.quirks.dumps.hint import HintFields
from handeye.environments.simulated_phone.quirks.dumps.power import PowerWords
from handeye.environments.simulated_phone.quirks.dumps.timeout import WindowTimeout
from handeye.environments.simulated_phone.quirks.picture.flaky import PictureFlaky
from handeye.environments.simulated_phone.quirks.picture.foldable import FoldableClosed, FoldableOpen, FoldableWarning
from handeye.environments.simulated_phone.quirks.picture.noise import PictureNoise
from handeye.environments.simulated_phone.quirks.picture.physical import SizeOverride
from handeye.environments.simulated_phone.quirks.picture.slow import PictureSlow
from handeye.environments.simulated_phone.quirks.picture.unturned import PictureUnturned
from handeye.environments.simulated_phone.quirks.picture.wide import PictureWide
from handeye.environments.simulated_phone.quirks.quirk import Quirk
from handeye.environments.simulated_phone.quirks.typing.arrival import TextDoubled, TextShortened, TextSwallowed
from handeye.environments.simulated_phone.quirks.typing.clear import ClearIgnored, ClearTypes, ClearUnknown
from handeye.environments.simulated_phone.quirks.typing.denied import InputDenied, InputKilled
from handeye.environments.simulated_phone.quirks.typing.noise import InputNoise, ShellNoise
from handeye.environments.simulated_phone.quirks.versions.android_7 import Android7
from handeye.environments.simulated_phone.quirks.versions.android_8 import Android8
from handeye.environments.simulated_phone.quirks.versions.android_9 import Android9
from handeye.environments.simulated_phone.quirks.versions.android_11 import Android11
from handeye.environments.simulated_phone.quirks.versions.android_12l import Android12L
from handeye.environments.simulated_phone.quirks.versions.android_15 import Android15
from handeye.environments.simulated_phone.quirks.versions.android_16 import Android16
from handeye.environments.simulated_phone.quirks.windows.greeting import WindowCrash, WindowHang, WindowPermission

_ALL: Final[tuple[type[Quirk], ...]] = (
    Android11,
    Android12L,
    Android15,
    Android16,
    Android7,
    Android8,
    Android9,
    ClearIgnored,
    ClearTypes,
    ClearUnknown,
    DisplayDesktop,
    DisplayVirtual,
    EntriesLookalike,
    EntriesSeveral,
    EntriesUnnamed,
    FocusNull,
    FoldableClosed,
    FoldableOpen,
    FoldableWarning,
    HintFields,
    InputDenied,
    InputKilled,
    InputNoise,
    PictureFlaky,
    PictureNoise,
    PictureSlow,
    PictureUnturned,
    PictureWide,
    PowerWords,
    ProfileWork,
    ScreenBusy,
    SerialMdns,
    ServiceMissing,
    ServicesClosed,
    ShellNoise,
    ShellOld,
    SizeOverride,
    StartAbsent,
    StartDenied,
    StartQuiet,
    StartUnnoticed,
    TextDoubled,
    TextShortened,
    TextSwallowed,
    WindowCrash,
    WindowHang,
    WindowPermission,
    WindowTimeout,
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
