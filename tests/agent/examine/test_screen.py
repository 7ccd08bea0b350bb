"""The drawn screen: each target is where its box says, and tells its place by more than one number."""

from itertools import combinations

from handeye.actions.geometry import Box
from handeye.agent.examine.screen import SIZE, TARGETS, draw


def test_every_target_is_drawn_where_its_box_is() -> None:
    picture = draw()
    assert picture.size == SIZE
    for target in TARGETS:
        assert target.fill in {color for _, color in picture.crop(target.box).getcolors(1 << 20) or ()}
        assert target.label or picture.getpixel(target.box.center) == target.fill


def test_no_two_colours_and_no_two_places_are_alike() -> None:
    plain = [target for target in TARGETS if not target.label]
    assert all(
        max(abs(a - b) for a, b in zip(one.fill, other.fill, strict=True)) > 60 for one, other in combinations(plain, 2)
    )
    assert not any(_overlap(one.box, other.box) for one, other in combinations(TARGETS, 2))
    assert all(abs(target.box.center.x - target.box.center.y) > 150 for target in TARGETS)


def _overlap(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom
