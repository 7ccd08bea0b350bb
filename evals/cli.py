"""`handeye eval`: how well a model does on tasks that judge themselves."""

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from handeye.agent.cli_options import DeviceOption, DtypeOption
from handeye.evals.summary import SUMMARY, error_lines, table

app = typer.Typer(no_args_is_help=True, help="Let a model play tasks that judge themselves, and report its rates.")


@app.callback()
def evals() -> None:
    """Let a model play tasks that judge themselves, and report its rates."""


@app.command()
def miniwob(
    model: Annotated[
        str,
        typer.Option("--model", "-m", envvar="HANDEYE_MODEL", help="Hugging Face id, folder, handeye-tiny, or oracle."),
    ] = "handeye-tiny",
    tasks: Annotated[str, typer.Option(help="Names separated by commas, or all, five, oracles.")] = "five",
    episodes: Annotated[int, typer.Option(min=1, help="Episodes of each task.")] = 50,
    first_seed: Annotated[
        int, typer.Option(min=0, help="Seed of the first one. handeye-tiny was trained on seeds below 100,000.")
    ] = 1_000_000,
    workers: Annotated[int, typer.Option(min=1, help="Processes, each with a browser and a model of its own.")] = 1,
    out: Annotated[
        Path, typer.Option(help="Folder for episodes.jsonl and summary.json. One that holds some goes on.")
    ] = Path("runs/miniwob"),
    max_steps: Annotated[
        int | None, typer.Option(min=1, help="Steps of each episode, instead of each task's own.")
    ] = None,
    keep: Annotated[
        Literal["none", "failures", "all"],
        typer.Option(help="Whose journals to keep, for handeye show DIR/journals."),
    ] = "failures",
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser.")] = False,
    device: DeviceOption = "auto",
    dtype: DtypeOption = "auto",
) -> None:
    """Play MiniWoB++ from pixels: 125 small web tasks whose pages give the reward.

    The model gets the screenshot and the instruction, and real mouse and keyboard. An episode is solved when the page's
    own raw reward is 1. An episode that breaks counts as a failure and is listed. The same command again goes on where
    an interrupted run was.

    Exit status: 0 all were played, 1 some broke, 2 an error, 130 Ctrl-C.

    Examples:

      handeye eval miniwob --tasks five --episodes 50 --workers 2 --out runs/five

      handeye eval miniwob --tasks oracles --episodes 10 --model oracle --out runs/oracles
    """
    from handeye.evals.miniwob.selection import select, step_limit
    from handeye.evals.miniwob.task import PROTOCOL, MiniWob
    from handeye.evals.runner import run
    from handeye.evals.worker import Job, WorkerSettings

    jobs = [
        Job(name, seed, step_limit(name) if max_steps is None else max_steps)
        for name in select(tasks, oracle=model == "oracle")
        for seed in range(first_seed, first_seed + episodes)
    ]
    settings = WorkerSettings(
        suite=partial(MiniWob, headless=not headed),
        model=str(Path(model).resolve()) if Path(model).is_dir() else model,
        device=device,
        dtype=dtype,
        keep=keep,
        journals=out / "journals",
    )
    console = Console(highlight=False)
    try:
        summary = run(jobs, settings, out, workers=workers, protocol=PROTOCOL, console=console, max_steps=max_steps)
    except KeyboardInterrupt:
        console.print(
            f"interrupted: what was played is in {out}, and the same command goes on", soft_wrap=True, markup=False
        )
        raise
    console.print(table(summary))
    for line in error_lines(summary):
        console.print(line, style="red", markup=False, soft_wrap=True)
    console.print(f"summary: {(out / SUMMARY).resolve()}", style="dim", soft_wrap=True, markup=False)
    raise typer.Exit(1 if summary["errors"] else 0)
