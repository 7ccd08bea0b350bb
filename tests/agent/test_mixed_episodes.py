"""Episodes on every kind of screen, one after the other in one process, leave nothing behind."""

import tempfile
from collections.abc import Callable, Mapping
from itertools import cycle, islice
from pathlib import Path

import psutil
import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import AnyAction, Click, Home, Move, Terminate, Type
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.desktop.isolated.environment import IsolatedDesktopEnvironment
from handeye.environments.environment import Environment
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment

pytestmark = pytest.mark.slow

EPISODES = 6
PAGE = "<!doctype html><input autofocus style='width:200px; height:40px'>"
QUICK = Settle(grace=0.03, quiet=0.03, limit=2.0)
FIELD = Point(60, 30)
Make = Callable[[], Environment]


@pytest.fixture
def kinds(site: Callable[[Mapping[str, str]], str]) -> list[tuple[Make, list[AnyAction]]]:
    """How to make each environment, and what to do in it."""
    url = site({"/": PAGE})
    return [
        (
            lambda: BrowserEnvironment(url, viewport=Size(320, 240), settle=QUICK),
            [Click(point=FIELD), Type(text="tent 中")],
        ),
        (
            lambda: IsolatedDesktopEnvironment(size=Size(640, 480), settle=QUICK),
            [Click(point=FIELD), Move(point=Point(300, 200))],
        ),
        (lambda: SimulatedPhoneEnvironment(settle=QUICK), [Home(), Click(point=Point(540, 1200))]),
    ]


def running(folder: Path) -> list[str]:
    """Return the programs that were started with this temporary folder, also those that have become daemons."""
    mine = [
        process
        for process in psutil.process_iter(["environ"])
        if (process.info["environ"] or {}).get("TMPDIR") == str(folder)
    ]
    _, alive = psutil.wait_procs(mine, timeout=60)
    return [process.name() for process in alive]


def test_mixed_episodes_leave_nothing_behind(
    kinds: list[tuple[Make, list[AnyAction]]],
    needs: Callable[..., None],
    tmp_path: Path,
    short_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needs("Xvfb", "openbox")
    folder = short_folder
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    for number, (make, actions) in enumerate(islice(cycle(kinds), EPISODES)):
        with make() as environment:
            policy = ScriptedPolicy([*actions, Terminate(status="success")])
            episode = run_episode("Play.", environment, policy, journal=tmp_path / f"episode-{number}")
        assert episode.stop is StopReason.SUCCESS, f"episode {number}: {episode.message}"
        assert [outcome.status for step in episode.steps for outcome in step.outcomes] == ["executed"] * 3
    assert running(folder) == []
    assert sorted(folder.iterdir()) == []
