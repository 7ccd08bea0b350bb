"""The makers' own code, run on the same episode, is what the expected conversations come from: see the JSON file."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Seen
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import Click, Type
from handeye.agent.history import History
from handeye.agent.outcome import Outcome
from handeye.agent.policies.reading import view_of
from handeye.agent.prompts.catalog import agent_prompt, choose_profile, find_profile
from handeye.agent.prompts.example import SIZE, TASK, example
from handeye.agent.prompts.plain import plain
from handeye.agent.prompts.profile import Pixels

EXPECTED = json.loads((Path(__file__).parent / "ui_venus.json").read_text())
PHONE = Abilities(frozenset({"click", "home"}))


def text_of(history: History) -> str:
    prompt = agent_prompt(find_profile("ui-venus-navi"))
    _, user = prompt.compose(view_of(history, prompt, lambda _: Size(196, 140)))
    text, image = user.content
    assert image is history.observation.image
    return str(text)


@pytest.mark.parametrize("screen", ["phone", "computer"])
def test_navi_is_prompted_as_its_makers_do_it(screen: str) -> None:
    profile = find_profile("ui-venus-navi")
    prompt = agent_prompt(profile)
    messages = prompt.compose(example(prompt, profile.pixels, phone=screen == "phone"))
    assert plain(messages) == EXPECTED[f"navi {screen}"]["messages"]


@pytest.mark.parametrize(("name", "seen"), [("ground", Size(1904, 1064)), ("ground-72b", Size(2352, 1344))])
def test_ground_is_asked_as_its_makers_do_it(name: str, seen: Size) -> None:
    profile = find_profile(f"ui-venus-{name}")
    assert profile.grounder is not None
    assert profile.pixels is not None
    assert profile.pixels.resize(SIZE) == seen
    messages = profile.grounder.compose(TASK, Image.new("RGB", SIZE), seen)
    assert plain(messages) == EXPECTED[name]["messages"]
    reading = profile.grounder.answer.read("[90,180,110,220]", Seen(Frame("model image", seen)))
    assert reading.actions == (Click(point=Point(100, 200)),)


def test_a_step_of_another_policy_is_told_in_calls(observe: Any, make_step: Any) -> None:
    actions = (Click(point=Point(1, 1)), Type(text="tent"))
    step = make_step(0, Outcome("executed"), Outcome("executed"), thought="Search.", actions=actions)
    step = replace(step, decision=replace(step.decision, text=""))
    told = "Step 0: <think>Search.</think><action>Click(box=(3, 3))\nType(content='tent')</action>\n\n### "
    assert told in text_of(History("T", (step,), observe(), abilities=PHONE))


def test_what_went_wrong_is_told(observe: Any, make_step: Any) -> None:
    step = make_step(0, Outcome("rejected", "alt+left does nothing here: use `back`"))
    text = text_of(History("T", (step,), observe(notices=("A popup: use `press`.",)), abilities=PHONE))
    assert "</action> (rejected: alt+left does nothing here: use `PressBack`)\n\n### " in text
    assert text.endswith("</conclusion> tags\n\nNotice: A popup: use `PressEnter`.")


def test_a_reply_without_tags_is_told_too(observe: Any, make_step: Any) -> None:
    step = make_step(0, Outcome("problem", "no action"), problem="no action", thought="Hm.")
    assert "Step 0: <think>Hm.</think><action></action> (problem: no action)" in text_of(
        History("T", (step,), observe(), abilities=PHONE)
    )


def test_a_phone_and_a_browser_have_their_own_functions(observe: Any) -> None:
    assert "PressHome()\nPressEnter()" in text_of(History("T", (), observe(), abilities=PHONE))
    assert "- Hover(box=(x1,y1))" in text_of(History("T", (), observe()))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("inclusionAI/UI-Venus-Navi-7B", "ui-venus-navi"),
        ("mradermacher/UI-Venus-Navi-7B-GGUF", "ui-venus-navi"),
        ("ui_venus_navi_7b", "ui-venus-navi"),
        ("inclusionAI/UI-Venus-Navi-72B", "ui-venus-navi-72b"),
        ("inclusionAI/UI-Venus-Ground-7B", "ui-venus-ground"),
        ("UI-Venus-Ground-7B-4bit", "ui-venus-ground"),
        ("UI-Venus-Ground-72B-AWQ", "ui-venus-ground-72b"),
    ],
)
def test_names(model: str, name: str) -> None:
    assert choose_profile(model).profile.name == name


def test_limits() -> None:
    assert find_profile("ui-venus-navi").pixels == Pixels(830_000, 937_664)
    assert find_profile("ui-venus-navi-72b").pixels == Pixels(3136, 12_845_056)
