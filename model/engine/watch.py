"""Noticing that a network has changed, so that nothing computed with the old weights is used again."""

from torch import Tensor, nn


class Watch:
    """Remembers the modules and weights of a network.

    It sees modules and parameters that were replaced, weights that were written in place or assigned to `.data`, and
    hooks that were added or removed.
    """

    def __init__(self) -> None:
        self._seen: list[tuple[object, ...]] = []

    def changed(self, network: nn.Module) -> bool:
        """Tell whether the network differs from that of the last call; true at the first call."""
        now: list[tuple[object, ...]] = []
        for module in network.modules():
            hooks = len(module._forward_hooks) + len(module._forward_pre_hooks)
            now.append((module, hooks, module.__dict__.get("forward")))
            now += [(tensor, *_state(tensor)) for tensor in module._parameters.values() if tensor is not None]
        # `is`, not `==`: tensors compare by value
        same = len(now) == len(self._seen) and all(
            mine[0] is theirs[0] and mine[1:] == theirs[1:] for mine, theirs in zip(now, self._seen, strict=True)
        )
        self._seen = now
        return not same


def _state(tensor: Tensor) -> tuple[int, int]:
    return tensor.data_ptr(), 0 if tensor.is_inference() else tensor._version  # inference tensors count no writes
