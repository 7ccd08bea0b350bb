"""`handeye eval osworld`."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from handeye.evals.cli.command import EvalCommand, Harness
from handeye.evals.cli.own_option import OwnOption

HELP = (
    "Play OSWorld: 369 tasks on a virtual machine, judged by its own package.\n\n"
    "The package desktop_env runs in an interpreter of its own, which --python names, so that none of what it requires "
    "is installed here; the tasks come from a checkout of OSWorld. The model gets screenshots alone. An episode with "
    "an error counts as a failure and is listed. The same command continues an interrupted run; with --retry-errors "
    "it also plays again what failed with an error. Setting it up: docs/benchmarks/osworld.md.\n\n"
    "Exit status: 0 all episodes were played, 1 some had an error, 2 the command failed, 130 Ctrl-C.\n\n"
    "Examples:\n\n"
    "  handeye eval osworld --osworld ~/OSWorld --python ~/osw/bin/python \\\n"
    "    --tasks no-google-drive --out runs/osworld\n\n"
    "  handeye eval osworld --osworld ~/OSWorld --python ~/osw/bin/python \\\n"
    "    --tasks chrome,os --max-steps 50 --workers 4\n\n"
    "  handeye eval osworld --osworld ~/OSWorld --python ~/osw/bin/python \\\n"
    "    --provider vmware --path-to-vm ~/vm/Ubuntu.vmx --headed\n"
)
_Provider = Literal["docker", "vmware", "virtualbox", "aws", "azure", "gcp", "aliyun", "volcengine"]
_SECONDS: Final = 600.0


def _seconds(name: str, default: float, help: str) -> OwnOption:
    return OwnOption(name, Annotated[float, typer.Option(min=0, max=_SECONDS, metavar="SECONDS", help=help)], default)


def harness(
    *,
    osworld: Path | None,
    python: str | None,
    test_set: Path | None,
    path_to_vm: str | None,
    screen: str,
    client_password: str | None,
    **machine: Any,
) -> Harness:
    """Read the tasks, and ask the interpreter for its version. Raises `HandeyeError` if something is missing."""
    from handeye.evals.errors import UnknownTask
    from handeye.evals.osworld.environment import version_facts
    from handeye.evals.osworld.errors import InvalidMachine, InvalidTasks
    from handeye.evals.osworld.machine import Machine, find_interpreter, parse_screen
    from handeye.evals.osworld.scores import OSWorldScores
    from handeye.evals.osworld.task import STEPS, OSWorldTasks, protocol
    from handeye.evals.osworld.tasks import read_tasks

    if osworld is None:
        raise InvalidTasks("where are the tasks? give a checkout of xlang-ai/OSWorld with --osworld")
    if python is None:
        raise InvalidMachine("what has desktop_env? give the interpreter in whose environment it is with --python")
    tasks = read_tasks(osworld.expanduser().absolute(), test_set)
    made = Machine(
        python=find_interpreter(python),
        checkout=tasks.checkout,
        path_to_vm=path_to_vm,
        screen=parse_screen(screen),
        client_password=client_password or "",
        **machine,
    )
    scores = OSWorldScores(tasks)

    def select(text: str, oracle: bool) -> tuple[str, ...]:
        if oracle:
            raise UnknownTask("OSWorld has no oracles: name a model; handeye eval selftest osworld proves the harness")
        names = tasks.select(text)
        scores.ask(names)
        return names

    return Harness(
        select,
        lambda name: STEPS,
        partial(OSWorldTasks, made, tasks.examples),
        protocol(made),
        (scores,),
        {**version_facts(made), **made.facts(), **tasks.facts()},
    )


OSWORLD = EvalCommand(
    name="osworld",
    help=HELP,
    harness=harness,
    model="Qwen/Qwen2.5-VL-7B-Instruct",
    tasks="all",
    tasks_help="all, no-google-drive (361), infeasible, domains, or ids, separated by commas.",
    episodes=1,
    first_seed=0,
    seed_help="OSWorld has none: a task is always the same. For repeats, give --repeats.",
    headed_help="Show the machine, where the provider can.",
    own=(
        OwnOption(
            "osworld",
            Annotated[Path | None, typer.Option(envvar="HANDEYE_OSWORLD", help="Checkout of xlang-ai/OSWorld.")],
        ),
        OwnOption(
            "python",
            Annotated[
                str | None, typer.Option(envvar="HANDEYE_OSWORLD_PYTHON", help="Interpreter that has desktop_env.")
            ],
        ),
        OwnOption(
            "test_set", Annotated[Path | None, typer.Option(help="List of tasks, instead of the whole test_all.json.")]
        ),
        OwnOption("provider", Annotated[_Provider, typer.Option(help="What runs the machine.")], "docker"),
        OwnOption("path_to_vm", Annotated[str | None, typer.Option(help="Image or machine, instead of upstream's.")]),
        OwnOption("region", Annotated[str | None, typer.Option(help="Of a cloud, such as us-east-1.")]),
        OwnOption("snapshot", Annotated[str | None, typer.Option(help="Which to go back to; on aws, the image.")]),
        OwnOption(
            "client_password",
            Annotated[
                str | None,
                typer.Option(envvar="OSWORLD_CLIENT_PASSWORD", help="Of the machine's user, instead of upstream's."),
            ],
        ),
        OwnOption("proxy", Annotated[bool, typer.Option("--proxy", help="Give tasks that ask for it a proxy.")], False),
        OwnOption("screen", Annotated[str, typer.Option(metavar="WxH", help="Size of the screen.")], "1920x1080"),
        OwnOption(
            "space",
            Annotated[
                Literal["pyautogui", "computer_13"], typer.Option("--action-space", help="How actions go there.")
            ],
            "pyautogui",
        ),
        _seconds("pause", 2.0, "After each action."),
        _seconds("wait_after_reset", 60.0, "After the setup of a task."),
        _seconds("wait_before_score", 20.0, "Before a task is judged."),
        OwnOption(
            "give_up",
            Annotated[
                Literal["fail", "done"], typer.Option(help="What it is to give up: FAIL says that it cannot be done.")
            ],
            "fail",
        ),
    ),
)
