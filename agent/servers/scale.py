"""Whether a model behind a server sees images at the size at which they are sent.

Many servers shrink or enlarge images without a word, and then every point of a reply is off. The number of tokens of a
prompt tells: an image is one token for each square of 28 pixels (of 32 for Qwen3-VL), so two prompts that differ in the
size of an image alone differ by as many tokens as it has squares more.

One size says nothing of another: servers limit the area, the longer side, or the least area.
"""

from collections.abc import Iterable
from typing import Protocol

from PIL import Image
from pydantic import JsonValue

from handeye.actions.geometry import Size
from handeye.agent.prompts.profile import FACTOR
from handeye.agent.servers.endpoint import Endpoint
from handeye.agent.servers.errors import ImagesRescaled
from handeye.agent.servers.kind import area_advice, least_advice
from handeye.agent.servers.request import conversation
from handeye.environments.doctor.finding import Finding, Status, missing, ok, warning
from handeye.model.conversation.messages import Message

WHAT = "size of images"
USUAL = Size(1920, 1080)
"""Of a screenshot, in pixels."""
_GREY = (128, 128, 128)
_BESIDE = 8
"""The most tokens that mark the beginning and the end of an image."""


class Scale:
    """The sizes of images that a model behind a server is known to see as they are sent."""

    def __init__(self, endpoint: Endpoint, factor: int = FACTOR) -> None:
        """`factor` is the side of the square of an image that is a token, in pixels."""
        self._endpoint = endpoint
        self.factor = factor
        self._checked: set[Size] = set()
        self._beside: int | None = None
        """Tokens of the question beside the squares of its image, once they are known."""

    def require(self, sizes: Iterable[Size]) -> None:
        """Check those sizes, in pixels, that have not been checked yet; they must be on the model's grid.

        A server that does not count tokens gets a notice. Raises `ImagesRescaled`, and what asking the server raises.
        """
        for size in sizes:
            if size in self._checked:
                continue
            finding = self.check(size)
            if finding.status is Status.MISSING:
                raise ImagesRescaled(f"{finding.detail}: {finding.fix}")
            if finding.status is Status.WARNING:
                self._endpoint.notice(finding.detail)
            self._checked.add(size)

    def check(self, size: Size) -> Finding:
        """Compare how many tokens the model reads for an image of a size on its grid with how many it should.

        Sends a request for a single token, for the first size a second one, and if the numbers differ, a third one to
        find out how. Raises what asking the server raises.
        """
        whole = self._count(size)
        if whole is None:
            return warning(WHAT, "the server does not count tokens, so whether it rescales images cannot be checked")
        sent = self._squares(size)
        right = ok(WHAT, f"{size.width}x{size.height} pixels arrive as {sent:,} tokens: as they are sent")
        if self._beside is not None and whole - self._beside == sent:
            return right
        smaller = _half(size, self.factor)
        part, text = self._count(smaller) if smaller != size else whole, None
        if part is not None and smaller != size and whole - part == sent - self._squares(smaller):
            self._beside = whole - sent
            return right
        if part is not None:
            text = self._count(None)
        if text is None:
            return warning(
                WHAT, "the server counts tokens only now and then, so whether it rescales images is not known"
            )
        if 0 <= whole - text - sent <= _BESIDE:
            return right  # the smaller one is not, which matters only if one of its size is sent
        return self._rescaled(size, max(0, whole - text - 2))

    def _rescaled(self, size: Size, seen: int) -> Finding:
        sent, area, shown = self._squares(size), seen * self.factor**2, f"{size.width}x{size.height} pixels"
        if seen == 0:
            return missing(
                WHAT,
                f"the model does not see images: {shown} add no token to its prompt",
                "serve a vision model that the server supports",
            )
        does = "shrinks" if seen < sent else "enlarges"
        says = (
            f"the server {does} images of {shown}: the model sees them as {seen:,} tokens (about {area:,} px) instead "
            f"of {sent:,}, so the points of its replies would be off"
        )
        kind = self._endpoint.kind
        if seen < sent:
            advice = area_advice(kind, size.width * size.height)
            return missing(WHAT, says, f"{advice}, or send smaller images: max_pixels={area}")
        advice = least_advice(kind, size.width * size.height)
        return missing(WHAT, says, f"{advice}, or use a larger screen; and serve a model of Qwen2.5-VL's kind")

    def _squares(self, size: Size) -> int:
        return (size.width // self.factor) * (size.height // self.factor)

    def _count(self, size: Size | None) -> int | None:
        """Return the tokens of a question about a grey image of a size, or about none; None if they are not counted."""
        image = () if size is None else (Image.new("RGB", size, _GREY),)
        turns = conversation([Message("user", (*image, "Say OK."))], lambda sent: sent)
        fields: dict[str, JsonValue] = {
            "messages": turns,
            "temperature": 0.0,
            "stream_options": {"include_usage": True},
        }
        return self._endpoint.complete(fields, 1, "", None).prompt_tokens


class Served(Protocol):
    """A model behind a server."""

    scale: Scale

    def image_size(self, size: Size) -> Size:
        """Return the size at which an image of `size` is sent."""


def check_scale(server: Served, size: Size = USUAL) -> Finding:
    """Return whether a server shows a model a screenshot of a size in pixels as it is sent; see `Scale.check`."""
    return server.scale.check(server.image_size(size))


def _half(size: Size, factor: int) -> Size:
    """Return a size on the grid of about half the area; of a single square, the same."""
    half = Size(size.width, max(factor, size.height // factor // 2 * factor))
    return half if half != size else Size(max(factor, size.width // factor // 2 * factor), size.height)
