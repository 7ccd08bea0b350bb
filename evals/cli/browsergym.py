"""`handeye eval browsergym`."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from handeye.environments.errors import InvalidOption
from handeye.evals.cli.command import EvalCommand, Harness
from handeye.evals.cli.own_option import OwnOption

if TYPE_CHECKING:
    from handeye.evals.browsergym.seeds import Seeds
    from handeye.evals.browsergym.session import GymSession

VARIABLE = "HANDEYE_BROWSERGYM_PYTHON"

HELP = (
    "Play BrowserGym's benchmarks in BrowserGym's own browser: MiniWoB++, WebArena, and others.\n\n"
    "BrowserGym requires an old Playwright, so it is in a virtual environment of its own, which --python names:\n\n"
    "  python3 -m venv gym\n\n"
    "  gym/bin/pip install browsergym-miniwob==0.14.3 miniwob==1.1.0\n\n"
    "The model gets BrowserGym's screenshot and the goal, and acts by its functions of coordinates. An episode is "
    "solved when BrowserGym has given a reward above 0; how many reached a reward of 1 stands beside it. The same "
    "command continues an interrupted run; with --retry-errors it also plays again what failed with an error.\n\n"
    "Exit status: 0 all episodes were played, 1 some had an error, 2 the command failed, 130 Ctrl-C.\n\n"
    "Examples:\n\n"
    "  handeye eval browsergym --python gym/bin/python --out runs/gym-oracles\n\n"
    "  handeye eval browsergym --python gym/bin/python --tasks miniwob \\\n"
    "    --episodes 5 --model Qwen/Qwen2.5-VL-7B-Instruct --out runs/gym\n\n"
    "  handeye eval browsergym --python gym/bin/python \\\n"
    "    --tasks miniwob.click-test,miniwob.enter-text --seeds plain --episodes 2\n"
)


def harness(*, python: str | None, chromium: Path | None, seeds: "Seeds") -> Harness:
    """Return what plays the tasks, once it was seen to start. Raises `InvalidOption` and `ForeignFailed`."""
    from handeye.evals.browsergym.benchmarks import step_limit
    from handeye.evals.browsergym.selection import RULES
    from handeye.evals.browsergym.task import PROTOCOL, BrowserGym, session

    if python is None:
        raise InvalidOption(
            f"name the interpreter that has BrowserGym: --python gym/bin/python, or {VARIABLE}; "
            "handeye eval browsergym --help says how to make one"
        )
    there = session(python, chromium)
    try:
        about = there.about()
    except BaseException:
        there.close()
        raise
    return Harness(
        partial(_select, there),
        step_limit,
        partial(BrowserGym, python=python, chromium=chromium, seeds=seeds),
        PROTOCOL,
        (RULES,),
        {"browsergym": about, "seed_list": seeds},
    )


def _select(there: "GymSession", text: str, oracle: bool) -> Sequence[str]:
    from handeye.evals.browsergym.selection import select

    with there:
        return select(text, there.tasks, oracle=oracle)


BROWSERGYM = EvalCommand(
    name="browsergym",
    help=HELP,
    harness=harness,
    model="oracle",
    tasks="oracles",
    tasks_help="Benchmarks or tasks separated by commas, or oracles, webgum-56: miniwob, webarena, miniwob.click-test.",
    episodes=1,
    first_seed=0,
    seed_help="Number of the first one: 0 is the first seed of each task in BrowserGym's list.",
    headed_help="Show the browser.",
    own=(
        OwnOption(
            "python",
            Annotated[
                str | None,
                typer.Option("--python", metavar="PATH", envvar=VARIABLE, help="The interpreter that has BrowserGym."),
            ],
        ),
        OwnOption(
            "chromium",
            Annotated[
                Path | None,
                typer.Option(metavar="PATH", help="A Chromium instead of Playwright's own.", show_default=False),
            ],
        ),
        OwnOption(
            "seeds",
            Annotated[
                Literal["browsergym", "plain"],
                typer.Option(help="browsergym: the numbers count the seeds of its list; plain: they are the seeds."),
            ],
            "browsergym",
        ),
    ),
)
