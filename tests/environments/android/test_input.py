"""Whether `input` did what it was asked, by its status and known words: a warning is no refusal."""

import struct

import pytest

from handeye.environments.android.link import AdbLink, Address
from handeye.environments.android.phone import AndroidPhone, InputStopped
from handeye.environments.android.shell import ShellResult, read_packets
from handeye.environments.errors import ActionRejected
from handeye.environments.secrets import Secrets

_MARK = "handeye-next-command\n"
_LINKER = "WARNING: linker: /vendor/lib64/x.so: unused DT entry: type 0x1d\n"
_TWO = ("input swipe 1 1 1 1 40",) * 2


class Answers(AdbLink):
    """Answers every script with the same words."""

    def __init__(self, output: str, status: int) -> None:
        super().__init__(1)
        self.result = output, status

    def shell(self, phone: Address, commands: str, seconds: float = 1.0) -> ShellResult:
        output, status = self.result
        data = b"".join(
            struct.pack("<BI", kind, len(body)) + body for kind, body in ((1, output.encode()), (3, bytes([status])))
        )
        return read_packets(data)


def phone(output: str, status: int = 0) -> AndroidPhone:
    return AndroidPhone(Answers(output, status), Address("X"), Secrets({"pin": "tr0ub4dor"}))


@pytest.mark.parametrize("output", [_MARK * 2, f"{_LINKER}{_MARK}{_LINKER}{_MARK}", f"exceptional\n{_MARK}{_MARK}"])
def test_warnings_are_no_refusal(output: str) -> None:
    phone(output).input(_TWO)


@pytest.mark.parametrize(
    ("output", "status", "why"),
    [
        ("Error: Unknown command: keycombination\nUsage: input ...\n" + _MARK * 2, 0, "Unknown command"),
        ("Unknown command: keycombination\n", 255, "Unknown command"),
        (
            "java.lang.SecurityException: requires INJECT_EVENTS permission\n\tat a.b(C.java:1)\n",
            1,
            "Security settings",
        ),
        ("\nException occurred while executing 'tap':\njava.lang.SecurityException: INJECT_EVENTS\n", 255, "Security"),
        ("cmd: Can't find service: input\n", 20, "find service"),
        ("/system/bin/sh: input: not found\n", 127, "not found"),
        (f"{_LINKER}Error: Can't connect to window manager; is the system running?\n", 1, "window manager"),
    ],
)
def test_what_is_refused_was_not_done(output: str, status: int, why: str) -> None:
    with pytest.raises(ActionRejected, match=why) as refused:
        phone(output, status).input(_TWO)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("output", "status", "done", "known"),
    [
        (f"{_MARK}Error: Unknown command: x\n", 255, 1, True),
        (f"{_MARK}{_LINKER}Killed\n", 137, 1, False),
        ("Killed\n", 137, 0, False),
        ("", 134, 0, False),
    ],
)
def test_what_ended_in_the_middle_is_partial(output: str, status: int, done: int, known: bool) -> None:
    with pytest.raises(InputStopped) as stopped:
        phone(output, status).input(_TWO)
    assert (stopped.value.commands, stopped.value.known) == (done, known)
    assert str(status) in stopped.value.problem or "rejected the input" in stopped.value.problem


def test_the_phones_words_hold_no_secret() -> None:
    said = f"Error: Invalid arguments for command: {'x' * 280} tr0ub4dor\n"
    with pytest.raises(ActionRejected) as refused:
        phone(said, 255).input(_TWO)
    assert "tr0u" not in str(refused.value)
    with pytest.raises(ActionRejected) as hidden:
        phone("Error: Invalid arguments: t r 0 u b\n", 255).input(_TWO, private=True)
    assert "t r 0" not in str(hidden.value)
