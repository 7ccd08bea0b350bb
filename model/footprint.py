"""How much memory the released sizes need in each format of weights, by arithmetic from their shapes."""

from typing import NamedTuple

from handeye.model.catalog import RELEASED, Released


class Shape(NamedTuple):
    """The sizes of one released model."""

    hidden: int
    inner: int
    layers: int
    heads: int
    key_heads: int
    vocabulary: int
    tied: bool
    """Whether the output matrix is the embeddings."""
    vision_inner: int

    @property
    def packed(self) -> int:
        """Numbers in the decoder's linear layers, which are what is stored in fewer bits."""
        keys = self.hidden // self.heads * self.key_heads
        attention = 2 * self.hidden * self.hidden + 2 * self.hidden * keys
        return self.layers * (attention + 3 * self.hidden * self.inner)

    @property
    def rows(self) -> int:
        """Rows of those layers: each may have a scale of its own."""
        keys = self.hidden // self.heads * self.key_heads
        return self.layers * (3 * self.hidden + 2 * keys + 2 * self.inner)


SHAPES = {
    "Qwen/Qwen2.5-VL-3B-Instruct": Shape(2048, 11008, 36, 16, 2, 151936, tied=True, vision_inner=3420),
    "Qwen/Qwen2.5-VL-7B-Instruct": Shape(3584, 18944, 28, 28, 4, 152064, tied=False, vision_inner=3420),
    "Qwen/Qwen2.5-VL-32B-Instruct": Shape(5120, 27648, 64, 40, 8, 152064, tied=False, vision_inner=3456),
    "Qwen/Qwen2.5-VL-72B-Instruct": Shape(8192, 29568, 80, 64, 8, 152064, tied=False, vision_inner=3456),
}
"""Read from the released configurations."""


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
        shape = SHAPES[self.model.name]
        plain = self.model.parameters * 1e9 - shape.packed
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
