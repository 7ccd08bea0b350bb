"""The gated feed-forward layer of the vision transformer and the decoder."""

from torch import Tensor, nn

from handeye.model.architecture.activations import activation
from handeye.model.architecture.joined import JoinedLinear, with_parts
from handeye.model.architecture.layers import Linear


class GatedMLP(nn.Module):
    """Gated feed-forward layer."""

    def __init__(self, size: int, inner: int, act: str, *, bias: bool) -> None:
        super().__init__()
        self.gate_up_proj: nn.Module = JoinedLinear(size, {"gate_proj": inner, "up_proj": inner}, bias=bias)
        self.down_proj = Linear(inner, size, bias=bias)
        self.act = activation(act)
        with_parts(self, "gate_up_proj")

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., size) to (..., size)."""
        gate, up = self.gate_up_proj(x).chunk(2, dim=-1)
        y: Tensor = self.down_proj(self.act(gate) * up)
        return y
