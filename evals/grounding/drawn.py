"""Drawn screenshots with known targets, written in the layout of each benchmark: what the self-tests ask about."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from PIL import Image, ImageDraw

from handeye.actions.geometry import Box, Size
from handeye.evals.grounding.boxes import Boxes

IMAGES: Final = 6
PER_IMAGE: Final = 4
_SIZES: Final = (Size(640, 400), Size(300, 600), Size(800, 450))
_SEED: Final = 7


class Drawn(NamedTuple):
    """A rectangle that was drawn."""

    image: str
    size: Size
    box: Box
    number: int


Layout = Callable[[Path, Sequence[Drawn], Boxes], None]
"""Writes the files of a benchmark about drawn targets, with boxes of a convention."""


def draw(folder: Path) -> list[Drawn]:
    """Draw the images in `folder` and return their targets: one in each quarter; the first one has the middle."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(_SEED)
    drawn = []
    for number in range(IMAGES):
        size = _SIZES[number % len(_SIZES)]
        picture = Image.new("RGB", size, "white")
        pen = ImageDraw.Draw(picture)
        for quarter in range(PER_IMAGE):
            box = _box(chance, size, quarter)
            pen.rectangle((box.left, box.top, box.right, box.bottom), fill=(40, 60 * quarter, 200))
            drawn.append(Drawn(f"{number}.png", size, box, number * PER_IMAGE + quarter))
        picture.save(folder / f"{number}.png")
    return drawn


def written(target: Drawn, boxes: Boxes) -> list[float]:
    """Return the four numbers of a target in a convention."""
    left, top, right, bottom = map(float, target.box)
    width, height = target.size if boxes.is_parts else (1, 1)
    corner = [left / width, top / height]
    far = [right / width, bottom / height]
    return [*corner, *(far if boxes in {Boxes.XYXY, Boxes.PARTS_XYXY} else [far[0] - corner[0], far[1] - corner[1]])]


def _box(chance: random.Random, size: Size, quarter: int) -> Box:
    width, height = size.width // 2, size.height // 2
    left, top = width * (quarter % 2), height * (quarter // 2)
    if quarter == 0:  # reaches over the middle of the image
        return Box(left + width // 2, top + height // 2, width + width // 8, height + height // 8)
    inner_left, inner_top = left + width // 4 + chance.randrange(width // 4), top + height // 4 + chance.randrange(9)
    return Box(inner_left, inner_top, inner_left + width // 4, inner_top + height // 3)


def _screenspot(suffix: str) -> Layout:
    def write(folder: Path, drawn: Sequence[Drawn], boxes: Boxes) -> None:
        for place, platform in enumerate(("mobile", "desktop", "web")):
            rows = [
                {
                    "img_filename": each.image,
                    "bbox": written(each, boxes),
                    "instruction": f"rectangle {each.number}",
                    "data_type": ("text", "icon")[each.number % 2],
                    "data_source": "drawn",
                }
                for each in drawn
                if each.number // PER_IMAGE % 3 == place
            ]
            _write(folder / f"screenspot_{platform}{suffix}.json", rows)

    return write


def _pro(folder: Path, drawn: Sequence[Drawn], boxes: Boxes) -> None:
    for application, rest in (("word_macos", 0), ("blender_windows", 1)):
        rows = [
            {
                "id": f"{application}_{each.number}",
                "img_filename": each.image,
                "bbox": written(each, boxes),
                "instruction": f"rectangle {each.number}",
                "application": application.split("_")[0],
                "platform": application.split("_")[1],
                "img_size": list(each.size),
                "ui_type": ("text", "icon")[each.number % 2],
                "group": ("Office", "Creative")[rest],
            }
            for each in drawn
            if each.number // PER_IMAGE % 2 == rest
        ]
        _write(folder / "annotations" / f"{application}.json", rows)


def _osworld_g(folder: Path, drawn: Sequence[Drawn], boxes: Boxes) -> None:
    rows = [
        {
            "id": str(each.number),
            "image_path": each.image,
            "image_size": list(each.size),
            "instruction": f"rectangle {each.number}",
            **_osworld_target(each, boxes),
            "GUI_types": [("Button", "Icon")[each.number % 2]],
        }
        for each in drawn
    ]
    _write(folder / "OSWorld-G.json", rows)


def _osworld_target(each: Drawn, boxes: Boxes) -> Mapping[str, Any]:
    left, top, right, bottom = each.box
    if each.number % PER_IMAGE == 2:
        corners = [left, top, right, top, right, bottom, left, bottom]
        return {"box_type": "polygon", "box_coordinates": corners}
    if each.number % 8 == 3:
        return {"box_type": "refusal", "box_coordinates": [-1, -1, -1, -1]}
    return {"box_type": "bbox", "box_coordinates": written(each, boxes)}


def _ui_vision(folder: Path, drawn: Sequence[Drawn], boxes: Boxes) -> None:
    for place, split in enumerate(("basic", "functional", "spatial")):
        rows = []
        for each in drawn:
            if each.number // PER_IMAGE % 3 != place:
                continue
            left, top, right, bottom = written(each, boxes)
            reversed_box = [right, bottom, left, top] if each.number % 2 else [left, top, right, bottom]
            rows.append(
                {
                    "image_path": each.image,
                    "prompt_to_evaluate": f"rectangle {each.number}",
                    "bbox": reversed_box,
                    "platform": "drawn",
                    "element_type": "Button",
                }
            )
        _write(folder / "annotations" / "element_grounding" / f"element_grounding_{split}.json", rows)


def _mmbench_gui(folder: Path, drawn: Sequence[Drawn], boxes: Boxes) -> None:
    rows = [
        {
            "index": each.number,
            "image_path": each.image,
            "instruction": f"rectangle {each.number}",
            "bbox": written(each, boxes),
            "grounding_type": ("basic", "advanced")[each.number % 2],
            "platform": "web",
        }
        for each in drawn
    ]
    _write(folder / "L2_annotations.json", rows)


def _own_file(folder: Path, drawn: Sequence[Drawn], boxes: Boxes) -> None:
    lines = [
        json.dumps(
            {
                "image": f"images/{each.image}",
                "instruction": f"rectangle {each.number}",
                "bbox": written(each, boxes),
                "box": boxes.value,
            }
        )
        for each in drawn
    ]
    (folder / "targets.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows), encoding="utf-8")


LAYOUTS: Final[Mapping[str, tuple[Layout, str, tuple[Boxes, ...]]]] = {
    "screenspot": (_screenspot(""), "screenspot_imgs", tuple(Boxes)),
    "screenspot-v2": (_screenspot("_v2"), "screenspotv2_image", tuple(Boxes)),
    "screenspot-pro": (_pro, "images", tuple(Boxes)),
    "osworld-g": (_osworld_g, "images", (Boxes.XYWH, Boxes.PARTS_XYWH)),
    "ui-vision": (_ui_vision, "images", (Boxes.XYXY, Boxes.PARTS_XYXY)),
    "mmbench-gui": (_mmbench_gui, "offline_images/web", tuple(Boxes)),
    "grounding": (_own_file, "images", tuple(Boxes)),
}
"""By benchmark: what writes its files, the folder of its images, and the conventions that its copies may use."""
