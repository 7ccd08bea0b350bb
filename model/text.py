"""The decoder: Qwen2.5 with grouped-query attention and three-axis rotary positions.

Shapes: B sequences, L new tokens, S tokens in all (cached and new), D width, H heads, K key-value heads, E head width.
Source: Qwen2.5 technical report; M-RoPE: Qwen2-VL report, section 2.1.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from handeye.model.cache import KVCache
from handeye.model.config import TextConfig
from handeye.model.layers import RMSNorm, SwiGLU
from handeye.model.positions import rotate


class Attention(nn.Module):
    """Causal grouped-query attention."""

    def __init__(self, config: TextConfig, layer: int) -> None:
        super().__init__()
        self.layer = layer
        self.head_dim = config.head_dim
        queries, keys = config.num_attention_heads * config.head_dim, config.num_key_value_heads * config.head_dim
        self.q_proj = nn.Linear(config.hidden_size, queries)
        self.k_proj = nn.Linear(config.hidden_size, keys)
        self.v_proj = nn.Linear(config.hidden_size, keys)
        self.o_proj = nn.Linear(queries, config.hidden_size, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None, cache: KVCache | None) -> Tensor:
        """Map (B, L, D) to (B, L, D). `mask` (L, S) marks what is seen; None means plain causal, or all when L is 1."""
        q, k, v = (
            part.unflatten(-1, (-1, self.head_dim)).transpose(1, 2)  # (B, H or K, L, E)
            for part in (self.q_proj(x), self.k_proj(x), self.v_proj(x))
        )
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if cache is not None:
            k, v = cache.extend(self.layer, k, v)  # (B, K, S, E)
        causal = mask is None and q.shape[2] > 1
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal, enable_gqa=True)
        y: Tensor = self.o_proj(mixed.transpose(1, 2).flatten(2))
        return y


class DecoderLayer(nn.Module):
    """Pre-norm transformer layer."""

    def __init__(self, config: TextConfig, layer: int) -> None:
        super().__init__()
        self.self_attn = Attention(config, layer)
        self.mlp = SwiGLU(config.hidden_size, config.intermediate_size, bias=False)
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None, cache: KVCache | None) -> Tensor:
        """Map (B, L, D) to (B, L, D)."""
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask, cache)
        y: Tensor = x + self.mlp(self.post_attention_layernorm(x))
        return y


class Decoder(nn.Module):
    """Embeddings in, hidden states out."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList([DecoderLayer(config, index) for index in range(config.num_hidden_layers)])
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)

    def rotary(self, positions: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Return cos and sin for positions (3, B, L), each (B, 1, L, E): frequency i turns with its section's axis."""
        half = self.config.head_dim // 2
        device = positions.device
        frequencies = 1.0 / self.config.rope_theta ** (torch.arange(half, device=device).float() / half)
        sections = torch.tensor(self.config.mrope_section, device=device)
        axis = torch.repeat_interleave(torch.arange(3, device=device), sections)  # (E/2,)
        angles = positions[axis].permute(1, 2, 0) * frequencies  # (B, L, E/2)
        angles = torch.cat((angles, angles), dim=-1)[:, None]
        return angles.cos().to(dtype), angles.sin().to(dtype)

    def forward(self, embeddings: Tensor, positions: Tensor, cache: KVCache | None = None) -> Tensor:
        """Map embeddings (B, L, D) at positions (3, B, L) to hidden states (B, L, D).

        With a cache the new tokens also see all cached ones, and are added to it. Without one, padding to the right
        of a sequence is harmless: no token sees what comes after it.
        """
        length, past = embeddings.shape[1], 0 if cache is None else cache.length
        mask = None
        if past and length > 1:  # rows see the cached tokens and, among the new, those up to themselves
            mask = torch.ones(length, past + length, dtype=torch.bool, device=embeddings.device).tril(past)
        cos, sin = self.rotary(positions, embeddings.dtype)
        x = embeddings
        for layer in self.layers:
            x = layer(x, cos, sin, mask, cache)
        if cache is not None:
            cache.advance(length)
        y: Tensor = self.norm(x)
        return y
