import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from handeye.evals.foreign.errors import ForeignFailed, ForeignLost, ForeignRaised
from handeye.evals.foreign.interpreter import HOST
from handeye.evals.foreign.process import ForeignProcess

ADAPTER = Path(__file__).with_name("adapter.py")
LONG = 60.0
OLDER = ("python3.8", "python3.9", "python3.10", "python3.12", "python3.13")


@pytest.fixture
def process() -> Iterator[ForeignProcess]:
    with ForeignProcess(sys.executable, ADAPTER, {}) as process:
        yield process


def ended(pid: int) -> bool:
    """Wait until a process has ended, and return whether it has; one that nobody has waited for yet has."""
    try:
        found = psutil.Process(pid)
        if found.status() != psutil.STATUS_ZOMBIE:
            found.wait(LONG)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return found.status() == psutil.STATUS_ZOMBIE
    return True


def test_a_call_returns_its_value_and_its_bytes(process: ForeignProcess) -> None:
    data = "é\0" * 400_000  # more than a socket takes at a time
    value, sent = process.call("echo", {"value": {"text": "ü", "list": [1, None]}, "data": data}, LONG)
    assert value == {"text": "ü", "list": [1, None]}
    assert sent == data.encode()


def test_an_exception_is_told_and_the_process_goes_on(process: ForeignProcess) -> None:
    with pytest.raises(ForeignRaised, match="LookupError: no such door"):
        process.call("fail", {"why": "no such door"}, LONG)
    with pytest.raises(ForeignRaised, match="KeyError: 'nothing'"):
        process.call("nothing", {}, LONG)
    with pytest.raises(ForeignRaised, match="ValueError: Out of range float"):
        process.call("unwritable", {}, LONG)
    with pytest.raises(ForeignRaised, match="ValueError: too many values"):
        process.call("tuple", {}, LONG)
    with pytest.raises(ForeignRaised, match="TypeError: a call returns a value, or a value and bytes"):
        process.call("text for bytes", {}, LONG)
    assert process.call("echo", {"value": 1, "data": ""}, LONG).value == 1


def test_a_killed_process_is_lost_with_the_last_line_that_it_wrote(process: ForeignProcess) -> None:
    with pytest.raises(ForeignLost, match="was killed by SIGKILL: the disk is full"):
        process.call("die", {}, LONG)
    with pytest.raises(ForeignLost, match="is closed"):
        process.call("echo", {"value": 1, "data": ""}, LONG)


@pytest.mark.slow
def test_a_process_that_shows_no_life_is_lost_before_the_call_is_due() -> None:
    with ForeignProcess(sys.executable, ADAPTER, {}, silent_seconds=10) as process:
        assert process.call("sleep", {"seconds": 12}, LONG).value is None  # it shows some meanwhile
        with pytest.raises(ForeignLost, match="no sign of life for 10 s"):
            process.call("stop", {}, LONG)
        assert ended(process.pid)


def test_a_call_that_takes_too_long_ends_the_process(process: ForeignProcess) -> None:
    with pytest.raises(ForeignLost, match="the call sleep took longer than 1 s"):
        process.call("sleep", {"seconds": 600}, 1)
    assert ended(process.pid)


def test_closing_closes_what_is_open_there_and_ends_what_it_has_started(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    with ForeignProcess(sys.executable, ADAPTER, {"closed": str(closed)}) as process:
        child = process.call("child", {}, LONG).value
    assert closed.read_text(encoding="utf-8") == "closed"
    assert isinstance(child, int)
    assert ended(child)
    assert ended(process.pid)


@pytest.mark.slow
def test_nothing_is_left_when_our_process_is_killed(tmp_path: Path) -> None:
    """Also what is open there is closed then, such as a virtual machine."""
    closed = tmp_path / "closed"
    ours = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent("""
                import sys
                from pathlib import Path
                from handeye.evals.foreign.process import ForeignProcess
                process = ForeignProcess(sys.executable, Path(sys.argv[1]), {"closed": sys.argv[2]})
                print(process.pid, process.call("child", {}, 60).value, flush=True)
                process.call("sleep", {"seconds": 600}, 600)
            """),
            str(ADAPTER),
            str(closed),
        ],
        stdout=subprocess.PIPE,
    )
    assert ours.stdout is not None
    host, child = map(int, ours.stdout.readline().split())
    ours.kill()
    ours.wait()
    ours.stdout.close()
    assert ended(host)
    assert ended(child)
    assert closed.read_text(encoding="utf-8") == "closed"


def test_what_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(ForeignFailed, match="cannot start /nowhere/python: No such file"):
        ForeignProcess("/nowhere/python", ADAPTER, {})
    with pytest.raises(ForeignFailed, match="cannot load what it needs: RuntimeError: no drivers"):
        ForeignProcess(sys.executable, ADAPTER, {"broken": "no drivers"})
    false = shutil.which("false")
    assert false is not None
    with pytest.raises(ForeignFailed, match="false: ended with exit status 1"):
        ForeignProcess(false, ADAPTER, {})
    wrapper = tmp_path / "python"
    wrapper.write_text("#!/bin/sh\necho no licence >&2\nexit 3\n", encoding="utf-8")
    wrapper.chmod(0o755)
    with pytest.raises(ForeignFailed, match="python: ended with exit status 3: no licence"):
        ForeignProcess(str(wrapper), ADAPTER, {})


def test_who_does_not_know_the_token_is_turned_away(tmp_path: Path) -> None:
    """The interpreter here is a wrapper that first connects as a stranger would."""
    wrapper = tmp_path / "python"
    wrapper.write_text(
        textwrap.dedent(f"""\
            #!{sys.executable}
            import json, os, socket, subprocess, sys
            line = sys.stdin.buffer.readline()
            order = json.loads(line)
            stranger = socket.create_connection(order["address"])
            head = json.dumps({{"type": "hello", "token": "guessed", "python": "3", "pid": 1}}).encode()
            stranger.sendall(len(head).to_bytes(4, "big") + head)
            assert stranger.recv(1) == b"", "a stranger is let in"
            noise = socket.create_connection(order["address"])
            noise.sendall(b"GET / HTTP/1.1\\r\\n\\r\\n" * 10)
            subprocess.run([sys.executable, *sys.argv[1:]], input=line)
        """),
        encoding="utf-8",
    )
    wrapper.chmod(0o755)
    with ForeignProcess(str(wrapper), ADAPTER, {}) as process:
        assert process.call("echo", {"value": "in", "data": ""}, LONG).value == "in"


def test_what_is_no_message_ends_the_process(tmp_path: Path) -> None:
    adapter = tmp_path / "adapter.py"
    adapter.write_text(
        textwrap.dedent("""
            import gc, socket
            def start(arguments):
                def noise(parameters):
                    found = [each for each in gc.get_objects() if isinstance(each, socket.socket)]
                    found[0].sendall(b"\\x00\\x00\\x00\\x02{}")
                return {"noise": noise}
        """),
        encoding="utf-8",
    )
    with (
        ForeignProcess(sys.executable, adapter, {}) as process,
        pytest.raises(ForeignLost, match="it sent no message"),
    ):
        process.call("noise", {}, LONG)


def test_it_runs_where_it_is_told_and_imports_nothing_of_ours(tmp_path: Path) -> None:
    with ForeignProcess(sys.executable, ADAPTER, {}, directory=tmp_path) as process:
        assert process.call("directory", {}, LONG).value == str(tmp_path.resolve())
        paths = process.call("path", {}, LONG).value
        assert isinstance(paths, list)
        assert str(HOST.parent) not in paths


@pytest.mark.slow
@pytest.mark.parametrize("python", OLDER)
def test_other_versions_of_python_are_hosts(python: str) -> None:
    found = shutil.which(python)
    if found is None or subprocess.run([found, "--version"], capture_output=True).returncode:
        pytest.skip(f"{python} is not installed")
    with ForeignProcess(found, ADAPTER, {}) as process:
        version = process.call("interpreter", {}, LONG).value
        assert version == [int(part) for part in python.removeprefix("python").split(".")]
