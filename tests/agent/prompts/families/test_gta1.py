"""The prompts are those that the makers' own code sends for the same phrase; gta1.json says from which files."""

import json
from pathlib import Path

import pytest
from PIL import Image

from handeye.actions.dialects.dialect import Seen
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.schema import Click
from handeye.agent.prompts.catalog import choose_profile, find_profile
from handeye.agent.prompts.example import SIZE, TASK
from handeye.agent.prompts.plain import plain

MAKERS = json.loads(Path(__file__).with_name("gta1.json").read_text(encoding="utf-8"))


def test_the_first_generation_is_asked_as_its_makers_do() -> None:
    profile = find_profile("gta1")
    assert profile.grounder is not None
    assert profile.pixels is not None
    seen = profile.pixels.resize(SIZE)
    # Its makers resize the image before they send it.
    assert plain(profile.grounder.compose(TASK, Image.new("RGB", seen), seen)) == MAKERS["gta1"]["messages"]


def test_the_second_generation_is_asked_as_its_makers_do() -> None:
    profile = find_profile("gta1-opencua")
    assert profile.grounder is not None
    messages = profile.grounder.compose(TASK, Image.new("RGB", SIZE), Size(1288, 728))
    assert plain(messages) == MAKERS["gta1-opencua"]["messages"]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("gta1", "(644,303)"),
        ("gta1", "(644, 303)"),
        ("gta1-opencua", "```python\npyautogui.click(x=644, y=303)\n```"),
        ("gta1-opencua", "pyautogui.click(644, 303)"),
    ],
)
def test_an_answer_is_a_click(name: str, answer: str) -> None:
    profile = find_profile(name)
    assert profile.grounder is not None
    assert profile.good_at == ("grounder",)
    reading = profile.grounder.answer.read(
        answer, Seen(Frame("model image", Size(1288, 728)), Frame("screenshot", SIZE))
    )
    assert (reading.problem, reading.actions) == (None, (Click(point=Point(640, 300)),))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("HelloKKMe/GTA1-7B-2507", "gta1"),
        ("Salesforce/GTA1-7B-2507", "gta1"),
        ("mradermacher/GTA1-7B-2507-GGUF", "gta1"),
        ("HelloKKMe/GTA1-72B", "gta1"),
        ("HelloKKMe/GTA1-32B", "gta1"),
        ("/models/hellokkme_gta1_32b", "gta1"),
        ("Salesforce/GTA1-7B", "gta1-opencua"),
        ("Salesforce/GTA1-32B", "gta1-opencua"),
        ("Adocados/GTA1-32B-vllm", "gta1-opencua"),
        ("/models/gta1-7b-4bit", "gta1-opencua"),
    ],
)
def test_names_of_checkpoints(model: str, name: str) -> None:
    assert choose_profile(model).profile.name == name


def test_the_name_counts_more_than_the_base() -> None:
    assert choose_profile("Salesforce/GTA1-7B", "opencua").profile.name == "gta1-opencua"
    assert choose_profile("Salesforce/GTA1-7B-2507", "qwen2_5_vl").profile.name == "gta1"


@pytest.mark.parametrize("model", ["gta15-7b", "xlangai/OpenCUA-7B", "ByteDance-Seed/UI-TARS-1.5-7B"])
def test_names_of_others(model: str) -> None:
    assert choose_profile(model).profile.name not in ("gta1", "gta1-opencua")
