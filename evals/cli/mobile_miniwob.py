"""`handeye eval mobile-miniwob`."""

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from handeye.evals.cli.command import EvalCommand, Harness
from handeye.evals.cli.own_option import OwnOption

HELP = (
    "Play MobileMiniWoB++ without Android, as a proxy: 92 small web tasks on a\nphone's screen.\n\n"
    "The pages of MiniWoB++ are shown as AndroidWorld's app shows them, five times as large, and are touched: in a "
    "Chromium, or in an app of the simulated phone over adb. An episode is solved when the page's raw reward is 1. "
    "Every score is labelled as one of a proxy: no figure of it is one of MobileMiniWoB++. "
    "drag-item is left out without --android-world. The same command continues an interrupted run; with "
    "--retry-errors it also plays again what failed with an error.\n\n"
    "Exit status: 0 all episodes were played, 1 some had an error, 2 the command failed, 130 Ctrl-C.\n\n"
    "Examples:\n\n"
    "  handeye eval mobile-miniwob --out runs/oracles\n\n"
    "  handeye eval mobile-miniwob --proxy phone --model oracle \\\n    --tasks click-test,enter-text\n\n"
    "  handeye eval mobile-miniwob --model Qwen/Qwen2.5-VL-7B-Instruct \\\n    --tasks miniwob_subset --episodes 3\n"
)

OWN = (
    OwnOption(
        "proxy",
        Annotated[
            Literal["chromium", "phone"],
            typer.Option(help="What shows the pages: a touched Chromium, or the simulated phone over adb."),
        ],
        "chromium",
    ),
    OwnOption(
        "android_world",
        Annotated[
            Path | None,
            typer.Option(
                metavar="FOLDER",
                help="A checkout of android_world, whose 92 pages are played instead of those of the package miniwob.",
            ),
        ],
    ),
)


def harness(proxy: Literal["chromium", "phone"], android_world: Path | None) -> Harness:
    """Return what plays the pages. Raises `UnknownTask` if the checkout is none, `MissingDependency` without pages."""
    from handeye.evals.mobile_miniwob.chromium import ChromiumPages
    from handeye.evals.mobile_miniwob.names import CHANGED, MINIWOB
    from handeye.evals.mobile_miniwob.pages import find_pages
    from handeye.evals.mobile_miniwob.phone import PhonePages
    from handeye.evals.mobile_miniwob.protocol import LABELS, STEPS, TITLE, protocol
    from handeye.evals.mobile_miniwob.selection import select
    from handeye.evals.mobile_miniwob.sets import Families

    found = find_pages(android_world)
    own_pages = android_world is None
    same = len(MINIWOB) - len(found.left_out) - (len(CHANGED) if own_pages else 0)
    return Harness(
        select=lambda text, oracle: select(text, left_out=found.left_out, oracle=oracle),
        step_limit=lambda name: STEPS,
        suite=partial(ChromiumPages if proxy == "chromium" else PhonePages, android_world),
        protocol=protocol(proxy, found.origin),
        sections=(Families(LABELS[proxy], found.left_out, own_pages),),
        facts={
            "title": f"{TITLE} ({LABELS[proxy]})",
            "proxy": LABELS[proxy],
            "pages": found.origin,
            "pages_as_in_android_world": same,
            "left_out": list(found.left_out),
        },
    )


MOBILE_MINIWOB = EvalCommand(
    name="mobile-miniwob",
    help=HELP,
    harness=harness,
    model="oracle",
    tasks="oracles",
    tasks_help="Names separated by commas, or miniwob (92), miniwob_subset (62 of them), oracles.",
    episodes=1,
    first_seed=0,
    seed_help="Seed of the first one.",
    headed_help="Show the browser or the phone in a window.",
    own=OWN,
)
