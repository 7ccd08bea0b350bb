"""Pictures that fail, are wide, or lie."""

import io
import struct
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]


def test_one_picture_of_three_fails(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["flaky-picture"])
    ran = [sh("screencap -p >/dev/null") for _ in range(4)]
    assert [one.status for one in ran] == [0, 0, 1, 0]
    assert ran[2].err == b"Failed to take screenshot. Status: -22\n"


def test_wide_pixels_have_eight_bytes(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["wide-colour"])
    raw = sh("screencap").out
    assert struct.unpack_from("<4I", raw) == (1080, 2400, 22, 1) and len(raw) == 16 + 1080 * 2400 * 8
    assert sh("screencap -p").out.startswith(b"\x89PNG")


@pytest.mark.slow
def test_a_picture_that_is_not_turned_lies(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["unturned-picture"])
    upright = sh("screencap -p").out
    sh("wm user-rotation lock 1")
    lying = Image.open(io.BytesIO(sh("screencap -p").out))
    assert lying.size == Image.open(io.BytesIO(upright)).size == (1080, 2400)
    phone.reset([])
    sh("wm user-rotation lock 1")
    assert Image.open(io.BytesIO(sh("screencap -p").out)).size == (2400, 1080)
