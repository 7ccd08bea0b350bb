"""How many tokens a server has room for."""

import pytest
import torch

from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.placement import Place, Placement
from handeye.model.checkpoint import Checkpoint
from handeye.model.serve.limits import Limits


def test_tokens_are_whole_blocks(checkpoint: Checkpoint) -> None:
    assert Limits(tokens=100).slots(checkpoint) == 96


def test_no_more_than_can_be_used(checkpoint: Checkpoint) -> None:
    context = checkpoint.config.text.max_position_embeddings
    assert Limits(running=2, tokens=10**9).slots(checkpoint) == 2 * context
    assert 32 <= Limits(running=2).slots(checkpoint) <= 2 * context


def test_what_fits_into_the_memory(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    text = checkpoint.config.text
    each = 2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * 4
    monkeypatch.setattr("handeye.model.serve.limits.total_memory", lambda device: 5 * each * 1000)
    assert Limits().slots(checkpoint) == 1000 // 16 * 16
    monkeypatch.setattr("handeye.model.serve.limits.total_memory", lambda device: None)
    assert Limits().slots(checkpoint) == 32 * text.max_position_embeddings


def test_the_fullest_device_decides(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that is spread over devices needs slots on each, for the layers that are there."""
    text = checkpoint.config.text
    each = 2 * text.num_key_value_heads * text.head_dim * 4
    first, second = (Place(torch.device("cuda", number), torch.float32) for number in range(2))
    monkeypatch.setattr(Qwen2_5_VL, "placement", Placement(first, (first, second, second), tied=False))
    free = {first.device: 1000 * each, second.device: 3000 * each}
    monkeypatch.setattr("handeye.model.serve.limits._free", free.__getitem__)
    assert Limits().slots(checkpoint) == 1000 // 16 * 16, "one layer in the memory of the first"
    free[second.device] = 1000 * each
    assert Limits().slots(checkpoint) == 500 // 16 * 16, "two layers in that of the second"
    free[second.device] = 0
    assert Limits().slots(checkpoint) == 32, "never fewer than two blocks"


@pytest.mark.parametrize("wrong", [{"running": 0}, {"requests": 0}, {"tokens": 16}, {"chunk": 0}, {"reply": 0}])
def test_nothing_is_no_limit(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be at least"):
        Limits(**wrong)
