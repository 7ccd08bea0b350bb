"""`handeye eval screenspot` and the other benchmarks that ask where something is on a screenshot."""

from typing import TYPE_CHECKING, Annotated

import typer

from handeye.agent.cli.local import with_local
from handeye.agent.cli.options import ProfileOption, ServerOption
from handeye.agent.policies.local import LocalSettings
from handeye.evals.cli.command import RayOption, RepeatsOption
from handeye.evals.cli.offline import (
    AgainOption,
    AskedModelOption,
    FormatOption,
    LimitOption,
    MaxPixelsOption,
    MaxTokensOption,
    MinPixelsOption,
    PartOption,
    PredictionsOption,
    ProcessesOption,
    TemperatureOption,
    ask_settings,
    run_offline,
)
from handeye.evals.grounding.hub import HUB

if TYPE_CHECKING:
    from handeye.evals.catalog import Offline

HELP = (
    "Ask where things are on screenshots: {title}.\n\n"
    "An answer is right if its point, or the middle of its box, lies in the target. DATA is a folder in the official "
    "layout, or a dataset of the Hugging Face hub{default}. How the boxes are written is detected over the whole file, "
    "and said. An unreadable answer is wrong, and counted apart; so is a sample at which the machine failed. The same "
    "command continues an interrupted run.\n\n"
    "--format: the profile's own prompt by default; computer_use (Qwen2.5-VL's tool with the beginning of the call "
    "forced, as ScreenSpot-Pro's reference runner), box, point, agent (as a step of an agent).\n\n"
    "Exit status: 0 all samples were asked, 1 at some the machine failed, 2 the command failed, 130 Ctrl-C.\n\n"
    "Example:\n\n"
    "  handeye eval {name} {data} --model oracle --out runs/oracle\n"
)


def add_grounding(app: typer.Typer, name: str, title: str) -> None:
    """Add the command of one benchmark."""
    default = HUB[name]
    shown = f"; by default {default}" if default else ""
    help_text = HELP.format(
        title=title, name=name, default=shown, data="targets.jsonl" if name == "grounding" else "data"
    )

    @app.command(name, help=help_text, rich_help_panel="Grounding")
    @with_local
    def ground(
        data: Annotated[
            str | None, typer.Argument(metavar="DATA", show_default=default or False, help="A folder, or owner/name.")
        ] = None,
        model: AskedModelOption = None,
        out: PredictionsOption = None,
        boxes: Annotated[
            str | None,
            typer.Option(
                help="How the boxes are written, where that cannot be detected: xywh, xyxy, in pixels or as parts of "
                "the image (normalised-xywh, normalised-xyxy).",
                show_default="detected",
            ),
        ] = None,
        part: PartOption = False,
        limit: LimitOption = None,
        repeats: RepeatsOption = 1,
        workers: ProcessesOption = 1,
        ray: RayOption = None,
        retry_errors: AgainOption = False,
        server: ServerOption = None,
        profile: ProfileOption = None,
        format: FormatOption = None,
        zoom: Annotated[
            bool,
            typer.Option(
                "--zoom", help="Look closer where the model does not see every pixel.", rich_help_panel="Model"
            ),
        ] = False,
        temperature: TemperatureOption = None,
        max_tokens: MaxTokensOption = None,
        min_pixels: MinPixelsOption = None,
        max_pixels: MaxPixelsOption = None,
        *,
        local: LocalSettings,
    ) -> None:
        from handeye.evals.offline import OFFLINE
        from handeye.evals.pool.run import Workers

        offline: Offline = OFFLINE[name]
        settings = ask_settings(
            model,
            server,
            local,
            profile=profile,
            format=format,
            formats=offline.benchmark().formats,
            zoom=zoom,
            temperature=temperature,
            max_tokens=max_tokens,
            min_pixels=min_pixels,
            max_pixels=max_pixels,
        )
        run_offline(
            offline,
            data,
            {"part": part, "boxes": boxes},
            settings,
            out,
            workers=Workers(workers, ray),
            limit=limit,
            repeats=repeats,
            retry_errors=retry_errors,
        )
