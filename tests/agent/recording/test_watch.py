"""Recording a screen to a folder and to a file, with screens that a test gives."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.errors import MissingDependency
from handeye.agent.errors import RecordingNotWritten
from handeye.agent.recording.reel import open_reel
from handeye.agent.recording.watch import Watched, watch
from handeye.environments.errors import EnvironmentLost
from handeye.environments.scripted import ScriptedEnvironment
from handeye.model.video.open import open_video

SCREEN = Image.new("RGB", (97, 63), (10, 200, 30))


def recorded(out: Path, environment: Any, *, frames: int) -> Watched:
    """Record so many frames."""
    stop = threading.Event()

    def count(watched: Watched) -> None:
        if watched.frames == frames:
            stop.set()

    reel = open_reel(out)
    try:
        return watch(environment, reel, fps=50, seconds=None, stop=stop, on_frame=count)
    finally:
        reel.close()


@pytest.mark.parametrize("name", ["frames", "run.mp4", "run.mkv"])
def test_a_screen_is_recorded_at_its_times(name: str, tmp_path: Path) -> None:
    if "." in name:
        pytest.importorskip("av", reason="needs PyAV: pip install av")
    with ScriptedEnvironment([SCREEN]) as environment:
        watched = recorded(tmp_path / "new" / name, environment, frames=6)
    video = open_video(tmp_path / "new" / name)
    assert watched.frames == len(video.times) == 6
    assert video.times[-1] == pytest.approx(watched.seconds, abs=0.002)
    images = list(video.frames(range(6)))
    assert {image.size for image in images} == {(97, 63) if name == "frames" else (98, 64)}
    assert all(abs(one - other) < 6 for one, other in zip(images[5].getpixel((96, 62)), (10, 200, 30), strict=True))  # type: ignore[arg-type]


def test_it_stops_after_the_seconds(tmp_path: Path) -> None:
    reel = open_reel(tmp_path / "frames")
    with ScriptedEnvironment([SCREEN]) as environment:
        watched = watch(environment, reel, fps=20, seconds=0.2, stop=threading.Event())
    reel.close()
    assert 1 <= watched.frames <= 5


def test_what_was_recorded_before_the_screen_was_lost_is_kept(tmp_path: Path) -> None:
    environment = ScriptedEnvironment([SCREEN])
    reel = open_reel(tmp_path / "frames")

    def lose(watched: Watched) -> None:
        if watched.frames == 3:
            environment.close()

    with pytest.raises(EnvironmentLost):
        watch(environment, reel, fps=50, seconds=None, stop=threading.Event(), on_frame=lose)
    reel.close()
    assert len(open_video(tmp_path / "frames").times) == 3


@pytest.mark.parametrize("name", ["frames", "run.mp4"])
def test_a_screen_that_changes_its_size(name: str, tmp_path: Path) -> None:
    if "." in name:
        pytest.importorskip("av", reason="needs PyAV: pip install av")
    reel = open_reel(tmp_path / name)
    for number, size in enumerate([(96, 64), (64, 96)]):
        with ScriptedEnvironment([Image.new("RGB", size, (255, 255, 255))]) as environment:
            seen = environment.reset()
            reel.add(seen.screenshot, seen.image, number)
    reel.close()
    second = list(open_video(tmp_path / name).frames([0, 1]))[1]
    assert second.size == (96, 64)
    assert max(second.getpixel((3, 30))) < 30 and min(second.getpixel((48, 30))) > 220  # type: ignore[arg-type]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "run.mp4").write_text("x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.png").write_text("x")
    for name in ("run.mp4", "full"):
        with pytest.raises(RecordingNotWritten, match="exists already: give another name"):
            open_reel(tmp_path / name)
    with pytest.raises(RecordingNotWritten, match=r"end it in .mp4 or .mkv, or name a folder"):
        open_reel(tmp_path / "run.avi")
    with pytest.raises(RecordingNotWritten, match="cannot be written"):
        open_reel(tmp_path / "run.mp4" / "frames")


def test_a_file_needs_pyav_and_a_folder_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingDependency, match="needs PyAV"):
        open_reel(tmp_path / "run.mp4")
    open_reel(tmp_path / "frames").close()
    assert [path.name for path in tmp_path.iterdir()] == ["frames"]


def test_a_full_disk_is_said(tmp_path: Path, no_file_longer_than: Callable[[int], Any]) -> None:
    reel = open_reel(tmp_path / "frames")
    with ScriptedEnvironment([SCREEN]) as environment:
        seen = environment.reset()
        reel.add(seen.screenshot, seen.image, 0)
        with no_file_longer_than(60), pytest.raises(RecordingNotWritten, match="cannot be written"):
            reel.add(seen.screenshot, seen.image, 1)
    reel.close()
    assert len(open_video(tmp_path / "frames").times) == 1
    assert not list((tmp_path / "frames").glob("*.part"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["frames", "run.mp4", "run.mkv"])
def test_a_killed_recording_can_be_read(name: str, tmp_path: Path) -> None:
    if "." in name:
        pytest.importorskip("av", reason="needs PyAV: pip install av")
    script = textwrap.dedent(
        """
        import sys, threading
        from pathlib import Path
        from PIL import Image
        from handeye.agent.recording.reel import open_reel
        from handeye.agent.recording.watch import watch
        from handeye.environments.scripted import ScriptedEnvironment

        screen = Image.effect_noise((96, 64), 50).convert("RGB")
        watch(
            ScriptedEnvironment([screen]), open_reel(Path(sys.argv[1])), fps=60, seconds=None, stop=threading.Event(),
            on_frame=lambda watched: print(watched.frames, flush=True),
        )
        """
    )
    command = [sys.executable, "-c", script, str(tmp_path / name)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == 60:
                process.send_signal(signal.SIGKILL)
                break
        process.wait()
    video = open_video(tmp_path / name)
    assert len(video.times) >= 30
    assert len(list(video.frames([0, len(video.times) - 1]))) == 2
