"""A process that is killed at random moments, again and again, still brings its episode to the end."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from handeye.agent.journal.trajectory import begun, read_trajectory
from handeye.agent.journal.writer import JOURNAL
from handeye.agent.outcome import StopReason

STEPS = 150
KILLS = 5
MOST = STEPS // KILLS - 1
"""The actions of a process that is to be killed; it waits in the next one, so that it never comes to the end before."""
WORKER = f"""
import os, sys, time
from pathlib import Path
from PIL import Image
from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Terminate
from handeye.agent.errors import InvalidTrajectory
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.resume import resume_episode
from handeye.environments.scripted import ScriptedEnvironment

directory, effects = Path(sys.argv[1]), os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

class Lasting(ScriptedEnvironment):
    left = int(sys.argv[3])

    def execute(self, action):
        while self.left == 0:
            time.sleep(60)
        self.left -= 1
        os.write(effects, b"%d\\n" % action.point.x)
        time.sleep(0.005)
        return super().execute(action)

screens = [Image.new("RGB", ({STEPS}, 8), (shade, 0, 0)) for shade in range({STEPS})]
policy = ScriptedPolicy([*(Click(point=Point(x, 0)) for x in range({STEPS})), Terminate(status="success")])
print("ready", flush=True)
try:
    resume_episode(directory, Lasting(screens), policy)
except InvalidTrajectory:  # killed before its first line
    run_episode("T", Lasting(screens), policy, journal=directory, limits=Limits(steps=None))
"""


def run_until(directory: Path, effects: Path, seconds: float | None) -> bool:
    """Begin or resume the episode; kill it after `seconds`. Return whether it came to its end."""
    command = [sys.executable, "-c", WORKER, str(directory), str(effects), str(-1 if seconds is None else MOST)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
        try:
            worker.wait(seconds)
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGKILL)
    return worker.returncode == 0


@pytest.mark.slow
def test_kill_9(tmp_path: Path) -> None:
    directory, effects = tmp_path / "run", tmp_path / "effects"
    moments = random.Random(7)
    told: list[str] = []
    for _ in range(KILLS):
        ended = run_until(directory, effects, moments.uniform(0.01, 0.1))
        if (directory / JOURNAL).exists() and (directory / JOURNAL).read_bytes().count(b"\n"):
            before, told = told, [step.remark for step in begun(read_trajectory(directory).steps)]
            assert told[: len(before)] == before  # what was known stays as it was
        assert not ended
    assert run_until(directory, effects, None)
    trajectory = read_trajectory(directory)
    assert trajectory.stop is StopReason.SUCCESS
    done = [int(line) for line in effects.read_bytes().split()]
    status = [step.outcomes[-1].status for step in trajectory.steps[:-1]]
    # Nothing happened twice, or without an intent; and only what is told as unknown may not have happened.
    assert done == sorted(set(done))
    assert {index for index in range(STEPS) if status[index] == "executed"} <= set(done)
    assert len(status) == STEPS
    assert set(status) <= {"executed", "unknown"}
    assert status.count("unknown") <= KILLS
