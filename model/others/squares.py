"""The sizes at which a model of another architecture sees images.

Processors of Qwen's making resize an image so that its sides are multiples of a factor: 28 pixels for Qwen2-VL and
Qwen2.5-VL, 32 for Qwen3-VL. handeye does that itself, as for its own network. Every other processor cuts, pads or
shrinks images in a way of its own, so it gets them as they are, within the limits of their area.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from handeye.actions.geometry import Size
from handeye.model.images.resize import smart_resize

_QWENS = "Qwen2VLImageProcessor"
"""What the names of the classes begin with that resize so; Qwen3-VL's processor is one of them."""
_LARGEST = 16384 * 28 * 28
"""The largest area that is given to a processor of another making, in pixels."""


class ImageProcessor(Protocol):
    """The part of a processor of transformers that prepares images of Qwen's making."""

    patch_size: int
    merge_size: int

    @property
    def size(self) -> "Edges":
        """The limits of the area."""


class Edges(Protocol):
    """Limits of the area of an image, in pixels, whatever their names say."""

    shortest_edge: int | None
    longest_edge: int | None


@dataclass(frozen=True, slots=True)
class ImageRule:
    """How images are resized before a processor sees them."""

    factor: int
    """Both sides are multiples of this, in pixels; 1 where the processor resizes."""
    least: int
    """The least area, in pixels."""
    most: int
    """The greatest area, in pixels."""

    @property
    def final(self) -> bool:
        """Whether the model sees the image so, and the processor is told to leave its size alone."""
        return self.factor > 1

    @property
    def limits(self) -> tuple[int, int]:
        """The least and the greatest area, in pixels."""
        return self.least, self.most

    def resize(self, size: Size) -> Size:
        """Return the size at which an image of `size` is given to the processor; raise `InvalidImage`."""
        return smart_resize(size, self.factor, self.least, self.most)

    def limited(self, least: int, most: int) -> "ImageRule":
        """Return the rule with other limits of the area, in pixels; raise `ValueError` for impossible ones."""
        for name, value in (("min_pixels", least), ("max_pixels", most)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"{name} must be a whole number above 0, not {value!r}")
        if most < self.factor**2 or least > most:
            raise ValueError(
                f"max_pixels ({most}) must be at least {self.factor**2}, a token, and not below min_pixels ({least})"
            )
        return replace(self, least=least, most=most)


def image_rule(processor: object) -> ImageRule:
    """Return the rule of a processor's image processor."""
    if not any(kind.__name__.startswith(_QWENS) for kind in type(processor).__mro__):
        return ImageRule(1, 1, _LARGEST)
    qwens: ImageProcessor = processor  # type: ignore[assignment]  # of one of these classes, which transformers does not type
    factor = qwens.patch_size * qwens.merge_size
    least, most = qwens.size.shortest_edge, qwens.size.longest_edge
    return ImageRule(factor, factor**2 if least is None else least, _LARGEST if most is None else most)
