"""The numbers of a reply are found whatever the dialect, so that they can be read in other frames."""

import pytest

from handeye.actions.dialects.catalog import DIALECTS
from handeye.actions.dialects.dialect import Inexpressible
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import Click
from handeye.agent.decision import SeenImage
from handeye.evals.doctor.numbers import FRAMES, MODEL, PARTS, SCREENSHOT, THOUSANDTHS, Written, places, written
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.region import Spot

SIZE, SEEN = Size(1920, 1080), Size(1288, 728)
POINT = Point(1200, 340)


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_every_dialect(name: str) -> None:
    dialect = DIALECTS[name]
    model = Point(POINT.x * SEEN.width // SIZE.width, POINT.y * SEEN.height // SIZE.height)
    try:
        text = dialect.write(Click(point=model), Frame("model image", SEEN), thought="It is at the top right (of 2).")
    except Inexpressible:
        pytest.skip(f"{name} cannot say a click")
    prediction = Prediction(
        key="k", sample="s", text=text, actions=(Click(point=POINT),), size=SIZE, image=SeenImage(SEEN, 1)
    )
    found = written(prediction)
    assert found is not None, text
    near = [frame.name for frame in FRAMES if _near(frame.at(found, SIZE, SEEN))]
    expected = {"pixels": MODEL, "thousandths": THOUSANDTHS, "parts": PARTS}[dialect.points.unit]
    assert expected in near, (text, found)


def _near(point: Spot) -> bool:
    return abs(point.x - POINT.x) <= 3 and abs(point.y - POINT.y) <= 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(10, 20)", [Written(10, 20)]),
        ("10 20", [Written(10, 20)]),
        ("[10, 20, 30, 60]", [Written(20, 40)]),
        ('{"x": 0.25, "y": 0.5}', [Written(0.25, 0.5)]),
        ("pyautogui.click(x=10, y=20)", [Written(10, 20)]),
        ("<point>510 150</point>", [Written(510, 150)]),
        ("first (1, 2), then [3, 4]", [Written(1, 2), Written(3, 4)]),
        ("I see 3 buttons in 2 rows", []),
        ("[1, 2, 3]", []),
    ],
)
def test_forms(text: str, expected: list[Written]) -> None:
    assert places(text) == expected


def test_the_place_that_was_read_is_taken_not_one_of_the_thoughts() -> None:
    fields = {"key": "k", "sample": "s", "size": SIZE, "image": SeenImage(SEEN, 1)}
    text = "not (5, 5) but [805, 229], left of [900, 229]"
    read = Prediction.model_validate({**fields, "text": text, "actions": (Click(point=POINT),)})
    assert written(read) == Written(805, 229)
    assert written(Prediction.model_validate({**fields, "text": text})) == Written(900, 229), (
        "the last, if none was read"
    )


def test_a_frame_maps_to_the_screenshot() -> None:
    at = {frame.name: frame.at(Written(500, 250), SIZE, SEEN) for frame in FRAMES}
    assert at[SCREENSHOT] == (500, 250)
    assert at[MODEL] == pytest.approx((745.34, 370.88), abs=0.01)
    assert at[THOUSANDTHS] == (960, 270)
    assert at[PARTS].x > SIZE.width


def test_long_replies_take_no_long_time() -> None:
    assert places("[" * 100_000) == []
    assert places("1," * 50_000 + "x") == []
