"""How much memory the released sizes need in each format of weights, by arithmetic from their shapes."""

from typing import NamedTuple

from handeye.model.catalog import RELEASED, Released


class Format(NamedTuple):
    """A format of the decoder's linear layers; the vision part, the embeddings and the output matrix stay bfloat16."""

    name: str
    bits: float
    """Of a number, with its part of a group's scale and zero."""
    row_bytes: int = 0
    """Of the scale of a row."""


FORMATS = (
    Format("bfloat16", 16),
    Format("8 bits (--dtype fp8, or a copy in FP8, W8A8, int8)", 8, 4),
    Format("4 bits (a copy in AWQ, GPTQ, W4A16, nf4)", 4 + 20 / 128),
)
"""From the largest to the smallest; four bits in groups of 128, with zeros."""


class Footprint(NamedTuple):
    """A released size in a format, and the memory that it needs."""

    model: Released
    form: Format

    @property
    def weights_gb(self) -> float:
        """The weights, in 10^9 bytes."""
        shape = self.model.shape
        plain = shape.parameters - shape.packed
        return (2 * plain + shape.packed * self.form.bits / 8 + shape.rows * self.form.row_bytes) / 1e9

    @property
    def memory_gb(self) -> float:
        """Weights, context and working memory, in 10^9 bytes."""
        return self.weights_gb + self.model.beside_gb


def fitting(gigabytes: float) -> list[Footprint]:
    """Return what fits into so much memory: each size in the largest format that does, the largest size first."""
    found = []
    for model in reversed(RELEASED):
        fits = (each for form in FORMATS if (each := Footprint(model, form)).memory_gb <= gigabytes)
        found += [next(fits, None)]
    return [each for each in found if each is not None]
