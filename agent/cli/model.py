"""`handeye ground`: finding something in an image."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

from handeye.actions.geometry import Box, Point
from handeye.agent.caption import confidence_text
from handeye.agent.cli.images.marked import require_image_name, save_marked
from handeye.agent.cli.local import with_local
from handeye.agent.cli.notices import Notices
from handeye.agent.cli.options import (
    DecidingModelOption,
    ProfileOption,
    ServerOption,
    ZoomOption,
)
from handeye.agent.cli.policy import PolicySettings, named_model
from handeye.agent.decision import PointConfidence
from handeye.agent.policies.engine import Engine
from handeye.agent.policies.grounder import NotFound
from handeye.agent.policies.local import LocalSettings
from handeye.agent.policies.prompted import profile_of
from handeye.agent.prompts.catalog import grounder_prompt
from handeye.agent.prompts.families.qwen import QWEN
from handeye.agent.task import require_text
from handeye.model.files.origins import folder_origins

DEFAULT = "Qwen/Qwen2.5-VL-3B-Instruct"
"""The smallest model that answers questions about any image."""


@with_local
def ground(
    image: Annotated[Path, typer.Argument(help="A PNG, JPEG or WebP file.")],
    phrase: Annotated[str, typer.Argument(help="What to find in it.")],
    model: DecidingModelOption = None,
    server: ServerOption = None,
    profile: ProfileOption = None,
    zoom: ZoomOption = False,
    *,
    local: LocalSettings,
    save: Annotated[Path | None, typer.Option(help="Write the image with the places marked to this file.")] = None,
) -> None:
    """Find something in an image. Prints one box (left, top, right, bottom) or point (x, y) per line, in pixels.

    Without --model and --server it is asked Qwen/Qwen2.5-VL-3B-Instruct. A model that was trained to point is asked as
    its makers do, and answers with a point; handeye models lists them as grounders. How sure it was of the point, and
    the spread of its digits in pixels, are printed to standard error if the model runs here.

    Exit status: 0 something was found, 1 nothing was found, 2 an error.

    Examples:

      handeye ground screen.png "the search field" --save found.png

      handeye ground screen.png "the search field" \\
        --model Qwen/Qwen2.5-VL-7B-Instruct --zoom
    """
    from handeye.model.images.image import open_image

    require_text(phrase, "what to find")
    if save is not None:
        require_image_name(save)
    picture = open_image(image)
    name = DEFAULT if model is None and server is None else model
    found, sure = places(picture, phrase, name, server, profile, local, zoom=zoom)
    for place in found:
        typer.echo(place)
    if sure is not None:
        typer.echo(confidence_text([sure]), err=True)
    if save is not None:
        save_marked(save, picture, found)
    raise typer.Exit(0 if found else 1)


def places(
    image: Image.Image,
    phrase: str,
    model: str | None,
    server: str | None,
    profile: str | None,
    local: LocalSettings,
    *,
    zoom: bool,
) -> tuple[Sequence[Box | Point], PointConfidence | None]:
    """Return what a model finds: all boxes of Qwen2.5-VL itself, the point of a model that was trained to point.

    A point comes with how sure the model was of it, if that is known.
    """
    options = PolicySettings(
        server=server,
        grounder=named_model(model, server),
        grounder_server=server,
        grounder_profile=profile,
        zoom=zoom,
        **local.plain().model_dump(),
    )
    local.require_local(adapted=server is None, here=server is None)
    if server is None:
        chosen = profile_of(profile, model or "", folder_origins(Path(model or "")))
        grounder_prompt(chosen)
        if chosen is QWEN and not zoom and local.backend is Engine.HANDEYE:
            from handeye.model.runtime import load_model

            loaded = load_model(model or DEFAULT, device=local.device, dtype=local.dtype, adapters=local.parsed())
            return loaded.ground(image, phrase), None
    grounder = options.make_grounder(local.adapters)
    try:
        place = grounder.find(image, phrase)
    except NotFound:
        return [], None
    finally:
        Notices().tell(grounder)
    return [place.point], place.confidence
