"""Two panels, of which one is in use."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from handeye.environments.simulated_phone.phone import SimulatedPhone
from handeye.environments.simulated_phone.quirks.picture.foldable import INNER, OUTER

Run = Callable[..., Any]


def size(png: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(png)).size


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "used", "other"), [("foldable-open", INNER, OUTER), ("foldable-closed", OUTER, INNER)]
)
def test_the_panel_in_use_has_to_be_named(phone: SimulatedPhone, sh: Run, name: str, used: str, other: str) -> None:
    phone.reset([name])
    assert size(sh(f"screencap -p -d {used}").out) == (1080, 2400)
    assert size(sh(f"screencap -d {other} -p").out) == (1768, 2208)
    unnamed = sh("screencap -p")
    assert unnamed.err.startswith(b"[Warning] Multiple displays were found")
    assert size(unnamed.out) == ((1080, 2400) if used == INNER else (1768, 2208))
    assert f'uniqueId "local:{used}"' in sh("dumpsys display").text
    assert [line.split()[1] for line in sh("dumpsys SurfaceFlinger --display-id").text.splitlines()] == [INNER, OUTER]
    assert sh("screencap -p -d 1").err == b"Display Id '1' is not valid.\n"
    assert sh("screencap /sdcard/a.png; screencap -p /sdcard/b").status == 0
    assert size(sh("cat /sdcard/a.png").out) == size(sh("cat /sdcard/b").out) == size(unnamed.out)
    raw = sh(f"screencap -d {other}").out
    assert len(raw) == 16 + 1768 * 2208 * 4


def test_the_warning_may_come_before_the_picture(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["foldable-warning"])
    ran = sh("screencap -p")
    assert ran.err == b"" and ran.out.startswith(b"[Warning] Multiple")
    assert size(ran.out[ran.out.index(b"\x89PNG") :]) == (1080, 2400)
