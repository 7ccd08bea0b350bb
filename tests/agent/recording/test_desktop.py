"""A person is recorded on a real desktop, and what they did is replayed on another one. xdotool moves their hands."""

import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from handeye.actions.geometry import Size
from handeye.actions.schema import OpenApp, Press, Type
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.outcome import StopReason
from handeye.agent.recording.record import record
from handeye.agent.replay.run import replay
from handeye.environments.desktop.isolated.environment import IsolatedDesktopEnvironment
from handeye.environments.observation import Observation
from handeye.environments.recording.desktop import DesktopRecorder

pytestmark = pytest.mark.slow

SIZE = Size(800, 600)
# With a layout that has all that they type: xdotool changes the layout for other characters, and programs that have not
# heard of that yet lose them.
LAYOUT = ["setxkbmap", "de"]
HANDS = [
    ["mousemove", "300", "300", "click", "1"],
    ["type", "--delay", "20", "Grüße & <tags>"],
    ["key", "Return"],
    ["type", "--delay", "20", "second line"],
    ["mousemove", "400", "320", "click", "--repeat", "2", "--delay", "60", "1"],
    ["key", "ctrl+l"],  # goes to a line; the dialog that saves completes an empty name, or does not, as it happens
    ["key", "Pause"],
]


class Watched(DesktopRecorder):
    """Counts the looks at the desktop."""

    looks = 0

    def observe(self) -> Observation:
        seen = super().observe()
        self.looks += 1
        return seen

    def wait_for_looks(self) -> None:
        """Wait until it has looked twice, since the first look may have begun before, or has ended."""
        enough, deadline = self.looks + 2, time.monotonic() + 60
        while self.looks < enough and not self.ended:
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture(autouse=True)
def programs(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "xdotool", "mousepad")


def test_what_was_recorded_leads_to_the_same_end(tmp_path: Path) -> None:
    isolated = IsolatedDesktopEnvironment(size=SIZE, apps=["mousepad"])
    begin = threading.Event()

    def person() -> None:
        begin.wait()
        for words in (LAYOUT, *(["xdotool", *hand] for hand in HANDS)):
            subprocess.run(words, env=dict(isolated.desktop.environ), check=True, timeout=120)
            time.sleep(0.6)
            recorder.wait_for_looks()

    hands = threading.Thread(target=person, daemon=True)
    with Watched(isolated, lambda: isolated.desktop.display, ["mousepad"]) as recorder:
        hands.start()
        episode = record(
            "Write two lines.", recorder, stop=threading.Event(), journal=tmp_path / "r", on_start=begin.set
        )
        hands.join(60)
    assert episode.stop is StopReason.SUCCESS
    actions = [action for step in episode.steps for action in step.decision.actions]
    assert [action.type for action in actions] == [
        *("open_app", "click", "type", "type", "click", "press", "terminate")
    ]
    assert actions[0] == OpenApp(name="mousepad")
    assert actions[2:4] == [Type(text="Grüße & <tags>", submit=True), Type(text="second line")]
    assert actions[5] == Press(keys=("ctrl", "l"))
    with IsolatedDesktopEnvironment(size=SIZE, apps=["mousepad"]) as environment:
        done = replay(read_trajectory(tmp_path / "r"), environment, patience=60)
    assert done.reproduced, [divergence.reason for divergence in done.divergences]
    assert done.screens == len(actions)
