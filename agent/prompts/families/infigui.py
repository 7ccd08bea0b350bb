"""InfiGUI-G1, which points: it thinks, then lists places, of which the first counts."""

from PIL.Image import Image

from handeye.actions.dialects.grounding.points import POINTS
from handeye.actions.geometry import Size
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.profile import CheckpointProfile, GrounderPrompt, Pixels, SamplingRule
from handeye.agent.prompts.words import infigui as words
from handeye.model.conversation.messages import Message


def point(phrase: str, image: Image, size: Size) -> list[Message]:
    """Return the conversation that asks for the places of what a phrase describes."""
    text = words.USER.format(width=size.width, height=size.height, phrase=phrase)
    return [Message("system", (words.SYSTEM,)), Message("user", (image, text))]


PROFILES = (
    CheckpointProfile(
        name="infigui-g1",
        models=("InfiX-ai/InfiGUI-G1-3B", "InfiX-ai/InfiGUI-G1-7B"),
        matches=r"infi[-_]?gui[-_]?g1",
        licence="Apache-2.0",
        sources=(
            "InfiXAI/InfiGUI-G1:eval/prompts.py",
            "InfiXAI/InfiGUI-G1:eval/eval.py",
            "InfiXAI/InfiGUI-G1:eval/models/qwen2vl.py",
        ),
        read_from=Origins(pixels=(1, 2), pointing=(1, 2)),
        pixels=Pixels(3136, 5600 * 28 * 28),
        grounder=GrounderPrompt(POINTS, point, SamplingRule(top_p=0.95, max_tokens=1024)),
        notes=("The makers' client shrinks an image before it is resized for the model.",),
    ),
)
