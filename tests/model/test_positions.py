"""Positions, against the reference's."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest
import torch

from handeye.model.config import ModelConfig
from handeye.model.positions import patch_positions, token_positions
from handeye.model.windows import Grid

if TYPE_CHECKING:
    from transformers import Qwen2_5_VLForConditionalGeneration

IMAGE = -1
CONVERSATIONS: Sequence[tuple[Sequence[int], Sequence[Grid]]] = [
    ((1, 2, 3), ()),
    ((1, 2, *[IMAGE] * 12, 3, 4), (Grid(1, 6, 8),)),
    ((*[IMAGE] * 30, 1, *[IMAGE] * 5, 2, *[IMAGE] * 1, 2), (Grid(1, 20, 6), Grid(1, 2, 10), Grid(1, 2, 2))),
    ((5, *[IMAGE] * 2691, 6), (Grid(1, 78, 138),)),
]


def ids_of(tokens: Sequence[int], config: ModelConfig) -> torch.Tensor:
    return torch.tensor([config.image_token_id if token == IMAGE else token for token in tokens])


@pytest.mark.parametrize(("tokens", "grids"), CONVERSATIONS)
def test_tokens_stand_where_the_reference_puts_them(
    tokens: Sequence[int],
    grids: Sequence[Grid],
    fields: dict[str, Any],
    reference: "Qwen2_5_VLForConditionalGeneration",
) -> None:
    config = ModelConfig.from_json(fields)
    ids = ids_of(tokens, config)
    ours = token_positions(ids, grids, config)
    theirs, delta = reference.model.get_rope_index(
        ids[None],
        image_grid_thw=torch.tensor(grids) if grids else None,
        attention_mask=torch.ones_like(ids)[None],
        mm_token_type_ids=(ids == config.image_token_id).long()[None],
    )
    assert torch.equal(ours.index, theirs[:, 0])
    assert ours.next == len(ids) + int(delta)


def test_a_1080p_screenshot_takes_69_positions(fields: dict[str, Any]) -> None:
    config = ModelConfig.from_json(fields)
    assert token_positions(ids_of([IMAGE] * 2691, config), [Grid(1, 78, 138)], config).next == 69


def test_positions_go_on_from_a_start(fields: dict[str, Any]) -> None:
    config = ModelConfig.from_json(fields)
    tokens, grids = CONVERSATIONS[2]
    whole, part = (token_positions(ids_of(tokens, config), grids, config, start) for start in (0, 40))
    assert torch.equal(whole.index + 40, part.index)
    assert whole.next + 40 == part.next


@pytest.mark.parametrize(
    ("tokens", "grids"),
    [
        ([IMAGE] * 4, ()),
        ([1, 2], (Grid(1, 4, 4),)),
        ([IMAGE] * 3, (Grid(1, 4, 4),)),
        ([IMAGE, IMAGE, 1, IMAGE, IMAGE], (Grid(1, 4, 4),)),
        ([IMAGE] * 5, (Grid(1, 4, 4),)),
    ],
)
def test_tokens_that_do_not_match_the_images(tokens: list[int], grids: Sequence[Grid], fields: dict[str, Any]) -> None:
    config = ModelConfig.from_json(fields)
    with pytest.raises(ValueError, match="image"):
        token_positions(ids_of(tokens, config), grids, config)


@pytest.mark.parametrize("grids", [[(1, 78, 138)], [(1, 2, 6), (2, 4, 2)]])
def test_patches_stand_where_the_reference_puts_them(grids: list[tuple[int, int, int]]) -> None:
    from transformers.vision_utils import get_vision_position_ids

    theirs = get_vision_position_ids(torch.tensor(grids), 2)
    assert torch.equal(patch_positions([Grid(*grid) for grid in grids], 2), theirs)
