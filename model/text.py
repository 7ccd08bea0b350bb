"""The decoder: Qwen2.5 with grouped-query attention and three-axis rotary positions.

Shapes: B sequences, L new tokens, S tokens in all (cached and new), D width, H heads, K key-value heads, E head width.
Source: Qwen2.5 technical report; M-RoPE: Qwen2-VL report, section 2.1.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from handeye.model.cache import KVCache
from handeye.model.config import TextConfig
from handeye.model.layers import Embedding, Fused, GatedMLP, Linear, RMSNorm
from handeye.model.positions import rotate, turns
from handeye.model.rope import frequencies


class Attention(nn.Module):
    """Causal grouped-query attention."""

    def __init__(self, config: TextConfig, layer: int) -> None:
        super().__init__()
        self.layer = layer
        self.head_dim = config.head_dim
        self.heads, self.key_heads = config.num_attention_heads, config.num_key_value_heads
        self.q_proj = Linear(config.hidden_size, self.heads * config.head_dim)
        self.k_proj = Linear(config.hidden_size, self.key_heads * config.head_dim)
        self.v_proj = Linear(config.hidden_size, self.key_heads * config.head_dim)
        self.o_proj = Linear(self.heads * config.head_dim, config.hidden_size, bias=False)
        self._fused: Fused | None = None

    def fuse(self) -> None:
        """Read the input once instead of three times; see `Fused`."""
        self._fused = Fused.of(self.q_proj, self.k_proj, self.v_proj)

    @property
    def fused(self) -> Fused | None:
        """The fused projections; None if there are none, or a projection has changed since."""
        if self._fused is not None and not self._fused.holds((self.q_proj, self.k_proj, self.v_proj)):
            self._fused = None
        return self._fused

    def forward(
        self,
        x: Tensor,
        cos: Tensor,
        sin: Tensor,
        mask: Tensor | None = None,
        cache: KVCache | None = None,
        *,
        last: bool = False,
    ) -> Tensor:
        """Map (B, L, D) to (B, L, D), or to (B, 1, D) if only the result for the last token is needed.

        `mask` (L, S) marks the visible tokens; None means plain causal.
        """
        fused = self.fused
        qkv = torch.cat((self.q_proj(x), self.k_proj(x), self.v_proj(x)), dim=-1) if fused is None else fused(x)
        qkv = qkv.view(*x.shape[:2], -1, self.head_dim).transpose(1, 2)  # (B, H + 2K, L, E)
        rotated = rotate(qkv[:, : -self.key_heads], cos, sin)
        q, k, v = rotated[:, : self.heads], rotated[:, self.heads :], qkv[:, -self.key_heads :]
        if cache is not None:
            k, v = cache.extend(self.layer, k, v)  # (B, K, S, E)
        if last:
            q, mask = q[:, :, -1:], None
        if mask is not None:  # fast GPU kernels accept a mask only with as many key heads as query heads
            k, v = (part.repeat_interleave(self.heads // self.key_heads, dim=1) for part in (k, v))
        causal = mask is None and q.shape[2] > 1  # the last token sees all
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal, enable_gqa=mask is None)
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

    def forward(
        self,
        x: Tensor,
        cos: Tensor,
        sin: Tensor,
        mask: Tensor | None = None,
        cache: KVCache | None = None,
        *,
        last: bool = False,
    ) -> Tensor:
        """Map (B, L, D) to (B, L, D), or to (B, 1, D) if only the result for the last token is needed."""
        mixed = self.self_attn(self.input_layernorm(x), cos, sin, mask, cache, last=last)
        x = (x[:, -1:] if last else x) + mixed
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

    def rotary(self, positions: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Return cos and sin at positions (3, B, L), each (B, 1, L, E): frequency i uses the axis of its section."""
        config, device = self.config, positions.device
        speeds = frequencies(config.rope_theta, config.head_dim, config.rope_scaling, device)
        sections = torch.tensor(config.mrope_section, device=device)
        axis = torch.repeat_interleave(torch.arange(3, device=device), sections)  # (E/2,)
        angles = positions[axis].permute(1, 2, 0) * speeds  # (B, L, E/2)
        return turns(angles[:, None], dtype, 1.0 if config.rope_scaling is None else config.rope_scaling.attention)

    def forward(self, embeddings: Tensor, positions: Tensor, cache: KVCache | None = None) -> Tensor:
        """Map embeddings (B, L, D) at positions (3, B, L) to hidden states (B, L, D).

        With a cache, the new tokens also see all cached ones and are added to the cache. Without one, padding on the
        right of a sequence is harmless: no token sees later tokens.
        """
        cos, sin = self.rotary(positions, embeddings.dtype)
        return self.run(embeddings, cos, sin, cache)

    def run(
        self, embeddings: Tensor, cos: Tensor, sin: Tensor, cache: KVCache | None = None, *, last: bool = False
    ) -> Tensor:
        """Do the same as `forward`, given cos and sin: they can be computed once for many tokens.

        With `last`, the last layer runs for the last token only, and its hidden state (B, 1, D) is returned.
        """
        length, past = embeddings.shape[1], 0 if cache is None else cache.length
        mask = None
        if past and length > 1:  # each row sees the cached tokens and the new tokens up to itself
            mask = torch.ones(length, past + length, dtype=torch.bool, device=embeddings.device).tril(past)
        x = embeddings
        for layer in self.layers:
            x = layer(x, cos, sin, mask, cache, last=last and layer is self.layers[-1])
        if cache is not None:
            cache.advance(length)
        y: Tensor = self.norm(x)
        return y
