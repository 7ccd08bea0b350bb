"""`handeye watch`: records a screen."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from handeye.agent.cli.environment import EnvironmentOptions, environment_settings
from handeye.agent.cli.options import (
    EnvOption,
    HeadedOption,
    MonitorOption,
    ScaleOption,
    SizeOption,
    UrlOption,
    ViewportOption,
    VncOption,
    as_url,
    parse_size,
)
from handeye.agent.cli.record import Stop
from handeye.agent.cli.settings import Settings
from handeye.agent.recording.reel import open_reel
from handeye.agent.recording.watch import Watched
from handeye.agent.recording.watch import watch as watch_screen
from handeye.environments.errors import EnvironmentLost


def watch(
    out: Annotated[
        Path, typer.Option(help="A video file, .mp4 or .mkv, or a folder for frames.", metavar="FILE|FOLDER")
    ],
    env: EnvOption = "browser",
    fps: Annotated[float, typer.Option(min=0.01, max=60, help="Frames a second.")] = 2.0,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="Stop after this many seconds.", show_default="Ctrl-C stops")
    ] = None,
    url: UrlOption = None,
    headed: HeadedOption = False,
    viewport: ViewportOption = None,
    scale: ScaleOption = None,
    monitor: MonitorOption = None,
    app: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A program that desktop:xvfb shows from the start; may be repeated.",
            rich_help_panel="Desktop",
        ),
    ] = None,
    size: SizeOption = None,
    vnc: VncOption = False,
) -> None:
    """Record a screen while others use it. Nothing is clicked or typed. Ctrl-C ends the recording.

    A folder gets an image for each frame, and times.csv with their seconds; a video file needs PyAV:
    pip install "handeye\\[video]". Both can be read while they are written, and after the process was killed.
    handeye ask --video answers questions about either.

    Exit status: 0 recorded, 2 wrong usage or an error, 5 the screen was lost; what was recorded is kept.

    Examples:

      handeye watch --env android --out run.mp4

      handeye watch --env desktop:xvfb --vnc --app xterm --fps 4 --out frames

      handeye watch --url https://shop.example --seconds 2 --out frames
    """
    options = EnvironmentOptions(
        url=None if url is None else as_url(url),
        viewport=None if viewport is None else parse_size(viewport, "viewport"),
        scale=scale,
        headed=headed,
        monitor=monitor,
        size=None if size is None else parse_size(size, "size of the desktop"),
        vnc=vnc,
        apps=tuple(app or ()),
    )
    settings = Settings(environment=environment_settings(env, options))
    console = Console(stderr=True, highlight=False)
    stop = Stop()
    newest = Watched(0, 0.0)
    lost = ""

    def show(watched: Watched) -> None:
        nonlocal newest
        newest = watched
        status.update(f"recording to {out}: {watched.seconds:.0f} s, Ctrl-C stops")

    status = console.status(f"recording to {out}: Ctrl-C stops")
    with settings.make_environment() as screen, closing(open_reel(out)) as reel, stop.listening(), status:
        try:
            watch_screen(screen, reel, fps=fps, seconds=seconds, stop=stop.event, on_frame=show)
        except EnvironmentLost as error:
            if newest.frames == 0:
                raise
            lost = str(error)
    frames = f"{newest.frames} frame{'' if newest.frames == 1 else 's'}"
    typer.echo(f"recorded {frames} in {newest.seconds:.1f} s: {out}")
    if lost:
        console.print(f"the screen was lost: {lost}", style="bold red", soft_wrap=True, markup=False)
    raise typer.Exit(5 if lost else 0)
