"""Profiles of what is made from Qwen3-VL: the expected conversations come from the makers' own code; see the JSON file.

An episode is the example's two steps, repeated as often as the name says.
"""

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
from handeye.agent.prompts.catalog import agent_prompt, choose_profile, find_profile, grounder_prompt
from handeye.agent.prompts.example import PHRASE, SIZE, example
from handeye.agent.prompts.plain import plain
from handeye.agent.prompts.profile import Pixels
from handeye.agent.prompts.view import View

EXPECTED = json.loads((Path(__file__).parent / "qwen3_vl.json").read_text())
PLACES = [name for name in EXPECTED if name.endswith(" place")]
STEPS = [name for name in EXPECTED if name not in PLACES]
PHONE = Abilities(frozenset({"click", "home", "open_app"}), ("Files", "Settings"))


def episode(name: str) -> View:
    profile, *screen, count = name.split()
    found = find_profile(profile)
    view = example(agent_prompt(found), found.pixels, phone=screen != ["computer"])
    steps = tuple(replace(view.history.steps[index % 2], index=index) for index in range(int(count)))
    return replace(view, history=replace(view.history, steps=steps))


def render(profile: str, history: History) -> list[Any]:
    prompt = agent_prompt(find_profile(profile))
    return plain(prompt.compose(view_of(history, prompt, lambda size: size)))


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_asked_for_as_by_its_makers(name: str) -> None:
    view = episode(name)
    profile = find_profile(name.split()[0])
    assert plain(agent_prompt(profile).compose(view)) == EXPECTED[name]["messages"]


@pytest.mark.parametrize("name", PLACES)
def test_a_place_is_asked_for_as_by_its_makers(name: str) -> None:
    prompt = grounder_prompt(find_profile(name.split()[0]))
    image = Image.new("RGB", SIZE)
    # UI-Venus-1.5's makers drop the full stop of a phrase.
    phrase = f"{PHRASE}." if name.startswith("ui-venus") else PHRASE
    assert plain(prompt.compose(phrase, image, SIZE)) == EXPECTED[name]["messages"]
    answer = prompt.answer.write(Click(point=Point(640, 360)), Frame("model image", SIZE))
    reading = prompt.answer.read(answer, Seen(Frame("model image", SIZE)))
    assert reading.actions == (Click(point=Point(640, 360)),)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("inclusionAI/UI-Venus-1.5-8B", "ui-venus-1.5"),
        ("UI-Venus-1.5-30B-A3B-AWQ", "ui-venus-1.5"),
        ("mPLUG/GUI-Owl-1.5-8B-Instruct", "gui-owl-1.5"),
        ("gui_owl_1.5_32b_think", "gui-owl-1.5"),
        ("Hcompany/Holo2-30B-A3B", "holo2"),
        ("Hcompany/Holo2-4B-GGUF", "holo2"),
        ("Tongyi-MAI/MAI-UI-8B", "mai-ui"),
        ("mai_ui_2b", "mai-ui"),
        ("mPLUG/GUI-Owl-7B", "gui-owl"),
        ("Hcompany/Holo1.5-7B", "holo1.5"),
        ("inclusionAI/UI-Venus-Navi-7B", "ui-venus-navi"),
    ],
)
def test_names(model: str, name: str) -> None:
    assert choose_profile(model).profile.name == name


@pytest.mark.parametrize("name", ["ui-venus-1.5", "gui-owl-1.5", "holo2", "mai-ui"])
def test_images_are_cut_into_squares_of_32_pixels_and_points_are_thousandths(name: str) -> None:
    profile = find_profile(name)
    assert profile.factor == 32
    assert profile.pixels is not None
    assert profile.pixels.resize(Size(1920, 1080)) == Size(1920, 1088)
    dialects = [] if profile.agent is None else [profile.agent.dialects.computer, profile.agent.dialects.phone]
    assert profile.grounder is not None
    assert {each.points.unit for each in (*dialects, profile.grounder.answer)} == {"thousandths"}


def test_limits() -> None:
    assert find_profile("ui-venus-1.5").pixels == Pixels(3136, 12_845_056, 32)
    assert find_profile("gui-owl-1.5").pixels == Pixels(3136, 10_035_200, 32)
    assert find_profile("holo2").pixels == find_profile("mai-ui").pixels == Pixels(65_536, 16_777_216, 32)


def test_holo2_does_not_think_about_a_place() -> None:
    assert find_profile("holo2").template == ("thinking",)


def test_mai_ui_is_told_the_apps_of_the_phone(observe: Any) -> None:
    system, task, _ = render("mai-ui", History("T", (), observe(), abilities=PHONE))
    assert '- Available Apps: `["Files","Settings"]`.' in system["content"][0]
    assert task == {"role": "user", "content": ["T"]}


def test_what_was_decided_by_others_is_told_in_calls(observe: Any, make_step: Any) -> None:
    actions = (Click(point=Point(1, 1)), Type(text="tent"))
    step = make_step(0, Outcome("executed"), Outcome("executed"), thought="Search.", actions=actions)
    step = replace(step, decision=replace(step.decision, text=""))
    history = History("T", (step,), observe(), abilities=PHONE)
    (told,) = render("mai-ui", history)[3]["content"]
    begin = '<thinking>\nSearch.\n</thinking>\n<tool_call>\n{"name":"mobile_use","arguments":{"action":"click"'
    assert told.startswith(begin)
    assert '{"action":"type","text":"tent"}' in told
    assert "Step 0: <think>Search.</think><action>Click(box=(" in str(render("ui-venus-1.5", history)[1])
    assert "<thinking>\nSearch.\n</thinking>\n<tool_call>" in render("gui-owl-1.5", history)[2]["content"][0]


@pytest.mark.parametrize(("name", "word"), [("mai-ui", "system_button back"), ("gui-owl-1.5", "system_button Back")])
def test_what_went_wrong_is_told_before_the_next_screenshot(name: str, word: str, observe: Any, make_step: Any) -> None:
    step = make_step(0, Outcome("rejected", "alt+left does nothing here: use `back`"))
    *_, last = render(name, History("T", (step,), observe(notices=("A popup.",)), abilities=PHONE))
    said, image = last["content"]
    assert said.startswith(f"(rejected: alt+left does nothing here: use `{word}`)\n")
    assert "Notice: A popup." in said
    assert "image" in image
