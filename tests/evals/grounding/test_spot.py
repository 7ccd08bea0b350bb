"""The exact place of an answer, against the arithmetic of the reference scripts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.dialects.dialect import Seen
from handeye.actions.dialects.grounding.points import POINTS
from handeye.actions.dialects.grounding.prefilled import PREFILLED
from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.schema import Click
from handeye.agent.prompts.catalog import PROFILES
from handeye.agent.prompts.profile import CheckpointProfile
from handeye.evals.grounding.judges import PointInTarget
from handeye.evals.grounding.sample import GroundingSample
from handeye.evals.grounding.spot import exact_spot
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.region import Region, Spot

SIZE = Size(1000, 800)
WHOLE = Box(0, 0, 2000, 1600)


def place(text: str, part: Box = WHOLE) -> Spot | None:
    return exact_spot(POINTS, text, SIZE, part)


def test_pixels_of_the_model_become_parts_of_the_image() -> None:
    assert place('[{"point_2d": [333, 401]}]') == Spot(666.0, 802.0)
    assert place('[{"point_2d": [33.25, 0]}]') == Spot(66.5, 0.0), "digits after the point count"
    assert place('[{"bbox_2d": [10, 20, 11, 23]}]') == Spot(21.0, 43.0), "the middle of a box"
    assert place('[{"point_2d": [500, 400]}]', Box(100, 200, 1100, 1000)) == Spot(600.0, 600.0), "of a part"


def test_a_place_outside_of_the_image_stays_there() -> None:
    assert place('[{"point_2d": [1003, 400]}]') == Spot(2006.0, 800.0)
    assert place('[{"point_2d": [-3, 400]}]') == Spot(-6.0, 800.0)


@pytest.mark.parametrize("text", ["no idea", "[]", '[{"point_2d": "left"}]', '[{"point_2d": [NaN, 4]}]'])
def test_no_numbers_are_no_place(text: str) -> None:
    assert place(text) is None


@pytest.mark.parametrize(
    "profile", [each for each in PROFILES.values() if each.grounder is not None], ids=lambda profile: profile.name
)
def test_numbers_in_a_thought_are_not_the_answer(profile: CheckpointProfile) -> None:
    assert profile.grounder is not None
    answer = profile.grounder.answer
    text = f"<think>Near (100, 200), or [5, 6]?</think>\n<answer>{answer.form(700, 600)}</answer>"
    (click,) = answer.read(text, Seen(Frame("model image", SIZE))).actions
    spot = exact_spot(answer, text, SIZE, Box(0, 0, *SIZE))
    assert spot is None or (int(spot.x), int(spot.y)) == click.point


@given(
    seen=st.tuples(st.integers(1, 100), st.integers(1, 100)),
    image=st.tuples(st.integers(28, 6000), st.integers(28, 6000)),
    box=st.tuples(*[st.integers(0, 6000)] * 4),
    point=st.tuples(*[st.integers(-50, 3000)] * 2),
)
def test_verdicts_are_those_of_the_reference(
    seen: tuple[int, int], image: tuple[int, int], box: tuple[int, int, int, int], point: tuple[int, int]
) -> None:
    """As eval_screenspot_pro.py of likaixin2000/ScreenSpot-Pro-GUI-Grounding: parts of the image, edges included."""
    model = Size(seen[0] * 28, seen[1] * 28)
    left, top, right, bottom = box
    left, right = sorted((left, right))
    top, bottom = sorted((top, bottom))
    x, y = point[0] / model.width, point[1] / model.height
    reference = left / image[0] <= x <= right / image[0] and top / image[1] <= y <= bottom / image[1]
    text = f'<tool_call>\n{{"name": "computer_use", "arguments": {{"coordinate": {list(point)}}}}}\n</tool_call>'
    spot = exact_spot(PREFILLED, text, model, Box(0, 0, *image))
    assert judged(Region.box(left, top, right, bottom), spot) == reference


@given(
    corner=st.tuples(st.integers(1, 99), st.integers(1, 99)),
    scale=st.integers(1, 60),
    offset=st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
def test_an_answer_on_an_edge_is_right(corner: tuple[int, int], scale: int, offset: tuple[int, int]) -> None:
    """Where the model sees the image smaller by a whole number, edges fall on what it can answer."""
    model = Size(2800, 2800)
    x, y = corner[0] * scale, corner[1] * scale
    spot = exact_spot(POINTS, f"({corner[0]}, {corner[1]})", model, Box(0, 0, 2800 * scale, 2800 * scale))
    assert judged(Region.box(x, y, x + offset[0], y + offset[1]), spot)
    assert judged(Region.box(x - offset[0], y - offset[1], x, y), spot)


def judged(target: Region, spot: Spot | None) -> bool:
    sample = GroundingSample(id="a", image=Path("a.png"), instruction="it", cluster="a", target=target)
    prediction = Prediction(key="k", sample="a", spot=spot, actions=(Click(point=Point(0, 0)),))
    return PointInTarget().judge(sample, prediction).correct
