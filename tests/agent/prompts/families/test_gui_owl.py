"""The prompts of GUI-Owl, compared with those of its makers' agents; gui_owl.json says how they were made."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Type
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.policies.reading import view_of
from handeye.agent.prompts.catalog import agent_prompt, choose_profile, find_profile
from handeye.agent.prompts.example import SIZE, example
from handeye.agent.prompts.plain import plain
from handeye.environments.element import Element

VENDOR = json.loads((Path(__file__).parent / "gui_owl.json").read_text())
PROFILE = find_profile("gui-owl")
PROMPT = agent_prompt(PROFILE)
PIXELS = PROFILE.pixels
PHONE = Abilities(frozenset({"click", "home"}))


def render(history: History) -> list[Any]:
    assert PIXELS is not None
    return plain(PROMPT.compose(view_of(history, PROMPT, PIXELS.resize)))


def asked(history: History) -> str:
    """All text of the user's turn."""
    _, user = render(history)
    return "<image>".join(part for part in user["content"] if isinstance(part, str))


def test_a_desktop_is_shown_as_by_its_makers() -> None:
    ours = plain(PROMPT.compose(example(PROMPT, PIXELS)))
    # The makers' agent always names the size of their own screen.
    assert json.loads(json.dumps(ours).replace("1288x728", "1932x1092")) == VENDOR["desktop"]


def test_a_phone_is_shown_as_by_its_makers() -> None:
    assert PIXELS is not None
    ours = plain(PROMPT.compose(example(PROMPT, PIXELS, phone=True)))
    size = [*PIXELS.resize(SIZE)]
    assert json.loads(json.dumps(ours).replace(json.dumps([*SIZE]), json.dumps(size))) == VENDOR["phone"]


def test_the_first_step(observe: Any) -> None:
    assert "Previous actions:\n    No history. This is the first step.\n    Before" in asked(
        History("T", (), observe())
    )
    phone = asked(History("T", (), observe(), abilities=PHONE))
    assert "on the current device): .\n\nBefore" in phone


def test_screenshots_are_numbered_by_their_steps(observe: Any, make_step: Any) -> None:
    steps = tuple(make_step(index, Outcome("executed"), conclusion=f"Did {index}.") for index in range(4))
    text = asked(History("T", steps, observe()))
    assert "Step 1: \nDid 0.\n\nStep 2: \nDid 1.\n\n" in text
    assert text.endswith("Screenshot of step 3:\n<image>Screenshot of step 4:\n<image>Current screenshot:\n")
    (_, user) = render(History("T", steps, observe(), abilities=PHONE))
    assert len(user["content"]) == 2


def test_a_step_of_another_policy_is_told_by_its_calls(observe: Any, make_step: Any) -> None:
    actions = (Click(point=Point(3, 4)), Type(text="tent"))
    step = make_step(0, Outcome("executed"), Outcome("executed"), actions=actions)
    step = replace(step, decision=replace(step.decision, text=""))
    text = asked(History("T", (step,), observe()))
    assert '"arguments": {"action": "type", "text": "tent", "clear": 0, "enter": 0}}\n\n' in text
    phone = asked(History("T", (step,), observe(), abilities=PHONE))
    assert '{"name": "mobile_use", "arguments": {"action": "type", "text": "tent"}}; .' in phone


def test_trouble_is_told(observe: Any, make_step: Any) -> None:
    step = make_step(0, Outcome("rejected", "use `press`"), conclusion='Pressed "OK".')
    history = History("T", (step,), observe(notices=("A dialog asks: Sure?",)))
    text = asked(history)
    assert 'Step 1: \nPressed "OK".\n(rejected: use `key`)\n\n' in text
    assert text.endswith("\nNotice: A dialog asks: Sure?\nCurrent screenshot:\n")
    phone = asked(replace(history, abilities=PHONE))
    assert "Step 1: Pressed OK. (rejected: use `system_button Enter`); ." in phone
    assert phone.endswith("\nNotice: A dialog asks: Sure?")


def test_marks_are_listed(observe: Any) -> None:
    mark = Element(observe().frame.box, "button", "OK")
    text = asked(History("T", (), replace(observe(), marks=(mark,))))
    assert text.endswith('\n1: button "OK"\nCurrent screenshot:\n')


def test_an_app_is_opened_by_its_name_where_one_can_be(observe: Any) -> None:
    for types, told in ((PHONE.types, False), (PHONE.types | {"open_app"}, True)):
        system, _ = render(History("T", (), observe(), abilities=Abilities(types)))
        assert ("* `open`: " in system["content"][0]) is told


@pytest.mark.parametrize(
    "name",
    ["mPLUG/GUI-Owl-7B", "mPLUG/GUI-Owl-32B", "GUI-Owl-7B-GGUF", "gui_owl_7b", "x/gui-owl-7b-awq", "GUI-Owl-7B-4bit"],
)
def test_its_checkpoints_are_known(name: str) -> None:
    assert choose_profile(name, "Qwen2.5-VL-7B-Instruct").profile is PROFILE


@pytest.mark.parametrize(
    "name", ["mPLUG/GUI-Owl-1.5-8B-Instruct", "gui_owl_1_5_8b", "mPLUG/UI-S1-7B", "mPLUG/mPLUG-Owl3-7B"]
)
def test_others_are_not(name: str) -> None:
    assert choose_profile(name).profile is not PROFILE
