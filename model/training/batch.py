"""Batches: images once, and behind them all that is asked about them.

Shapes: B images, S sequences (pairs), L tokens of the longest sequence, N patches.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import tokenizers
import torch
from PIL.Image import Image
from torch import Tensor

from handeye.actions.geometry import Point
from handeye.model.chat import Control
from handeye.model.config import ModelConfig
from handeye.model.messages import Message
from handeye.model.positions import token_positions
from handeye.model.preprocess import Preprocessor
from handeye.model.prompt import assemble
from handeye.model.tokenizer import Tokenizer
from handeye.model.training.dataset import Example, Pair
from handeye.model.windows import Grid

_POINT = re.compile(r'"point": \[(\d+), (\d+)\]')


@dataclass(frozen=True, slots=True)
class Batch:
    """What one optimisation step reads."""

    patches: Tensor
    """Normalised patches of all images, (N, 3*P*P)."""
    grids: tuple[Grid, ...]
    """One per image, B of them."""
    image: Tensor
    """Which image a sequence is about, (S,)."""
    ids: Tensor
    """Token ids, padded to the right, (S, L)."""
    positions: Tensor
    """M-RoPE positions, (3, S, L)."""
    targets: Tensor
    """The token that follows, where it is trained, else -100; (S, L)."""
    weights: Tensor
    """Weight of each target in the loss, (S, L)."""
    is_point: Tensor
    """Marks targets that are digits of a coordinate, (S, L)."""
    cell: Tensor
    """Which cell of its image the answer points at, in raster order, (S,); -1 where it points at none."""


class Collator:
    """Turns examples into batches with the tokenizer and the image rule of the checkpoint that is trained."""

    def __init__(
        self, tokenizer: tokenizers.Tokenizer, preprocessor: Preprocessor, config: ModelConfig, *, point_weight: float
    ) -> None:
        self._tokenizer = tokenizer
        self._vocabulary = Tokenizer(tokenizer)
        self._preprocessor = preprocessor
        self._config = config
        self._point_weight = point_weight

    def batch(self, examples: Sequence[tuple[Example, Sequence[Pair]]]) -> Batch:
        """Build a batch of images, each with the pairs that are asked this time."""
        images = [example.image() for example, _ in examples]
        pictures = [self._preprocessor.picture(image) for image in images]
        patches = torch.cat([self._preprocessor.patches(picture) for picture in pictures])
        rows = [
            (index, *self._sequence(pair, images[index])) for index, (_, pairs) in enumerate(examples) for pair in pairs
        ]
        length = max(len(ids) for _, ids, *_ in rows) - 1  # the last token is only a target
        shape = (len(rows), length)
        ids, targets = torch.zeros(shape, dtype=torch.long), torch.full(shape, -100)
        weights, is_point = torch.zeros(shape), torch.zeros(shape, dtype=torch.bool)
        positions = torch.zeros((3, *shape), dtype=torch.long)
        cell = torch.full((len(rows),), -1)
        for row, (index, tokens, start, points, point) in enumerate(rows):
            sequence = torch.tensor(tokens)
            last = len(tokens) - 1
            ids[row, :last] = sequence[:-1]
            positions[:, row, :last] = token_positions(sequence[:-1], [pictures[index].grid], self._config).index
            targets[row, start - 1 : last] = sequence[start:]
            is_point[row, start - 1 : last] = torch.tensor(points)
            weights[row, start - 1 : last] = 1.0
            if point is not None:
                cell[row] = self._cell(point, pictures[index].grid)
        weights[is_point] = self._point_weight
        return Batch(
            patches=self._preprocessor.normalise(patches, torch.float32),
            grids=tuple(picture.grid for picture in pictures),
            image=torch.tensor([index for index, *_ in rows]),
            ids=ids,
            positions=positions,
            targets=targets,
            weights=weights,
            is_point=is_point,
            cell=cell,
        )

    def _cell(self, point: Point, grid: Grid) -> int:
        """Return the index of the merged cell in which a point of the model's image lies."""
        factor = self._config.vision.factor
        columns = grid.w // self._config.vision.spatial_merge_size
        return point.y // factor * columns + point.x // factor

    def _sequence(self, pair: Pair, image: Image) -> tuple[list[int], int, list[bool], Point | None]:
        """Return the token ids, where the answer starts, which of its tokens are digits of a point, and the point."""
        turns = [Message("system", (pair.system,)), Message("user", (pair.prompt, image))]
        prompt = assemble(turns, self._vocabulary, self._preprocessor, self._config).ids(self._config.image_token_id)
        answer = self._tokenizer.encode(pair.answer, add_special_tokens=False)
        found = _POINT.search(pair.answer)
        spans = [] if found is None else [range(*found.span(group)) for group in (1, 2)]
        digits = [any(start in span for span in spans) for start, _ in answer.offsets]
        point = None if found is None else Point(int(found[1]), int(found[2]))
        end = self._vocabulary.id(Control.IM_END)
        return [*prompt, *answer.ids, end], len(prompt), [*digits, False], point
