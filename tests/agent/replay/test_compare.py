"""What passes for the same screen, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from handeye.actions.geometry import Box, Size
from handeye.agent.replay.compare import Difference, Region, compare, same_shape
from handeye.agent.replay.compare_picture import difference_picture

SIZE = (320, 200)
Colours = tuple[str, str]
"""Of the text and of its ground."""
BLACK_ON_WHITE, GREY_ON_DARK = ("black", "white"), ("#aaaaaa", "#282828")
GREY_ON_WHITE, DARK_ON_GREY = ("#9aa0a6", "white"), ("#3c3c3c", "#787878")


def screen(*, label: str = "Save", total: str = "Total: 16", caret: int | None = None, scale: int = 1) -> Image.Image:
    """A form with a button, as a program draws it at a scale."""
    image = Image.new("RGB", (SIZE[0] * scale, SIZE[1] * scale), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(13 * scale)

    def box(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
        return left * scale, top * scale, right * scale - 1, bottom * scale - 1

    draw.rectangle(box(20, 120, 120, 150), fill="#dddddd", outline="#555555")
    draw.text((40 * scale, 127 * scale), label, "black", font)
    draw.text((20 * scale, 20 * scale), total, "black", font)
    draw.rectangle(box(20, 60, 220, 84), outline="#777777")
    if caret is not None:
        draw.rectangle(box(caret, 64, caret + 1, 80), fill="black")
    return image


def test_a_screen_is_equal_to_itself() -> None:
    assert compare(screen(), screen()) == Difference()


@pytest.mark.parametrize("shift", [0.1, 0.2])
def test_edges_drawn_a_part_of_a_pixel_further_are_tolerated(shift: float) -> None:
    moved = screen().transform(SIZE, Image.Transform.AFFINE, (1, 0, -shift, 0, 1, 0), Image.Resampling.BILINEAR)
    assert moved.tobytes() != screen().tobytes()
    assert compare(screen(), moved).matches


def test_shades_that_nobody_can_tell_apart_are_tolerated() -> None:
    assert compare(screen(), screen().point(lambda value: max(0, value - 12))).amount == 0


def line(text: str, size: int = 13, colours: Colours = BLACK_ON_WHITE) -> Image.Image:
    """A line of text."""
    foreground, ground = colours
    image = Image.new("RGB", SIZE, ground)
    ImageDraw.Draw(image).text((20, 20), text, foreground, ImageFont.load_default(size))
    return image


@pytest.mark.parametrize("size", [13, 20, 24])
@pytest.mark.parametrize(
    ("before", "after"),
    [("Volume I", "Volume II"), ("World War I", "World War II"), ("Delete all", "Delete al"), ("a b", "a | b")],
)
def test_a_letter_that_is_only_a_stroke_is_seen(before: str, after: str, size: int) -> None:
    assert not compare(line(before, size=size), line(after, size=size)).matches


@pytest.mark.parametrize(("before", "after"), [(None, 40), (40, None), (40, 100)])
def test_a_caret_is_a_stroke_too(before: int | None, after: int | None) -> None:
    assert not compare(screen(caret=before), screen(caret=after)).matches


@pytest.mark.parametrize("colours", [BLACK_ON_WHITE, GREY_ON_DARK, GREY_ON_WHITE, DARK_ON_GREY])
@pytest.mark.parametrize("size", [13, 14, 16])
def test_a_digit_is_seen_in_any_colour(size: int, colours: Colours) -> None:
    for before, after in (("Amount 6 EUR", "Amount 8 EUR"), ("Room 0", "Room 8"), ("Total 17", "Total 11")):
        assert not compare(line(before, size, colours), line(after, size, colours)).matches


@pytest.mark.parametrize("colours", [BLACK_ON_WHITE, GREY_ON_DARK, GREY_ON_WHITE, DARK_ON_GREY])
def test_edges_may_move_by_the_same_in_any_colour(colours: Colours) -> None:
    text = line("The quick brown fox 0689", colours=colours)
    for shift in (0.05, 0.1):
        moved = text.transform(SIZE, Image.Transform.AFFINE, (1, 0, -shift, 0, 1, 0), Image.Resampling.BILINEAR)
        assert compare(text, moved).matches


@pytest.mark.parametrize(
    ("before", "after"), [("white", "#e8f0fe"), ("white", "#e6e6e6"), ("#00a000", "#1eaa14"), ("#202124", "#35363a")]
)
def test_a_flat_area_that_has_changed_its_shade_is_seen(before: str, after: str) -> None:
    screens = [screen(), screen()]
    for image, shade in zip(screens, (before, after), strict=True):
        image.paste(shade, (230, 20, 266, 40))
    (change,) = compare(*screens).changes
    assert change.box == Box(230, 20, 266, 40)


@pytest.mark.parametrize("total", ["Total: 18", "Total: 76", "Total: 16 EUR", ""])
def test_a_text_that_has_changed_is_seen(total: str) -> None:
    difference = compare(screen(), screen(total=total))
    (change,) = difference.changes
    assert change.box.left >= 20 and change.box.bottom <= 40
    assert difference.box == change.box


@pytest.mark.parametrize(("before", "after"), [("8", "3"), ("c", "e"), ("l", "1"), ("O", "0"), (".", ","), ("1", "")])
def test_one_letter_is_seen(before: str, after: str) -> None:
    assert not compare(screen(total=f"Item {before}"), screen(total=f"Item {after}")).matches


def test_a_button_that_says_something_else_is_seen() -> None:
    difference = compare(screen(), screen(label="Send"))
    assert difference.amount > 0.1
    assert Box(20, 120, 120, 150).contains(difference.changes[0].box.center)


def test_the_greatest_of_several_changes_comes_first() -> None:
    other = screen(total="Total: 18")
    ImageDraw.Draw(other).rectangle((230, 150, 300, 190), fill="black")
    difference = compare(screen(), other)
    assert [change.box.center.x > 200 for change in difference.changes] == [True, False]
    assert difference.amount == difference.changes[0].amount == 1.0
    assert difference.box is not None and difference.box.size.width > 150


def test_a_higher_tolerance_lets_more_pass() -> None:
    difference = compare(screen(), screen(label="Send"), tolerance=0.9)
    assert difference.matches and difference.amount > 0.1


@pytest.mark.parametrize("region", [Region(0, 110, 320, 160), Region(0, 110), Region(0, 0), Region(20, 110, 4000, 150)])
def test_what_is_ignored_does_not_count(region: Region) -> None:
    assert compare(screen(), screen(label="Send"), ignore=[region]).matches


@pytest.mark.parametrize("region", [Region(0, 0, 320, 100), Region(400, 0), Region(0, 500, None, 600)])
def test_what_lies_elsewhere_still_counts(region: Region) -> None:
    assert not compare(screen(), screen(label="Send"), ignore=[region]).matches


def test_the_same_screen_at_another_scale_matches() -> None:
    assert compare(screen(), screen(scale=2)).matches
    assert compare(screen(scale=2), screen()).matches


def test_a_change_at_another_scale_is_found_where_it_is() -> None:
    other = screen(scale=2)
    ImageDraw.Draw(other).rectangle((480, 300, 600, 380), fill="black")
    for recorded, now, factor in ((screen(), other, 1), (other, screen(), 2)):
        box = compare(recorded, now).changes[0].box
        assert all(abs(edge - factor * true) <= 4 for edge, true in zip(box, (240, 150, 301, 191), strict=True))


def test_a_screen_of_another_shape_is_another_screen() -> None:
    difference = compare(screen(), screen().rotate(90, expand=True))
    assert (difference.reshaped, difference.amount, difference.box) == (True, 1.0, Box(0, 0, *SIZE))


def test_another_screen_altogether_is_one_change() -> None:
    checkered = Image.effect_noise((1280, 720), 200).convert("RGB")
    difference = compare(Image.new("RGB", (1280, 720)), checkered)
    assert len(difference.changes) == 1 and difference.amount > 0.3


@given(
    st.tuples(st.integers(0, 63), st.integers(0, 47), st.integers(4, 40), st.integers(4, 40)),
    st.integers(40, 255),
)
def test_a_patch_is_found_wherever_it_is(patch: tuple[int, int, int, int], shade: int) -> None:
    left, top, width, height = patch
    right, bottom = min(left + width, 64), min(top + height, 48)
    if right - left < 4 or bottom - top < 4:
        return
    plain, patched = Image.new("RGB", (64, 48)), Image.new("RGB", (64, 48))
    patched.paste((shade, shade, shade), (left, top, right, bottom))
    there, back = compare(plain, patched, tolerance=0.0), compare(patched, plain, tolerance=0.0)
    assert there.box == back.box == Box(left, top, right, bottom)
    assert there.amount == pytest.approx(back.amount)
    assert 0 < there.amount <= 1
    assert compare(plain, patched, ignore=[Region(left, top, right, bottom)], tolerance=0.0) == Difference()


def test_shapes_are_told_apart() -> None:
    assert same_shape(Size(1280, 720), Size(1707, 960))
    assert not same_shape(Size(1280, 720), Size(720, 1280))
    assert not same_shape(Size(1280, 720), Size(1280, 760))


def test_the_picture_frames_what_differs() -> None:
    now = screen(label="Send")
    picture = difference_picture(screen(), now, compare(screen(), now), [Region(0, 0, None, 40)])
    assert picture.size == now.size
    red = [
        (x, y) for x in range(picture.width) for y in range(picture.height) if picture.getpixel((x, y)) == (214, 0, 60)
    ]
    assert red and all(20 <= x <= 120 and 115 <= y <= 150 for x, y in red)
    turned = screen().rotate(90, expand=True)
    assert difference_picture(screen(), turned, compare(screen(), turned)).size == SIZE
