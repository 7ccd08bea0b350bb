"""What training minimises: the answer's tokens, and for images alone where each cell is.

Vision rotary positions are relative, so a small network takes long to find out where on the screen a cell lies. A head
that reads each cell's row and column off the merger's output teaches it early; it is dropped when training ends.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from handeye.model.network import Qwen2_5_VL
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


@dataclass(frozen=True, slots=True)
class Losses:
    """The parts of a step's loss, and how often the most likely token was right."""

    total: Tensor
    answer: float
    place: float
    text_accuracy: float
    point_accuracy: float


def losses(network: Qwen2_5_VL, head: PlaceHead, batch: Batch, place_weight: float) -> Losses:
    """Run a batch and measure it. Every image is encoded once, however many sequences ask about it."""
    cells = network.visual(batch.patches, batch.grids)  # (M, D)
    merge = network.config.vision.spatial_merge_size
    parts = cells.split([grid.patches // merge**2 for grid in batch.grids])
    repeated = torch.cat([parts[index] for index in batch.image.tolist()])
    embeddings = network.fill(batch.ids, network.model.embed_tokens(batch.ids), repeated)
    hidden = network.model(embeddings, batch.positions)  # (S, L, D)
    trained = batch.targets >= 0
    logits = network.logits(hidden[trained]).float()
    targets, weights, is_point = batch.targets[trained], batch.weights[trained], batch.is_point[trained]
    each = F.cross_entropy(logits, targets, reduction="none")
    answer = (each * weights).sum() / weights.sum()
    place = head.loss(cells.float(), batch, merge)
    right = (logits.argmax(-1) == targets).float()
    return Losses(
        total=answer + place_weight * place,
        answer=answer.item(),
        place=place.item(),
        text_accuracy=right[~is_point].mean().item(),
        point_accuracy=right[is_point].mean().item() if is_point.any() else 1.0,
    )
