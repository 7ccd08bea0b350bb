"""`handeye serve`: a model for other programs, over OpenAI's chat API, until Ctrl-C."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from handeye.actions.errors import MissingDependency
from handeye.agent.cli.local import with_local
from handeye.agent.cli.options import ModelOption
from handeye.agent.policies.engine import Engine
from handeye.agent.policies.local import LocalSettings
from handeye.environments.errors import InvalidOption

DEFAULT_PORT = 8000
_SERVING = "Serving"
_LIMITS = "Limits"


@with_local
def serve(
    model: ModelOption,
    *,
    local: LocalSettings,
    max_pixels: Annotated[
        int | None,
        typer.Option(
            help="Images are scaled down to at most this many pixels.",
            show_default="the checkpoint's own limit",
            rich_help_panel="Model",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="What clients call the model.", show_default="the value of --model", rich_help_panel=_SERVING
        ),
    ] = None,
    host: Annotated[
        str,
        typer.Option(help="The address to listen at; one that others can reach needs a key.", rich_help_panel=_SERVING),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port; 0 for any free one.", rich_help_panel=_SERVING)
    ] = DEFAULT_PORT,
    api_key: Annotated[
        str | None,
        typer.Option(
            envvar="HANDEYE_API_KEY",
            help="What clients have to send. Others on this machine can see it here: rather set the variable.",
            show_default=False,
            show_envvar=True,
            rich_help_panel=_SERVING,
        ),
    ] = None,
    media: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="A folder whose images and videos requests may name as file: URLs.",
            rich_help_panel=_SERVING,
        ),
    ] = None,
    max_body: Annotated[
        int, typer.Option(metavar="MB", min=1, help="The largest request.", rich_help_panel=_LIMITS)
    ] = 64,
    max_requests: Annotated[
        int, typer.Option(min=1, help="Requests that are there at all; further ones get 429.", rich_help_panel=_LIMITS)
    ] = 256,
    max_running: Annotated[
        int, typer.Option(min=1, help="Requests that get on at the same time; others wait.", rich_help_panel=_LIMITS)
    ] = 32,
    max_slots: Annotated[
        int | None,
        typer.Option(
            min=32,
            help="Tokens of all requests that get on at the same time.",
            show_default="by the free memory",
            rich_help_panel=_LIMITS,
        ),
    ] = None,
) -> None:
    """Serve a model to other programs, over the chat API of OpenAI, until Ctrl-C.

    Requests share the model: all that are there get on together, and a prompt that begins like an earlier one is read
    from its first differing token on. Images and videos are sent along as data: URLs; nothing is fetched.
    docs/serve.md says what is taken.

    It needs a few packages: pip install "handeye\\[serve]".

    Exit status: 0 after Ctrl-C, 2 wrong usage, or an error.

    Examples:

      handeye serve --model handeye-tiny

      handeye serve --model Qwen/Qwen2.5-VL-7B-Instruct --device cuda \\
        --port 9000 --media screenshots

      HANDEYE_API_KEY=some-secret handeye serve --host 0.0.0.0 \\
        --model Qwen/Qwen2.5-VL-7B-Instruct
    """
    local.require_local(adapted=True, here=True)
    if local.backend is not Engine.HANDEYE:
        raise InvalidOption("handeye serve runs handeye's own engine: leave out --backend")
    if media is not None and not media.is_dir():
        raise InvalidOption(f"there is no folder {str(media)!r} to show files of: give one that exists")
    api_key = None if api_key is None else api_key.strip()
    if api_key is not None and not (api_key and api_key.isascii()):
        raise InvalidOption("the key is empty or not ASCII: give one that nobody guesses, or leave it out")
    from handeye.model.serve.endpoint import Endpoint

    try:
        with Endpoint(host, port, key=api_key) as endpoint:
            try:
                from handeye.model.serve.listen import Listener
            except ImportError as error:
                raise MissingDependency(str(error.name), "serve") from None
            from handeye.model.checkpoint import open_checkpoint
            from handeye.model.serve.app import MEGABYTE, Options
            from handeye.model.serve.limits import Limits
            from handeye.model.serve.service import Service

            _say(f"{endpoint.url} answers when {model} is loaded")
            try:
                checkpoint = open_checkpoint(
                    model, device=local.device, dtype=local.dtype, max_pixels=max_pixels, adapters=local.parsed()
                )
            except ValueError as error:  # of a number of pixels
                raise InvalidOption(str(error)) from None
            service = Service(checkpoint, Limits(running=max_running, requests=max_requests, tokens=max_slots))
            options = Options(name=name, media=media, most_bytes=max_body * MEGABYTE)

            def ready() -> None:
                _say(f"{name or model} is served at {endpoint.url}", "bold")
                _say(f'\n  handeye run "…" --server {endpoint.url}\n')
                _say("press Ctrl-C to stop it", "dim")

            Listener(service, options, endpoint).answer(ready)
    except (KeyboardInterrupt, typer.Abort):
        return


def _say(text: str, style: str | None = None) -> None:
    Console(stderr=True, highlight=False).print(text, style=style, soft_wrap=True, markup=False)
