"""Where the parts of a network are."""

import pytest
import torch

from handeye.model.architecture.placement import Place, Placement

ONE, TWO = (Place(torch.device("cuda", index), torch.bfloat16) for index in range(2))
CPU = Place(torch.device("cpu"), torch.float32)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("visual.blocks.3.attn.qkv.weight", ONE),
        ("model.embed_tokens.weight", ONE),
        ("model.layers.0.mlp.up_proj", ONE),
        ("model.layers.1.mlp.up_proj.weight", TWO),
        ("model.layers.12.input_layernorm.weight", CPU),
        ("model.norm.weight", CPU),
        ("lm_head.weight", CPU),
        ("lm_head", CPU),
    ],
)
def test_each_part_has_a_place(name: str, place: Place) -> None:
    assert Placement(ONE, (ONE, *[TWO] * 11, CPU), tied=False).of(name) == place


def test_a_head_that_is_the_embeddings_is_with_them() -> None:
    placement = Placement(ONE, (ONE, TWO, TWO), tied=True)
    assert placement.of("model.norm.weight") == placement.last == ONE
    assert placement.moves == {1: TWO, 3: ONE}


def test_activations_move_where_the_device_changes() -> None:
    assert Placement(ONE, (ONE, TWO, TWO, CPU), tied=False).moves == {1: TWO, 3: CPU}
    assert Placement(ONE, (TWO, TWO), tied=False).moves == {0: TWO}
    assert Placement(ONE, (ONE, ONE), tied=True).moves == {}


def test_it_is_written_as_users_write_it() -> None:
    assert str(Placement(ONE, (ONE, TWO, TWO, CPU), tied=False)) == "cuda:0=1,cuda:1=2,cpu=1"
    assert str(Placement(ONE, (TWO, TWO), tied=False)) == "cuda:0=0,cuda:1=2"
    assert str(Placement(ONE, (ONE, ONE), tied=False)) == "cuda:0"


def test_what_a_layer_is_given_moves() -> None:
    x, cos = torch.ones(1, 2, 4), torch.ones(2, 4)
    moved = Place(torch.device("cpu"), torch.bfloat16).bring(x, cos)
    assert [(each.dtype, each.shape) for each in moved] == [(torch.bfloat16, each.shape) for each in (x, cos)]
