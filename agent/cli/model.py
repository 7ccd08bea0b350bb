"""`handeye ground`, `handeye ask` and `handeye models`: using the model directly."""

from pathlib import Path
from typing import Annotated

import typer
from PIL import Image, ImageDraw
from rich.console import Console
from rich.table import Table
from rich.text import Text

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Box, Point
from handeye.agent.caption import printable
from handeye.agent.cli.options import DeviceOption, DtypeOption, ModelOption
from handeye.agent.task import require_text
from handeye.model.catalog import RELEASED, SHIPPED

DEFAULT = "Qwen/Qwen2.5-VL-3B-Instruct"
"""The smallest model that answers questions about any image."""
WHERE = """
here: in this package. hub: downloaded from the Hugging Face hub on first use, and kept in its cache (HF_HOME).
GPU memory is for bfloat16 and 16,384 tokens of context; a 1920x1080 screenshot is 2,691 tokens.
On a CPU the weights are float32, twice the size, unless --dtype bfloat16 is given; a step takes minutes."""
RED = (255, 45, 111)


def ground(
    image: Annotated[Path, typer.Argument(help="A PNG, JPEG or WebP file.")],
    phrase: Annotated[str, typer.Argument(help="What to find in it.")],
    model: ModelOption = DEFAULT,
    device: DeviceOption = "auto",
    dtype: DtypeOption = "auto",
    save: Annotated[Path | None, typer.Option(help="Write the image with the places marked to this file.")] = None,
) -> None:
    """Find something in an image. Prints one box (left, top, right, bottom) or point (x, y) per line, in pixels.

    Exit status: 0 something was found, 1 nothing was found, 2 an error.

    Example:

      handeye ground screen.png "the search field" --save found.png
    """
    from handeye.model.image import open_image
    from handeye.model.runtime import load_model

    require_text(phrase, "what to find")
    if save is not None:
        require_image_name(save)
    picture = open_image(image)
    found = load_model(model, device=device, dtype=dtype).ground(picture, phrase)
    for place in found:
        typer.echo(place)
    if save is not None:
        try:
            draw(picture, found).save(save)
        except OSError as error:
            raise ImageNotSaved(f"cannot write {save}: {error.strerror or error}") from error
    raise typer.Exit(0 if found else 1)


def ask(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE", help="One or more image files.")],
    question: Annotated[str, typer.Argument(help="What to ask about them.")],
    model: ModelOption = DEFAULT,
    device: DeviceOption = "auto",
    dtype: DtypeOption = "auto",
) -> None:
    """Ask a question about one or more images. Prints the answer.

    Exit status: 0 the model answered, 2 an error.

    Example:

      handeye ask before.png after.png "What has changed?"
    """
    from handeye.model.image import open_image
    from handeye.model.runtime import load_model

    require_text(question, "the question")
    pictures = [open_image(image) for image in images]
    answer = load_model(model, device=device, dtype=dtype).ask(pictures, question)
    typer.echo("\n".join(map(printable, answer.splitlines())))


def models() -> None:
    """List the models: their size, the memory they need, and where their weights come from.

    Any folder with a Qwen2.5-VL checkpoint (config.json, tokenizer.json, *.safetensors) can be used as a model too.
    """
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("model", no_wrap=True)
    for name in ("parameters", "weights", "GPU memory"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("from")
    for shipped in SHIPPED:
        table.add_row(shipped, "", "", "none", "here")
    for model in RELEASED:
        memory = f"{model.memory_gb} GB"
        table.add_row(model.name, f"{model.parameters:.1f} B", f"{model.weights_gb:.0f} GB", memory, "hub")
    notes = dict(SHIPPED) | {model.name: "; ".join(filter(None, (model.licence, model.note))) for model in RELEASED}
    console = Console(highlight=False)
    console.print(table)
    console.print()
    for name, note in notes.items():
        console.print(Text.assemble((f"{name.rpartition('/')[2]}: ", "bold"), note))
    console.print(WHERE, style="dim")


def require_image_name(path: Path) -> None:
    """Raise `ImageNotSaved` if the file name of `path` does not end in a writable image format."""
    Image.init()
    format = Image.EXTENSION.get(path.suffix.lower())
    if format not in Image.SAVE:
        raise ImageNotSaved(f"cannot write an image to {path}: give it a name that ends in .png, .jpg or .webp")


class ImageNotSaved(HandeyeError):
    """An image cannot be written to the requested path."""


def draw(image: Image.Image, places: list[Box | Point]) -> Image.Image:
    """Return a copy of `image` with a frame around each box and a ring around each point."""
    marked = image.copy()
    pen = ImageDraw.Draw(marked)
    width = max(2, max(image.size) // 400)
    for place in places:
        match place:
            case Box(left, top, right, bottom):
                pen.rectangle((left, top, right - 1, bottom - 1), outline=RED, width=width)
            case Point(x, y):
                reach = 6 * width
                pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline="white", width=2 * width)
                pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=RED, width=width)
                pen.ellipse((x - width, y - width, x + width, y + width), fill=RED)
    return marked
