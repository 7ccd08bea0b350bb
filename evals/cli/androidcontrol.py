"""`handeye eval androidcontrol`."""

from typing import Annotated, Literal

import typer

from handeye.agent.cli.options import DeviceOption, DtypeOption, ProfileOption, ServerOption
from handeye.evals.cli.command import RayOption, RepeatsOption
from handeye.evals.cli.offline import (
    AgainOption,
    AskedModelOption,
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

HELP = (
    "Predict the steps of AndroidControl, one screenshot each.\n\n"
    "DATA is a folder with the TFRecord files of Google's release, or with one of the JSON files derived from them. "
    "Each step is asked with the true steps before it; at level low it is told the step's instruction as well. Six "
    "protocols of judging are in use, which differ by up to 15 points: all of them judge, and each score names its "
    "judge. The same command continues an interrupted run.\n\n"
    "Exit status: 0 all steps were asked, 1 at some the machine failed, 2 the command failed, 130 Ctrl-C.\n\n"
    "Examples:\n\n"
    "  handeye eval androidcontrol data/androidcontrol --level high --model Qwen/Qwen2.5-VL-7B-Instruct\n\n"
    "  handeye eval androidcontrol data/androidcontrol --level low --model oracle --out runs/oracle\n"
)


def add_androidcontrol(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("androidcontrol", help=HELP, rich_help_panel="Phones")
    def androidcontrol(
        data: Annotated[str, typer.Argument(metavar="DATA", help="A folder, a file, or a dataset of the hub.")],
        level: Annotated[
            Literal["high", "low"], typer.Option(help="high: the goal alone; low: the step's instruction, too.")
        ] = "high",
        model: AskedModelOption = None,
        out: PredictionsOption = None,
        subset: Annotated[
            str | None,
            typer.Option(help="A file with the ids of the steps to ask, as papers publish them.", show_default="all"),
        ] = None,
        scroll: Annotated[
            Literal["protocol", "content", "finger"],
            typer.Option(help="What a scroll's direction means: where the content goes, or the finger."),
        ] = "protocol",
        part: PartOption = False,
        limit: LimitOption = None,
        repeats: RepeatsOption = 1,
        workers: ProcessesOption = 1,
        ray: RayOption = None,
        retry_errors: AgainOption = False,
        server: ServerOption = None,
        profile: ProfileOption = None,
        temperature: TemperatureOption = None,
        max_tokens: MaxTokensOption = None,
        min_pixels: MinPixelsOption = None,
        max_pixels: MaxPixelsOption = None,
        device: DeviceOption = "auto",
        dtype: DtypeOption = "auto",
    ) -> None:
        from handeye.evals.offline import OFFLINE
        from handeye.evals.pool.run import Workers

        settings = ask_settings(
            model,
            server,
            profile=profile,
            format=None,
            formats=(),
            temperature=temperature,
            max_tokens=max_tokens,
            min_pixels=min_pixels,
            max_pixels=max_pixels,
            device=device,
            dtype=dtype,
        )
        run_offline(
            OFFLINE["androidcontrol"],
            data,
            {"level": level, "subset": subset, "scroll": scroll, "part": part},
            settings,
            out,
            workers=Workers(workers, ray),
            limit=limit,
            repeats=repeats,
            retry_errors=retry_errors,
        )
