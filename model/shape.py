"""The sizes of a Qwen2.5-VL network, and how many numbers they make, by arithmetic."""

from typing import NamedTuple

_VISION_LAYERS = 32
_VISION = 1280
"""Width of the vision part."""
_PATCH = 3 * 2 * 14 * 14
"""Numbers of a patch: colours, frames, rows, columns."""
_MERGED = 4 * _VISION
"""Width of four patches that become one token."""


class Shape(NamedTuple):
    """The sizes of one released model; its vision part has the layers and the width that all released ones have."""

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
    def keys(self) -> int:
        """Width of the keys of a token, and of its values."""
        return self.hidden // self.heads * self.key_heads

    @property
    def packed(self) -> int:
        """Numbers in the decoder's linear layers, which are what is stored in fewer bits."""
        attention = 2 * self.hidden * self.hidden + 2 * self.hidden * self.keys
        return self.layers * (attention + 3 * self.hidden * self.inner)

    @property
    def rows(self) -> int:
        """Rows of those layers: each may have a scale of its own."""
        return self.layers * (3 * self.hidden + 2 * self.keys + 2 * self.inner)

    @property
    def parameters(self) -> int:
        """Numbers of the whole network."""
        embeddings = self.vocabulary * self.hidden * (1 if self.tied else 2)
        biases = self.layers * (self.hidden + 2 * self.keys)
        norms = (2 * self.layers + 1) * self.hidden
        return embeddings + self.packed + biases + norms + self._vision

    @property
    def _vision(self) -> int:
        attention = 4 * _VISION * (_VISION + 1)
        feed_forward = 2 * self.vision_inner * (_VISION + 1) + _VISION * (self.vision_inner + 1)
        merger = _VISION + _MERGED * (_MERGED + 1) + self.hidden * (_MERGED + 1)
        return _PATCH * _VISION + _VISION_LAYERS * (2 * _VISION + attention + feed_forward) + merger
