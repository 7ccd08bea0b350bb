"""`handeye eval`: how well a model does on tasks that judge themselves."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from handeye.agent.cli.options import DeviceOption, DtypeOption
from handeye.evals.cli.options import (
    EpisodesOption,
    KeepOption,
    MaxStepsOption,
    ModelOption,
    OutOption,
    WorkersOption,
)
from handeye.evals.cli.report import play_and_report
from handeye.evals.cli.simulated_phone import simulated_phone

app = typer.Typer(no_args_is_help=True, help="Let a model play tasks that judge themselves, and report its rates.")
app.command("simulated-phone")(simulated_phone)


@app.callback()
def evals() -> None:
    """Let a model play tasks that judge themselves, and report its rates."""


@app.command()
def miniwob(
    model: ModelOption = "handeye-tiny",
    tasks: Annotated[str, typer.Option(help="Names separated by commas, or all, five, oracles.")] = "five",
    episodes: EpisodesOption = 50,
    first_seed: Annotated[
        int, typer.Option(min=0, help="Seed of the first one. handeye-tiny was trained on seeds below 100,000.")
    ] = 1_000_000,
    workers: WorkersOption = 1,
    out: OutOption = Path("runs/miniwob"),
    max_steps: MaxStepsOption = None,
    keep: KeepOption = "failures",
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
    from handeye.evals.worker import Job, WorkerSettings, named_model

    jobs = [
        Job(name, seed, step_limit(name) if max_steps is None else max_steps)
        for name in select(tasks, oracle=model == "oracle")
        for seed in range(first_seed, first_seed + episodes)
    ]
    settings = WorkerSettings(
        suite=partial(MiniWob, headless=not headed),
        model=named_model(model),
        device=device,
        dtype=dtype,
        keep=keep,
        journals=out / "journals",
    )
    play_and_report(jobs, settings, out, workers=workers, protocol=PROTOCOL, max_steps=max_steps)
