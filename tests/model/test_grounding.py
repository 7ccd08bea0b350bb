"""Reading places out of answers, as models really write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.geometry import Box, Point, Size
from handeye.model.errors import UnreadableAnswer
from handeye.model.grounding import places, question

SEEN, SIZE = Size(280, 140), Size(560, 280)  # the caller's image is twice as large as what the model sees


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ('[{"bbox_2d": [10, 20, 30, 40], "label": "OK"}]', [Box(20, 40, 60, 80)]),
        ('```json\n[\n\t{"bbox_2d": [10, 20, 30, 40], "label": "OK"}\n]\n```', [Box(20, 40, 60, 80)]),
        ('[{"bbox_2d": [10, 20, 30, 40]}, {"bbox_2d": [1, 2, 3, 4]}]', [Box(20, 40, 60, 80), Box(2, 4, 6, 8)]),
        ('Here: [{"point_2d": [10, 20], "label": "x"}], as asked.', [Point(21, 41)]),
        ('<points x1="10" y1="20" x2="30" y2="40" alt="x">x</points>', [Point(21, 41), Point(61, 81)]),
        ('<point x="10.5" y="20.4">', [Point(21, 41)]),
        ("[{'bbox_2d': [10, 20, 30, 40]}", [Box(20, 40, 60, 80)]),
        ('[{"bbox_2d": [10, 20, 30, 40]}, {"bbox_2d": [1, 2, 3', [Box(20, 40, 60, 80)]),
        ('{"bbox_2d": [10.0, 20.2, 29.6, 40]}', [Box(20, 40, 60, 80)]),
        ('{"bbox_2d": [30, 40, 10, 20]}', [Box(20, 40, 60, 80)]),
        ('{"bbox_2d": [-5, 100, 300, 150]}', [Box(0, 200, 560, 280)]),
        ('{"bbox_2d": [0, 0, 280, 140]}', [Box(0, 0, 560, 280)]),
        ('{"bbox_2d": [10, 20, 10, 20]}', [Box(20, 40, 22, 42)]),
        ('{"point_2d": [0, 0]}', [Point(1, 1)]),
        ('{"point_2d": [282, 141]}', [Point(559, 279)]),
        ('{"bbox_2d": [900, 900, 950, 950]}, {"bbox_2d": [1, 2, 3, 4]}', [Box(2, 4, 6, 8)]),
        ("[]", []),
        ("```json\n[\n]\n```", []),
    ],
)
def test_answers(answer: str, wanted: list[Box | Point]) -> None:
    assert places(answer, SEEN, SIZE) == wanted


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("There is no such button.", "no box and no point: 'There is no such button.'"),
        ("", "no box and no point"),
        ('{"bbox_2d": [1, 2, 3]}', "no box and no point"),
        ('{"bbox_2d": [NaN, Infinity, 1e99, 0]}', "no box and no point"),
        ('{"point_2d": [400, 10]}', "outside the image of 280x140"),
        ('{"bbox_2d": [300, 10, 320, 20]}', "outside the image of 280x140"),
    ],
)
def test_what_is_no_answer(answer: str, reason: str) -> None:
    with pytest.raises(UnreadableAnswer, match=reason) as caught:
        places(answer, SEEN, SIZE)
    assert "\n" not in str(caught.value)


@given(st.text() | st.from_regex(r'\{"(bbox_2d|point_2d)": \[(-?\d{1,12}(\.\d)?, ?){1,4}-?\d{1,12}\]'))
def test_any_text_gives_places_in_the_image_or_the_error(answer: str) -> None:
    try:
        found = places(answer, SEEN, SIZE)
    except UnreadableAnswer:
        return
    whole = Box(0, 0, *SIZE)
    for place in found:
        corners = [place] if isinstance(place, Point) else [Point(*place[:2]), Point(place.right - 1, place.bottom - 1)]
        assert all(whole.contains(corner) for corner in corners)


def test_the_question() -> None:
    assert question(" the OK button ") == "Locate the OK button, output its bbox coordinates using JSON format."
