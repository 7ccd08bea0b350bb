"""Models that point with a call of Qwen2.5-VL's `computer_use`: GroundNext, SE-GUI and Jedi.

Each has the tool in its system prompt as its makers typed it: with line feeds in the JSON instead of their escapes,
GroundNext's and Jedi's without two members, SE-GUI's without backticks, Jedi's with every brace twice.
"""

import json

from PIL.Image import Image

from handeye.actions.dialects.grounding.prefilled import PREFILLED
from handeye.actions.dialects.grounding.tool_call import TOOL_CALL
from handeye.actions.dialects.parts.functions import HELPFUL, parameters, signature, tools
from handeye.actions.dialects.parts.words import COMPUTER, COMPUTER_ACTIONS, COMPUTER_ARGUMENTS
from handeye.actions.geometry import Size
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import CheckpointProfile, GrounderPrompt, Pixels, SamplingRule
from handeye.agent.prompts.words import computer_use as words
from handeye.model.conversation.messages import Message

_UNKNOWN = "not stated in the makers' repository"


def ground_next(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks GroundNext."""
    return [Message("system", (_short(size),)), Message("user", (image, phrase))]


def jedi(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks Jedi."""
    system = _short(size).replace("{", "{{").replace("}", "}}")
    return [Message("system", (system,)), Message("user", (image, f"\n{phrase}"))]


def se_gui(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks SE-GUI."""
    described = signature("computer_use", COMPUTER.format(size=size), COMPUTER_ACTIONS, COMPUTER_ARGUMENTS)
    system = words.SE_GUI_HELPFUL + tools([_unescaped(described).replace("`", "")], words.SE_GUI_HEAD)
    return [Message("system", (system,)), Message("user", (image, phrase))]


def _short(size: Size) -> str:
    arguments = {**COMPUTER_ARGUMENTS, "coordinate": {"description": words.COORDINATE, "type": "array"}}
    function = {
        "name": "computer_use",
        "description": COMPUTER.format(size=size),
        "parameters": parameters(COMPUTER_ACTIONS, arguments),
    }
    return HELPFUL + tools([_unescaped(json.dumps({"type": "function", "function": function}))])


def _unescaped(line: str) -> str:
    return line.replace("\\n", "\n")


PROFILES = (
    CheckpointProfile(
        name="groundnext",
        models=("ServiceNow/GroundNext-3B-V0", "ServiceNow/GroundNext-7B-V0"),
        matches=r"ground[-_]?next",
        licence=_UNKNOWN,
        sources=("ServiceNow/GroundCUA:groundcua/__init__.py",),
        read_from=Origins(pixels=(0,), pointing=(0,)),
        pixels=Pixels(78_400, 6_000_000),
        grounder=GrounderPrompt(TOOL_CALL, ground_next, SamplingRule(max_tokens=64)),
    ),
    CheckpointProfile(
        name="jedi",
        models=("xlangai/Jedi-3B-1080p", "xlangai/Jedi-7B-1080p"),
        matches=r"(?<![a-z])jedi[-_]?[37]b",
        licence=_UNKNOWN,
        sources=("mrwwk/DeskCraft:mm_agents/jedi_7b_agent.py", "mrwwk/DeskCraft:mm_agents/prompts.py"),
        read_from=Origins(pixels=(0,), pointing=(0, "ours: the temperature")),
        pixels=Pixels(3136, 2700 * 28 * 28),
        grounder=GrounderPrompt(TOOL_CALL, jedi, SamplingRule(top_p=0.9, max_tokens=1500)),
        notes=(
            "The prompt is that of its makers' agent for OSWorld; their own repository could not be read.",
            "That agent samples places at temperature 0.5; here a place is the same each time.",
        ),
    ),
    CheckpointProfile(
        name="se-gui",
        models=("XinBB/SE-GUI-3B", "XinBB/SE-GUI-7B"),
        matches=r"(?<![a-z])se[-_]?gui(?![a-z])",
        licence=_UNKNOWN,
        sources=("YXB-NKU/SE-GUI:src/eval/test_grounding_r1_nothink.py", "YXB-NKU/SE-GUI:README.md"),
        read_from=Origins(pixels=(0,), pointing=(0,)),
        pixels=Pixels(3136, 7_049_280),
        grounder=GrounderPrompt(PREFILLED, se_gui, SamplingRule(max_tokens=256)),
        notes=(
            "The prompt is that of the makers' script for ScreenSpot-Pro, the beginning of the answer that of their "
            "README, whose example has no system prompt.",
            "Their scripts for ScreenSpot and ScreenSpot-v2 have limits of 2007040 and 3512320 pixels.",
        ),
    ),
)
