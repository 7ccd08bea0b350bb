"""An image with places drawn on it, as a file."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Box, Point
from handeye.agent.caption import printable

RED = (255, 45, 111)


class ImageNotSaved(HandeyeError):
    """An image cannot be written to the requested path."""


def require_image_name(path: Path) -> None:
    """Raise `ImageNotSaved` if the file name of `path` does not end in a writable image format."""
    Image.init()
    format = Image.EXTENSION.get(path.suffix.lower())
    if format not in Image.SAVE:
        raise ImageNotSaved(f"cannot write an image to {path}: give it a name that ends in .png, .jpg or .webp")


def save_marked(path: Path, image: Image.Image, places: Sequence[Box | Point], labels: Sequence[str] = ()) -> None:
    """Write a copy of `image` with the places marked; raise `ImageNotSaved`."""
    try:
        draw(image, places, labels).save(path)
    except OSError as error:
        raise ImageNotSaved(f"cannot write {path}: {error.strerror or error}") from error


def draw(image: Image.Image, places: Sequence[Box | Point], labels: Sequence[str] = ()) -> Image.Image:
    """Return a copy of `image` with a frame around each box and a ring around each point, and its label beside it."""
    marked = image.copy()
    pen = ImageDraw.Draw(marked)
    width = max(2, max(image.size) // 400)
    for place, label in zip_longest(places, labels[: len(places)], fillvalue=""):
        match place:
            case Box(left, top, right, bottom):
                pen.rectangle((left, top, right - 1, bottom - 1), outline=RED, width=width)
                _write(pen, (left, top), label, 6 * width)
            case Point(x, y):
                reach = 6 * width
                pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline="white", width=2 * width)
                pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=RED, width=width)
                pen.ellipse((x - width, y - width, x + width, y + width), fill=RED)
                _write(pen, (x + reach, y - reach), label, 6 * width)
    return marked


def _write(pen: ImageDraw.ImageDraw, corner: tuple[int, int], label: str, height: int) -> None:
    """Write a label above a corner, or below it at the top of the image; other scripts than Latin become boxes."""
    if not label:
        return
    text = printable(label)[:60]
    font = ImageFont.load_default(size=max(10, height))
    left, top, right, bottom = pen.textbbox((0, 0), text, font=font)
    x, y = corner[0], corner[1] - (bottom - top) - 4
    y = corner[1] if y < 0 else y
    pen.rectangle((x, y, x + right - left + 4, y + bottom - top + 4), fill=RED)
    pen.text((x + 2 - left, y + 2 - top), text, fill="white", font=font)
