"""Who may drive the phone."""

import base64
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handeye.environments.android.adb_server import AdbServer
from handeye.environments.simulated_phone.adbd.auth import Authorize, BadKey, PublicKey
from handeye.environments.simulated_phone.phone import SimulatedPhone

Eventually = Callable[..., None]


@pytest.fixture(scope="module")
def public_key(adb: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A key that the real adb has made: its path, and its public half."""
    path = tmp_path_factory.mktemp("key") / "adbkey"
    assert adb("keygen", path).status == 0
    return path, path.with_name("adbkey.pub").read_text()


def state(adb: Any, phone: SimulatedPhone) -> str:
    ran = adb("get-state", serial=phone.address)
    return (ran.out or ran.err).decode().strip()


@pytest.mark.slow
def test_a_phone_that_asks(adb: Any, eventually: Eventually) -> None:
    with SimulatedPhone(authorize=Authorize.ASK) as asking:
        adb("connect", asking.address)
        eventually(lambda: len(asking.waiting) == 1)
        assert "unauthorized" in state(adb, asking)
        refused = adb("shell", "echo never", serial=asking.address)
        assert refused.status == 1 and b"unauthorized" in refused.err
        assert "@" in asking.waiting[0].name and len(asking.waiting[0].fingerprint) == 47
        asking.allow()
        eventually(lambda: state(adb, asking) == "device")
        assert asking.waiting == ()
        assert adb("shell", "echo hello", serial=asking.address).out == b"hello\n"

        # The next time it signs with the key, and nobody is asked.
        adb("disconnect", asking.address)
        adb("connect", asking.address)
        eventually(lambda: state(adb, asking) == "device")
        assert asking.waiting == ()

        with AdbServer() as stranger:
            other = type(adb)(stranger)
            other("connect", asking.address)
            eventually(lambda: len(asking.waiting) == 1)
            assert "unauthorized" in state(other, asking)
        eventually(lambda: asking.waiting == ())
        adb("disconnect", asking.address)


@pytest.mark.slow
def test_known_keys_are_let_in_and_nobody_else(
    public_key: tuple[Path, str], adb: Any, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, line = public_key
    with SimulatedPhone(authorize=Authorize.NOBODY, known=[line]) as phone:
        adb("connect", phone.address)
        eventually(lambda: "unauthorized" in state(adb, phone))
        assert phone.waiting == ()
        monkeypatch.setenv("ADB_VENDOR_KEYS", str(path))
        with AdbServer() as server:
            knows = type(adb)(server)
            knows.connect(phone.address)
            assert knows("shell", "echo hello", serial=phone.address).out == b"hello\n"
        adb("disconnect", phone.address)


def test_keys_are_read(public_key: tuple[Path, str]) -> None:
    key = PublicKey.parse(public_key[1])
    assert key.modulus.bit_length() == 2048 and key.exponent == 65537
    assert not key.signed(bytes(20), bytes(256))
    assert not key.signed(bytes(20), b"short")
    small = base64.b64encode(struct.pack("<II256s256sI", 32, 0, b"", b"", 3)).decode()
    for line in ("", "x", "AAAA user@host", public_key[1][:-300], small):
        with pytest.raises(BadKey):
            PublicKey.parse(line)
