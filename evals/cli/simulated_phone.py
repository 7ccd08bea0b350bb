"""`handeye eval simulated-phone`: tasks on a phone that everyone has."""

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


def simulated_phone(
    model: ModelOption = "oracle",
    tasks: Annotated[str, typer.Option(help="Names separated by commas, or all, three.")] = "all",
    episodes: EpisodesOption = 5,
    first_seed: Annotated[int, typer.Option(min=0, help="Seed of the first one.")] = 0,
    workers: WorkersOption = 1,
    out: OutOption = Path("runs/simulated-phone"),
    max_steps: MaxStepsOption = None,
    keep: KeepOption = "failures",
    headed: Annotated[bool, typer.Option("--headed", help="Show the phone in a window.")] = False,
    device: DeviceOption = "auto",
    dtype: DtypeOption = "auto",
) -> None:
    """Play everyday tasks on a simulated phone, over adb: 37 of them, in the manner of AndroidWorld.

    The model gets the screenshot and the instruction, and touches the screen. An episode is solved when the phone then
    holds what was asked for, and nothing else has changed. The same command again goes on where an interrupted run was.

    Exit status: 0 all were played, 1 some broke, 2 an error, 130 Ctrl-C.

    Examples:

      handeye eval simulated-phone --model oracle --episodes 5 --out runs/oracles

      handeye eval simulated-phone --model Qwen/Qwen2.5-VL-7B-Instruct --tasks airplane-mode,add-contact
    """
    from handeye.evals.simulated_phone.catalog import STEPS, select
    from handeye.evals.simulated_phone.task import PROTOCOL, SimulatedPhoneTasks
    from handeye.evals.worker import Job, WorkerSettings, named_model

    jobs = [
        Job(name, seed, STEPS if max_steps is None else max_steps)
        for name in select(tasks)
        for seed in range(first_seed, first_seed + episodes)
    ]
    settings = WorkerSettings(
        suite=partial(SimulatedPhoneTasks, headless=not headed),
        model=named_model(model),
        device=device,
        dtype=dtype,
        keep=keep,
        journals=out / "journals",
    )
    play_and_report(jobs, settings, out, workers=workers, protocol=PROTOCOL, max_steps=max_steps)
