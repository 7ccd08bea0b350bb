"""`handeye eval androidcontrol`."""

from typing import Annotated

import typer

from handeye.agent.cli.local import with_local
from handeye.agent.cli.options import ProfileOption, ServerOption
from handeye.agent.policies.local import LocalSettings
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

NAME = "androidcontrol"
HELP = (
    "Ask for single steps of episodes on a phone: AndroidControl.\n\n"
    "An answer is compared with what a person did there: the type of the action (TM), and its arguments too (EM). Six "
    "published protocols and a strict one judge side by side; they differ by dozens of points, so name the judge with "
    "any score: qwen, strict, osatlas, agentcpm, clawgui, uground, ui-r1.\n\n"
    "DATA is the folder of the published records (android_control-*, splits.json), or a JSON file made of them, or its "
    "folder: InfiGUI-R1's android_control_test.json, UI-R1's ac_test.json, OS-Atlas's ac_test.jsonl. Records are read "
    "once; their screenshots are put into --cache.\n\n"
    "--subset: full (8,444 steps), os-atlas (7,708), ui-r1 (7,868), uground (500), agentcpm (all but the train split, "
    "and the ends of episodes). Which steps those are says a file, in DATA or given with --ids. Other numbers are an "
    "error, unless --part is given.\n\n"
    "--scroll: labels follow the content (`down` shows what is below), and some protocols read them as the finger's "
    "way. protocol: each judge its own way, and the history the finger's, as in Qwen's numbers; content or finger: all "
    "of them. The table of scroll directions shows a flip, and so does handeye eval doctor.\n\n"
    "A model is asked as Qwen's maintainers do: the tool mobile_use, the goal, at the low level the step, and a "
    "person's earlier steps; no earlier screenshot, no reasoning. The same command continues an interrupted run.\n\n"
    "Exit status: 0 all steps were asked, 1 at some the machine failed, 2 the command failed, 130 Ctrl-C.\n\n"
    "Examples:\n\n"
    "  handeye eval androidcontrol data --model oracle --out runs/oracle\n\n"
    "  handeye eval androidcontrol data --level low --subset os-atlas -m oracle\n"
)


def add_androidcontrol(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(NAME, help=HELP, rich_help_panel="Phones")
    @with_local
    def androidcontrol(
        data: Annotated[str, typer.Argument(metavar="DATA", help="A folder, a JSON file, or owner/name of the hub.")],
        model: AskedModelOption = None,
        out: PredictionsOption = None,
        level: Annotated[str, typer.Option(help="high: told the goal; low: also what this step is to do.")] = "high",
        subset: Annotated[str, typer.Option(help="full, os-atlas, ui-r1, uground or agentcpm.")] = "full",
        ids: Annotated[
            str | None,
            typer.Option(
                metavar="FILE",
                help="The steps to ask about: names of screenshots, one a line, or JSON.",
                show_default="the subset's own file in DATA",
            ),
        ] = None,
        scroll: Annotated[
            str, typer.Option(help="What labels of scrolls mean: protocol, content or finger.")
        ] = "protocol",
        cache: Annotated[
            str | None,
            typer.Option(metavar="FOLDER", help="For screenshots.", show_default="handeye-cache in DATA"),
        ] = None,
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
        *,
        local: LocalSettings,
    ) -> None:
        from handeye.evals.offline import OFFLINE
        from handeye.evals.pool.run import Workers

        settings = ask_settings(
            model,
            server,
            local,
            profile=profile,
            format=None,
            formats=(),
            temperature=temperature,
            max_tokens=max_tokens,
            min_pixels=min_pixels,
            max_pixels=max_pixels,
        )
        run_offline(
            OFFLINE[NAME],
            data,
            {"level": level, "subset": subset, "scroll": scroll, "ids": ids, "cache": cache, "part": part},
            settings,
            out,
            workers=Workers(workers, ray),
            limit=limit,
            repeats=repeats,
            retry_errors=retry_errors,
        )
