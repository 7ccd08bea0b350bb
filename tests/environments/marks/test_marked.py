"""Numbered boxes: what is drawn, and an environment that is seen with them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Click
from handeye.environments.contract.check import check_environment
from handeye.environments.element import Element
from handeye.environments.elements import ElementsUnknown, reading_order
from handeye.environments.environment import Environment
from handeye.environments.errors import ActionRejected, EnvironmentLost, InvalidOption
from handeye.environments.marks.choice import choose
from handeye.environments.marks.environment import MarkedEnvironment
from handeye.environments.marks.overlay import draw_marks
from handeye.environments.scripted import ScriptedEnvironment

OK = Element(Box(40, 60, 100, 90), "button", "OK")
FIELD = Element(Box(120, 60, 280, 90), "textbox", "Name", editable=True)


class Telling(ScriptedEnvironment):
    """Screens that tell of the elements that a test gives."""

    told: tuple[Element, ...] = (OK, FIELD)
    error: HandeyeError | None = None

    def elements(self) -> tuple[Element, ...]:
        if self.error is not None:
            raise self.error
        return self.told


def screen(shade: str = "white") -> Image.Image:
    return Image.new("RGB", (320, 200), shade)


def drawn(image: Image.Image, *boxes: Box) -> Image.Image:
    return Image.open(io.BytesIO(draw_marks(image, boxes)))


def changed(before: Image.Image, after: Image.Image, box: Box) -> bool:
    return ImageChops.difference(before.crop(box), after.crop(box)).getbbox() is not None


def test_an_observation_carries_the_marks_and_their_picture() -> None:
    plain = ScriptedEnvironment([screen()])
    with MarkedEnvironment(Telling([screen(), screen("gray")])) as environment:
        assert (environment.name, environment.supported) == (plain.name, plain.supported)
        seen = environment.reset()
        assert seen.marks == (OK, FIELD)
        assert (seen.size, seen.image.size, seen.notices) == (Size(320, 200), (320, 200), ())
        assert seen.image.tobytes() == drawn(screen(), OK.box, FIELD.box).tobytes() != screen().tobytes()
        after = environment.execute(Click(point=OK.box.center))
        assert after.marks == (OK, FIELD)
        assert environment.observe().image.tobytes() == after.image.tobytes()
        assert environment.elements() == (OK, FIELD)
    with pytest.raises(EnvironmentLost):
        environment.observe()


@pytest.mark.parametrize("error", [ElementsUnknown("the page does not say"), EnvironmentLost("gone")])
def test_what_cannot_be_told_is_a_notice_and_no_failure(error: HandeyeError) -> None:
    inner = Telling([screen()])
    inner.error = error
    seen = MarkedEnvironment(inner).reset()
    assert seen.marks == ()
    assert seen.image.tobytes() == screen().tobytes()
    assert seen.notices == (f"This screenshot has no numbered elements: {error}.",)


def test_a_failure_of_the_environment_stays_one() -> None:
    environment = MarkedEnvironment(Telling([screen()], errors={0: ActionRejected("not now")}))
    environment.reset()
    with pytest.raises(ActionRejected):
        environment.execute(Click(point=Point(1, 1)))


def test_an_environment_without_elements_is_refused() -> None:
    with pytest.raises(InvalidOption, match="scripted"):
        MarkedEnvironment(ScriptedEnvironment([screen()]))
    with pytest.raises(InvalidOption):
        MarkedEnvironment(Telling([screen()]), most=0)


def test_there_is_room_for_so_many_marks_only() -> None:
    inner = Telling([screen()])
    seen = MarkedEnvironment(inner, most=1).reset()
    assert seen.marks == (OK,)
    assert seen.notices == ("Only the first 1 of 2 elements are numbered.",)
    inner.told = ()
    assert MarkedEnvironment(inner).observe().image.tobytes() == screen().tobytes()


def test_it_keeps_the_contract_of_environments() -> None:
    def lose(environment: Environment) -> None:
        assert isinstance(environment, MarkedEnvironment)
        assert isinstance(environment.environment, Telling)
        environment.environment.lose()

    checked = check_environment(
        lambda: MarkedEnvironment(Telling([screen(), screen("gray")])), effect=Click(point=OK.box.center), lose=lose
    )
    assert len(checked) > 5


def test_one_thing_gets_one_mark() -> None:
    same = Element(Box(41, 61, 99, 89), "span", "")
    row = Element(Box(30, 50, 310, 100), "row", "a row whose middle is the field")
    icon = Element(Box(45, 65, 55, 75), "img", "beside the middle of OK")
    assert choose((row, same, OK, icon, FIELD, FIELD), Size(320, 200)) == (OK, icon, FIELD)


def test_a_text_of_a_button_is_the_button() -> None:
    row = Element(Box(30, 50, 310, 100), "row", "Wi-Fi, on")
    texts = [
        Element(Box(40, 60, 300, 90), "text", "Wi-Fi", part=True),
        Element(Box(40, 80, 90, 95), "text", "on", part=True),
    ]
    assert choose([row, *texts], Size(320, 240)) == (row,)


def test_what_lies_outside_is_cut_off_or_left_out() -> None:
    partly, outside = Element(Box(-10, -10, 20, 20), "a", ""), Element(Box(320, 0, 330, 10), "b", "")
    assert choose((partly, outside), Size(320, 200)) == (partly._replace(box=Box(0, 0, 20, 20)),)


@pytest.mark.parametrize("shade", ["white", "black", "#808080", "#c62828", "#1551b5"])
def test_an_outline_shows_on_any_ground_and_hides_nothing_of_its_box(shade: str) -> None:
    before = screen(shade)
    after = drawn(before, OK.box)
    assert not changed(before, after, OK.box)
    left, _, right, bottom = OK.box
    sides = (Box(left - 3, 70, left, 71), Box(right, 70, right + 3, 71), Box(70, bottom, 71, bottom + 3))
    assert all(changed(before, after, side) for side in sides)


def test_a_number_stands_beside_its_box_and_not_on_text() -> None:
    before = screen()
    # What is above, below and to the left is text; to the right nothing is.
    busy = Image.effect_noise((320, 200), 90).convert("RGB")
    before.paste(busy.crop((0, 0, 99, 200)), (0, 0))
    after = drawn(before, OK.box)
    assert changed(before, after, Box(OK.box.right + 3, 50, 160, 100))
    assert not changed(before, after, Box(0, 0, OK.box.left - 3, 200))


def test_small_boxes_side_by_side_keep_their_numbers_apart() -> None:
    boxes = [
        Box(100 + 26 * column, 60 + 26 * row, 112 + 26 * column, 72 + 26 * row) for column in (0, 1) for row in (0, 1)
    ]
    before = screen()
    after = drawn(before, *boxes)
    assert not any(changed(before, after, box) for box in boxes)


@given(
    st.lists(st.tuples(*[st.integers(0, 60)] * 4), min_size=1, max_size=30),
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
)
def test_any_elements_on_any_screen_are_drawn(corners: list[tuple[int, int, int, int]], size: tuple[int, int]) -> None:
    elements = [Element(Box(x, y, x + w, y + h), "a", "") for x, y, w, h in corners]
    marks = choose(elements, Size(*size))
    assert len({mark.box for mark in marks}) == len(marks)
    assert drawn(Image.new("RGB", size), *(mark.box for mark in marks)).size == size


def test_elements_are_told_line_by_line() -> None:
    def at(left: int, top: int) -> Element:
        return Element(Box(left, top, left + 30, top + 20), "a", "")

    told = [at(50, 100), at(100, 3), at(10, 6), at(50, 0), at(10, 105)]
    assert [element.box[:2] for element in reading_order(told)] == [(10, 6), (50, 0), (100, 3), (10, 105), (50, 100)]
