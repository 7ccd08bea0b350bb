"""An observation shows what an action has led to, and is not kept waiting by what never rests."""

import time

import pytest

from handeye.actions.geometry import Box, Size
from handeye.environments.desktop.capture import Shot
from handeye.environments.desktop.settle import has_changed, settled
from handeye.environments.settle import Settle

SIZE = Size(40, 80)


def shot(*boxes: Box) -> Shot:
    pixels = bytearray(SIZE.width * SIZE.height * 4)
    for box in boxes:
        for y in range(box.top, box.bottom):
            for x in range(box.left, box.right):
                pixels[4 * (y * SIZE.width + x)] = 255
    return Shot(pixels, SIZE)


class Screen:
    """Shows screens at given times; the time passes only by waiting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, changes: dict[float, Shot]) -> None:
        self.now = 0.0
        self.changes = changes
        monkeypatch.setattr(time, "monotonic", lambda: self.now)

    def grab(self) -> Shot:
        return self.changes[max(moment for moment in self.changes if moment <= self.now)]

    def wait(self, seconds: float) -> None:
        self.now += seconds


BLANK, WINDOW, CARET = shot(), shot(Box(5, 5, 30, 30)), shot(Box(10, 10, 12, 30))


@pytest.mark.parametrize(
    ("changes", "until", "last"),
    [
        ({0.0: BLANK}, 0.45, BLANK),
        ({0.0: BLANK, 0.30: WINDOW}, 0.65, WINDOW),
        ({0.0: WINDOW, 0.60: BLANK}, 0.45, WINDOW),
        ({0.0: BLANK, 0.30: CARET, 0.40: BLANK}, 0.45, BLANK),
    ],
)
def test_it_waits_as_long_as_something_changes(
    changes: dict[float, Shot], until: float, last: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(monkeypatch, changes)
    settle = Settle(grace=0.12, quiet=0.3, limit=5.0)
    assert settled(screen.grab, lambda: False, screen.wait, settle) == last
    assert screen.now == pytest.approx(until, abs=0.06)


def test_a_screen_that_never_rests_is_shown_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    flicker = {number / 10: (BLANK, WINDOW)[number % 2] for number in range(100)}
    screen = Screen(monkeypatch, flicker)
    settled(screen.grab, lambda: False, screen.wait, Settle(grace=0.1, quiet=0.3, limit=3.0))
    assert screen.now == pytest.approx(3.0, abs=0.06)


def test_a_program_at_work_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch, {0.0: BLANK, 1.0: WINDOW})
    settle = Settle(grace=0.1, quiet=0.3, limit=5.0)
    assert settled(screen.grab, lambda: screen.now < 1.0, screen.wait, settle) == WINDOW
    assert screen.now == pytest.approx(1.3, abs=0.1)


def test_one_that_always_works_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch, {0.0: BLANK})
    settled(screen.grab, lambda: True, screen.wait, Settle(grace=0.1, quiet=0.3, limit=9.0))
    assert screen.now < 2.6


def test_a_caret_that_blinks_is_no_change_and_a_bar_that_grows_is() -> None:
    assert not has_changed(BLANK, CARET)
    assert has_changed(BLANK, WINDOW)
    assert has_changed(BLANK, Shot(BLANK.pixels[:-160], Size(40, 79)))
    assert has_changed(BLANK, shot(Box(0, 0, 5, 2)))
    assert has_changed(BLANK, shot(Box(0, 0, 1, 65)))
