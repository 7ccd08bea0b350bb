"""`handeye doctor --calibrate`: how far off clicks are in one environment."""

import json
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from handeye.actions.geometry import Size, Transform
from handeye.agent.cli.environment import EnvironmentOptions, environment_settings
from handeye.agent.cli.images.marked import ImageNotSaved, require_image_name
from handeye.environments.contract.calibrate import Calibration, Landing, calibrate
from handeye.environments.contract.targets import TargetServer
from handeye.environments.contract.targets_show import TargetShow

_PATCH = 28
"""Side of one token in pixels of the model's image; the sides of the image are multiples of it."""
_LEAST, _MOST = 56 * 56, 28 * 28 * 1280
"""The minimum and maximum number of pixels of the model's image in the released checkpoints."""


def calibrated(name: str, options: EnvironmentOptions, *, pixels: bool, save: Path | None, as_json: bool) -> bool:
    """Calibrate the environment of this name and print the result; return whether every click was exact.

    pixels: aim at pixels of the screenshot instead of pixels of the image that Qwen2.5-VL sees.
    save: the file for a picture of the clicks; a scale factor is added to its name.

    Raises `InvalidOption`, `TargetsNotShown`, `ImageNotSaved`, and what the environment raises.
    """
    if save is not None:
        require_image_name(save)
    settings = environment_settings(name, options)
    size = None if pixels else model_size
    with TargetServer() as server, TargetShow(server.grid_url) as show, settings.make({}) as environment:
        result = calibrate(environment, server, show, model_size=size)
    if save is not None:
        _save(result, save, options.scale)
    if as_json:
        typer.echo(json.dumps(_report(name, options, result)))
    else:
        _print(name, options, result)
    return result.exact


def model_size(screenshot: Size) -> Size:
    """Return the size at which a released checkpoint sees a screenshot of this size."""
    from handeye.model.images.resize import smart_resize

    return smart_resize(screenshot, _PATCH, _LEAST, _MOST)


def _print(name: str, options: EnvironmentOptions, result: Calibration) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for column in ("target", "named", "aimed", "landed", "error"):
        table.add_column(column, justify="right", no_wrap=True)
    for landing in result.landings:
        number = landing.target.removeprefix("target")
        style = "" if landing.hit else "bold red"
        table.add_row(
            number,
            str(landing.named),
            str(landing.aimed),
            str(landing.landed or "nowhere"),
            _error(landing),
            style=style,
        )
    console = Console(highlight=False)
    console.print(Text(_title(name, options), style="bold"))
    console.print(table)
    for transform in result.transforms:
        console.print(Text(f"{_chain(transform)}"))
    hits = sum(landing.hit for landing in result.landings)
    worst = "some clicks did not arrive" if result.worst is None else f"at most {result.worst} px off"
    console.print(
        Text(f"{hits} of {len(result.landings)} targets hit, {worst}", style="green" if result.exact else "bold red")
    )


def _error(landing: Landing) -> str:
    if landing.error is None:
        return "did not arrive"
    beside = "" if landing.met == landing.target else f", hit {landing.met or 'the background'}"
    return f"{landing.error} px{beside}"


def _title(name: str, options: EnvironmentOptions) -> str:
    scale = "" if options.scale is None else f" at scale {options.scale:g}"
    monitor = "" if options.monitor is None else f", monitor {options.monitor}"
    return f"{name}{scale}{monitor}"


def _chain(transform: Transform) -> str:
    return f"{transform.source} → {transform.target}"


def _report(name: str, options: EnvironmentOptions, result: Calibration) -> dict[str, object]:
    return {
        "environment": name,
        "scale": options.scale,
        "monitor": options.monitor,
        "exact": result.exact,
        "worst": result.worst,
        "targets": [landing._asdict() | {"error": landing.error, "hit": landing.hit} for landing in result.landings],
        "transforms": [asdict(transform) for transform in result.transforms],
    }


def _save(result: Calibration, path: Path, scale: float | None) -> None:
    named = path if scale is None else path.with_stem(f"{path.stem}-{scale:g}")
    try:
        result.picture().save(named)
    except OSError as error:
        raise ImageNotSaved(f"cannot write {named}: {error.strerror or error}") from error
