"""An option that one eval has and the others do not."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import Parameter
from typing import Any


@dataclass(frozen=True, slots=True)
class OwnOption:
    """One option."""

    name: str
    """As a keyword of Python, such as `step_limit`."""
    annotation: Any
    """Its type with Typer's description, such as `Annotated[int, typer.Option(min=1, help="…")]`."""
    default: Any = None


def with_own_options(function: Callable[..., None], options: Sequence[OwnOption]) -> Callable[..., None]:
    """Give the options in place of the `**keywords` of a function that is to become a command, and return it.

    They come first among the options in its help.
    """
    signature = inspect.signature(function, eval_str=True)
    shared = [each for each in signature.parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
    own = [
        Parameter(each.name, Parameter.KEYWORD_ONLY, default=each.default, annotation=each.annotation)
        for each in options
    ]
    keywords = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in shared]
    parameters = [*own, *keywords]
    function.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    function.__annotations__ = {each.name: each.annotation for each in parameters}
    return function
