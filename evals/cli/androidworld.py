"""`handeye eval androidworld`."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from handeye.evals.androidworld.families import SEED, Family, is_miniwob
from handeye.evals.cli.command import EvalCommand, Harness
from handeye.evals.cli.own_option import OwnOption

HELP = (
    "Play AndroidWorld's own tasks on its own emulator: 116 tasks, or MobileMiniWoB++.\n\n"
    "It needs the package android_world, which may be in another Python (--python), and a running emulator with its "
    "apps (--setup-apps installs them, once). The package prepares and judges each task; the model gets the "
    "screenshot and the goal, and acts over adb. The summary has AndroidWorld's own mean, which leaves crashes out, "
    "and ours, which counts them as failures. The same command continues an interrupted run; with --retry-errors it "
    "also plays again what failed with an error. docs/benchmarks/androidworld.md says how to set it up.\n\n"
    "Exit status: 0 all episodes were played, 1 some had an error, 2 the command failed, 130 Ctrl-C.\n\n"
    "Examples:\n\n"
    "  handeye eval androidworld --android-world android_world \\\n"
    "    --python aw/bin/python --model Qwen/Qwen2.5-VL-7B-Instruct\n\n"
    "  handeye eval androidworld --family miniwob_subset --emulators 5554,5556 \\\n"
    "    --workers 2 --model Qwen/Qwen2.5-VL-7B-Instruct --out runs/mobile-miniwob\n"
)

OWN: Final = (
    OwnOption(
        "family",
        Annotated[Family, typer.Option(help="Which tasks: 116, 91, 25, 92 or 62.")],
        "android_world",
    ),
    OwnOption(
        "android_world",
        Annotated[
            Path | None,
            typer.Option(
                metavar="FOLDER", help="A checkout of AndroidWorld.", show_default="what is installed in the Python"
            ),
        ],
    ),
    OwnOption(
        "python",
        Annotated[
            str | None,
            typer.Option(metavar="PATH", help="The Python that has AndroidWorld's packages.", show_default="this one"),
        ],
    ),
    OwnOption(
        "emulators",
        Annotated[
            str,
            typer.Option(
                metavar="PORTS",
                help="Console ports of the emulators, one for each worker: 5554,5556. "
                "gRPC is 3000 above, or after a colon: 5554:8600.",
            ),
        ],
        "5554",
    ),
    OwnOption(
        "task_seed",
        Annotated[int, typer.Option(min=0, help="AndroidWorld's task_random_seed: which instances are made.")],
        SEED,
    ),
    OwnOption(
        "setup_apps",
        Annotated[
            bool,
            typer.Option(
                "--setup-apps", help="First install the tasks' apps, as perform_emulator_setup: once for an emulator."
            ),
        ],
        False,
    ),
)


def harness(
    family: Family,
    android_world: Path | None,
    python: str | None,
    emulators: str,
    task_seed: int,
    setup_apps: bool,
) -> Harness:
    """Return what plays the tasks. Raises `AndroidWorldMissing` without the package, and `InvalidOption`."""
    from handeye.evals.androidworld.catalog import read_catalog
    from handeye.evals.androidworld.emulators import parse_emulators
    from handeye.evals.androidworld.place import Place
    from handeye.evals.androidworld.scores import Scores
    from handeye.evals.androidworld.task import AndroidWorld, protocol
    from handeye.evals.androidworld.world import WorldSettings

    place = Place(python or sys.executable, android_world)
    used = parse_emulators(emulators)
    catalog = read_catalog(place, family, task_seed)
    return Harness(
        catalog.select,
        catalog.steps,
        partial(AndroidWorld, WorldSettings(place, family, task_seed, used, setup_apps)),
        protocol(family),
        sections=(Scores(catalog.tasks, is_miniwob(family)),),
        facts={
            "benchmark": "mobile-miniwob" if is_miniwob(family) else "androidworld",
            "family": family,
            "task_seed": task_seed,
            "android_world": {"commit": catalog.commit, "digest": catalog.digest},
        },
    )


ANDROIDWORLD = EvalCommand(
    name="androidworld",
    help=HELP,
    harness=harness,
    model="Qwen/Qwen2.5-VL-7B-Instruct",
    tasks="all",
    tasks_help="Names separated by commas, or all, easy, medium, hard.",
    episodes=1,
    first_seed=0,
    seed_help="Number of the first instance of each task.",
    headed_help="Refused: an emulator has a window, or was started without.",
    own=OWN,
)
