"""The whole path: a process of its own prepares and judges tasks on an emulator that our agent uses over adb."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace

import psutil
import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Answer, Click, Home, OpenApp, Terminate
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.policies.scripted import ScriptedPolicy, as_decision
from handeye.environments.errors import InvalidOption
from handeye.evals.androidworld.emulators import Emulator
from handeye.evals.androidworld.errors import EmulatorMissing
from handeye.evals.androidworld.fake.emulator import SimulatedEmulator
from handeye.evals.androidworld.fake.oracles import ORACLES
from handeye.evals.androidworld.families import Family
from handeye.evals.androidworld.task import AndroidWorld
from handeye.evals.androidworld.world import WorldSettings
from handeye.evals.play import play
from handeye.evals.record import Record

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def suite(settings_of: Callable[[Family], WorldSettings]) -> Iterator[AndroidWorld]:
    """The family android_world of the stand-in."""
    with AndroidWorld(settings_of("android_world"), oracles=ORACLES) as suite:
        yield suite


class Puts:
    """Changes a setting of the phone behind its back, and then does something."""

    def __init__(self, suite: AndroidWorld, namespace: str, key: str, value: str, action: Action) -> None:
        self.name = "puts"
        self._put = lambda: suite.environment("").phone.shell(["settings", "put", namespace, key, value])
        self._action = action

    def decide(self, history: History) -> Decision:
        self._put()
        return as_decision(self._action)


def played(suite: AndroidWorld, task: str, *actions: Action, max_steps: int = 10, seed: int = 0) -> Record:
    return play(suite.task(task, seed), suite.environment(task), ScriptedPolicy(actions), max_steps=max_steps)


def test_an_answer_is_judged_and_belongs_to_the_instance(suite: AndroidWorld) -> None:
    names = {seed: played(suite, "PhoneNameQuestion", Answer(text="?"), seed=seed) for seed in (0, 1)}
    assert [(record.success, record.reward, record.stop) for record in names.values()] == [(False, 0.0, "answered")] * 2
    right = play(suite.task("PhoneNameQuestion", 1), suite.environment(""), None, max_steps=12)
    assert (right.success, right.stop) == (True, "answered")


def test_a_message_at_the_end_is_no_answer(suite: AndroidWorld) -> None:
    for name in ("Ada", "Grace", "Hedy", "Katherine", "Radia"):
        record = played(suite, "PhoneNameQuestion", Terminate(status="success", message=name))
        assert (record.success, record.stop) == (False, "success")


def test_what_was_reached_is_no_success_at_the_step_limit(suite: AndroidWorld) -> None:
    policy = Puts(suite, "global", "bluetooth_on", "1", Home())
    record = play(suite.task("SystemBluetoothTurnOn", 0), suite.environment(""), policy, max_steps=2)
    assert (record.success, record.reward, record.stop) == (False, 1.0, "step_limit")


def test_a_half_is_kept_as_a_half(suite: AndroidWorld) -> None:
    policy = Puts(suite, "global", "wifi_on", "0", Terminate(status="success"))
    record = play(suite.task("TurnOffWifiAndTurnOnBluetooth", 0), suite.environment(""), policy, max_steps=2)
    assert (record.success, record.reward, record.error) == (False, 0.5, None)


def test_a_screen_on_its_side_is_seen_upright_and_touched_where_it_is_seen(
    suite: AndroidWorld,
) -> None:
    screen = suite.environment("")
    screen.phone.shell(["settings", "put", "system", "accelerometer_rotation", "0"])
    screen.phone.shell(["settings", "put", "system", "user_rotation", "1"])
    try:
        screen.execute(OpenApp(name="Settings"))
        seen = screen.observe()
        assert seen.size.width > seen.size.height
        (row,) = [element for element in screen.phone.elements() if element.text == "Connected devices"]
        screen.execute(Click(point=Point((row.box.left + row.box.right) // 2, (row.box.top + row.box.bottom) // 2)))
        assert any(element.text == "Bluetooth" for element in screen.phone.elements())
        own = screen.phone.observe()
        assert screen.observe().image.tobytes() == own.image.tobytes(), "as the phone itself shows it"
    finally:
        screen.phone.shell(["settings", "put", "system", "user_rotation", "0"])
        screen.phone.shell(["settings", "put", "system", "accelerometer_rotation", "1"])
        screen.execute(Home())


def test_a_process_that_dies_is_a_failure_with_a_reason_and_the_next_task_has_a_new_one(suite: AndroidWorld) -> None:

    class Assassin:
        name = "assassin"

        def decide(self, history: History) -> Decision:
            for process in psutil.Process().children(recursive=True):
                if any(part.endswith("host.py") for part in process.cmdline()):
                    os.kill(process.pid, signal.SIGKILL)
            return as_decision(Home())

    lost = play(suite.task("SystemBluetoothTurnOn", 0), suite.environment(""), Assassin(), max_steps=3)
    assert (lost.success, lost.stop) == (False, "failed")
    assert lost.error is not None and "SIGKILL" in lost.error
    again = played(suite, "SystemBluetoothTurnOn", Terminate(status="success"))
    assert (again.stop, again.reward, again.error) == ("success", 0.0, None)


def test_a_phone_that_is_gone_is_an_error_of_that_episode(suite: AndroidWorld, emulator: SimulatedEmulator) -> None:
    class Cuts:
        name = "cuts"

        def decide(self, history: History) -> Decision:
            emulator.phone.cut()
            return as_decision(Home())

    try:
        record = play(suite.task("SystemBluetoothTurnOn", 0), suite.environment(""), Cuts(), max_steps=3)
    finally:
        emulator.connect()
    assert (record.success, record.stop) == (False, "failed")
    assert record.error
    again = played(suite, "SystemBluetoothTurnOn", Terminate(status="success"))
    assert (again.stop, again.error) == ("success", None)


def test_an_emulator_is_used_by_one_worker(
    suite: AndroidWorld, emulator: SimulatedEmulator, settings_of: Callable[[Family], WorldSettings]
) -> None:
    about = suite.facts[emulator.emulator.serial]
    assert isinstance(about, dict) and about["api_level"] == "34"
    assert json.dumps(suite.facts)
    with (
        pytest.raises(EmulatorMissing, match="every emulator is in use"),
        AndroidWorld(settings_of("android_world")),
    ):
        pass


def test_an_emulator_that_is_not_there_is_said_before_anything_is_loaded(
    settings_of: Callable[[Family], WorldSettings],
) -> None:
    missing = replace(settings_of("android_world"), emulators=(Emulator(1, 3001),))
    with pytest.raises(EmulatorMissing, match=r"adb lists no emulator-1, but emulator-\d+: start it with"):
        AndroidWorld(missing)
    with pytest.raises(InvalidOption, match="--headed"):
        AndroidWorld(missing, headless=False)
