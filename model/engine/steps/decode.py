"""The decoder for one token of each of a few sequences.

The same arithmetic as in `text.py` on the same weights, without modules: for a single token, module calls and reshaping
cost as much as the arithmetic. What is seen is a matter of the context, here as there.

Shapes: R sequences, D width, H heads, K key-value heads, E head width, V tokens.
"""

import sys
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from handeye.model.architecture.activations import activation
from handeye.model.architecture.context import Context
from handeye.model.architecture.joined import JoinedLinear
from handeye.model.architecture.layers import Embedding, Linear, RMSNorm, is_plain, rms_norm
from handeye.model.architecture.mlp import GatedMLP
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.positions import rotate
from handeye.model.architecture.text import Attention, Decoder, DecoderLayer


class Weights(NamedTuple):
    """The weights of one layer; matrices are (in, out), as views of the modules' weights."""

    input_norm: Tensor
    qkv: Tensor
    qkv_bias: Tensor
    out: Tensor
    mlp_norm: Tensor
    gate_up: Tensor
    down: Tensor

    @classmethod
    def of(cls, layer: DecoderLayer) -> "Weights":
        """Return the weights of a layer."""
        qkv, gate_up = layer.self_attn.qkv_proj, layer.mlp.gate_up_proj
        assert isinstance(qkv, JoinedLinear) and isinstance(gate_up, JoinedLinear)
        return cls(
            layer.input_layernorm.weight,
            qkv.weight.t(),
            qkv.bias,
            layer.self_attn.o_proj.weight.t(),
            layer.post_attention_layernorm.weight,
            gate_up.weight.t(),
            layer.mlp.down_proj.weight.t(),
        )


class TokenDecoder:
    """Runs a network token by token. It holds the weights that the network had when it was made."""

    MOST_ROWS = sys.maxsize
    """Tokens that are read in one step."""

    def __init__(self, network: Qwen2_5_VL) -> None:
        self._config = network.config.text
        self._embeddings = network.model.embed_tokens.weight
        self._layers = [Weights.of(layer) for layer in network.model.layers if isinstance(layer, DecoderLayer)]
        self._norm = network.model.norm.weight
        self._head = (self._embeddings if self._config.tie_word_embeddings else network.lm_head.weight).t()
        self._act = activation(self._config.hidden_act)

    @staticmethod
    def can_run(network: Qwen2_5_VL) -> bool:
        """Tell whether the decoder's layers are all of this package, unhooked and in one format.

        A network that is spread over several devices is left to its modules, which move what they compute.
        """
        if network.dtype is not network.compute or network.model.moves:
            return False
        kinds = (Decoder, nn.ModuleList, DecoderLayer, Attention, GatedMLP, RMSNorm, Embedding, JoinedLinear, Linear)
        return all(is_plain(layer, *kinds) for layer in network.reading())

    def logits(self, tokens: Sequence[int], cos: Tensor, sin: Tensor, context: Context) -> Tensor:
        """Read one token of each sequence, given their cos and sin (R, E); return the logits (R, V) after them."""
        config, eps = self._config, self._config.rms_norm_eps
        heads, key_heads = config.num_attention_heads, config.num_key_value_heads
        # a row of the matrix is a view, several are a copy
        x = self._embeddings[tokens[0]][None] if len(tokens) == 1 else self._embeddings[list(tokens)]  # (R, D)
        for index, layer in enumerate(self._layers):
            qkv = torch.addmm(layer.qkv_bias, rms_norm(x, layer.input_norm, eps), layer.qkv)
            rows = qkv.view(1, len(tokens), -1, config.head_dim).transpose(1, 2)  # (1, H + 2K, R, E)
            turned, v = rows.split_with_sizes((heads + key_heads, key_heads), dim=1)
            q, k = rotate(turned, cos, sin).split_with_sizes((heads, key_heads), dim=1)
            mixed = context.attend(index, q, k, v)  # (1, H, R, E)
            x = torch.addmm(x, mixed.transpose(1, 2).reshape(len(tokens), -1), layer.out)
            gate, up = torch.mm(rms_norm(x, layer.mlp_norm, eps), layer.gate_up).chunk(2, dim=-1)
            x = torch.addmm(x, self._act(gate) * up, layer.down)
        return torch.mm(rms_norm(x, self._norm, eps), self._head)
