"""What is said of coloured squares: blind, colour-blind, broken, or only once mistaken."""

import pytest

from handeye.agent.examine.sight import Look, judge
from handeye.agent.examine.square import PAINT, SIDE, Colour, draw
from handeye.environments.doctor.finding import Status

R, B, G, Y = Colour


@pytest.mark.parametrize("colour", Colour)
def test_a_square_has_its_colour(colour: Colour) -> None:
    picture = draw(colour)
    assert picture.size == (SIDE, SIDE)
    assert picture.getpixel((SIDE // 2, SIDE // 2)) == PAINT[colour]
    assert picture.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Red", "red"),
        ("The square is **blue**.", "blue"),
        ("绿色", "green"),
        ("red, blue, green or yellow", None),
        ("purple", "another"),
        ("I cannot see any image.", None),
        ("It bored me", None),
        ("", None),
    ],
)
def test_the_colour_that_is_named(text: str, said: str | None) -> None:
    assert Look(R, text).said == said


@pytest.mark.parametrize(
    ("answers", "points_well", "status", "detail"),
    [
        ("red blue green yellow", False, Status.OK, "4 of 4"),
        ("red purple green yellow", False, Status.OK, "3 of 4"),
        ("red red red red", False, Status.MISSING, "it does not see images: it says 'red' to every colour"),
        ("none none none none", False, Status.MISSING, "it does not see images: it says 'none' to every colour"),
        ("black purple none white", False, Status.MISSING, "it does not see images: it says 'black' to a red square"),
        ("red green blue red", False, Status.MISSING, "it does not see images"),
        ("red red red yellow", False, Status.MISSING, "it sees badly: 2 of 4"),
        ("blue red green yellow", True, Status.MISSING, "takes red for blue"),
        ("!!!!!!!! !!!!!!!! !!!!!!!! red", False, Status.MISSING, "images break it: it says '!!!!!!!!'"),
        ("(3,4) (3,4) (3,4) (3,4)", True, Status.OK, "names no colours"),
        ("red red red red", True, Status.WARNING, "it finds what is drawn, but names 1 of 4"),
    ],
)
def test_answers(answers: str, points_well: bool, status: Status, detail: str) -> None:
    looks = [Look(colour, text) for colour, text in zip(Colour, answers.split(), strict=True)]
    finding = judge(looks, points_well, "blind", "broken")
    assert finding.status is status and detail in finding.detail, finding
    expected = {"images break it": "broken", "it sees badly": "broken"}
    if status is not Status.OK:
        assert finding.fix == expected.get(finding.detail.partition(":")[0], "blind")
