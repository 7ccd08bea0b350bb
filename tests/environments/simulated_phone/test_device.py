"""What the phone's system counts."""

from typing import Any, cast

from handeye.actions.geometry import Size
from handeye.environments.simulated_phone.device import Device


def test_no_two_apps_share_a_task_or_a_process() -> None:
    device = Device(cast(Any, None), cast(Any, None), Size(1080, 2400), 480, "127.0.0.1:5555")
    packages = [f"org.example.app{number}" for number in range(60)]
    assert len({device.task(package) for package in packages}) == len({*map(device.process, packages)}) == 60
    assert [device.task(package) for package in packages] == [device.task(package) for package in packages]
