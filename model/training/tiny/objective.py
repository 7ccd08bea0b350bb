"""The training loss: the tokens of the answer, and two auxiliary losses for what a small network learns slowly.

The place of each cell on the screen: vision rotary positions are relative, so a head predicts each cell's row and
column from the merger's output; it is dropped after training. The source of the next token: the cell of the screen that
the answer points at, or the words of the prompt that it quotes. Two attention heads in the middle of the decoder are
trained to attend to it.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from handeye.model.architecture.joined import StackedLinear
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.positions import rotate
from handeye.model.architecture.text import Attention, Decoder
from handeye.model.training.tiny.batch import Batch

MAX_CELLS = 32
"""Maximum number of rows and columns that the place head can predict."""


class PlaceHead(nn.Module):
    """Predicts row and column from an encoded cell."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.rows = nn.Linear(width, MAX_CELLS)
        self.columns = nn.Linear(width, MAX_CELLS)

    def loss(self, cells: Tensor, batch: Batch, merge: int) -> Tensor:
        """Return the cross-entropy of the places of all cells, (M, D) in raster order."""
        places = []
        for grid in batch.grids:
            rows, columns = torch.arange(grid.h // merge), torch.arange(grid.w // merge)
            places.append(torch.stack(torch.meshgrid(rows, columns, indexing="ij"), dim=-1).reshape(-1, 2))
        row, column = torch.cat(places).to(cells.device).unbind(-1)
        features = F.rms_norm(cells, (cells.shape[-1],))
        return F.cross_entropy(self.rows(features), row) + F.cross_entropy(self.columns(features), column)


class GuidedAttention:
    """Trains attention heads in the middle of the decoder to attend to the source of the next token.

    The later layers then only need to write out what they find. The head of a guide is an index of key-value heads; the
    first of the query heads that share it is trained. The projections of the decoder are apart.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._attention: Attention = decoder.layers[len(decoder.layers) // 2].self_attn  # type: ignore[assignment]
        self._group = decoder.config.num_attention_heads // decoder.config.num_key_value_heads
        self._seen: tuple[Tensor, Tensor, Tensor] | None = None
        self._attention.register_forward_pre_hook(self._see)

    def _see(self, _module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self._seen = inputs[0], inputs[1], inputs[2]

    def loss(self, guides: Tensor, head: int) -> tuple[Tensor, Tensor]:
        """Return the cross-entropy of a head's attention in the last forward pass, and which guides were met, (G,).

        Guides are rows of (sequence, token, attended token), (G, 3).
        """
        if self._seen is None:
            raise RuntimeError("the decoder has not run yet")
        states, cos, sin = self._seen  # (S, L, C), (S, 1, L, E)
        if not len(guides):
            return states.new_zeros(()), states.new_ones(1)
        row, token, target = guides.unbind(-1)
        queries = self._head("q_proj", head * self._group, states, cos, sin)[row, token]  # (G, E)
        keys = self._head("k_proj", head, states, cos, sin)[row]  # (G, L, E)
        scores = torch.einsum("ge,gle->gl", queries, keys).float() * queries.shape[-1] ** -0.5
        later = torch.arange(states.shape[1], device=states.device) > token[:, None]
        scores = scores.masked_fill(later, -torch.inf)
        return F.cross_entropy(scores, target), (scores.argmax(-1) == target).float()

    def _head(self, projection: str, head: int, states: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Return one head's queries or keys, (S, L, E)."""
        layers = self._attention.qkv_proj
        assert isinstance(layers, StackedLinear)
        part = layers[projection](states).unflatten(-1, (-1, self._attention.head_dim))[:, :, head]
        return rotate(part, cos[:, 0], sin[:, 0])


@dataclass(frozen=True, slots=True)
class Losses:
    """The parts of a step's loss, and how often the most likely choice was right."""

    total: Tensor
    answer: float
    place: float
    pointing: float
    copying: float
    text_accuracy: float
    point_accuracy: float
    pointing_accuracy: float
    copying_accuracy: float


class Objective(nn.Module):
    """The network's loss, including the auxiliary losses."""

    def __init__(self, network: Qwen2_5_VL, *, place_weight: float, guide_weight: float) -> None:
        super().__init__()
        width = network.config.text.hidden_size
        self.network = network
        self.place = PlaceHead(width)
        self._guided = GuidedAttention(network.model)
        self.place_weight = place_weight
        self.guide_weight = guide_weight

    def forward(self, batch: Batch) -> Losses:
        """Run a batch and return its losses. Every image is encoded once, for all sequences that ask about it."""
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
        pointing, pointed = self._guided.loss(batch.pointing, head=0)
        copying, copied = self._guided.loss(batch.copying, head=1)
        right = (logits.argmax(-1) == targets).float()
        return Losses(
            total=answer + self.place_weight * place + self.guide_weight * (pointing + copying),
            answer=answer.item(),
            place=place.item(),
            pointing=pointing.item(),
            copying=copying.item(),
            text_accuracy=right[~is_point].mean().item(),
            point_accuracy=right[is_point].mean().item() if is_point.any() else 1.0,
            pointing_accuracy=pointed.mean().item(),
            copying_accuracy=copied.mean().item(),
        )
