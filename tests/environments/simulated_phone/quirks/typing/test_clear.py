"""What becomes of ctrl+a."""

from collections.abc import Callable
from typing import Any

import pytest

from handeye.environments.simulated_phone.phone import SimulatedPhone

Run = Callable[..., Any]
VALUE = """() => {
  let page = document;
  while (page.activeElement.tagName === "IFRAME") page = page.activeElement.contentDocument;
  return page.activeElement.value;
}"""


@pytest.mark.parametrize(
    ("quirk", "held"), [("samsung-clear", "one tw"), ("huawei-clear", "one two"), ("no-key-combination", "one tw")]
)
def test_the_field_is_not_cleared(phone: SimulatedPhone, sh: Run, quirk: str, held: str) -> None:
    phone.reset([quirk])
    sh("am start -a android.intent.action.INSERT -t vnd.android.cursor.dir/contact")
    tapped = phone.evaluate("""() => {
      const page = phone.tasks.window.document;
      page.querySelector('input').focus();
      return page.activeElement.tagName;
    }""")
    assert tapped == "INPUT"
    sh("input text 'one two'; input keycombination CTRL_LEFT A; input keyevent DEL")
    assert phone.evaluate(VALUE) == held
