"""The system prompt, byte for byte.

Where the golden files come from: `qwen_mobile_use_1092x2408.txt` is what the notebook QwenLM/Qwen2.5-VL
cookbooks/mobile_agent.ipynb (commit f0af299) prints between `<|im_start|>system` and `<|im_end|>`;
`qwen_computer_use_1288x728.txt` was rendered with the vendor's own classes, cookbooks/utils/agent_function_call.py
(SHA-256 463466aa84414c872fd0119e7850e8e93b77300ed96cb38dab440eb3c3c87d16), in the frame of Qwen-Agent's
NousFnCallPrompt; for `mobile_use` this gives the notebook's text exactly.
"""

import hashlib
import json
from pathlib import Path

import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.parts.functions import Tool
from handeye.actions.dialects.qwen.dialect import QwenTool
from handeye.actions.geometry import Size

GOLDEN = Path(__file__).parent / "qwen"


@pytest.mark.parametrize(
    ("tool", "size", "sha256"),
    [
        ("computer_use", Size(1288, 728), "5cd5fac8e8a00730daa9fbbec582a1c39e4aff3acfe091f34a37a6ff4189b6c8"),
        ("mobile_use", Size(1092, 2408), "08758deb1261464319e7c8e0ad8413c64285da66736b560d809f3754271a15e2"),
    ],
)
def test_the_prompt_is_the_vendors(tool: Tool, size: Size, sha256: str) -> None:
    golden = (GOLDEN / f"qwen_{tool}_{size}.txt").read_bytes()
    assert hashlib.sha256(golden).hexdigest() == sha256
    assert QwenTool(tool).describe(size, Abilities()).encode() == golden


@pytest.mark.parametrize("tool", ["computer_use", "mobile_use"])
def test_the_signature_is_json(tool: Tool) -> None:
    prompt = QwenTool(tool).describe(Size(28, 56), Abilities())
    signature = json.loads(prompt.split("<tools>\n")[1].split("\n</tools>")[0])
    function = signature["function"]
    assert list(function) == ["name_for_human", "name", "description", "parameters", "args_format"]
    assert "The screen's resolution is 28x56." in function["description"]
    assert list(function["parameters"]) == ["properties", "required", "type"]


@pytest.mark.parametrize(
    ("tool", "abilities", "calls"),
    [
        (
            "computer_use",
            Abilities(frozenset({"click", "navigate", "back", "new_tab", "switch_tab", "close_tab"})),
            ["visit_url", "history_back", "new_tab", "switch_tab", "close_tab", "triple_click", "key_click"],
        ),
        ("computer_use", Abilities(frozenset({"press", "open_app"}), apps=("Files",)), ["open"]),
        ("computer_use", Abilities(frozenset({"type"})), ["replace_text"]),
        ("computer_use", Abilities(frozenset({"type"}), secrets=("pin",)), ["replace_text", "type_secret"]),
        ("mobile_use", Abilities(frozenset({"click", "back", "home", "answer"})), ["double_tap", "answer"]),
        ("mobile_use", Abilities(frozenset({"ask_user", "hold"})), ["hold_key", "interact"]),
    ],
)
def test_a_second_function_follows_the_vendors_with_what_is_possible_here(
    tool: Tool, abilities: Abilities, calls: list[str]
) -> None:
    size = Size(28, 56)
    plain, prompt = (QwenTool(tool).describe(size, able) for able in (Abilities(), abilities))
    vendors, rest = plain.split("\n</tools>")
    assert prompt.startswith(f"{vendors}\n")
    line, ending = prompt.removeprefix(f"{vendors}\n").split("\n</tools>")
    assert ending == rest
    function = json.loads(line)["function"]
    assert list(function) == ["name_for_human", "name", "description", "parameters", "args_format"]
    properties = function["parameters"]["properties"]
    assert properties["action"]["enum"] == calls
    listing = properties["action"]["description"].split("\n")[1:]
    assert [entry.split("`")[1] for entry in listing] == calls


def test_the_names_of_apps_and_secrets_are_told() -> None:
    types = frozenset({"type", "open_app"})
    prompt = QwenTool("computer_use").describe(Size(28, 56), Abilities(types, ("Files", "xterm"), ("mail", "pin")))
    assert "* `open`: Open an app on the device. The apps are: Files, xterm.\\n" in prompt
    assert "whose value you do not see. The names are: mail, pin." in prompt


@pytest.mark.parametrize("tool", ["computer_use", "mobile_use"])
def test_nothing_more_is_told_where_the_vendors_function_says_it_all(tool: Tool) -> None:
    able = Abilities(frozenset({"move", "press", "wait"}))
    assert QwenTool(tool).describe(Size(28, 56), able) == QwenTool(tool).describe(Size(28, 56), Abilities())


def test_the_tools_differ_in_what_they_can_do() -> None:
    assert "navigate" in QwenTool("computer_use").says and "navigate" not in QwenTool("mobile_use").says
    assert "home" in QwenTool("mobile_use").says and "home" not in QwenTool("computer_use").says
