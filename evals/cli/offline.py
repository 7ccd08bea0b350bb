"""A run of an offline benchmark, as its command asks for it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeAlias

import typer
from pydantic import JsonValue
from rich.console import Console

from handeye.agent.policies.local import LocalSettings
from handeye.agent.prompts.catalog import find_profile
from handeye.evals.catalog import Offline
from handeye.evals.cli.command import model_name
from handeye.evals.samples.settings import SCRIPTED, AskSettings

if TYPE_CHECKING:
    from handeye.evals.pool.run import Workers
    from handeye.evals.samples.scores import Scores

AskedModelOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        envvar="HANDEYE_MODEL",
        help="Hugging Face id or folder; oracle, center or random answer without a model, to test the harness; with "
        "--server, the name of its model.",
        show_default=False,
        rich_help_panel="Model",
    ),
]
FormatOption: TypeAlias = Annotated[
    str | None, typer.Option("--format", metavar="NAME", show_default="the profile's own", rich_help_panel="Model")
]
LookCloserOption: TypeAlias = Annotated[
    bool,
    typer.Option("--zoom", help="Look closer where the model does not see every pixel.", rich_help_panel="Model"),
]
TemperatureOption: TypeAlias = Annotated[
    float | None, typer.Option(min=0, show_default="the profile's own", rich_help_panel="Model")
]
MaxTokensOption: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help="Of an answer.", show_default="the profile's own", rich_help_panel="Model")
]
MinPixelsOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="The least area of an image as the model sees it.",
        show_default="the profile's own",
        rich_help_panel="Model",
    ),
]
MaxPixelsOption: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="The greatest area of an image as the model sees it.",
        show_default="the profile's own",
        rich_help_panel="Model",
    ),
]
PredictionsOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Folder for predictions.jsonl, manifest.json, scores.json. A run that it already contains is continued.",
        show_default="runs/ and the benchmark's name",
    ),
]
LimitOption: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help="Ask about so many samples, spread evenly over all, for a first look.")
]
PartOption: TypeAlias = Annotated[
    bool, typer.Option("--part", help="The files hold only a part of the benchmark: do not insist on its full numbers.")
]
AgainOption: TypeAlias = Annotated[
    bool, typer.Option("--retry-errors", help="Ask again about samples at which the machine failed.")
]
ProcessesOption: TypeAlias = Annotated[
    int,
    typer.Option("--workers", min=1, help="Processes, each with its own model; with --server, questions at once."),
]


def ask_settings(
    model: str | None,
    server: str | None,
    local: LocalSettings,
    *,
    profile: str | None,
    format: str | None,
    formats: Sequence[str],
    **others: object,
) -> AskSettings:
    """Return the settings of a run. Raises `InvalidOption` and `UnknownProfile`."""
    from handeye.environments.errors import InvalidOption

    if format is not None and format not in formats:
        raise InvalidOption(f"there is no format {format!r}: give {', '.join(formats) or 'none here'}")
    if model in SCRIPTED:
        server = None
    if model is None and server is None:
        raise InvalidOption(
            "name the model: --model Qwen/Qwen2.5-VL-7B-Instruct, --server http://localhost:8000/v1, or --model oracle"
        )
    here = server is None and model not in SCRIPTED
    local.require_local(adapted=here, here=here)
    name = model_name(model, server)
    known = None if profile is None else find_profile(profile).name
    asked = {"model": name, "server": server, "profile": known, "format": format, **others}
    return AskSettings.model_validate({**asked, **local.model_dump()})


def run_offline(
    offline: Offline,
    data: str | None,
    options: Mapping[str, JsonValue],
    settings: AskSettings,
    out: Path | None,
    *,
    workers: "Workers",
    limit: int | None,
    repeats: int,
    retry_errors: bool,
) -> NoReturn:
    """Ask, print the scores, and exit: 0 all were asked, 1 at some the machine failed. Raises `HandeyeError`."""
    from handeye.evals.samples.log import PREDICTIONS
    from handeye.evals.samples.run import Loading, run_samples

    console = Console(highlight=False)
    directory = Path("runs") / offline.name if out is None else out
    source = data or offline.data
    loading = Loading(source, {**options, **({} if limit is None else {"limit": limit})})
    dataset = offline.load(source, loading.options)
    for name, fact in dataset.facts.items():
        said = ", ".join(f"{key} {count}" for key, count in fact.items()) if isinstance(fact, dict) else fact
        console.print(f"{name}: {said}", style="dim", markup=False, soft_wrap=True)
    try:
        scores = run_samples(
            offline.benchmark,
            dataset,
            loading,
            settings,
            directory,
            workers=workers,
            console=console,
            repeats=repeats,
            retry_errors=retry_errors,
        )
    except KeyboardInterrupt:
        line = f"interrupted: the answers so far are in {directory}, and the same command continues"
        console.print(line, soft_wrap=True, markup=False)
        raise
    print_scores(console, offline, scores)
    errors = scores[0].errors
    if errors:
        console.print(
            f"{errors} samples failed through the machine; the reasons are in {directory / PREDICTIONS}, and "
            "--retry-errors asks again",
            style="red",
            soft_wrap=True,
            markup=False,
        )
    console.print(f"results: {directory.resolve()}", style="dim", soft_wrap=True, markup=False)
    raise typer.Exit(1 if errors else 0)


def print_scores(console: Console, offline: Offline, scores: "Sequence[Scores]") -> None:
    """Print the tables of a run, and what a reader must know of them."""
    from handeye.evals.samples.tables import score_lines, tables_of

    benchmark = offline.benchmark()
    for table in tables_of(scores, benchmark):
        console.print(table)
        console.print()
    for line in (*(line for each in scores for line in score_lines(each)), *benchmark.notes):
        console.print(line, style="dim", markup=False, soft_wrap=True)
