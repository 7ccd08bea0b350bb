"""adb-shell, a client that speaks adb's protocol by itself, without an adb server."""

import io
from collections.abc import Iterator
from typing import Any

import pytest

from handeye.environments.simulated_phone.phone import SimulatedPhone

adb_device = pytest.importorskip("adb_shell.adb_device", reason="adb-shell is not installed")
pytestmark = pytest.mark.slow


@pytest.fixture
def device(phone: SimulatedPhone) -> Iterator[Any]:
    host, port = phone.address.split(":")
    device = adb_device.AdbDeviceTcp(host, int(port), default_transport_timeout_s=60)
    device.connect(read_timeout_s=60)
    yield device
    device.close()


def test_commands(device: Any) -> None:
    assert device.available
    assert device.shell("echo out; echo err >&2; (exit 3); echo $?") == "out\nerr\n3\n"
    assert device.exec_out("screencap -p", decode=False).startswith(b"\x89PNG")
    assert list(device.streaming_shell("for n in 1 2 3; do echo $n; done")) == ["1\n", "2\n", "3\n"]
    assert "cannot run as root" in device._service(b"root", b"")


def test_files(device: Any) -> None:
    data = bytes(range(256)) * 2000
    device.push(io.BytesIO(data), "/sdcard/Download/deep/er/data.bin", mtime=1_700_000_000)
    mode, size, modified = device.stat("/sdcard/Download/deep/er/data.bin")
    assert (mode & 0o100000, size, modified) == (0o100000, len(data), 1_700_000_000)
    back = io.BytesIO()
    device.pull("/sdcard/Download/deep/er/data.bin", back)
    assert back.getvalue() == data
    assert [bytes(file.filename) for file in device.list("/sdcard/Download/deep")] == [b"er"]
    with pytest.raises(Exception, match="No such file or directory"):
        device.pull("/sdcard/none", io.BytesIO())


def test_a_stream_that_it_closes_leaves_the_connection_usable(device: Any) -> None:
    lines = device.streaming_shell("while true; do echo again; sleep 0.01; done")
    assert next(lines) == "again\n"
    lines.close()
    assert device.shell("echo usable", read_timeout_s=60).endswith("usable\n")


def test_it_connects_again(device: Any) -> None:
    device.close()
    device.connect(read_timeout_s=60)
    assert device.shell("id -u") == "2000\n"
