"""The decoder: Qwen2.5 with grouped-query attention and three-axis rotary positions.

Shapes: B sequences, L new tokens, D width, H heads, K key-value heads, E head width.
Source: Qwen2.5 technical report; M-RoPE: Qwen2-VL report, section 2.1.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from handeye.model.architecture.config import TextConfig
from handeye.model.architecture.context import CAUSAL, Context
from handeye.model.architecture.joined import JoinedLinear, with_parts
from handeye.model.architecture.layers import Embedding, Linear, RMSNorm
from handeye.model.architecture.mlp import GatedMLP
from handeye.model.architecture.placement import Place
from handeye.model.architecture.positions import rotate, turns
from handeye.model.architecture.rope import frequencies


class Attention(nn.Module):
    """Causal grouped-query attention."""

    def __init__(self, config: TextConfig, layer: int) -> None:
        super().__init__()
        self.layer = layer
        self.head_dim = config.head_dim
        self.heads, self.key_heads = config.num_attention_heads, config.num_key_value_heads
        sizes = {"q_proj": self.heads, "k_proj": self.key_heads, "v_proj": self.key_heads}
        parts = {name: heads * config.head_dim for name, heads in sizes.items()}
        self.qkv_proj: nn.Module = JoinedLinear(config.hidden_size, parts, bias=True)
        self.o_proj = Linear(self.heads * config.head_dim, config.hidden_size, bias=False)
        with_parts(self, "qkv_proj")

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, context: Context = CAUSAL, *, last: bool = False) -> Tensor:
        """Map (B, L, D) to (B, L, D), or to the rows of `context.last` if only those are needed."""
        qkv = self.qkv_proj(x).view(*x.shape[:2], -1, self.head_dim)  # (B, L, H + 2K, E)
        rotated = rotate(qkv[..., : -self.key_heads, :], cos, sin)
        q, k, v = rotated[..., : self.heads, :], rotated[..., self.heads :, :], qkv[..., -self.key_heads :, :]
        if last:
            q = context.last(q)
        mixed = context.attend(self.layer, q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))  # (B, H, L, E)
        y: Tensor = self.o_proj(mixed.transpose(1, 2).flatten(2))
        return y


class DecoderLayer(nn.Module):
    """Pre-norm transformer layer."""

    def __init__(self, config: TextConfig, layer: int) -> None:
        super().__init__()
        self.self_attn = Attention(config, layer)
        self.mlp = GatedMLP(config.hidden_size, config.intermediate_size, config.hidden_act, bias=False)
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, context: Context = CAUSAL, *, last: bool = False) -> Tensor:
        """Map (B, L, D) to (B, L, D), or to the rows of `context.last` if only those are needed."""
        mixed = self.self_attn(self.input_layernorm(x), cos, sin, context, last=last)
        x = (context.last(x) if last else x) + mixed
        y: Tensor = x + self.mlp(self.post_attention_layernorm(x))
        return y


class Decoder(nn.Module):
    """Embeddings in, hidden states out."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.config = config
        self.embed_tokens = Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList([DecoderLayer(config, index) for index in range(config.num_hidden_layers)])
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.moves: Mapping[int, Place] = {}
        """Where activations move before a layer, by its index, or before the norm; see `Placement.moves`."""

    def rotary(self, positions: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Return cos and sin at positions (3, B, L), each (B, L, 1, E): frequency i uses the axis of its section."""
        config, device = self.config, positions.device
        speeds = frequencies(config.rope_theta, config.head_dim, config.rope_scaling, device)
        sections = torch.tensor(config.mrope_section, device=device)
        axis = torch.repeat_interleave(torch.arange(3, device=device), sections)  # (E/2,)
        angles = positions[axis].permute(1, 2, 0) * speeds  # (B, L, E/2)
        return turns(angles[:, :, None], dtype, 1.0 if config.rope_scaling is None else config.rope_scaling.attention)

    def forward(self, embeddings: Tensor, positions: Tensor) -> Tensor:
        """Map the embeddings of whole sequences (B, L, D) at positions (3, B, L) to hidden states (B, L, D).

        Padding on the right of a sequence is harmless: no token sees later tokens.
        """
        return self.run(embeddings, *self.rotary(positions, embeddings.dtype))

    def run(
        self, embeddings: Tensor, cos: Tensor, sin: Tensor, context: Context = CAUSAL, *, last: bool = False
    ) -> Tensor:
        """Map new tokens (B, L, D) to hidden states (B, L, D), given their cos and sin and what they see.

        With `last`, the last layer runs only for the last token of each sequence, and only those states are returned.
        """
        x = embeddings
        for index, layer in enumerate(self.layers):
            if index in self.moves:
                x, cos, sin = self.moves[index].bring(x, cos, sin)
            x = layer(x, cos, sin, context, last=last and layer is self.layers[-1])
        if len(self.layers) in self.moves:
            x = x.to(*self.moves[len(self.layers)])
        y: Tensor = self.norm(x)
        return y
