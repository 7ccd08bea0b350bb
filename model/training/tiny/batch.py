"""Batches: each image once, with all sequences that ask about it.

Shapes: B images, S sequences (pairs), L tokens of the longest sequence, N patches.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import tokenizers
import torch
from PIL.Image import Image
from torch import Tensor

from handeye.actions.geometry import Point
from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.positions import token_positions
from handeye.model.architecture.windows import Grid
from handeye.model.conversation.chat import Control
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.images.preprocess import Preprocessor
from handeye.model.training.tiny.dataset import Example, Pair

_POINT = re.compile(r'"point": \[(\d+), (\d+)\]')


@dataclass(frozen=True, slots=True)
class Batch:
    """The input of one optimisation step."""

    patches: Tensor
    """Normalised patches of all images, (N, 3*P*P)."""
    grids: tuple[Grid, ...]
    """One per image, B in total."""
    image: Tensor
    """Which image a sequence is about, (S,)."""
    ids: Tensor
    """Token ids, padded to the right, (S, L)."""
    positions: Tensor
    """M-RoPE positions, (3, S, L)."""
    targets: Tensor
    """The next token where it is trained, otherwise -100; (S, L)."""
    weights: Tensor
    """Weight of each target in the loss, (S, L)."""
    is_point: Tensor
    """Marks targets that are digits of a coordinate, (S, L)."""
    pointing: Tensor
    """The position before each digit of a point, and the image token of the cell that the point is in: rows of
    (sequence, token, attended token), (P, 3)."""
    copying: Tensor
    """The position before each token that the answer quotes from the prompt, and that token in the prompt, (Q, 3).
    The closing quotation mark is one of these tokens: it marks the end of the quotation."""


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
        self._quotes = frozenset(
            index for token, index in tokenizer.get_vocab().items() if token.endswith('"') or token.startswith('"')
        )

    def batch(self, examples: Sequence[tuple[Example, Sequence[Pair]]]) -> Batch:
        """Build a batch of images, each with the selected pairs."""
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
        pointing: list[tuple[int, int, int]] = []
        copying: list[tuple[int, int, int]] = []
        for row, (index, tokens, start, points, point) in enumerate(rows):
            sequence = torch.tensor(tokens)
            last = len(tokens) - 1
            ids[row, :last] = sequence[:-1]
            positions[:, row, :last] = token_positions(sequence[:-1], [pictures[index].grid], self._config).index
            targets[row, start - 1 : last] = sequence[start:]
            is_point[row, start - 1 : last] = torch.tensor(points)
            weights[row, start - 1 : last] = 1.0
            if point is not None:
                cell = tokens.index(self._config.image_token_id) + self._cell(point, pictures[index].grid)
                pointing += [(row, start - 1 + offset, cell) for offset, inside in enumerate(points) if inside]
            copying += [(row, token, source) for token, source in quotations(tokens, start, self._quotes)]
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
            pointing=torch.tensor(pointing).view(-1, 3),
            copying=torch.tensor(copying).view(-1, 3),
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


def quotations(tokens: Sequence[int], start: int, quotes: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield, for each token that the answer (from `start` on) quotes from the prompt, the position before it and its
    position in the prompt.

    A quotation is the text between two tokens with quotation marks, in the prompt as well as in the answer.
    """
    said: dict[tuple[int, ...], int] = {}
    for first, end in _quoted(tokens[:start], quotes):
        said.setdefault(tuple(tokens[first:end]), first)
    for first, end in _quoted(tokens[start:], quotes):
        source = said.get(tuple(tokens[start + first : start + end]))
        if source is not None:
            yield from ((start + first + offset - 1, source + offset) for offset in range(end - first + 1))


def _quoted(tokens: Sequence[int], quotes: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the runs of tokens between quotes."""
    marks = [index for index, token in enumerate(tokens) if token in quotes]
    return ((left + 1, right) for left, right in pairwise(marks) if right > left + 1)
