"""The decoder for one token of each of a few sequences, in tensors that never move: what a graph records.

The same arithmetic as in `text.py`. Sequences are told apart by numbers on the device, not by shapes: how many tokens
each row sees, and in which blocks they are. Rows that no sequence needs see nothing, and write where nothing is read.

Shapes: R rows, D width, H heads, K key-value heads, E head width, V tokens, N blocks of slots.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from handeye.model.architecture.joined import StackedLinear
from handeye.model.architecture.layers import Embedding, Linear, RMSNorm, is_known
from handeye.model.architecture.mlp import GatedMLP
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.text import Attention, Decoder, DecoderLayer
from handeye.model.engine.blocks import Table
from handeye.model.engine.context import Paged
from handeye.model.engine.pages import Pages
from handeye.model.engine.steps.graph import Recorder, Work
from handeye.model.kernels.kernels import Kernels
from handeye.model.kernels.products import Product, product
from handeye.model.quantised.linear import PackedLinear

_READ = (Decoder, nn.ModuleList, DecoderLayer, Attention, GatedMLP, RMSNorm, StackedLinear)
"""Modules whose parts are computed here, in place of their own `forward`."""
_WHOLE = (Embedding, Linear, PackedLinear)
"""Modules that are computed as they are."""


class StaticDecoder:
    """Runs a network token by token. It holds the weights that the network had when it was made."""

    MOST_ROWS = 64
    """Tokens that are read in one step; with more, launching kernels takes less time than running them."""

    def __init__(self, network: Qwen2_5_VL, pages: Pages, kernels: Kernels) -> None:
        self._network = network
        self._pages = pages
        self._kernels = kernels
        self._made = pages.made
        self._steps: dict[int, Step] = {}
        self._recorder = Recorder(network.device, "the token step")

    @staticmethod
    def can_run(network: Qwen2_5_VL) -> bool:
        """Tell whether the decoder's layers are all of this package and unhooked, on one device."""
        if network.placement.is_spread or network.dtype is not network.compute:
            return False
        return all(is_known(layer, _READ, _WHOLE) for layer in network.reading())

    def logits(self, tokens: Sequence[int], cos: Tensor, sin: Tensor, context: Paged) -> Tensor:
        """Read the next tokens of sequences, given their cos and sin (R, E); return the logits (R, V) after each.

        The logits are those until the next call.
        """
        if self._made != self._pages.made:  # the memory of keys and values has moved
            self._steps.clear()
            self._recorder.renew()
            self._made = self._pages.made
        rows = 1 << (len(tokens) - 1).bit_length()
        if rows not in self._steps:
            self._steps[rows] = Step(self._network, self._pages, self._kernels, rows)
        return self._steps[rows].run(tokens, cos, sin, context, self._recorder)[: len(tokens)]


class Layer(NamedTuple):
    """The parts of one layer."""

    input_norm: Tensor
    qkv: Product
    out: Product
    mlp_norm: Tensor
    gate_up: Product
    down: Product

    @classmethod
    def of(cls, layer: DecoderLayer, kernels: Kernels) -> "Layer":
        """Return the parts of a layer."""
        return cls(
            layer.input_layernorm.weight,
            product(layer.self_attn.qkv_proj, kernels),
            product(layer.self_attn.o_proj, kernels),
            layer.post_attention_layernorm.weight,
            product(layer.mlp.gate_up_proj, kernels),
            product(layer.mlp.down_proj, kernels),
        )


class Step:
    """The step for up to so many rows."""

    def __init__(self, network: Qwen2_5_VL, pages: Pages, kernels: Kernels, rows: int) -> None:
        config, device, dtype = network.config.text, network.device, network.compute
        self._network = network
        self._pages = pages
        self._kernels = kernels
        self._layers = [Layer.of(layer, kernels) for layer in network.model.layers if isinstance(layer, DecoderLayer)]
        self._numbers = torch.zeros(3, rows, dtype=torch.long, device=device)
        """Of each row: its token, the slot of its keys and values, and how many tokens it sees."""
        self._tables = torch.zeros(rows, pages.blocks, dtype=torch.int32, device=device)
        self._shown: list[Table | None] = [None] * rows
        """Whose blocks are in each row of `_tables`."""
        self._cos, self._sin = (torch.zeros(rows, config.head_dim, dtype=dtype, device=device) for _ in range(2))
        self._logits = torch.empty(0)
        self._again: Work | None = None

    def run(self, tokens: Sequence[int], cos: Tensor, sin: Tensor, context: Paged, recorder: Recorder) -> Tensor:
        """Return the logits (R, V) after tokens; see `StaticDecoder.logits`."""
        slots, seen = self._place(context)
        unused = len(self._shown) - len(tokens)
        numbers = [[*tokens, *[0] * unused], [*slots, *[self._pages.unused] * unused], [*seen, *[0] * unused]]
        # new memory each time: PyTorch uses it again only after it was copied
        self._numbers.copy_(torch.tensor(numbers, pin_memory=self._numbers.is_cuda), non_blocking=True)
        self._cos[: len(tokens)], self._sin[: len(tokens)] = cos, sin
        if self._again is None:
            self._again = recorder.record(self._work)
        else:
            self._again()
        return self._logits

    def _place(self, context: Paged) -> tuple[list[int], list[int]]:
        """Return the slot of each row's token and how many tokens the row sees; show the rows their blocks."""
        slots: list[int] = []
        seen: list[int] = []
        for table, new, _ in context.parts:
            for part in table.slots(table.length, table.length + new):
                slots += part
            seen += range(table.length + 1, table.length + new + 1)
            for row in range(len(seen) - new, len(seen)):
                if self._shown[row] is not table:
                    blocks = torch.tensor([block.index for block in table.blocks], dtype=torch.int32)
                    self._tables[row, : len(blocks)] = blocks.to(self._tables.device)
                    self._shown[row] = table
        return slots, seen

    def _work(self) -> None:
        network, kernels, pages = self._network, self._kernels, self._pages
        eps, act = network.config.text.rms_norm_eps, network.config.text.hidden_act
        tokens, slots, seen = self._numbers.unbind()
        lengths = seen.int()
        x: Tensor = network.model.embed_tokens(tokens).to(network.compute)  # (R, D)
        residual: Tensor | None = None
        for index, layer in enumerate(self._layers):
            keys, values = pages.layer(index)
            y, residual = kernels.norm(x, residual, layer.input_norm, eps)
            q = kernels.turn(layer.qkv(y), self._cos, self._sin, slots, keys, values)  # (R, H, E)
            x = layer.out(kernels.attend(q, keys, values, self._tables, lengths).flatten(1))
            y, residual = kernels.norm(x, residual, layer.mlp_norm, eps)
            x = layer.down(kernels.gate(layer.gate_up(y), act))
        y, _ = kernels.norm(x, residual, network.model.norm.weight, eps)
        self._logits = network.logits(y)
