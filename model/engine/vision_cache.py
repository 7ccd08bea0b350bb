"""Encoded images and videos, kept for later prompts that hold the same ones.

Shapes: M cells of one image or video, D width of the decoder.
"""

from collections import OrderedDict

from torch import Tensor

MOST_CELLS = 16_384
"""Six screenshots of 1920x1080; 117 MB in bfloat16 for the 7B."""


class VisionCache:
    """The images and videos that were seen last, as the decoder reads them, found by the digest of their content."""

    def __init__(self, most: int = MOST_CELLS) -> None:
        """`most` is the number of cells that it holds at most."""
        self._most = most
        self._cells: OrderedDict[bytes, Tensor] = OrderedDict()
        self._count = 0

    def find(self, digest: bytes) -> Tensor | None:
        """Return the cells (M, D) of an image or a video; None if it is not there."""
        if digest in self._cells:
            self._cells.move_to_end(digest)
        return self._cells.get(digest)

    def add(self, digest: bytes, cells: Tensor) -> None:
        """Keep the cells (M, D) of an image or a video, and let go of those that were not asked for the longest."""
        if digest in self._cells or len(cells) > self._most:
            return
        # a part of what was encoded together would hold all of that
        self._cells[digest] = cells.clone() if cells.untyped_storage().nbytes() > cells.nbytes else cells
        self._count += len(cells)
        while self._count > self._most:
            _, gone = self._cells.popitem(last=False)
            self._count -= len(gone)

    def clear(self) -> None:
        """Hold nothing any more."""
        self._cells.clear()
        self._count = 0
