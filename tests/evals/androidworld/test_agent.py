"""Our agent among AndroidWorld's own, with the stand-in for its package."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from handeye.actions.errors import HandeyeError
from handeye.actions.reading import Problem
from handeye.actions.schema import Action, Answer, Home, OpenApp, Terminate
from handeye.agent.decision import Decision
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.evals.androidworld.errors import AndroidWorldMissing
from handeye.evals.androidworld.fake.emulator import SimulatedEmulator

if TYPE_CHECKING:
    from handeye.evals.androidworld.agent import HandeyeAgent

pytestmark = pytest.mark.slow


@pytest.fixture
def installed(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The stand-in as `android_world` of this process."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(checkout))
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] == "android_world" or name == "handeye.evals.androidworld.agent":
            del sys.modules[name]


@pytest.fixture
def env(installed: None, emulator: SimulatedEmulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An environment as run.py makes it."""
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(emulator.adb_port))
    from android_world.env import env_launcher  # type: ignore[import-not-found]

    env = env_launcher.load_and_setup_env(console_port=emulator.emulator.console)
    yield env
    env.close()


def agent_of(env: Any, *decisions: Action | Decision) -> "HandeyeAgent":
    from handeye.evals.androidworld.agent import HandeyeAgent

    return HandeyeAgent(env, ScriptedPolicy(decisions), transition_pause=0.0)


def test_a_step_looks_decides_and_acts(env: Any) -> None:
    agent = agent_of(env, OpenApp(name="Settings"), Home(), Terminate(status="success"))
    agent.reset(True)
    agent.set_max_steps(10)
    first = agent.step("Open the settings.")
    assert not first.done
    assert "step_number" not in first.data
    assert first.data["actions"] == [{"type": "open_app", "name": "Settings"}]
    assert first.data["outcomes"] == [{"status": "executed", "message": ""}]
    assert first.data["screenshot"].startswith(b"\x89PNG")
    second, third = agent.step("Open the settings."), agent.step("Open the settings.")
    assert first.data["screenshot"] != second.data["screenshot"], "what the first step led to"
    assert (second.done, third.done) == (False, True)
    agent.close()


def test_an_answer_goes_to_the_environment_and_ends_the_episode(env: Any) -> None:
    agent = agent_of(env, Answer(text="42"))
    agent.reset(False)
    assert agent.step("What is it?").done
    assert env.interaction_cache == "42"
    agent.reset(False)
    assert env.interaction_cache == "", "nothing of it is left for the next task"
    agent.close()


def test_giving_up_is_done_too_as_upstream_has_it(env: Any) -> None:
    agent = agent_of(env, Terminate(status="infeasible"))
    agent.reset(True)
    assert agent.step("Fly.").done
    agent.close()


def test_unreadable_replies_are_steps_and_never_end_the_episode(env: Any) -> None:
    broken = Decision(text="?", thought="", actions=(), problem=Problem("no action", "?"))
    agent = agent_of(env, *[broken] * 5)
    agent.reset(True)
    results = [agent.step("Do it.") for _ in range(5)]
    assert not any(result.done for result in results)
    assert results[-1].data["problem"] == "no action"
    agent.close()


def test_a_new_episode_knows_nothing_of_the_last_one(env: Any) -> None:
    agent = agent_of(env, Home(), Terminate(status="success"))
    agent.reset(True)
    assert not agent.step("One.").done
    agent.reset(True)
    again = agent.step("One.")
    assert again.data["actions"] == [{"type": "home"}], "the first decision of the script"
    agent.close()


def test_a_lost_model_is_an_exception_for_upstream_to_list(env: Any) -> None:
    agent = agent_of(env)
    agent.reset(True)
    with pytest.raises(HandeyeError, match="the script holds 0 decisions"):
        agent.step("Do it.")
    agent.close()


def test_without_the_package_the_module_says_what_to_do() -> None:
    code = "import handeye.evals.androidworld.agent"
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=clean, check=False)
    assert done.returncode == 1
    assert f"{AndroidWorldMissing.__name__}: android_world cannot be imported here" in done.stderr
