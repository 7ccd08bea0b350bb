import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.geometry import Size
from handeye.evals.grounding.boxes import Boxes, BoxRow, detect, misfits
from handeye.evals.samples.dataset import InvalidDataset

SIZE = Size(1000, 800)


def rows(boxes: Boxes, count: int = 40, seed: int = 0, size: Size | None = SIZE) -> list[BoxRow]:
    """Boxes as they are in screenshots: anywhere, small."""
    chance = random.Random(seed)
    found = []
    for index in range(count):
        left, top = chance.randrange(SIZE.width - 120), chance.randrange(SIZE.height - 80)
        width, height = chance.randrange(8, 120), chance.randrange(8, 80)
        numbers = [left, top, left + width, top + height] if "xyxy" in boxes else [left, top, width, height]
        if boxes.is_parts:
            numbers = [n / side for n, side in zip(numbers, (*SIZE, *SIZE), strict=True)]
        a, b, c, d = map(float, numbers)
        found.append(BoxRow(f"row {index}", (a, b, c, d), size))
    return found


@pytest.mark.parametrize("boxes", Boxes)
@given(seed=st.integers(0, 10_000))
def test_each_convention_is_found_out(boxes: Boxes, seed: int) -> None:
    assert detect(rows(boxes, seed=seed))[0] is boxes


def test_a_convention_is_found_out_without_the_sizes_of_images() -> None:
    assert detect(rows(Boxes.XYWH, size=None))[0] is Boxes.XYWH
    assert detect(rows(Boxes.XYXY, size=None), official=Boxes.XYWH)[0] is Boxes.XYWH, "both fit: the official one"


@pytest.mark.parametrize(("first", "second"), [(a, b) for a in Boxes for b in Boxes if a is not b])
def test_a_file_that_is_mixed_up_is_refused(first: Boxes, second: Boxes) -> None:
    mixed = [*rows(first, 60), *rows(second, 20, seed=1)]
    with pytest.raises(InvalidDataset, match=r"not all written in one way.*mixed up or damaged"):
        detect(mixed)


def test_one_wrong_row_of_many_is_not_the_file() -> None:
    damaged = [*rows(Boxes.XYWH, 400), BoxRow("row 400", (990.0, 10.0, 700.0, 20.0), SIZE)]
    assert detect(damaged)[0] is Boxes.XYWH
    assert [row.where for row in misfits(damaged, Boxes.XYWH)] == ["row 400"]


def test_what_the_user_says_is_checked() -> None:
    assert detect(rows(Boxes.XYXY), "xyxy") == (Boxes.XYXY, "as given")
    with pytest.raises(InvalidDataset, match="rows cannot be, such as row"):
        detect(rows(Boxes.XYWH), "xyxy")
    with pytest.raises(InvalidDataset, match=r"cannot be|cover most"):
        detect(rows(Boxes.XYXY), "xywh")
    with pytest.raises(InvalidDataset, match="no box convention 'corners': give xywh"):
        detect(rows(Boxes.XYXY), "corners")


def test_few_rows_may_fit_by_chance() -> None:
    few = [BoxRow("row 0", (10.0, 10.0, 40.0, 40.0), SIZE)]
    with pytest.raises(InvalidDataset, match="could be xywh or xyxy: say which with --boxes"):
        detect(few)
    assert detect(few, official=Boxes.XYXY)[0] is Boxes.XYXY


def test_reversed_corners_and_parts_become_the_same_region() -> None:
    assert Boxes.XYXY.region((30, 40, 10, 20), SIZE) == Boxes.XYWH.region((10, 20, 20, 20), None)
    assert Boxes.PARTS_XYWH.region((0.01, 0.025, 0.02, 0.025), SIZE) == Boxes.XYWH.region((10, 20, 20, 20), None)


def test_a_file_with_some_wrong_rows_can_be_read_by_saying_what_it_is() -> None:
    wrong = [BoxRow(f"row {index}", (990.0, 10.0, 700.0, 20.0), SIZE) for index in range(4)]
    damaged = [*rows(Boxes.XYWH, 200), *wrong]
    with pytest.raises(InvalidDataset, match="say which it is with --boxes"):
        detect(damaged)
    assert detect(damaged, "xywh") == (Boxes.XYWH, "as given, though 4 rows cannot be")


def test_boxes_that_cover_the_image_are_refused_by_that_name() -> None:
    large = [BoxRow(f"row {index}", (10.0, 10.0, 980.0, 780.0), SIZE) for index in range(20)]
    with pytest.raises(InvalidDataset, match="cover most of their image, in whatever way"):
        detect([*rows(Boxes.XYWH), *large])
