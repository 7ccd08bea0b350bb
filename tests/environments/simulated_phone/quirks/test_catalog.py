"""Quirks are found by name, say what they stand for, and leave other phones alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Size
from handeye.actions.schema import Click
from handeye.environments.errors import InvalidOption
from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment
from handeye.environments.simulated_phone.phone import SimulatedPhone
from handeye.environments.simulated_phone.quirks.catalog import QUIRKS, find_quirks

Run = Callable[..., Any]


def test_each_says_what_it_does_and_whose_report_it_is() -> None:
    for name, quirk in QUIRKS.items():
        assert name == quirk.name and name.replace("-", "").isalnum() and name == name.lower()
        assert quirk.does and "\n" not in quirk.does and not quirk.does.endswith(".")
        assert quirk.reports and all(quirk.reports)


def test_an_unknown_name_is_refused_with_the_list() -> None:
    for make in (SimulatedPhone, SimulatedPhoneEnvironment):
        with pytest.raises(InvalidOption, match=r"no quirk is named 'samsung'; there are: .*samsung-clear"):
            make(quirks=["huawei-clear", "samsung"])
    assert find_quirks(["samsung-clear", "samsung-clear"]) == (QUIRKS["samsung-clear"],)


def test_a_phone_has_several_until_it_is_reset_with_others(phone: SimulatedPhone, sh: Run) -> None:
    phone.reset(["no-key-combination", "noisy-input", "size-override"])
    assert sh("wm size").text == "Physical size: 1080x2400\nOverride size: 810x1800\n"
    ran = sh("input keycombination CTRL_LEFT A")
    assert ran.status == 255
    assert ran.err.startswith(b"WARNING: linker") and ran.err.endswith(b"Unknown command: keycombination\n")
    phone.reset()
    assert sh("cmd input keycombination CTRL_LEFT A").status == 255
    phone.reset([])
    assert sh("wm size").text == f"Physical size: {Size(1080, 2400)}\n"
    assert sh("input keycombination CTRL_LEFT A") == (b"", b"", 0)


@pytest.mark.slow
def test_a_phone_with_several_is_driven(visit: Run) -> None:
    visitor = visit("foldable-closed", "noisy-input", "samsung-power", "dex", "no-labels")
    assert visitor.environment.observe().size == Size(720, 1280)
    assert visitor.do(Click(point=visitor.find("Notes"))).outcome == "executed"
    assert visitor.environment.observe().app == visitor.front == "org.handeye.notes"


def test_the_documentation_lists_them() -> None:
    page = (Path(__file__).parents[4] / "docs" / "simulated-phone.md").read_text("utf-8")
    for quirk in QUIRKS.values():
        assert f"| `{quirk.name}` | {quirk.does} | {', '.join(quirk.reports)} |\n" in page
