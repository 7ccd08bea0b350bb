import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.geometry import Point
from handeye.actions.schema import Click
from handeye.agent.decision import Decision
from handeye.agent.errors import JournalError
from handeye.agent.journal.line import MetaLine, ResumedLine
from handeye.agent.journal.writer import JOURNAL, PAGE, SCREENSHOTS, Journal, require_room
from handeye.agent.limits import Limits
from handeye.agent.outcome import Outcome, StopReason

META = MetaLine(
    time=1.0,
    version="0",
    task="T",
    policy="p",
    profile=None,
    environment="e",
    limits=Limits(),
    screenshots=1,
    settings={},
)
RESUMED = ResumedLine(time=2.0, version="0", policy="p", limits=Limits())
DECISION = Decision("raw", "why", (Click(point=Point(1, 2)),))


def kinds(directory: Path) -> list[str]:
    return [json.loads(line)["kind"] for line in (directory / JOURNAL).read_bytes().splitlines()]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(JournalError, match="is not writable"):
        require_room(tmp_path / "new" / "episode")
    tmp_path.chmod(0o755)


def test_there_is_room_where_no_episode_was_begun(tmp_path: Path) -> None:
    require_room(tmp_path)
    require_room(tmp_path / "new" / "episode")
    (tmp_path / JOURNAL).write_bytes(b'{"kind": "me')  # its process died before the first line was whole
    require_room(tmp_path)
    Journal.create(tmp_path, META).close()
    with pytest.raises(JournalError, match="holds an episode already"):
        require_room(tmp_path)


def test_each_line_is_on_disk_when_the_call_returns(tmp_path: Path, observe: Any) -> None:
    directory = tmp_path / "new" / "episode"
    with Journal.create(directory, META) as journal:
        assert kinds(directory) == ["meta"]
        journal.decided(0, observe(1), DECISION)
        journal.intends(0, 0)
        assert kinds(directory) == ["meta", "decision", "intent"]
        journal.happened(0, 0, Outcome("executed", observation=observe(2)))
        journal.stopped(StopReason.SUCCESS, "")
    assert kinds(directory) == ["meta", "decision", "intent", "outcome", "stop"]


def test_a_screenshot_is_kept_once_under_its_hash(tmp_path: Path, observe: Any) -> None:
    with Journal.create(tmp_path, META) as journal:
        for step in range(3):
            journal.decided(step, observe(7), DECISION)
    (path,) = (tmp_path / SCREENSHOTS).iterdir()
    assert path.read_bytes() == observe(7).screenshot
    assert path.name == hashlib.sha256(observe(7).screenshot).hexdigest() + ".png"


def test_a_screenshot_of_another_kind_becomes_png(tmp_path: Path, observe: Any) -> None:
    buffer = BytesIO()
    Image.new("RGB", (96, 64), "white").save(buffer, "JPEG")
    with Journal.create(tmp_path, META) as journal:
        journal.decided(0, replace(observe(), screenshot=buffer.getvalue()), DECISION)
    (path,) = (tmp_path / SCREENSHOTS).iterdir()
    with Image.open(path) as image:
        assert image.format == "PNG"


def test_a_folder_holds_one_episode(tmp_path: Path) -> None:
    with Journal.create(tmp_path, META), pytest.raises(JournalError, match="holds an episode already"):
        Journal.create(tmp_path, META)
    with pytest.raises(JournalError, match="holds an episode already"):
        Journal.create(tmp_path, META)
    assert kinds(tmp_path) == ["meta"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match=r"cannot make the folder .*file/run: Not a directory"):
        Journal.create(tmp_path / "file" / "run", META)


def test_two_writers_are_kept_apart(tmp_path: Path) -> None:
    with Journal.create(tmp_path, META), pytest.raises(JournalError, match="another process"):
        Journal.reopen(tmp_path, RESUMED)
    Journal.reopen(tmp_path, RESUMED).close()
    assert kinds(tmp_path) == ["meta", "resumed"]


def test_going_on_after_a_torn_line(tmp_path: Path) -> None:
    Journal.create(tmp_path, META).close()
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(b'{"kind": "deci')
    Journal.reopen(tmp_path, RESUMED).close()
    assert kinds(tmp_path) == ["meta", "resumed"]


def test_an_episode_left_by_an_exception_gets_its_stop_line(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Journal.create(tmp_path, META):
        _ = 1 / 0
    last = json.loads((tmp_path / JOURNAL).read_bytes().splitlines()[-1])
    assert (last["kind"], last["reason"]) == ("stop", "failed")
    assert last["message"] == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    "write",
    [
        lambda journal, seen: journal.decided(0, seen, Decision("x" * 5000, "", ())),
        lambda journal, seen: journal.happened(0, 0, Outcome("rejected", "x" * 5000)),
        lambda journal, seen: journal.stopped(StopReason.FAILED, "x" * 5000),
    ],
)
def test_a_full_disk_is_said_in_one_line(
    tmp_path: Path, observe: Any, no_file_longer_than: Any, write: Callable[[Journal, object], None]
) -> None:
    with Journal.create(tmp_path, META) as journal:
        with no_file_longer_than(4000), pytest.raises(JournalError) as caught:
            write(journal, observe())
        assert "\n" not in str(caught.value)
        assert "File too large" in str(caught.value)
        journal.stopped(StopReason.FAILED, "")
    assert kinds(tmp_path)[-1] == "stop"


def test_a_screenshot_that_does_not_fit_is_no_decision(tmp_path: Path, observe: Any, no_file_longer_than: Any) -> None:
    with (
        Journal.create(tmp_path, META) as journal,
        no_file_longer_than(50),
        pytest.raises(JournalError, match="File too large"),
    ):
        journal.decided(0, observe(3), DECISION)
    assert kinds(tmp_path) == ["meta"]
    assert list((tmp_path / SCREENSHOTS).iterdir()) == []


def test_a_page_of_somebody_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / PAGE).write_text("mine")
    with pytest.raises(JournalError, match=r"holds an index\.html that the page of the episode would replace"):
        require_room(tmp_path)
    (tmp_path / JOURNAL).write_bytes(b"")  # of an episode that was killed before it began
    require_room(tmp_path)
