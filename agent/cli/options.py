"""The options of the commands: names, values and help texts."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from handeye.actions.geometry import Size
from handeye.agent.approval import Approver, allow_all, ask, deny_all
from handeye.agent.cli.environment import NAMES
from handeye.environments.errors import InvalidOption


class Approve(StrEnum):
    """How actions are approved."""

    ASK = "ask"
    ALL = "all"
    NONE = "none"

    @property
    def approver(self) -> Approver:
        """The approver of that name."""
        match self:
            case Approve.ASK:
                return ask
            case Approve.ALL:
                return allow_all
            case Approve.NONE:
                return deny_all


def parse_size(text: str, what: str) -> Size:
    """Parse a size such as `1280x720`; raise `InvalidOption`, which names it `what`, for any other text."""
    found = re.fullmatch(r"([1-9]\d{0,4})[x×]([1-9]\d{0,4})", text)
    if found is None:
        raise InvalidOption(f"the {what} {text!r} is not a size: write it like 1280x720")
    return Size(int(found[1]), int(found[2]))


def parse_secret(text: str) -> tuple[str, str]:
    """Parse `NAME=VARIABLE`: a secret and the environment variable that holds it; raise `InvalidOption` otherwise."""
    name, sign, variable = text.partition("=")
    if not (name and sign and variable):
        raise InvalidOption(
            f"the secret {text!r} must be NAME=VARIABLE, where the environment variable VARIABLE holds the secret"
        )
    return name, variable


def as_url(text: str) -> str:
    """Return the URL for what the user typed: a file if one of that name exists, https if no scheme is given.

    Raises `InvalidOption` for text that can only be a file name if no such file exists.
    """
    if re.match(r"[a-z][a-z0-9+.-]*:(//|[a-z])", text, re.IGNORECASE):
        return text
    if text and Path(text).exists():
        return Path(text).resolve().as_uri()
    if not text or re.match(r"[./~]|[^/]*\.html?$", text):
        raise InvalidOption(
            f"there is no file {text!r}: give one that exists, or an address such as https://example.org"
        )
    scheme = "http" if re.match(r"(localhost|127\.[\d.]+|\[::1\])(:|/|$)", text) else "https"
    return f"{scheme}://{text}"


EnvOption = Annotated[str, typer.Option("--env", metavar="NAME", help=f"Where to act: {NAMES}.")]
MarksOption = Annotated[
    bool, typer.Option("--marks", help="Number the clickable elements on the screenshots (Set-of-Mark).")
]
SecretOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VARIABLE",
        help="A secret from an environment variable, which the model can type by name but never sees; may be repeated.",
    ),
]
UrlOption = Annotated[
    str | None,
    typer.Option("--url", help="The page to start at.", show_default="about:blank", rich_help_panel="Browser"),
]
ViewportOption = Annotated[
    str | None,
    typer.Option(
        "--viewport",
        metavar="WIDTHxHEIGHT",
        help="In CSS pixels.",
        show_default="1280x720",
        rich_help_panel="Browser",
    ),
]
ScaleOption = Annotated[
    float | None,
    typer.Option(
        "--scale",
        min=0.1,
        max=8,
        help="Device pixels per CSS pixel; for desktop:xvfb, how much larger programs draw.",
        show_default="1",
        rich_help_panel="Browser",
    ),
]
HeadedOption = Annotated[
    bool, typer.Option("--headed", help="Show the browser, or the simulated phone.", rich_help_panel="Browser")
]
BrowserProfileOption = Annotated[
    Path | None,
    typer.Option(
        "--browser-profile",
        help="A browser profile to use and keep, such as one that is logged in.",
        rich_help_panel="Browser",
    ),
]
DownloadsOption = Annotated[
    Path | None, typer.Option("--downloads", help="The folder for downloads.", rich_help_panel="Browser")
]
LocaleOption = Annotated[str | None, typer.Option("--locale", help="Such as de-DE.", rich_help_panel="Browser")]
TimezoneOption = Annotated[
    str | None, typer.Option("--timezone", help="Such as Europe/Oslo.", rich_help_panel="Browser")
]
MonitorOption = Annotated[
    str | None,
    typer.Option(
        "--monitor",
        metavar="NAME",
        help="The index or name of a monitor, or all.",
        show_default="the primary one",
        rich_help_panel="Desktop",
    ),
]
SizeOption = Annotated[
    str | None,
    typer.Option(
        "--size",
        metavar="WIDTHxHEIGHT",
        help="The size of desktop:xvfb.",
        show_default="1280x800",
        rich_help_panel="Desktop",
    ),
]
VncOption = Annotated[bool, typer.Option("--vnc", help="Show desktop:xvfb over VNC.", rich_help_panel="Desktop")]
ModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        "-m",
        envvar="HANDEYE_MODEL",
        help="Hugging Face id, folder, GGUF file, or handeye-tiny.",
        rich_help_panel="Model",
    ),
]
DecidingModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        envvar="HANDEYE_MODEL",
        help="Hugging Face id, folder, GGUF file, or handeye-tiny; with --server, the name of its model.",
        show_default=False,
        rich_help_panel="Model",
    ),
]
ServerOption = Annotated[
    str | None,
    typer.Option(
        "--server",
        envvar="HANDEYE_SERVER",
        metavar="URL",
        help="Let a model behind an OpenAI-compatible server decide: handeye serve, vLLM, SGLang, llama.cpp, LM "
        "Studio, Ollama. The key is read from HANDEYE_SERVER_KEY.",
        rich_help_panel="Model",
    ),
]
OtherModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", "-m", help="Another model.", show_default="the model of the episode", rich_help_panel="Model"
    ),
]
OtherServerOption = Annotated[
    str | None,
    typer.Option(
        "--server", metavar="URL", help="A server.", show_default="that of the episode", rich_help_panel="Model"
    ),
]
OtherGrounderServerOption = Annotated[
    str | None,
    typer.Option(
        "--grounder-server",
        metavar="URL",
        help="The server of the grounder.",
        show_default="that of the episode",
        rich_help_panel="Model",
    ),
]
ProfileOption = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="How the model is prompted and read; see handeye models.",
        show_default="by the model's name",
        rich_help_panel="Model",
    ),
]
GrounderOption = Annotated[
    str | None,
    typer.Option(
        "--grounder",
        metavar="NAME",
        help="Let the model say in words what to point at, and this one find it: an id, a folder, or with "
        "--grounder-server the name of its model. Not with --constrain.",
        rich_help_panel="Model",
    ),
]
GrounderServerOption = Annotated[
    str | None,
    typer.Option(
        "--grounder-server",
        metavar="URL",
        help="The server that has the grounder. Its key is read from HANDEYE_GROUNDER_KEY, or is that of --server, "
        "if it is the same one.",
        rich_help_panel="Model",
    ),
]
GrounderProfileOption = Annotated[
    str | None,
    typer.Option(
        "--grounder-profile",
        metavar="NAME",
        help="How the grounder is prompted and read.",
        show_default="by its name",
        rich_help_panel="Model",
    ),
]
ZoomOption = Annotated[
    bool,
    typer.Option(
        "--zoom",
        help="Look closer before each click where the model does not see every pixel; each look costs a reply.",
        rich_help_panel="Model",
    ),
]
StepsOption = Annotated[
    int, typer.Option("--max-steps", min=0, help="Stop after this many steps.", rich_help_panel="Limits")
]
SecondsOption = Annotated[
    float | None, typer.Option("--seconds", min=0, help="Stop after this many seconds.", rich_help_panel="Limits")
]
TokensOption = Annotated[
    int | None, typer.Option("--tokens", min=0, help="Stop after this many tokens.", rich_help_panel="Limits")
]
ProblemsOption = Annotated[
    int | None,
    typer.Option(
        "--problems", min=1, help="Stop after this many consecutive steps that did nothing.", rich_help_panel="Limits"
    ),
]
ApproveOption = Annotated[
    Approve,
    typer.Option("--approve", help="Ask you before each action (ask), allow all (all), or allow none (none)."),
]
OpenOption = Annotated[bool, typer.Option("--open", help="Open the episode's page afterwards.")]
