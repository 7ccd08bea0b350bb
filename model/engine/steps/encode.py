"""The vision transformer with kernels between its products: the same arithmetic as in `vision.py`.

Shapes: N patches, P numbers of a patch, M cells, C width, D width of the decoder, H heads, E head width.
"""

from torch import Tensor

from handeye.model.architecture.layout import Layout
from handeye.model.architecture.vision import VisionBlock, VisionTransformer
from handeye.model.kernels.kernels import Kernels
from handeye.model.kernels.padded import input_width


def encode(visual: VisionTransformer, kernels: Kernels | None, patches: Tensor, where: Layout) -> Tensor:
    """Encode patches (N, P) to cells (M, D) as `VisionTransformer.encode` does, which is called without kernels."""
    if kernels is None:
        return visual.encode(patches, where)
    act, (cos, sin) = visual.config.hidden_act, (turn.flatten(1) for turn in (where.cos, where.sin))  # (N, E)
    x = where.by_window(visual.patch_embed(patches))  # (N, C)
    residual: Tensor | None = None
    for index, block in enumerate(visual.blocks):
        assert isinstance(block, VisionBlock)
        attention, mlp = block.attn, block.mlp
        y, residual = kernels.norm(x, residual, block.norm1.weight, block.norm1.eps)
        qkv: Tensor = attention.qkv(y).view(len(y), 3, attention.heads, -1)  # (N, 3, H, E)
        q, k = kernels.rotate(qkv, cos, sin).unbind(1)
        x = attention.proj(attention.attend(q, k, qkv[:, 2], visual.runs(index, where)))
        y, residual = kernels.norm(x, residual, block.norm2.weight, block.norm2.eps)
        x = mlp.down_proj(kernels.gate(mlp.gate_up_proj(y), act, input_width(mlp.down_proj)))
    merger = visual.merger
    y, _ = kernels.norm(x, residual, merger.ln_q.weight, merger.ln_q.eps)
    cells: Tensor = merger.mlp(y.view(-1, merger.width))[where.inverse]
    return cells
