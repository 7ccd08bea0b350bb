"""Lines before the picture."""

from collections.abc import Callable
from typing import Any

from handeye.environments.simulated_phone.phone import SimulatedPhone


def test_the_driver_writes_before_the_picture(phone: SimulatedPhone, sh: Callable[..., Any]) -> None:
    phone.reset(["noisy-picture"])
    first, _, rest = sh("screencap -p").out.partition(b"\n")
    assert first.startswith(b"Failed to create //.cache") and rest.startswith(b"\x89PNG")
