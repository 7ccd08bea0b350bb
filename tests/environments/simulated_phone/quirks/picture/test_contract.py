"""Phones whose pictures differ keep the contract, or refuse to touch by them."""

from collections.abc import Callable
from typing import Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click

Visit = Callable[..., Any]


@pytest.mark.slow
@pytest.mark.parametrize(
    "quirk",
    ["flaky-picture", "foldable-closed", "foldable-open", "foldable-warning", "noisy-picture", "wide-colour"],
)
def test_they_keep_the_contract(keeps_the_contract: Callable[..., None], quirk: str) -> None:
    keeps_the_contract(quirk)


@pytest.mark.slow
@pytest.mark.parametrize("quirk", ["flaky-picture", "foldable-closed", "noisy-picture", "slow-picture", "wide-colour"])
def test_they_are_seen_and_touched(visit: Visit, quirk: str) -> None:
    visitor = visit(quirk)
    assert visitor.environment.observe().size == Size(720, 1280)
    assert visitor.do(Click(point=visitor.find("Notes"))).outcome == "executed"
    assert visitor.front == "org.handeye.notes"


@pytest.mark.slow
def test_a_touch_on_a_picture_of_another_size_meets_what_is_seen_there(visit: Visit) -> None:
    visitor = visit("size-override")
    seen = visitor.environment.observe().size
    touched = Size(540, 960)
    x, y = visitor.find("Settings")
    width, height = visitor.phone.evaluate("() => [innerWidth, innerHeight]")
    assert round(touched.width / width, 2) == round(touched.height / height, 2)
    point = Point(round(x * seen.width / touched.width), round(y * seen.height / touched.height))
    if visitor.do(Click(point=point)).outcome == "executed":
        assert visitor.front == "com.android.settings"


@pytest.mark.slow
def test_a_touch_on_a_picture_that_is_not_turned_meets_what_is_seen_there(visit: Visit) -> None:
    visitor = visit("unturned-picture")
    visitor.environment.shell(("wm", "user-rotation", "lock", "1"))
    seen = visitor.environment.observe()
    shown = visitor.phone.evaluate("""() => {
      const box = document.querySelector('#launcher .launch').getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2, innerWidth, innerHeight];
    }""")
    x, y = round(shown[0] / shown[2] * 1280), round(shown[1] / shown[3] * 720)
    point = Point(x, y) if seen.size == Size(1280, 720) else Point(y, 1279 - x)
    before = visitor.front
    if visitor.do(Click(point=point)).outcome == "executed":
        assert visitor.front != before
    else:
        assert visitor.front == before
