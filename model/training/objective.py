"""What training minimises: the answer's tokens, and two things that a small network finds out late by itself.

Where each cell of the screen is: vision rotary positions are relative, so a head reads each cell's row and column off
the merger's output, and is dropped when training ends. Which cell an answer points at: one attention head in the middle
of the decoder is trained to look there.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from handeye.model.network import Qwen2_5_VL
from handeye.model.positions import rotate
from handeye.model.text import Attention, Decoder
from handeye.model.training.batch import Batch

MAX_CELLS = 32
"""Rows and columns that the place head tells apart."""


class PlaceHead(nn.Module):
    """Reads row and column off an encoded cell."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.rows = nn.Linear(width, MAX_CELLS)
        self.columns = nn.Linear(width, MAX_CELLS)

    def loss(self, cells: Tensor, batch: Batch, merge: int) -> Tensor:
        """Cross-entropy of the places of all cells, (M, D) in raster order."""
        places = []
        for grid in batch.grids:
            rows, columns = torch.arange(grid.h // merge), torch.arange(grid.w // merge)
            places.append(torch.stack(torch.meshgrid(rows, columns, indexing="ij"), dim=-1).reshape(-1, 2))
        row, column = torch.cat(places).to(cells.device).unbind(-1)
        features = F.rms_norm(cells, (cells.shape[-1],))
        return F.cross_entropy(self.rows(features), row) + F.cross_entropy(self.columns(features), column)


class TargetAttention:
    """Makes one attention head in the middle of the decoder look at the cell that the answer points at.

    It is asked wherever a digit of the point is about to come, so the layers behind it have only to write down the
    place that the head has found.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._attention: Attention = decoder.layers[len(decoder.layers) // 2].self_attn  # type: ignore[assignment]
        self._seen: list[tuple[Tensor, Tensor, Tensor]] = []
        self._attention.register_forward_pre_hook(lambda _, inputs: self._seen.append(inputs[:3]))

    def loss(self, batch: Batch, image_token_id: int) -> tuple[Tensor, Tensor]:
        """Return the cross-entropy of the first head's attention in the last forward pass, and which looks were right.

        Both are over the digits that come, D of them.
        """
        states, cos, sin = self._seen.pop()  # (S, L, C), (S, 1, L, E)
        width = self._attention.head_dim
        queries = rotate(self._attention.q_proj(states)[..., :width], cos[:, 0], sin[:, 0])  # (S, L, E)
        keys = rotate(self._attention.k_proj(states)[..., :width], cos[:, 0], sin[:, 0])
        row, column = (batch.is_point & (batch.cell >= 0)[:, None]).nonzero().unbind(-1)  # (D,)
        scores = torch.einsum("de,dle->dl", queries[row, column], keys[row]).float() * width**-0.5
        hidden = torch.arange(batch.ids.shape[1]) > column[:, None]
        first = (batch.ids == image_token_id).int().argmax(dim=1)
        target = first[row] + batch.cell[row]
        scores = scores.masked_fill(hidden, -torch.inf)
        if not len(row):
            return states.new_zeros(()), states.new_ones(1)
        return F.cross_entropy(scores, target), (scores.argmax(-1) == target).float()


@dataclass(frozen=True, slots=True)
class Losses:
    """The parts of a step's loss, and how often the most likely choice was right."""

    total: Tensor
    answer: float
    place: float
    target: float
    text_accuracy: float
    point_accuracy: float
    target_accuracy: float


class Objective(nn.Module):
    """The network's loss, with the heads that help it on."""

    def __init__(self, network: Qwen2_5_VL, *, place_weight: float, target_weight: float) -> None:
        super().__init__()
        width = network.config.text.hidden_size
        self.network = network
        self.place = PlaceHead(width)
        self._target = TargetAttention(network.model)
        self.place_weight = place_weight
        self.target_weight = target_weight

    def forward(self, batch: Batch) -> Losses:
        """Run a batch and measure it. Every image is encoded once, however many sequences ask about it."""
        network = self.network
        merge = network.config.vision.spatial_merge_size
        cells = network.visual(batch.patches, batch.grids)  # (M, D)
        parts = cells.split([grid.patches // merge**2 for grid in batch.grids])
        repeated = torch.cat([parts[index] for index in batch.image.tolist()])
        embeddings = network.fill(batch.ids, network.model.embed_tokens(batch.ids), repeated)
        hidden = network.model(embeddings, batch.positions)  # (S, L, D)
        trained = batch.targets >= 0
        logits = network.logits(hidden[trained]).float()
        targets, weights, is_point = batch.targets[trained], batch.weights[trained], batch.is_point[trained]
        each = F.cross_entropy(logits, targets, reduction="none")
        answer = (each * weights).sum() / weights.sum()
        place = self.place.loss(cells.float(), batch, merge)
        target, picked = self._target.loss(batch, network.config.image_token_id)
        right = (logits.argmax(-1) == targets).float()
        return Losses(
            total=answer + self.place_weight * place + self.target_weight * target,
            answer=answer.item(),
            place=place.item(),
            target=target.item(),
            text_accuracy=right[~is_point].mean().item(),
            point_accuracy=right[is_point].mean().item() if is_point.any() else 1.0,
            target_accuracy=picked.mean().item(),
        )
