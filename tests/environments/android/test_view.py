"""When two looks at a phone show the same, and when a screen that goes on changing counts as settled."""

import io
import threading
from collections.abc import Iterable, Iterator
from itertools import chain, cycle, islice, repeat

import pytest
from PIL import Image, ImageDraw

from handeye.actions.geometry import Size
from handeye.environments.android.adb_server import usual_port
from handeye.environments.android.link import AdbLink
from handeye.environments.android.screenshot import Screenshot
from handeye.environments.android.status import Status
from handeye.environments.android.view import CARET, View, Viewer
from handeye.environments.settle import Settle

SIZE = Size(720, 1600)
Box = tuple[int, int, int, int]


def view(*drawn: tuple[Box, str], moving: bool = False) -> View:
    """Return a look at a white screen with boxes of a colour, whose right and lower edges are part of them."""
    image = Image.new("RGB", SIZE, "white")
    for box, colour in drawn:
        ImageDraw.Draw(image).rectangle(box, fill=colour)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return View(Screenshot(buffer.getvalue(), SIZE, 0.0), Status(moving=moving))


@pytest.mark.parametrize(
    "drawn",
    [
        ((200, 300, 205, 330), "black"),  # a letter
        ((200, 300, 400, 300), "black"),  # a line below a field
        ((200, 300, 319, 419), "#fffff0"),  # a shade
    ],
)
def test_what_a_person_sees_is_a_change(drawn: tuple[Box, str]) -> None:
    changes = view(drawn).changes_from(view())
    assert changes is not None
    found = changes.getbbox()
    assert found is not None
    left, top, right, bottom = drawn[0]
    assert found == (left // 8, top // 8, right // 8 + 1, bottom // 8 + 1)


@pytest.mark.parametrize("colour", ["#e67300", "#e28300", "#e68305"])
def test_a_colour_of_nearly_the_same_brightness_is_a_change(colour: str) -> None:
    area = (200, 300, 319, 419)
    changes = view((area, "#e68300")).changes_from(view((area, colour)))
    assert changes is not None and changes.getbbox() is not None


def test_the_same_picture_has_no_changes_and_another_size_cannot_be_compared() -> None:
    odd = View(Screenshot(view().screenshot.png, Size(721, 1601), 0.0), Status())
    for same, size in ((view(), (90, 200)), (odd, (91, 201))):
        changes = same.changes_from(same)
        assert changes is not None and changes.getbbox() is None and changes.size == size
        assert "coarse" not in vars(same)  # the picture was not decoded
    turned = View(Screenshot(view().screenshot.png, Size(1600, 720), 0.0), Status())
    assert turned.changes_from(view()) is None


class Shown(Viewer):
    """Sees one look after the other, and counts them."""

    def __init__(self, looks: Iterable[View]) -> None:
        super().__init__(AdbLink(usual_port()), "none", Settle(0.02, 0.02, 120.0), threading.Event(), "png")
        self._looks: Iterator[View] = iter(looks)
        self.count = 0

    def look(self) -> View:
        self.count += 1
        return next(self._looks)


def spot(side: int) -> list[View]:
    """Return two looks at something of this size that changes its colour."""
    return [view(((200, 300, 199 + side, 299 + side), colour)) for colour in ("red", "blue")]


def test_two_looks_that_are_alike_are_enough() -> None:
    shown = Shown([view(), view(), *spot(600)])
    assert shown.settled().screenshot == view().screenshot
    assert shown.count == 2


def test_nothing_has_settled_while_no_window_has_the_focus() -> None:
    shown = Shown([view(moving=True), view(moving=True), *spot(600), view(), view()])
    assert shown.settled().screenshot == view().screenshot
    assert shown.count == 6


@pytest.mark.slow
def test_a_spot_that_never_rests_is_not_waited_for() -> None:
    shown = Shown(chain(spot(600), islice(cycle(spot(100)), 500), repeat(view())))
    shown.settled()
    assert shown.count < 200  # at 50 a second


@pytest.mark.slow
def test_what_is_larger_or_in_many_places_is_waited_for() -> None:
    corners = [view(((x, y, x + 90, y + 90), "red")) for x in range(0, 600, 100) for y in range(0, 600, 100)]
    for restless in (spot(200), corners):
        shown = Shown(chain(islice(cycle(restless), 90), repeat(view())))
        assert shown.settled().screenshot == view().screenshot


@pytest.mark.slow
def test_waiting_for_a_stable_screen_waits_for_a_spinner_but_not_for_a_cursor() -> None:
    caret = [view(), view(((200, 300, 204, 379), "black"))]
    shown = Shown(chain(islice(cycle(caret), 500), repeat(view())))
    shown.settled(spot=CARET)
    assert shown.count < 200
    shown = Shown(chain(islice(cycle(spot(100)), 90), repeat(view())))
    assert shown.settled(spot=CARET).screenshot == view().screenshot
