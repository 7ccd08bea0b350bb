"""How a desktop is to be looked at and acted on."""

from dataclasses import dataclass

from handeye.environments.desktop.apps import Apps
from handeye.environments.desktop.kill_switch import StopSwitch
from handeye.environments.secrets import Secrets
from handeye.environments.settle import Settle

DESKTOP_SETTLE = Settle(quiet=0.3)
"""Programs draw a pressed button at once, and often what it does a quarter of a second later."""


@dataclass(frozen=True, slots=True)
class DesktopOptions:
    """What the constructors of the desktop environments have checked; they say what each field means."""

    monitor: int | str | None
    apps: Apps
    secrets: Secrets
    settle: Settle
    kill_switch: StopSwitch | None
