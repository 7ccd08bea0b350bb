import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click, OpenApp, Press, Type, Wait
from handeye.environments.contract.check import check_environment
from handeye.environments.environment import Environment
from handeye.environments.errors import ActionRejected, EnvironmentLost
from handeye.evals.foreign.errors import ForeignFailed, ForeignLost
from handeye.evals.osworld.environment import OSWorldEnvironment, version_facts
from handeye.evals.osworld.errors import InvalidMachine
from handeye.evals.osworld.machine import Machine, find_interpreter, parse_screen
from handeye.evals.osworld.spaces.catalog import FAIL
from handeye.evals.osworld.stand_in_tasks import stand_in_machine
from handeye.evals.osworld.task_file import read_task
from handeye.evals.osworld.tasks import read_tasks

BUTTON = {
    "id": "12345678",
    "instruction": "Press it.",
    "config": [{"type": "button", "button": [100, 100, 200, 200]}],
    "evaluator": {"func": "there", "expected": {"pressed": True}},
}


def test_the_screen_is_seen_and_acted_on(environment: OSWorldEnvironment) -> None:
    seen = environment.begin(BUTTON)
    assert seen.size == Size(1920, 1080)
    assert seen.screenshot.startswith(b"\x89PNG")
    before = seen.image.getpixel((150, 150))
    after = environment.execute(Click(point=Point(150, 150)))
    assert after.image.getpixel((150, 150)) != before
    assert after.image.getpixel((250, 150)) == seen.image.getpixel((250, 150))
    assert environment.observe().screenshot == after.screenshot
    assert environment.execute(Wait(seconds=0.1)).screenshot == after.screenshot
    assert environment.score() == 1.0
    environment.step([FAIL], 0.0)
    assert environment.score() == 0.0


def test_a_new_task_begins_on_a_new_machine(environment: OSWorldEnvironment) -> None:
    first = environment.begin(BUTTON)
    environment.execute(Click(point=Point(150, 150)))
    assert environment.begin(BUTTON).screenshot == first.screenshot
    assert environment.score() == 0.0


def test_what_is_not_possible_is_rejected_before_anything_is_done(environment: OSWorldEnvironment) -> None:
    with pytest.raises(EnvironmentLost, match="there is no screen"):
        environment.execute(Click(point=Point(1, 1)))
    environment.begin(BUTTON)
    for action, message in (
        (OpenApp(name="gimp"), "`open_app` is not possible here"),
        (Click(point=Point(1920, 0)), "outside the screenshot of 1920x1080"),
        (Press(keys=("volumeup",)), "no key"),
    ):
        with pytest.raises(ActionRejected, match=message):
            environment.execute(action)
    assert environment.score() == 0.0


def test_a_machine_that_is_killed_is_lost_and_the_next_task_starts_another(environment: OSWorldEnvironment) -> None:
    environment.begin(BUTTON)
    with pytest.raises(ForeignLost, match="was killed by SIGABRT"):
        environment.step(["crash"], 0.0)
    with pytest.raises(EnvironmentLost, match="there is no machine"):
        environment.observe()
    assert environment.begin(BUTTON).size == Size(1920, 1080)
    assert environment.execute(Click(point=Point(150, 150))).size == Size(1920, 1080)


def test_a_machine_that_dies_between_two_calls_is_lost(environment: OSWorldEnvironment) -> None:
    environment.begin(BUTTON)
    process = environment._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(ForeignLost, match="was killed by SIGKILL"):
        environment.observe()


def test_a_setup_that_fails_is_told_and_the_machine_goes_on(environment: OSWorldEnvironment) -> None:
    with pytest.raises(EnvironmentLost, match="reset failed in desktop_env: RuntimeError: Setup step 1 failed"):
        environment.begin({**BUTTON, "config": [{"type": "fail"}]})
    assert environment.begin(BUTTON).size == Size(1920, 1080)


def test_a_score_that_is_no_number_is_a_failure(environment: OSWorldEnvironment) -> None:
    environment.begin({**BUTTON, "evaluator": {"func": "there", "expected": {}}})
    with pytest.raises(EnvironmentLost, match="evaluate failed in desktop_env: ZeroDivisionError"):
        environment.score()


def test_a_machine_that_does_not_start_says_why(tmp_path: Path) -> None:
    machine = replace(stand_in_machine(tmp_path), path_to_vm="nowhere")
    with (
        OSWorldEnvironment(machine) as environment,
        pytest.raises(EnvironmentLost, match="the machine does not start: FileNotFoundError: there is no machine"),
    ):
        environment.open()


def test_a_closed_machine_stays_closed(environment: OSWorldEnvironment) -> None:
    environment.begin(BUTTON)
    environment.close()
    with pytest.raises(EnvironmentLost):
        environment.observe()
    with pytest.raises(EnvironmentLost, match="is closed"):
        environment.reset()


def test_computer_13_works_too(tmp_path: Path) -> None:
    with OSWorldEnvironment(stand_in_machine(tmp_path, "computer_13")) as environment:
        environment.begin({**BUTTON, "evaluator": {"func": "there", "expected": {"pressed": True, "text": "a<b"}}})
        environment.execute(Click(point=Point(150, 150)))
        environment.execute(Click(point=Point(400, 830)))
        environment.execute(Type(text="a<b"))
        assert environment.score() == 1.0


def test_the_checkouts_own_package_is_used(checkout: Path) -> None:
    tasks = read_tasks(checkout)
    machine = Machine(python=sys.executable, checkout=checkout, pause=0, wait_after_reset=0, wait_before_score=0)
    assert version_facts(machine) == {"desktop_env": "of the checkout"}
    with OSWorldEnvironment(machine) as environment:
        environment.begin(dict(read_task(tasks.examples, tasks.names[-1]).definition))
        environment.execute(Click(point=Point(5, 5)))
        assert environment.score() == 1.0


def test_an_interpreter_without_the_package_says_so(tmp_path: Path) -> None:
    with pytest.raises(ForeignFailed, match=r"has no desktop_env: ModuleNotFoundError: .* pip install"):
        version_facts(Machine(python=sys.executable, checkout=tmp_path))


def test_options_are_checked() -> None:
    assert parse_screen("1280x800") == Size(1280, 800)
    for text in ("1920", "0x100", "1920x1080x3", "-1x5"):
        with pytest.raises(InvalidMachine, match="WIDTHxHEIGHT"):
            parse_screen(text)
    with pytest.raises(InvalidMachine, match="no interpreter /nowhere/python"):
        find_interpreter("/nowhere/python")
    with pytest.raises(InvalidMachine, match="aws needs --region"):
        Machine(python="python", checkout=Path(), provider="aws")


def test_one_machine_is_used_by_one_worker(tmp_path: Path) -> None:
    machine = Machine(python=sys.executable, checkout=tmp_path, provider="vmware", path_to_vm=str(tmp_path / "vm.vmx"))
    with (
        OSWorldEnvironment(machine),
        pytest.raises(InvalidMachine, match=r"used by another worker.*--workers 1"),
    ):
        OSWorldEnvironment(machine)
    OSWorldEnvironment(machine).close()
    images = replace(machine, provider="docker")
    with OSWorldEnvironment(images), OSWorldEnvironment(images):
        """Each worker boots the image for itself."""


def test_no_secret_and_no_folder_is_in_the_manifest(tmp_path: Path) -> None:
    vm = tmp_path / "Ubuntu.vmx"
    machine = Machine(python="python", checkout=tmp_path, client_password="hunter2", path_to_vm=str(vm))
    assert "hunter2" not in str(machine.facts()) + repr(machine)
    assert str(tmp_path) not in str(machine.facts())
    assert machine.facts()["path_to_vm"] == "Ubuntu.vmx"
    assert machine.arguments(headless=True)["client_password"] == "hunter2"


@pytest.mark.slow
def test_it_keeps_the_contract_of_environments(tmp_path: Path) -> None:
    def lose(environment: Environment) -> None:
        assert isinstance(environment, OSWorldEnvironment)
        assert environment._process is not None
        os.kill(environment._process.pid, signal.SIGKILL)

    checked = check_environment(lambda: OSWorldEnvironment(stand_in_machine(tmp_path)), lose=lose)
    assert len(checked) > 3
