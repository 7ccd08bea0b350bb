"""GUI-G2, which points: it answers with a box, and is asked in the words that UI-Venus-Ground took over."""

from PIL.Image import Image

from handeye.actions.dialects.grounding.box import BOX
from handeye.actions.geometry import Size
from handeye.agent.prompts.origins import CHECKPOINT, Origins
from handeye.agent.prompts.profile import CheckpointProfile, GrounderPrompt, SamplingRule
from handeye.agent.prompts.words.ui_venus import OUTLINE
from handeye.model.conversation.messages import Message


def point(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks for the place of what a phrase describes."""
    return [Message("user", (image, OUTLINE.format(phrase=phrase, answer=BOX.told(size))))]


PROFILES = (
    CheckpointProfile(
        name="gui-g2",
        models=("inclusionAI/GUI-G2-3B", "inclusionAI/GUI-G2-7B"),
        matches=r"(?<![a-z])gui[-_]?g2",
        licence="not stated in the makers' repository",
        sources=("ZJU-REAL/GUI-G2:README.md",),
        read_from=Origins(pixels=(0, CHECKPOINT), pointing=(0,)),
        pixels=None,
        grounder=GrounderPrompt(BOX, point, SamplingRule(max_tokens=128)),
    ),
)
