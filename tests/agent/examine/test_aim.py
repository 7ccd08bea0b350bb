"""Points that are off: how far, and whose fault it is."""

from collections.abc import Callable

import pytest

from handeye.actions.geometry import Size
from handeye.agent.examine.aim import Aim, Cause, Shot, judge
from handeye.agent.examine.fit import Position
from handeye.agent.examine.screen import SIZE, TARGETS
from handeye.environments.doctor.finding import Finding, Status

SEEN = Size(1932, 1092)
ADVICE = {cause: cause.value for cause in Cause}
Map = Callable[[float, float], tuple[float, float]]


def aim(map: Map, seen: Size = SEEN, *, wrong: int = 0, unnamed: int = 0, text: str = "somewhere") -> Aim:
    shots = []
    for number, target in enumerate(TARGETS):
        x, y = target.box.center
        said = map(x * seen.width / SIZE.width, y * seen.height / SIZE.height)
        if number < wrong:
            said = (10 + 90 * number, 20)
        named = number >= unnamed
        shots.append(Shot(target.box, Position(*said) if named else None, text))
    return Aim(SIZE, seen, tuple(shots))


def judged(map: Map, *, intact: bool = True, seen: Size = SEEN, **more: int) -> Finding:
    return judge(aim(map, seen, **more), "the profile", ADVICE, intact=intact)


def test_good_points_are_measured_in_pixels_of_the_screenshot() -> None:
    finding = judged(lambda x, y: (x + 4, y), seen=Size(966, 546))
    assert finding.status is Status.OK
    assert finding.detail == "8 of 8 targets hit, 9 px off in the median and 9 px at worst"


@pytest.mark.parametrize("seen", [SEEN, Size(1316, 728)])
def test_one_wrong_answer_is_no_fault(seen: Size) -> None:
    finding = judged(lambda x, y: (x, y), wrong=1, seen=seen)
    assert finding.status is Status.OK and finding.detail.startswith("7 of 8 targets hit")
    finding = judged(lambda x, y: (x, y), unnamed=1, seen=seen)
    assert finding.status is Status.OK and finding.detail.endswith("1 not named")


@pytest.mark.parametrize("wrong", [0, 1, 2])
@pytest.mark.parametrize(
    ("map", "intact", "cause", "detail"),
    [
        (lambda x, y: (0.75 * x, 0.75 * y), False, Cause.RESCALED, "1.33 times too small: images are rescaled to 0.75"),
        (lambda x, y: (0.75 * x, 0.75 * y), True, Cause.UNIT, "though images arrive as they are sent: the profile"),
        (lambda x, y: (1.3 * x, 1.3 * y), False, Cause.RESCALED, "1.30 times too large"),
        (lambda x, y: (y, x), True, Cause.UNIT, "y before x, and the profile reads x before y"),
        (lambda x, y: (x / 1.932, y / 1.092), False, Cause.UNIT, "thousandths of the image, and the profile reads"),
        (lambda x, y: (y / 1.092, x / 1.932), True, Cause.UNIT, "thousandths of the image, y before x"),
        (lambda x, y: (x / 1932, y / 1092), True, Cause.UNIT, "parts from 0 to 1"),
        (
            lambda x, y: (x * 448 / 1932, y * 448 / 1092),
            False,
            Cause.RESCALED,
            "of 448x448 pixels: images are squeezed",
        ),
        (lambda x, y: (x + 60, y - 90), False, Cause.RESCALED, "shifted by (+60, -90) pixels: images are padded"),
        (lambda x, y: (0.8 * x, 0.8 * y + 150), False, Cause.RESCALED, "scaled by 0.80 and 0.80 and shifted"),
        (lambda x, y: (966.0, 546.0), True, Cause.SIGHT, "the same for every target"),
    ],
)
def test_a_fault_is_named_and_its_cause(map: Map, intact: bool, cause: Cause, detail: str, wrong: int) -> None:
    finding = judged(map, intact=intact, wrong=wrong)
    assert (finding.status, finding.fix) == (Status.MISSING, cause.value), finding
    assert detail in finding.detail and "at worst" in finding.detail


def test_pixels_of_the_screenshot_are_told_from_a_scale() -> None:
    seen = Size(1316, 728)
    finding = judged(lambda x, y: (x * 1920 / 1316, y * 1080 / 728), seen=seen)
    assert finding.fix == Cause.UNIT.value
    assert "pixels of the screenshot, 1920x1080, and not of the image, 1316x728" in finding.detail


def test_answers_without_a_place() -> None:
    finding = judge(aim(lambda x, y: (x, y), unnamed=8), "the profile", ADVICE, intact=True)
    assert finding.fix == Cause.FORM.value and "8 of 8 answers name no place that the profile" in finding.detail
    broken = judge(aim(lambda x, y: (x, y), unnamed=8, text="!!!!!!!!!"), "the profile", ADVICE, intact=True)
    assert broken.fix == Cause.BROKEN.value


def test_points_without_a_pattern() -> None:
    finding = judged(lambda x, y: ((x * 7) % 1900, (y * 5 + x) % 1000))
    assert (finding.status, finding.fix) == (Status.MISSING, Cause.BROKEN.value)
    assert "by no common scale or shift" in finding.detail
    assert not aim(lambda x, y: ((x * 7) % 1900, (y * 5 + x) % 1000)).sees


def test_small_targets_that_are_missed_are_a_warning() -> None:
    finding = judged(lambda x, y: (x + 24 * (-1) ** int(x), y + 27 * (-1) ** int(y)))
    assert finding.status is Status.WARNING and "small targets are missed" in finding.detail


def test_what_follows_the_targets_sees() -> None:
    assert aim(lambda x, y: (x / 1.932, y / 1.092)).sees
    assert not aim(lambda x, y: (5, 5)).sees
    assert not aim(lambda x, y: (x, y), unnamed=5).sees
