"""One eval as a command: the options that all evals share, and a run with them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn, TypeAlias

import typer
from pydantic import JsonValue
from rich.console import Console

from handeye.agent.cli.local import with_acting
from handeye.agent.cli.options import ProfileOption, ServerOption
from handeye.agent.cli.policy import named_model
from handeye.agent.policies.acting import ActingSettings
from handeye.agent.prompts.catalog import find_profile
from handeye.evals.cli.own_option import OwnOption, with_own_options
from handeye.evals.play import ORACLE
from handeye.evals.section import Section
from handeye.evals.summary import SUMMARY, error_lines, repeat_line, retry_line, table

if TYPE_CHECKING:
    from handeye.evals.pool.run import Workers
    from handeye.evals.worker import Job, Suite, WorkerSettings

EpisodesOption: TypeAlias = Annotated[int, typer.Option(min=1, help="Episodes of each task.")]
WorkersOption: TypeAlias = Annotated[int, typer.Option(min=1, help="Processes, each with its own screen and model.")]
OutOption: TypeAlias = Annotated[
    Path, typer.Option(help="Folder for episodes.jsonl and summary.json. A run that it already contains is continued.")
]
MaxStepsOption: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help="Steps of each episode, instead of each task's own.")
]
RetryOption: TypeAlias = Annotated[
    bool, typer.Option("--retry-errors", help="Play the episodes again that failed with an error, such as a crash.")
]
RepeatsOption: TypeAlias = Annotated[
    int, typer.Option(min=1, help="How often each is asked: tells how steady the model is, as flip rate and pass^k.")
]
RayOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--ray", metavar="ADDRESS", help="Work on a Ray cluster: ray://HOST:10001, auto, or local."),
]
KeepOption: TypeAlias = Annotated[
    Literal["none", "failures", "all"], typer.Option(help="Which journals to keep, for handeye show DIR/journals.")
]


@dataclass(frozen=True, slots=True)
class Harness:
    """What plays and judges an eval's tasks."""

    select: Callable[[str, bool], Sequence[str]]
    """Returns the tasks that a text names; the second argument says whether their oracles are to play them."""
    step_limit: Callable[[str], int]
    suite: Callable[..., AbstractContextManager["Suite"]]
    """Returns what makes the tasks; takes `headless`. Sent to the workers, so a class or a module's function."""
    protocol: str
    sections: Sequence[Section] = ()
    """What the summary holds besides the rates of the tasks."""
    facts: Mapping[str, JsonValue] = field(default_factory=dict)
    """What the manifest says of the benchmark, such as the version of its tasks."""


@dataclass(frozen=True, slots=True)
class EvalCommand:
    """What differs between the commands."""

    name: str
    help: str
    harness: Callable[..., Harness]
    """Imports what the eval needs. Takes the values of the eval's own options, by their names."""
    model: str
    tasks: str
    tasks_help: str
    episodes: int
    first_seed: int
    seed_help: str
    headed_help: str
    own: Sequence[OwnOption] = ()
    """The options that no other eval has."""


def add_command(app: typer.Typer, command: EvalCommand) -> None:
    """Add the eval to the app."""

    @with_acting
    def evaluate(
        model: Annotated[
            str | None,
            typer.Option(
                "--model",
                "-m",
                envvar="HANDEYE_MODEL",
                help="Hugging Face id, folder, GGUF, handeye-tiny, or oracle; with --server, the name of its model.",
                show_default=command.model,
            ),
        ] = None,
        tasks: Annotated[str, typer.Option(help=command.tasks_help)] = command.tasks,
        episodes: EpisodesOption = command.episodes,
        first_seed: Annotated[int, typer.Option(min=0, help=command.seed_help)] = command.first_seed,
        workers: WorkersOption = 1,
        out: OutOption = Path("runs") / command.name,
        max_steps: MaxStepsOption = None,
        repeats: RepeatsOption = 1,
        ray: RayOption = None,
        retry_errors: RetryOption = False,
        keep: KeepOption = "failures",
        headed: Annotated[bool, typer.Option("--headed", help=command.headed_help)] = False,
        server: ServerOption = None,
        profile: ProfileOption = None,
        *,
        local: ActingSettings,
        **own: Any,
    ) -> None:
        from handeye.evals.pool.run import Workers
        from handeye.evals.worker import Job, WorkerSettings

        harness = command.harness(**own)
        server = None if model == ORACLE else server
        here = server is None and model != ORACLE
        local.require_acting(adapted=here, here=here)
        model = model_name(command.model if model is None and server is None else model, server)
        jobs = [
            Job(name, seed, harness.step_limit(name) if max_steps is None else max_steps, repeat=repeat)
            for repeat in range(repeats)
            for name in harness.select(tasks, model == ORACLE)
            for seed in range(first_seed, first_seed + episodes)
        ]
        settings = WorkerSettings(
            suite=partial(harness.suite, headless=not headed),
            model=model,
            server=server,
            profile=None if profile is None else find_profile(profile).name,
            local=local,
            keep=keep,
            journals=out / "journals",
        )
        _play_and_report(
            jobs,
            settings,
            out,
            workers=Workers(workers, ray),
            benchmark=command.name,
            harness=harness,
            max_steps=max_steps,
            retry_errors=retry_errors,
        )

    app.command(command.name, help=command.help)(with_own_options(evaluate, command.own))


def model_name(model: str | None, server: str | None) -> str:
    """Return the model to load, or the name of the one on a server, which is asked for its only one."""
    if server is None:
        return str(named_model(model))
    from handeye.agent.servers.server import ChatServer

    return ChatServer(server, model).name


def _play_and_report(
    jobs: Sequence["Job"],
    settings: "WorkerSettings",
    out: Path,
    *,
    workers: "Workers",
    benchmark: str,
    harness: Harness,
    max_steps: int | None,
    retry_errors: bool,
) -> NoReturn:
    """Play what `out` has no record of, and exit: 0 all were played, 1 some had an error. Raises `HandeyeError`."""
    from handeye.evals.runner import run

    console = Console(highlight=False)
    try:
        summary = run(
            jobs,
            settings,
            out,
            workers=workers,
            protocol=harness.protocol,
            facts={"benchmark": benchmark, **harness.facts},
            sections=harness.sections,
            console=console,
            max_steps=max_steps,
            retry_errors=retry_errors,
        )
    except KeyboardInterrupt:
        line = f"interrupted: the finished episodes are in {out}, and the same command continues"
        console.print(line, soft_wrap=True, markup=False)
        raise
    console.print(table(summary))
    for section in harness.sections:
        console.print()
        for shown in section.show(summary[section.name]):
            console.print(shown)
    for line in error_lines(summary):
        console.print(line, style="red", markup=False, soft_wrap=True)
    if (steady := repeat_line(summary)) is not None:
        console.print(steady, soft_wrap=True, markup=False)
    if (again := retry_line(summary)) is not None:
        console.print(again, soft_wrap=True, markup=False)
    if (left := _to_retry(jobs, summary)) > 0:
        those = "those" if left == len(summary["errors"]) else f"{left} of those"
        console.print(f"the same command with --retry-errors plays {those} again", soft_wrap=True, markup=False)
    console.print(f"summary: {(out / SUMMARY).resolve()}", style="dim", soft_wrap=True, markup=False)
    raise typer.Exit(1 if summary["errors"] else 0)


def _to_retry(jobs: Sequence["Job"], summary: dict[str, Any]) -> int:
    """Return how many of the episodes that failed with an error the command asks for: the folder may hold others."""
    asked = {(job.task, job.seed) for job in jobs}
    return sum((error["task"], error["seed"]) in asked for error in summary["errors"])
