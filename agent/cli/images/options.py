"""What the commands that read an image share: the model that they ask, and how long its answers may be."""

from collections.abc import Sequence
from typing import Annotated

import typer

from handeye.agent.cli.adapters import named_adapters
from handeye.agent.cli.model import DEFAULT
from handeye.agent.cli.policy import load_backend, named_model
from handeye.agent.policies.backend import Backend

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def max_tokens_option(what: str) -> typer.models.OptionInfo:
    """Return the option `--max-tokens`, the limit of `what`."""
    option: typer.models.OptionInfo = typer.Option(
        "--max-tokens", min=1, help=f"Tokens of {what}, at most.", rich_help_panel="Model"
    )
    return option


def asked_model(
    model: str | None, server: str | None, adapter: Sequence[str] | None, device: str, dtype: str
) -> Backend:
    """Load a model, or make sure that a server has one; without a name and a server, the default one."""
    adapters = named_adapters(adapter, server)
    name = DEFAULT if model is None and server is None else model
    return load_backend(named_model(name, server), server, device=device, dtype=dtype, adapters=adapters)
