"""Qwen2.5-VL: the vision transformer and the decoder together. Its state has the names of the released files."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.joined import released_layers
from handeye.model.architecture.layers import Embedding, Linear
from handeye.model.architecture.placement import Place, Placement
from handeye.model.architecture.text import Decoder
from handeye.model.architecture.vision import VisionTransformer
from handeye.model.architecture.windows import Grid


class Qwen2_5_VL(nn.Module):  # noqa: N801 (the model's name)
    """The whole network."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self._placement: Placement | None = None  # None: all on one device
        self.visual = VisionTransformer(config.vision)
        self.model = Decoder(config.text)
        if not config.text.tie_word_embeddings:
            self.lm_head = Linear(config.text.hidden_size, config.text.vocab_size, bias=False)

    def embed(self, ids: Tensor, patches: Tensor | None = None, grids: Sequence[Grid] = ()) -> Tensor:
        """Embed token ids (B, L), with image and video tokens replaced in order by the encoded patches: (B, L, D).

        Raises:
            ValueError: the number of those tokens differs from the number of encoded cells. Filling them in anyway
                would silently corrupt the embeddings.
        """
        embeddings: Tensor = self.model.embed_tokens(ids).to(self.compute)
        if patches is None:
            return embeddings
        return self.fill(ids, embeddings, self.visual(patches, grids))

    def fill(self, ids: Tensor, embeddings: Tensor, cells: Tensor) -> Tensor:
        """Put encoded cells (M, D) at the image and video tokens of `ids` (B, L) in the embeddings (B, L, D)."""
        slots = (ids == self.config.image_token_id) | (ids == self.config.video_token_id)
        if int(slots.sum()) != cells.shape[0]:
            raise ValueError(f"{int(slots.sum())} image tokens for {cells.shape[0]} image cells")
        return embeddings.masked_scatter(slots[..., None], cells.to(embeddings.dtype))

    def spread(self, placement: Placement) -> None:
        """Compute each part where its weights are; for inference, after the weights are loaded there."""
        self._placement = placement if placement.is_spread else None
        self.model.moves = placement.moves

    def place(self, name: str) -> Place:
        """Return where a module is, by its name."""
        return Place(self.device, self.compute) if self._placement is None else self._placement.of(name)

    @property
    def placement(self) -> Placement:
        """Where each part is."""
        if self._placement is not None:
            return self._placement
        one, text = Place(self.device, self.compute), self.config.text
        return Placement(one, (one,) * text.num_hidden_layers, text.tie_word_embeddings)

    def reading(self) -> list[nn.Module]:
        """Return the modules that a token goes through: all of the decoder, and the output matrix."""
        return [*self.model.modules(), *([] if self.config.text.tie_word_embeddings else [self.lm_head])]

    def logits(self, hidden: Tensor) -> Tensor:
        """Map hidden states (..., D) to logits (..., V)."""
        if self.config.text.tie_word_embeddings:
            return self.model.embed_tokens.project(hidden)
        logits: Tensor = self.lm_head(hidden)
        return logits

    @property
    def device(self) -> torch.device:
        """The device of the weights; that of the embeddings and the vision part, if it is spread over several."""
        return self.model.embed_tokens.weight.device

    @property
    def dtype(self) -> torch.dtype:
        """The number format of the weights; that of activations if they are stored as bytes."""
        stored = self.model.embed_tokens.weight.dtype
        return stored if stored.is_floating_point else self.compute

    @property
    def compute(self) -> torch.dtype:
        """The number format of activations on `device`: that of norms, which are never stored in a smaller one."""
        return self.model.norm.weight.dtype if self._placement is None else self._placement.first.compute

    def wide(self) -> set[str]:
        """Return the names of the tensors that must be stored in the format of activations: all but large matrices."""
        narrow = (Embedding, Linear)
        layers = released_layers(self).items()
        matrices = {f"{name}.weight" for name, where in layers if isinstance(where.layer, narrow)}
        return {*self.state_dict()} - matrices


def count_parameters(config: ModelConfig) -> int:
    """Return the number of weights that a configuration describes, none of which is made."""
    with torch.device("meta"):
        return sum(tensor.numel() for tensor in Qwen2_5_VL(config).parameters())
