"""`handeye extract`: the data of an invoice or a form as JSON."""

import json
from pathlib import Path
from typing import Annotated

import typer

from handeye.agent.caption import printable
from handeye.agent.cli.images.options import asked_model, max_tokens_option
from handeye.agent.cli.local import with_local
from handeye.agent.cli.notices import Notices
from handeye.agent.cli.options import DecidingModelOption, ServerOption
from handeye.agent.extraction.errors import ExtractionFailed
from handeye.agent.extraction.extract import MOST_TOKENS, RETRIES
from handeye.agent.extraction.extract import extract as extract_data
from handeye.agent.extraction.schema import read_schema
from handeye.agent.policies.local import LocalSettings


@with_local
def extract(
    image: Annotated[Path, typer.Argument(help="A PNG, JPEG or WebP file.")],
    schema: Annotated[Path, typer.Option(metavar="FILE", help="The JSON schema of the data, an object.")],
    retries: Annotated[int, typer.Option(min=0, help="How often to ask again if an answer is not valid.")] = RETRIES,
    model: DecidingModelOption = None,
    server: ServerOption = None,
    *,
    local: LocalSettings,
    max_tokens: Annotated[int, max_tokens_option("an answer")] = MOST_TOKENS,
) -> None:
    """Read the data of an invoice, a form or a receipt. Prints JSON that is valid against a JSON schema.

    The model is shown the schema and the image, and told what is wrong with its answer until it is valid. Only the
    form is checked: what it says may be wrong. Without --model and --server it is Qwen/Qwen2.5-VL-3B-Instruct.

    Exit status: 0 valid data was printed, 1 no answer was valid, 2 an error.

    Example:

      handeye extract invoice.png --schema invoice.json
    """
    from handeye.model.images.image import open_image

    wanted = read_schema(schema)
    picture = open_image(image)
    backend = asked_model(model, server, local, boxes=False)
    try:
        found = extract_data(backend, picture, wanted, retries=retries, max_new_tokens=max_tokens)
    except ExtractionFailed as error:
        typer.echo(printable(str(error)), err=True)
        raise typer.Exit(1) from None
    finally:
        Notices().tell(backend)
    typer.echo(json.dumps(found.model_dump(mode="json", by_alias=True, exclude_unset=True), indent=2))
