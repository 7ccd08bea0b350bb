"""What the last tokens of a sequence see."""

import pytest
import torch
from torch import Tensor

from handeye.model.architecture import context
from handeye.model.architecture.context import attention


def expected(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attend token by token, in fp64."""
    length, seen, groups = q.shape[2], k.shape[2], q.shape[1] // k.shape[1]
    keys, values = (each.double().repeat_interleave(groups, dim=1) for each in (k, v))
    rows = []
    for token in range(length):
        stop = seen - length + token + 1
        scores = torch.einsum("bhe,bhse->bhs", q[:, :, token].double(), keys[:, :, :stop]) * q.shape[3] ** -0.5
        rows.append(torch.einsum("bhs,bhse->bhe", scores.softmax(-1), values[:, :, :stop]))
    return torch.stack(rows, dim=2)


@pytest.mark.parametrize("most", [0, context._MOST_SHIFTS])
@pytest.mark.parametrize("heads", [(4, 4), (4, 2), (7, 1)])
@pytest.mark.parametrize(("length", "seen"), [(1, 1), (1, 33), (2, 33), (9, 40), (40, 40), (13, 14)])
def test_each_token_sees_those_up_to_itself(
    monkeypatch: pytest.MonkeyPatch, most: int, heads: tuple[int, int], length: int, seen: int
) -> None:
    monkeypatch.setattr(context, "_MOST_SHIFTS", most)
    generator = torch.Generator().manual_seed(length + seen)
    q = torch.randn(2, heads[0], length, 16, generator=generator)
    k, v = (torch.randn(2, heads[1], seen, 16, generator=generator) for _ in range(2))
    assert torch.allclose(attention(q, k, v).double(), expected(q, k, v), atol=1e-5)


def test_a_mask_that_was_made_for_a_reply_serves_training_too() -> None:
    q, k = torch.randn(1, 2, 3, 8), torch.randn(1, 2, 9, 8)
    with torch.inference_mode():
        attention(q, k, k)
    trained = q.clone().requires_grad_()
    attention(trained, k, k).sum().backward()
    assert trained.grad is not None and bool(trained.grad.isfinite().all())
