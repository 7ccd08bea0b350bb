"""What the phone makes of `input`."""

from collections.abc import Callable
from typing import Any

import pytest

from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("quirk", "held"), [("swallowed-text", ""), ("lost-first-keys", "e"), ("doubled-text", "oneone")]
)
def test_text_does_not_arrive_as_it_was_sent(phone: SimulatedPhone, sh: Run, quirk: str, held: str) -> None:
    phone.reset([quirk])
    sh("am start -a android.intent.action.INSERT -t vnd.android.cursor.dir/contact")
    phone.evaluate("() => phone.tasks.window.document.querySelector('input').focus()")
    assert sh("input text one") == (b"", b"", 0)
    assert phone.evaluate("() => phone.tasks.window.document.activeElement.value") == held


def test_input_is_denied_except_its_help(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["input-denied"])
    ran = sh("input tap 1 1")
    assert ran.status == 255 and b"INJECT_EVENTS" in ran.err
    assert "motionevent" in sh("input help").text
