"""The models that only point and have a family of few lines: asked as their makers do it, and read.

The makers' own code, run on the same phrase, is what the expected conversations come from: see the JSON files.
"""

import json
from pathlib import Path

import pytest
from PIL import Image

from handeye.actions.dialects.dialect import Seen
from handeye.actions.geometry import Frame, Point
from handeye.actions.schema import Click
from handeye.agent.prompts.catalog import NotAnAgent, agent_prompt, choose_profile, find_profile
from handeye.agent.prompts.example import SIZE, TASK
from handeye.agent.prompts.plain import plain
from handeye.agent.prompts.profile import Pixels

EXPECTED = {
    name: case
    for family in ("computer_use", "gui_g2", "infigui")
    for name, case in json.loads((Path(__file__).parent / f"{family}.json").read_text()).items()
}
CALL = '{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [100, 200]}}'
ANSWERS = {
    "groundnext": f"<tool_call>\n{CALL}\n</tool_call>",
    "jedi": f"<tool_call>\n{CALL.replace('{', '{{').replace('}', '}}')}\n</tool_call>",
    "se-gui": "100, 200]}}\n</tool_call>",
    "gui-g2": "[90,180,110,220]",
    "infigui-g1": '<think>It.</think>\n[{"point_2d": [100, 200]}]',
}


@pytest.mark.parametrize("name", ANSWERS)
def test_they_are_asked_as_their_makers_do_it(name: str) -> None:
    profile = find_profile(name)
    assert profile.grounder is not None
    seen = (profile.pixels or Pixels()).resize(SIZE)
    messages = profile.grounder.compose(TASK, Image.new("RGB", SIZE), seen)
    assert plain(messages) == EXPECTED[name]["messages"]
    reading = profile.grounder.answer.read(ANSWERS[name], Seen(Frame("model image", seen)))
    assert reading.actions == (Click(point=Point(100, 200)),)
    with pytest.raises(NotAnAgent):
        agent_prompt(profile)


def test_se_guis_answer_is_begun() -> None:
    grounder = find_profile("se-gui").grounder
    assert grounder is not None
    whole = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [100, 200]}}'
    assert (grounder.answer.prefix + ANSWERS["se-gui"]).startswith(whole)


def test_the_others_answer_as_they_like() -> None:
    for name in ANSWERS.keys() - {"se-gui"}:
        grounder = find_profile(name).grounder
        assert grounder is not None
        assert grounder.answer.prefix == ""


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("ServiceNow/GroundNext-7B-V0", "groundnext"),
        ("mradermacher/GroundNext-3B-V0-GGUF", "groundnext"),
        ("xlangai/Jedi-7B-1080p", "jedi"),
        ("models--xlangai--Jedi-3B-1080p", "jedi"),
        ("XinBB/SE-GUI-7B", "se-gui"),
        ("se_gui_3b_awq", "se-gui"),
        ("inclusionAI/GUI-G2-7B", "gui-g2"),
        ("GUI-G2-3B-4bit", "gui-g2"),
        ("InfiX-ai/InfiGUI-G1-3B", "infigui-g1"),
        ("mradermacher/InfiGUI-G1-7B-GGUF", "infigui-g1"),
        ("InfiX-ai/InfiGUI-R1-3B", "qwen2.5-vl"),
        ("someone/base-gui-7b", "qwen2.5-vl"),
        ("Qwen/Qwen2.5-VL-7B-Instruct", "qwen2.5-vl"),
    ],
)
def test_names(model: str, name: str) -> None:
    assert choose_profile(model).profile.name == name
