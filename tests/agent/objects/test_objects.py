"""Finding, pointing and counting: every form of answer, labels, duplicates, and what is no answer."""

import pytest
from PIL import Image

from handeye.actions.geometry import Box, Point
from handeye.agent.errors import InvalidTask
from handeye.agent.objects.count import count
from handeye.agent.objects.detect import detect
from handeye.agent.objects.errors import AnswerCutOff
from handeye.agent.objects.found import Count, Detection, LabelledPoint, same
from handeye.agent.objects.points import points
from handeye.model.errors import InvalidImage, UnreadableAnswer
from handeye.model.runtime import load_model
from tests.agent.saying import Said, Saying

IMAGE = Image.new("RGB", (400, 200))  # the model sees half of each side
CAT = Detection("cat", Box(20, 40, 60, 80))


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ('[{"bbox_2d": [10, 20, 30, 40], "label": "cat"}]', [CAT]),
        ('```json\n[\n\t{"bbox_2d": [10, 20, 30, 40], "label": "Cat"}\n]\n```', [CAT]),
        ('[{"label": "cat", "bbox_2d": [10, 20, 30, 40]}]', [CAT]),
        ('{"bbox_2d": [10, 20, 30, 40]}', [CAT]),
        ("[{'bbox_2d': [10, 20, 30, 40], 'label': 'cat'}]", [CAT]),
        ("[[10, 20, 30, 40]]", [CAT]),
        ("<|object_ref_start|>cat<|object_ref_end|><|box_start|>(10,20),(30,40)<|box_end|>", [CAT]),
        ('[{"bbox_2d": [[10, 20, 30, 40], [1, 2, 3, 4]], "label": "cat"}]', [CAT, Detection("cat", Box(2, 4, 6, 8))]),
        (
            '[{"bbox_2d": [10, 20, 30, 40], "label": "grey \\"cat\\" {1} \\u00e9"}]',
            [Detection('grey "cat" {1} é', CAT.box)],
        ),
        (
            '[{"bbox_2d": [30, 40, 10.2, 20]}, {"bbox_2d": [150, 90, 900, 900]}]',
            [CAT, Detection("cat", Box(300, 180, 400, 200))],
        ),
        ('[{"bbox_2d": [500, 20, 510, 40]}, {"bbox_2d": [10, 20, 30, 40]}]', [CAT]),
        (
            '[{"bbox_2d": [10, 20, 30, 40], "label": "cat"}, {"bbox_2d": [10, 20, 30, 40], "label": "cat"}]',
            [CAT, CAT._replace(duplicate=True)],
        ),
        (
            '[{"bbox_2d": [10, 20, 30, 40], "label": "cat"}, {"bbox_2d": [10, 20, 30, 40], "label": "dog"}]',
            [CAT, Detection("dog", CAT.box)],
        ),
        ('[{"bbox_2d": [10, 20, 30, 40], "label": "cat"}, {"bbox_2d": [1, 2', [CAT]),
        ("[]", []),
        ("```json\n[]\n```", []),
        ("None", []),
        ("There are no cats in the image.", []),
        ("There is no cat in this picture, only a dog.", []),
        ("The cat is not visible in the image.", []),
    ],
)
def test_answers_with_boxes(answer: str, wanted: list[Detection]) -> None:
    assert detect(Saying([answer]), IMAGE, ["cat"]) == wanted


def test_several_phrases_are_asked_for_at_once() -> None:
    model = Saying(['[{"bbox_2d": [10, 20, 30, 40], "label": "CAT"}, {"bbox_2d": [1, 2, 3, 4]}]'])
    found = detect(model, IMAGE, [" cat ", "big\ndog"], max_new_tokens=99)
    assert found == [CAT, Detection("", Box(2, 4, 6, 8))]
    ((message,),) = model.asked
    assert message.content[1] == (
        "Outline the position of each cat and each big dog and output all the coordinates in JSON format."
    )
    assert model.options == [{"max_new_tokens": 99}]


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (
            '<points x1="10" y1="20" x2="30" y2="40" alt="a cat">cat</points>',
            [("a cat", (21, 41)), ("a cat", (61, 81))],
        ),
        (
            '<points x1="10" y1="20">cat</points> <points x1="30" y1="40">dog &amp; co</points>',
            [("cat", (21, 41)), ("dog & co", (61, 81))],
        ),
        ('<point x="10" y="20">', [("cat", (21, 41))]),
        ('[{"point_2d": [10, 20], "label": "cat"}]', [("cat", (21, 41))]),
        ('{"points": [[10, 20], [30, 40]]}', [("cat", (21, 41)), ("cat", (61, 81))]),
        ('[{"bbox_2d": [10, 20, 30, 40]}]', [("cat", (40, 60))]),
        ("[10, 20]", [("cat", (21, 41))]),
        ("[]", []),
    ],
)
def test_answers_with_points(answer: str, wanted: list[tuple[str, tuple[int, int]]]) -> None:
    model = Saying([answer])
    assert points(model, IMAGE, "cat") == [LabelledPoint(label, Point(*point)) for label, point in wanted]
    assert model.asked[0][0].content[1] == (
        "point to each cat, output its coordinates in XML format <points x y>object</points>"
    )


def test_a_point_that_is_repeated_is_a_duplicate() -> None:
    found = points(Saying(['<points x1="10" y1="20" x2="10" y2="20">cat</points>']), IMAGE, "cat")
    assert [each.duplicate for each in found] == [False, True]


def test_counting() -> None:
    answer = '[{"bbox_2d": [10, 20, 30, 40]}, {"bbox_2d": [10, 20, 30, 40]}, {"bbox_2d": [1, 2, 3, 4]}]'
    counted = count(Saying([answer]), IMAGE, " cat ")
    assert counted == Count("cat", 2, counted.detections, cut_off=False) and len(counted.detections) == 3
    assert count(Saying(["[]"]), IMAGE, "cat") == Count("cat", 0, (), cut_off=False)


def test_a_cut_off_answer_is_no_success() -> None:
    cut = Said('[{"bbox_2d": [10, 20, 30, 40], "label": "cat"}, {"bbox_2d": [1,', "length")
    with pytest.raises(AnswerCutOff, match="cut off after 7 tokens and 1 places") as caught:
        detect(Saying([cut]), IMAGE, ["cat"], max_new_tokens=7)
    assert caught.value.found == (CAT,)
    assert count(Saying([cut]), IMAGE, "cat") == Count("cat", 1, (CAT,), cut_off=True)
    with pytest.raises(AnswerCutOff) as pointed:
        points(Saying([Said('<points x1="10" y1="20" x2="3', "length")]), IMAGE, "cat")
    assert pointed.value.found == (LabelledPoint("cat", Point(21, 41)),)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("I like turtles.", "no box and no point"),
        ("", "no box and no point"),
        ('[{"bbox_2d": [900, 20, 910, 40]}]', "outside the image of 200x100"),
        ('{"point_2d": [1, 2]}', "answered with points"),
    ],
)
def test_what_is_no_answer(answer: str, reason: str) -> None:
    with pytest.raises(UnreadableAnswer, match=reason):
        detect(Saying([answer]), IMAGE, ["cat"])


def test_phrases_and_images_that_cannot_be_asked_about() -> None:
    with pytest.raises(InvalidTask, match="nothing to find is named"):
        detect(Saying([]), IMAGE, [])
    with pytest.raises(InvalidTask, match="what to find is empty"):
        detect(Saying([]), IMAGE, ["cat", " "])
    with pytest.raises(InvalidTask, match="what to find is empty"):
        points(Saying([]), IMAGE, "")
    with pytest.raises(TypeError, match="a single string"):
        detect(Saying([]), IMAGE, "cat")
    with pytest.raises(InvalidImage, match="900x2"):
        count(Saying([]), Image.new("RGB", (900, 2)), "cat")


def test_boxes_that_are_nearly_the_same() -> None:
    assert same(Box(0, 0, 100, 100), Box(1, 1, 100, 100))
    assert not same(Box(0, 0, 100, 100), Box(10, 0, 100, 100))
    assert not same(Box(0, 0, 10, 10), Box(10, 0, 20, 10))


def test_a_real_network_answers_something() -> None:
    model = load_model("handeye-tiny", device="cpu")
    for ask in (
        lambda: detect(model, IMAGE, ["cat"], max_new_tokens=8),
        lambda: points(model, IMAGE, "cat", max_new_tokens=8),
    ):
        try:
            assert all(type(each.label) is str for each in ask())
        except UnreadableAnswer as error:
            assert "\n" not in str(error)
