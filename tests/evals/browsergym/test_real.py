"""The real BrowserGym with a real browser, where HANDEYE_BROWSERGYM_PYTHON names the interpreter that has it."""

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click, Press, load
from handeye.environments.contract.basics import check_observation
from handeye.environments.environment import Environment
from handeye.evals.browsergym import fake_adapter
from handeye.evals.browsergym.benchmarks import BENCHMARKS, SUBSETS
from handeye.evals.browsergym.calls import Place, calls_of, message_to_user, supported_by
from handeye.evals.browsergym.seeds import listed_seeds
from handeye.evals.browsergym.task import BrowserGym
from handeye.evals.cli.app import app
from handeye.evals.foreign.process import ForeignProcess
from handeye.evals.play import play

pytestmark = pytest.mark.slow

SEED = 3


@pytest.fixture(scope="module")
def real(gym_python: str) -> Iterator[BrowserGym]:
    with BrowserGym(python=gym_python, seeds="plain") as suite:
        yield suite


@pytest.fixture(scope="module")
def looked(gym_python: str) -> Iterator[ForeignProcess]:
    adapter = Path(__file__).with_name("signatures_adapter.py")
    with ForeignProcess(gym_python, adapter, {"subsets": list(SUBSETS)}) as process:
        yield process


def names(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_the_fake_has_the_signatures_of_the_real_one(looked: ForeignProcess) -> None:
    real: Any = looked.call("signatures", {}, 60).value
    fake = fake_adapter.BrowserEnv
    assert names(fake.reset) == real["reset"]
    assert names(fake.step) == real["step"]
    assert names(fake.close) == real["close"]
    assert {"headless", "action_mapping"} <= {*names(fake.__init__)} & {*real["made with"]}
    assert names(fake_adapter.HighLevelActionSet.__init__) == real["action set"]
    assert names(fake_adapter.HighLevelActionSet.to_python_code) == real["to_python_code"]
    assert {name: sorted(each) for name, each in fake_adapter.FUNCTIONS.items()} == {
        name: real["functions"][name] for name in fake_adapter.FUNCTIONS
    }
    assert {"id", "disable_env_checker"} <= {*real["make"]}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text())
def test_browsergyms_parser_reads_any_text_as_it_was(looked: ForeignProcess, text: str) -> None:
    assert looked.call("read", {"source": message_to_user(text)}, 60).value == [["send_msg_to_user", [text]]]


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "click", "point": [5, 6], "count": 2, "modifiers": ["ctrl"]},
        {"type": "drag", "path": [[1, 2], [3, 4], [5, 6]], "hold_seconds": 0.5},
        {"type": "scroll", "point": [5, 6], "dx": -7, "dy": 8},
        {"type": "type", "text": '# it\'s\t"x"', "clear": True, "submit": True},
        {"type": "press", "keys": ["ctrl", "shift", "+"]},
        {"type": "new_tab", "url": "https://example.org/?a='b'#c"},
        {"type": "close_tab", "index": 0},
    ],
)
def test_browsergym_reads_the_calls_as_python_does(looked: ForeignProcess, fields: dict[str, object]) -> None:
    source = calls_of(load(fields), Place(Size(10, 10), 2, 1), supported_by(SUBSETS))
    calls: list[Any] = [line.value for line in ast.parse(source).body if isinstance(line, ast.Expr)]
    meant = [[call.func.id, [ast.literal_eval(argument) for argument in call.args]] for call in calls]
    assert looked.call("read", {"source": source}, 60).value == meant


def test_miniwob_is_registered_in_the_order_of_the_list(real: BrowserGym) -> None:
    tasks = real.environment("").session.tasks("miniwob")
    assert (len(tasks), tasks) == (125, sorted(tasks))
    assert listed_seeds(BENCHMARKS["miniwob"], tasks)["miniwob.bisect-angle"][:2] == (22, 10)


@pytest.mark.parametrize("name", ["click-test", "enter-text", "drag-box", "use-slider", "choose-list", "scroll-text-2"])
def test_an_oracle_solves_a_real_page(real: BrowserGym, name: str) -> None:
    task = f"miniwob.{name}"
    record = play(real.task(task, SEED), real.environment(task), None, max_steps=10)
    assert (record.success, record.reward, record.error) == (True, 1.0, None)


def test_a_part_of_the_reward_is_a_success_for_browsergym(real: BrowserGym) -> None:
    """A click beside the middle of the circle, by half of its radius, and then the button."""
    task = real.task("miniwob.circle-center", SEED)
    environment = real.environment(task.name)
    task.setup(environment)
    where = (
        "selector => { const box = document.querySelector(selector).getBoundingClientRect(); return [box.x, box.y] }"
    )
    x, y = (round(1.5 * each) for each in environment.evaluate(where, ".black-circle"))
    left, top = (round(1.5 * each) for each in environment.evaluate(where, "#subbtn"))
    radius = int(environment.evaluate("() => Number(document.querySelector('.black-circle').getAttribute('r'))"))
    environment.execute(Click(point=Point(x + round(1.5 * 1.5 * radius), y + round(1.5 * radius))))
    environment.execute(Click(point=Point(left + 20, top + 10)))
    score = task.score()
    assert task.ended()
    assert 0.3 < score.reward < 0.7
    assert score.success
    task.teardown()


def test_what_browsergym_refuses_is_reported(real: BrowserGym) -> None:
    environment = real.environment("miniwob.click-test")
    environment.open("miniwob.click-test", SEED, ("coord",))
    check_observation(environment.observe())
    stepped = environment.session.step("tab_focus(0)", 0)
    assert stepped.shown.problem == "NameError: Invalid action type 'tab_focus'."
    seen: Environment = environment
    check_observation(seen.execute(Press(keys=("tab",))))


def test_the_command_plays_and_writes_what_it_ran_on(gym_python: str, tmp_path: Path) -> None:
    words = ["browsergym", "--python", gym_python, "--tasks", "miniwob.click-test", "--episodes", "2"]
    result = CliRunner().invoke(app, [*words, "--out", str(tmp_path)], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary["breakdown"]["rows"]["miniwob"]["solved"]["reward >= 1"]["successes"] == 2
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seed_list"] == "browsergym"
    assert manifest["browsergym"]["versions"]["playwright"] == "1.44.0"
    assert manifest["browsergym"]["chromium"]
    other = CliRunner().invoke(app, [*words, "--seeds", "plain", "--out", str(tmp_path)])
    assert "choose another --out" in str(other.exception)
