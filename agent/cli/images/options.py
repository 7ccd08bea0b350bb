"""What the commands that read an image share: the model that they ask, and how long its answers may be."""

from typing import Annotated

import typer

from handeye.agent.cli.model import DEFAULT
from handeye.agent.cli.policy import load_backend, named_model
from handeye.agent.policies.backend import Backend
from handeye.agent.policies.local import LocalSettings

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def max_tokens_option(what: str) -> typer.models.OptionInfo:
    """Return the option `--max-tokens`, the limit of `what`."""
    option: typer.models.OptionInfo = typer.Option(
        "--max-tokens", min=1, help=f"Tokens of {what}, at most.", rich_help_panel="Model"
    )
    return option


def asked_model(model: str | None, server: str | None, local: LocalSettings, *, boxes: bool = True) -> Backend:
    """Load a model, or make sure that a server has one; without a name and a server, the default one.

    `boxes` says whether it is asked for boxes. Raises what that raises, `InvalidOption` and `UnknownScale`.
    """
    local.require_local(adapted=server is None, here=server is None)
    name = DEFAULT if model is None and server is None else model
    backend = load_backend(named_model(name, server), server, local)
    if boxes:
        local.backend.require_boxes(backend)
    return backend
