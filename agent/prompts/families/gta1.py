"""GTA1, which finds what a phrase describes: one family in two generations, with other bases and other words.

The first was trained from UI-TARS-1.5 and Qwen2.5-VL and answers with a pair of numbers. The second was trained from
OpenCUA and is asked as OpenCUA is: it answers with a line of code. The two share the name GTA1-32B: that of Salesforce
is the second.
"""

from PIL.Image import Image

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.grounding.pair import PAIR
from handeye.actions.dialects.grounding.pyautogui import PYAUTOGUI
from handeye.actions.geometry import Size
from handeye.agent.prompts.families import opencua
from handeye.agent.prompts.origins import CHECKPOINT, Origins
from handeye.agent.prompts.profile import CheckpointProfile, GrounderPrompt, Pixels, SamplingRule
from handeye.model.conversation.messages import Message


def ask(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks the first generation where something is."""
    return [Message("system", (PAIR.describe(size, Abilities()),)), Message("user", (image, phrase))]


PROFILES = (
    CheckpointProfile(
        name="gta1",
        models=("HelloKKMe/GTA1-7B-2507", "Salesforce/GTA1-7B-2507", "HelloKKMe/GTA1-72B", "HelloKKMe/GTA1-32B"),
        matches=r"gta1[-_]?(?:7b[-_]?2507|72b)|(?:hellokkme|yan98).{0,4}gta1",
        licence="Apache-2.0 (7B-2507, 72B)",
        sources=("Yan98/GTA1:README.md",),
        read_from=Origins(pixels=(0,), pointing=(0,)),
        pixels=Pixels(3136, 4096 * 2160),
        grounder=GrounderPrompt(PAIR, ask, SamplingRule(max_tokens=32)),
        notes=(
            "its makers' agent for OSWorld (mm_agents/gta1/gta1_agent.py) writes the phrase before the image, and its "
            "README after it, as here",
        ),
    ),
    CheckpointProfile(
        name="gta1-opencua",
        models=("Salesforce/GTA1-7B", "Salesforce/GTA1-32B"),
        matches=r"gta1(?!\d)",
        licence="MIT (32B, as a copy of its card says)",
        sources=("mrwwk/DeskCraft:mm_agents/gta1/gta15_agent.py",),
        read_from=Origins(pixels=(CHECKPOINT,), pointing=(0,)),
        pixels=None,
        grounder=GrounderPrompt(PYAUTOGUI, opencua.ask, SamplingRule(top_p=0.9, max_tokens=100)),
        notes=("the makers' client reads the answer in a frame without an upper limit of pixels",),
    ),
)
