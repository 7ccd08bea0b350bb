"""The options that say how a model of this machine is run: one group, for every command that loads one.

A command whose model acts on a screen has one more, `--constrain`.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter
from typing import Annotated, Any, Final, TypeAlias

import typer

from handeye.agent.policies.acting import ActingSettings
from handeye.agent.policies.adapters import named_adapters
from handeye.agent.policies.engine import Engine
from handeye.agent.policies.local import LocalSettings

Changes: TypeAlias = Mapping[str, object]
"""The fields of `ActingSettings` that are to be others than those of an episode."""

_PANEL: Final = "Model"
_RECORDED: Final = "that of the episode"
_ADAPTER: Final = typer.Option(
    "--adapter",
    metavar="NAME[=WEIGHT]",
    help="A LoRA adapter: a folder, or a Hugging Face id, and how much of it counts; may be repeated.",
    rich_help_panel=_PANEL,
)
_BACKEND: Final = (
    "What runs a model on this machine: handeye's own network, for Qwen2.5-VL and what is made from it; transformers, "
    "for any image-text model that it knows; the same with flash-attn."
)
_DEVICE: Final = "auto, cpu, cuda, cuda:1, mps, or a list to spread the model over: cuda:0,cuda:1,cpu."
_DTYPE: Final = "auto, bfloat16, float32, fp8, and on a CPU int8."
_CONSTRAIN: Final = (
    "Keep a model that acts to replies that can be read: after its thought, one action that is possible on the screen. "
    "Only with --backend handeye, and not with --server; published figures were made without."
)


def with_local(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options in place of its parameter `local`, a `LocalSettings`, and return it."""

    @wraps(command)
    def called(*, adapter: list[str] | None, backend: Engine, device: str, dtype: str, **others: object) -> None:
        local = LocalSettings(adapters=named_adapters(adapter), backend=backend, device=device, dtype=dtype)
        command(**others, local=local)

    return _with_options(called, command, backend=Engine.HANDEYE, device="auto", dtype="auto")


def with_acting(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options in place of its parameter `local`, an `ActingSettings`, and return it."""

    @wraps(command)
    def called(
        *, adapter: list[str] | None, backend: Engine, device: str, dtype: str, constrain: bool, **others: object
    ) -> None:
        adapters = named_adapters(adapter)
        local = ActingSettings(adapters=adapters, backend=backend, device=device, dtype=dtype, constrain=constrain)
        command(**others, local=local)

    return _with_options(called, command, backend=Engine.HANDEYE, device="auto", dtype="auto", constrain=False)


def with_other_acting(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options in place of its parameter `local`, which are `Changes`, and return it."""

    @wraps(command)
    def called(
        *,
        adapter: list[str] | None,
        backend: Engine | None,
        device: str | None,
        dtype: str | None,
        constrain: bool | None,
        **others: object,
    ) -> None:
        named = named_adapters(adapter) or None
        given = {"adapters": named, "backend": backend, "device": device, "dtype": dtype, "constrain": constrain}
        command(**others, local={name: value for name, value in given.items() if value is not None})

    return _with_options(called, command, backend=None, device=None, dtype=None, constrain=None)


def _with_options(called: Callable[..., None], command: Callable[..., None], **defaults: object) -> Callable[..., None]:
    """Give `called` the parameters of `command`, and in place of `local` the options with these defaults."""
    parameters: list[Parameter] = []
    for each in inspect.signature(command, eval_str=True).parameters.values():
        if each.name == "local":
            parameters += [
                _parameter("adapter", list[str] | None, _ADAPTER, None),
                *(_parameter(name, *_described(name, value), value) for name, value in defaults.items()),
            ]
        else:
            kept = each.kind is Parameter.VAR_KEYWORD
            parameters.append(each if kept else each.replace(kind=Parameter.KEYWORD_ONLY))
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called


def _described(name: str, default: object) -> tuple[Any, typer.models.OptionInfo]:
    """Return the type of an option, and the option."""
    shown: Any = _RECORDED if default is None else True
    more: dict[str, Any] = {"rich_help_panel": _PANEL, "show_default": shown}
    if name == "backend":
        option = typer.Option("--backend", help=_BACKEND, **more)
        return (Engine | None if default is None else Engine), option
    if name == "constrain":
        option = typer.Option("--constrain/--no-constrain", help=_CONSTRAIN, **more)
        return (bool | None if default is None else bool), option
    option = typer.Option(f"--{name}", help=_DEVICE if name == "device" else _DTYPE, metavar="NAME", **more)
    return (str | None if default is None else str), option


def _parameter(name: str, kind: Any, option: object, default: object) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option])
