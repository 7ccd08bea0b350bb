import os
import pty
import subprocess
import sys
from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click
from handeye.agent.approval import Approval, allow_all, ask, deny_all

CLICK = Click(point=Point(3, 4))

ASK = """
from handeye.actions.schema import load
from handeye.agent.approval import ask
from handeye.environments.observation import Observation
from handeye.actions.geometry import Size
action = load({"type": "type", "text": "\u202eevil 你"})
print(ask(action, Observation(screenshot=b"", size=Size(1, 1), time=0.0)))
"""


def answer_in_terminal(answer: bytes) -> tuple[str, str]:
    """Return what was asked in a terminal where somebody types `answer`, and the approval that was made of it."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, answer)
        done = subprocess.run([sys.executable, "-c", ASK], stdin=theirs, capture_output=True, text=True, check=True)
    finally:
        os.close(ours)
        os.close(theirs)
    return done.stderr, done.stdout.strip()


def test_allow_all_and_deny_all(observe: Any) -> None:
    assert allow_all(CLICK, observe()) == Approval(True)
    assert deny_all(CLICK, observe()) == Approval(False, "every action is denied")


@pytest.mark.parametrize(
    ("answer", "approval"),
    [
        (b"y\n", Approval(True)),
        (b"\n", Approval(False, "the user said no")),
        (b"n\n", Approval(False, "the user said no")),
        (b"use the other tab\n", Approval(False, "the user said: use the other tab")),
        (b"q\n", Approval(False, "the user ended the episode", stop=True)),
        (b"\x04", Approval(False, "cannot ask for approval: standard input has ended", stop=True)),
    ],
)
def test_the_terminal_decides(answer: bytes, approval: Approval) -> None:
    asked, given = answer_in_terminal(answer)
    assert given == str(approval)
    assert "{'type': 'type', 'text': '\\u202eevil 你'}" in asked  # controls are spelt out, letters are not


def test_without_a_terminal_nobody_is_asked() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], input="y\n", capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.strip() == str(
        Approval(False, "cannot ask for approval: standard input is not a terminal", stop=True)
    )


def test_without_standard_input_nobody_is_asked(observe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert not ask(CLICK, observe()).allowed
