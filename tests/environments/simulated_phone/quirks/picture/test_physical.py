"""Pictures in other pixels than touches."""

import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from handeye.environments.simulated_phone.phone import SimulatedPhone


def test_pictures_keep_the_size_of_the_panel(phone: SimulatedPhone, sh: Callable[..., Any]) -> None:
    phone.reset(["size-override"])
    assert "cur=810x1800" in sh("dumpsys window displays").text
    assert Image.open(io.BytesIO(sh("screencap -p").out)).size == (1080, 2400)
    sh("wm user-rotation lock 1")
    assert Image.open(io.BytesIO(sh("screencap -p").out)).size == (2400, 1080)
