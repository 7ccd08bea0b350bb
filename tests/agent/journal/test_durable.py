import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from handeye.agent.journal.durable import LineFile, write_once, write_whole


def test_lines_are_appended_whole(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    file = LineFile.create(path)
    file.append(b"one")
    assert path.read_bytes() == b"one\n"
    file.append(b"two")
    file.close()
    file.close()
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_file_with_a_line_is_not_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    LineFile.create(path).close()
    path.write_bytes(b"on")  # the process died before its first line was whole
    file = LineFile.create(path)
    file.append(b"one")
    file.close()
    with pytest.raises(FileExistsError):
        LineFile.create(path)
    LineFile.reopen(path).close()
    assert path.read_bytes() == b"one\n"


def test_reopening_cuts_a_torn_line_off(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntw")
    file = LineFile.reopen(path)
    file.append(b"two")
    file.close()
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_second_writer_is_kept_out(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    file = LineFile.create(path)
    with pytest.raises(BlockingIOError):
        LineFile.reopen(path)
    file.close()
    LineFile.reopen(path).close()


def test_a_write_that_fails_half_way_leaves_nothing_of_the_line(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    script = """
import resource, sys
from pathlib import Path
from handeye.agent.journal.durable import LineFile
file = LineFile.create(Path(sys.argv[1]))
file.append(b"one")
resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))
try:
    file.append(b"x" * 100)
except OSError as error:
    print(error.strerror)
file.append(b"two")
"""
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == "File too large\n"
    assert path.read_bytes() == b"one\ntwo\n"


def test_a_file_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    write_once(path, b"first")
    write_once(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, no_file_longer_than: Any) -> None:
    path = tmp_path / "page"
    write_whole(path, b"first")
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    with no_file_longer_than(1000), pytest.raises(OSError, match="large"):
        write_whole(path, os.urandom(2000))
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path, no_file_longer_than: Any) -> None:
    path = tmp_path / "picture.png"
    with no_file_longer_than(1000), pytest.raises(OSError, match="large"):
        write_once(path, os.urandom(2000))
    assert list(tmp_path.iterdir()) == []
