"""Whether an image is as many tokens of a prompt as it should be, for a model that counts exactly."""

from PIL import Image

from handeye.actions.geometry import Size
from handeye.agent.policies.backend import Backend
from handeye.agent.prompts.profile import FACTOR
from handeye.agent.servers.scale import USUAL, WHAT
from handeye.environments.doctor.finding import Finding, missing, ok, warning
from handeye.model.conversation.messages import Message

_BESIDE = 2
"""The tokens that mark the beginning and the end of an image."""
_BLURRED = 0.5
"""The part of a screenshot's area below which small text cannot be read."""


def check_tokens(backend: Backend, advice: str) -> Finding:
    """Compare the tokens of a prompt with a screenshot of 1920x1080 pixels and of one without; `advice` is for faults.

    Raises what the backend raises.
    """
    with_image = _prompt_tokens(backend, Image.new("RGB", USUAL, "grey"))
    without = _prompt_tokens(backend)
    if with_image is None or without is None:
        return warning(WHAT, "tokens are not counted, so the size at which images are seen cannot be checked")
    return judge(backend.image_size(USUAL), with_image - without, advice)


def judge(seen: Size, tokens: int, advice: str) -> Finding:
    """Judge the tokens that a screenshot of 1920x1080 pixels adds, if it should be seen at a size in pixels."""
    squares = (seen.width // FACTOR) * (seen.height // FACTOR)
    said = f"a screenshot of {USUAL} pixels is seen at {seen}"
    if tokens != squares + _BESIDE:
        return missing(WHAT, f"{said}, which is {squares:,} tokens, but adds {max(0, tokens - _BESIDE):,}", advice)
    if seen.width * seen.height < _BLURRED * USUAL.width * USUAL.height:
        least = "raise max_pixels of preprocessor_config.json or of the profile, if it was trained with more"
        return warning(WHAT, f"{said} ({squares:,} tokens): small text is blurred", least)
    return ok(WHAT, f"{said}: {squares:,} tokens")


def _prompt_tokens(backend: Backend, *images: Image.Image) -> int | None:
    return backend.generate([Message("user", (*images, "Say OK."))], max_new_tokens=1).prompt_tokens
