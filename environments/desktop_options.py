"""How a desktop is to be looked at and acted on."""

from dataclasses import dataclass

from handeye.environments.desktop_apps import Apps
from handeye.environments.desktop_kill_switch import StopSwitch
from handeye.environments.secrets import Secrets
from handeye.environments.settle import Settle


@dataclass(frozen=True, slots=True)
class DesktopOptions:
    """What the constructors of the desktop environments have checked; they say what each field means."""

    monitor: int | str | None
    apps: Apps
    secrets: Secrets
    settle: Settle
    kill_switch: StopSwitch | None
