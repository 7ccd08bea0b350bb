"""`handeye doctor`: what is installed, what is missing, whether a model sees, and how far off clicks are."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from handeye.actions.geometry import Size
from handeye.agent.caption import printable
from handeye.agent.cli.calibrate import calibrated
from handeye.agent.cli.doctor_model import model
from handeye.agent.cli.environment import EnvironmentOptions
from handeye.agent.cli.local import with_local
from handeye.agent.cli.options import ProfileOption, parse_size
from handeye.agent.examine.subject import Subject
from handeye.agent.policies.local import LocalSettings
from handeye.environments.doctor.examine import Topic, examine
from handeye.environments.doctor.finding import Finding, Status
from handeye.environments.errors import InvalidOption

_MODEL = "model"
_TOPICS = (*(str(topic) for topic in Topic), _MODEL)
_MODEL_ONLY = (
    "--model, --server and the options of a model work only where one is tried: handeye doctor model --model NAME, or "
    "handeye doctor model --server URL"
)
_SIGNS = {Status.OK: ("✓", "green"), Status.WARNING: ("!", "yellow"), Status.MISSING: ("✗", "bold red")}


@with_local
def doctor(
    topics: Annotated[
        list[str] | None, typer.Argument(metavar="WHAT", help=f"Any of {', '.join(_TOPICS)}; default: all.")
    ] = None,
    calibrate: Annotated[
        str | None,
        typer.Option(
            metavar="ENV",
            help="Click a grid of targets in an environment, named as for --env, and print the error of each click.",
        ),
    ] = None,
    scale: Annotated[list[float] | None, typer.Option(help="Scale factor for --calibrate; may be repeated.")] = None,
    monitor: Annotated[
        str | None, typer.Option(help="Monitor for --calibrate desktop: an index, a name, or all.")
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="Viewport or isolated desktop size for --calibrate, such as 1280x720.")
    ] = None,
    pixels: Annotated[
        bool, typer.Option("--pixels", help="Aim at pixels of the screenshot instead of the model's image.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            help="Write a picture of where the --calibrate clicks landed to this file; --scale adds its factor."
        ),
    ] = None,
    model_name: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME",
            help="Try this model: a Hugging Face id, a folder, or handeye-tiny; with --server, the name of its model.",
            rich_help_panel="Model",
        ),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Try the model behind this server.", rich_help_panel="Model"),
    ] = None,
    profile: ProfileOption = None,
    *,
    local: LocalSettings,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Report what is installed, what is missing, and the command that fixes it. Installs and changes nothing.

    With the topic model and --model or --server, try that model: whether it answers in words, sees images, sees them at
    the size at which they are sent, reads, points at what is drawn, and how fast it is. It takes about 25 replies; a
    model that is not there yet is downloaded, if it fits.

    With --calibrate, click targets all over a screen and print the error of each click in pixels; anything but 0 is a
    fault. This opens a window on a desktop, and a page on a phone.

    Exit status: 0 everything that was checked works, 1 something is missing or was off, 2 an error.

    Examples:

      handeye doctor

      handeye doctor browser android:simulated

      handeye doctor model --model Qwen/Qwen2.5-VL-7B-Instruct

      handeye doctor model --server localhost:8000

      handeye doctor --calibrate desktop:xvfb --scale 1 --scale 2 \\
        --save clicks.png
    """
    local.require_local(adapted=server is None, here=server is None)
    subject = Subject(model_name, server, profile, local)
    if calibrate is None:
        for name, value in {"scale": scale, "monitor": monitor, "size": size, "save": save}.items():
            if value is not None:
                raise InvalidOption(f"--{name} works only with --calibrate ENV")
        if subject == Subject():
            works = _examined(topics or _TOPICS, None, as_json)
        elif _MODEL not in (topics or ()) or (model_name is None and server is None):
            raise InvalidOption(_MODEL_ONLY)
        else:
            works = _examined(topics or (), subject, as_json)
    else:
        if subject != Subject():
            raise InvalidOption(_MODEL_ONLY)
        if topics:
            raise InvalidOption("--calibrate cannot be combined with topics to check: leave them out")
        options = _options(calibrate, monitor, None if size is None else parse_size(size, "size"))
        scaled = [replace(options, scale=factor) for factor in scale or ()] or [options]
        results = [calibrated(calibrate, one, pixels=pixels, save=save, as_json=as_json) for one in scaled]
        works = all(results)
    raise typer.Exit(0 if works else 1)


def _options(name: str, monitor: str | None, size: Size | None) -> EnvironmentOptions:
    browser = name == "browser"
    return EnvironmentOptions(monitor=monitor, viewport=size if browser else None, size=None if browser else size)


def _examined(names: Sequence[str], subject: Subject | None, as_json: bool) -> bool:
    """Print the findings on the topics, and on a model that is tried; return whether all of them work."""
    for name in names:
        if name not in _TOPICS:
            raise InvalidOption(f"there is no topic {name[:40]!r} to check: it must be one of {', '.join(_TOPICS)}")
    console = Console(highlight=False)
    seen: dict[str, tuple[Finding, ...]] = {}
    for name in dict.fromkeys(names):
        seen[name] = tuple(_findings(name, subject))
        if not as_json:
            console.print(_lines(name, seen[name]), soft_wrap=True)
    if as_json:
        typer.echo(json.dumps({name: _report(findings) for name, findings in seen.items()}, indent=2))
    else:
        console.print(_summary(seen), soft_wrap=True)
    return all(_works(findings) for findings in seen.values())


def _findings(name: str, subject: Subject | None) -> Iterator[Finding]:
    if name != _MODEL:
        yield from examine(Topic(name))
        return
    if subject is None or subject.server is None:  # a server needs nothing of this machine
        here = tuple(model())
        yield from here
        if not _works(here):
            return
    if subject is not None:
        from handeye.agent.examine.examination import try_model

        yield from try_model(subject)


def _works(findings: Sequence[Finding]) -> bool:
    return all(finding.status is not Status.MISSING for finding in findings)


def _report(findings: Sequence[Finding]) -> dict[str, object]:
    return {"works": _works(findings), "findings": [finding._asdict() for finding in findings]}


def _lines(name: str, findings: Sequence[Finding]) -> Text:
    """Return a line for each finding, followed by an unwrapped line with its fix, so that it can be copied."""
    width = max(len(finding.what) for finding in findings)
    lines = [Text(name, style="bold")]
    for finding in findings:
        sign, style = _SIGNS[finding.status]
        lines.append(Text.assemble(" ", (sign, style), f" {finding.what:{width}}  {printable(finding.detail)}"))
        if finding.fix:
            lines.append(Text.assemble(f"   {'':{width}}  → ", (printable(finding.fix), "bold")))
    return Text("\n").join(lines)


def _summary(seen: Mapping[str, Sequence[Finding]]) -> Text:
    working = [name for name, findings in seen.items() if _works(findings)]
    failing = [name for name in seen if name not in working]
    lines = [("works: ", working, "green"), ("needs fixing: ", failing, "bold red")]
    return Text("\n").join(Text.assemble((title, style), ", ".join(names)) for title, names, style in lines if names)
