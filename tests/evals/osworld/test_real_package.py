"""The real `desktop_env`, where an interpreter has it: HANDEYE_TEST_DESKTOP_ENV=/path/to/bin/python.

desktop-env 1.0.2 and what it imports, easyocr aside, are in that environment. The machine is an isolated desktop.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Action, Click, Hold, Press, Scroll, Terminate, Type, Wait
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.errors import ActionPartial
from handeye.evals.osworld.environment import OSWorldEnvironment, version_facts
from handeye.evals.osworld.machine import Machine
from handeye.evals.osworld.spaces.catalog import SpaceName
from handeye.evals.osworld.stand_in_tasks import SOURCE
from handeye.evals.osworld.task import OSWorldTask
from handeye.evals.osworld.task_file import TaskFile
from handeye.evals.play import play
from handeye.evals.record import Record

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
FIELD = Click(point=Point(500, 300))
BUTTON = Click(point=Point(500, 600))
TEXT = 'Grüße, 世界! <b>it\'s "5 < 6" \\ \\x27</b>\n\tif a < b:\n{braces} %s ~`|'
HOSTILE = "pyautogui.typewrite(\"');import os;os.mkdir('/tmp/handeye-injected')#<\")"

Run = Callable[..., Record]


@pytest.fixture(scope="module")
def python() -> str:
    found = os.environ.get("HANDEYE_TEST_DESKTOP_ENV")
    if found is None:
        pytest.skip("HANDEYE_TEST_DESKTOP_ENV names no interpreter that has desktop_env")
    return found


@pytest.fixture(scope="module")
def desktop(python: str, needs: Callable[..., None]) -> Iterator[IsolatedDesktop]:
    needs("Xvfb", "openbox")
    with IsolatedDesktop(Size(1920, 1080)) as desktop:
        yield desktop


@pytest.fixture
def machine(python: str, desktop: IsolatedDesktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    authority = tmp_path / "no-authority"  # what pyautogui's X library reads, and does not do without
    authority.touch()
    monkeypatch.setenv("XAUTHORITY", str(authority))
    monkeypatch.setenv("DISPLAY", desktop.display)
    return Machine(
        python=python,
        checkout=tmp_path,
        source=HERE / "local_machine.py",
        pause=0.5,
        wait_after_reset=2.0,
        wait_before_score=0.5,
    )


@pytest.fixture
def run(machine: Machine, tmp_path: Path) -> Iterator[Run]:
    """Play actions on a task whose evaluation reads what the program on the desktop has written."""
    opened: list[OSWorldEnvironment] = []

    def run(
        actions: list[Action],
        expected: dict[str, Any] | None,
        space: SpaceName = "pyautogui",
        max_steps: int | None = None,
    ) -> Record:
        state = tmp_path / "state.json"
        state.unlink(missing_ok=True)
        evaluator: dict[str, Any] = {"func": "infeasible"}
        if expected is not None:
            evaluator = {
                "func": "exact_match",
                "result": {"type": "vm_command_line", "command": ["cat", str(state)]},
                "expected": {"type": "rule", "rules": {"expected": json.dumps(expected)}},
            }
        definition = {
            "id": "12345678",
            "instruction": "Write and press.",
            "config": [
                {"type": "launch", "parameters": {"command": ["python", str(HERE / "notepad.py"), str(state)]}},
                {"type": "sleep", "parameters": {"seconds": 2}},
            ],
            "evaluator": evaluator,
        }
        environment = OSWorldEnvironment(replace(machine, space=space))
        opened.append(environment)
        task = OSWorldTask("os/12345678", 0, TaskFile(b"", definition, "Write and press."))
        try:
            return play(task, environment, ScriptedPolicy(actions), max_steps=max_steps or len(actions))
        finally:
            environment.close()

    yield run
    for environment in opened:
        environment.close()


def test_it_is_the_real_package(machine: Machine) -> None:
    real = replace(machine, source=None)
    assert version_facts(real) == {"desktop_env": "1.0.2"}


def test_the_stand_in_has_the_real_signatures(python: str) -> None:
    script = (
        "import importlib.util, inspect, json, sys\n"
        "spec = importlib.util.spec_from_file_location('stand_in', sys.argv[1])\n"
        "stand_in = importlib.util.module_from_spec(spec); spec.loader.exec_module(stand_in)\n"
        "from desktop_env.desktop_env import DesktopEnv\n"
        "def found(kind):\n"
        "    names = ('__init__', 'reset', 'step', 'evaluate', 'close', '_get_obs', 'render')\n"
        "    return {name: [(each.name, each.default) for each in\n"
        "        inspect.signature(getattr(kind, name)).parameters.values()] for name in names}\n"
        "real, ours = found(DesktopEnv), found(stand_in.DesktopEnv)\n"
        "sys.stderr.write(json.dumps({name: [str(real[name]), str(ours[name])] for name in real\n"
        "    if real[name] != ours[name]}) + '\\n')\n"
    )
    done = subprocess.run([python, "-c", script, str(SOURCE)], capture_output=True, text=True, check=True)
    assert json.loads(done.stderr.splitlines()[-1]) == {}


def test_text_and_clicks_arrive_and_the_real_evaluation_says_so(run: Run) -> None:
    done = [FIELD, Type(text=TEXT), BUTTON, Terminate(status="success")]
    record = run(done, {"text": TEXT, "pressed": 1})
    assert record.error is None
    assert record.reward == 1.0
    assert run(done, {"text": TEXT + "x", "pressed": 1}).reward == 0.0


def test_text_that_upstreams_repair_would_run_is_typed(run: Run) -> None:
    record = run([FIELD, Type(text=HOSTILE), Terminate(status="success")], {"text": HOSTILE, "pressed": 0})
    assert (record.error, record.reward) == (None, 1.0)
    assert not Path("/tmp/handeye-injected").exists()


def test_keys_wheel_and_waits_are_carried_out(run: Run) -> None:
    actions: list[Action] = [
        FIELD,
        Type(text="gone"),
        Type(text="ABC", clear=True),
        Press(keys=("left",)),
        Press(keys=("<",)),
        Hold(keys=("shift",), seconds=0.2),
        Press(keys=("ctrl", "a")),
        Scroll(point=Point(500, 300), dy=240),
        Wait(seconds=1),
        Terminate(status="success"),
    ]
    record = run(actions, {"text": "AB<C", "pressed": 0})
    assert (record.error, record.reward) == (None, 1.0)


@pytest.mark.parametrize(
    ("last", "feasible", "impossible"),
    [
        (Terminate(status="success"), 1.0, 0.0),
        (Terminate(status="infeasible"), 0.0, 1.0),
        (Terminate(status="failure"), 0.0, 1.0),
        (None, 1.0, 0.0),
    ],
)
def test_the_real_evaluation_of_how_an_episode_ends(
    run: Run, last: Action | None, feasible: float, impossible: float
) -> None:
    actions = [BUTTON] if last is None else [BUTTON, last]
    records = [run(actions, expected) for expected in ({"text": "", "pressed": 1}, None)]
    assert [record.error for record in records] == [None, None]
    assert [record.reward for record in records] == [feasible, impossible]


def test_computer_13_is_carried_out_by_the_real_controller(run: Run) -> None:
    text = "a < b's \\"
    actions: list[Action] = [FIELD, Type(text=text), Press(keys=("'",)), BUTTON, Terminate(status="success")]
    record = run(actions, {"text": text + "'", "pressed": 1}, "computer_13")
    assert (record.error, record.reward) == (None, 1.0)
    assert run([BUTTON, Terminate(status="infeasible")], None, "computer_13").reward == 1.0


def test_a_command_that_fails_in_the_machine_is_told(machine: Machine) -> None:
    with OSWorldEnvironment(machine) as environment:
        environment.begin({"id": "12345678", "instruction": "x", "config": [], "evaluator": {"func": "infeasible"}})
        with pytest.raises(ActionPartial, match="not all of it was done: ZeroDivisionError"):
            environment.step(["1 / 0"], 0.0)
        environment.step(["WAIT"], 0.0)
