"""`handeye detect`: finding, pointing at and counting everything that phrases describe."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from handeye.actions.errors import HandeyeError
from handeye.agent.caption import printable
from handeye.agent.cli.images.marked import require_image_name, save_marked
from handeye.agent.cli.images.options import JsonOption, asked_model, max_tokens_option
from handeye.agent.cli.local import with_local
from handeye.agent.cli.notices import Notices
from handeye.agent.cli.options import DecidingModelOption, ServerOption
from handeye.agent.objects.count import count
from handeye.agent.objects.detect import detect as detect_objects
from handeye.agent.objects.errors import AnswerCutOff
from handeye.agent.objects.found import Count, Detection, LabelledPoint
from handeye.agent.objects.look import MOST_TOKENS, require_phrases
from handeye.agent.objects.points import points as point_at
from handeye.agent.policies.local import LocalSettings
from handeye.environments.errors import InvalidOption

Found = Sequence[Detection | LabelledPoint]


@with_local
def detect(
    image: Annotated[Path, typer.Argument(help="A PNG, JPEG or WebP file.")],
    phrases: Annotated[list[str], typer.Argument(metavar="PHRASE", help="What to find in it; several at once.")],
    points: Annotated[bool, typer.Option("--points", help="Find a point on each instead of its box.")] = False,
    counted: Annotated[bool, typer.Option("--count", help="Print how many there are of each phrase.")] = False,
    as_json: JsonOption = False,
    save: Annotated[Path | None, typer.Option(help="Write the image with all of them marked to this file.")] = None,
    model: DecidingModelOption = None,
    server: ServerOption = None,
    *,
    local: LocalSettings,
    max_tokens: Annotated[int, max_tokens_option("an answer")] = MOST_TOKENS,
) -> None:
    """Find all objects that phrases describe. Prints a box (left, top, right, bottom) in pixels and its label per line.

    It is asked of a general Qwen2.5-VL, Qwen/Qwen2.5-VL-3B-Instruct without --model and --server; to find one place on
    a screenshot, also with models that were trained to point, see handeye ground. A box that an answer repeats is
    printed as a duplicate, and counted once. An answer that reaches --max-tokens is an error after what it found.

    Exit status: 0 something was found, 1 nothing was found, 2 an error.

    Examples:

      handeye detect shelf.jpg bottle "can with a red label" --save found.png

      handeye detect shelf.jpg bottle --points

      handeye detect shelf.jpg bottle can --count --json
    """
    from handeye.model.images.image import open_image

    wanted = require_phrases(phrases)
    if points and counted:
        raise InvalidOption("--points does not work with --count: boxes are counted")
    if save is not None:
        require_image_name(save)
    picture = open_image(image)
    backend = asked_model(model, server, local)
    counts: list[Count] = []
    found: list[Detection | LabelledPoint] = []
    failure: HandeyeError | None = None
    try:
        if counted:
            for phrase in wanted:
                counts.append(count(backend, picture, phrase, max_new_tokens=max_tokens))
                found += counts[-1].detections
        elif points:
            for phrase in wanted:
                found += point_at(backend, picture, phrase, max_new_tokens=max_tokens)
        else:
            found += detect_objects(backend, picture, wanted, max_new_tokens=max_tokens)
    except HandeyeError as error:
        found += error.found if isinstance(error, AnswerCutOff) else ()
        if not found:
            raise
        failure = error  # what was found before it is not lost
    finally:
        Notices().tell(backend)
    for line in _lines(counts, found, counted=counted, as_json=as_json):
        typer.echo(line)
    if save is not None:
        places = [each.box if isinstance(each, Detection) else each.point for each in found]
        save_marked(save, picture, places, [each.label for each in found])
    if failure is not None:
        raise failure
    if short := next((each for each in counts if each.cut_off), None):
        raise AnswerCutOff(
            f"there may be more than {short.number} {short.phrase!r}: raise --max-tokens", short.detections
        )
    raise typer.Exit(0 if found else 1)


def _lines(counts: Sequence[Count], found: Found, *, counted: bool, as_json: bool) -> list[str]:
    if as_json:
        value = [_fields(each) for each in (counts if counted else found)]
        return [json.dumps(value, indent=2)]
    if counted:
        return [f"{each.phrase}: {'at least ' if each.cut_off else ''}{each.number}" for each in counts]
    return [f"{each[1]} {printable(each.label)}{' (duplicate)' if each.duplicate else ''}".rstrip() for each in found]


def _fields(each: Count | Detection | LabelledPoint) -> dict[str, object]:
    fields = each._asdict()
    if isinstance(each, Count):
        fields["detections"] = [_fields(detection) for detection in each.detections]
    return fields
