"""Positions, against the reference's."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest
import torch

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.positions import patch_positions, token_positions
from handeye.model.architecture.windows import Grid
from handeye.model.video.sampling import regular

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
    special = {IMAGE: config.image_token_id, VIDEO: config.video_token_id}
    return torch.tensor([special.get(token, token) for token in tokens])


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


VIDEO = -2
FILMS: Sequence[tuple[Sequence[int], Sequence[Grid], Sequence[float]]] = [
    ((1, *[VIDEO] * 16, 2, 3), (Grid(4, 4, 4),), (0.5,)),
    ((1, *[VIDEO] * 16, 2, 3), (Grid(4, 4, 4),), (1.0,)),
    ((1, *[VIDEO] * 16, 2, 3), (Grid(4, 4, 4),), (1 / 3,)),
    ((*[VIDEO] * 18, 2, *[IMAGE] * 12, *[VIDEO] * 4, 3), (Grid(3, 4, 6), Grid(1, 6, 8), Grid(1, 4, 4)), (7.3, 2.0)),
    ((1, *[IMAGE] * 4, *[VIDEO] * 120, 9), (Grid(1, 4, 4), Grid(60, 2, 4)), (2 / 1.7,)),
]


def regular_seconds(grids: Sequence[Grid], tokens: Sequence[int], intervals: Sequence[float]) -> list[Sequence[float]]:
    """Return the seconds of the grids of each video."""
    order = [kind for kind, _ in groupby(tokens) if kind in (IMAGE, VIDEO)]
    films = [grid for grid, kind in zip(grids, order, strict=True) if kind == VIDEO]
    return [regular(grid.t, interval) for grid, interval in zip(films, intervals, strict=True)]


@pytest.mark.parametrize(("tokens", "grids", "intervals"), FILMS)
def test_videos_stand_where_transformers_5_puts_them(
    tokens: Sequence[int],
    grids: Sequence[Grid],
    intervals: Sequence[float],
    fields: dict[str, Any],
    reference: "Qwen2_5_VLForConditionalGeneration",
) -> None:
    config = replace(ModelConfig.from_json(fields), mrope="hf5")
    ids = ids_of(tokens, config)
    ours = token_positions(ids, grids, config, seconds=regular_seconds(grids, tokens, intervals))
    order = [kind for kind, _ in groupby(tokens) if kind in (IMAGE, VIDEO)]
    stills, films = ([grid for grid, own in zip(grids, order, strict=True) if own == kind] for kind in (IMAGE, VIDEO))
    theirs, delta = reference.model.get_rope_index(
        ids[None],
        image_grid_thw=torch.tensor(stills) if stills else None,
        video_grid_thw=torch.tensor(films),
        second_per_grid_ts=list(intervals),
        attention_mask=torch.ones_like(ids)[None],
        mm_token_type_ids=((ids == config.image_token_id) + 2 * (ids == config.video_token_id)).long()[None],
    )
    assert torch.equal(ours.index, theirs[:, 0])
    assert ours.next == len(ids) + int(delta)


@pytest.mark.parametrize(("tokens", "grids", "intervals"), FILMS)
def test_videos_stand_where_the_released_rule_puts_them(
    tokens: Sequence[int],
    grids: Sequence[Grid],
    intervals: Sequence[float],
    fields: dict[str, Any],
    released_positions: Callable[..., torch.Tensor],
) -> None:
    config = ModelConfig.from_json(fields)
    ids = ids_of(tokens, config)
    ours = token_positions(ids, grids, config, seconds=regular_seconds(grids, tokens, intervals))
    assert torch.equal(ours.index, released_positions(ids, grids, intervals, config))
    assert ours.next == int(ours.index.max()) + 1


def test_the_measured_positions_of_the_released_rule(fields: dict[str, Any]) -> None:
    config = ModelConfig.from_json(fields)
    ids = ids_of((1, 1, *[VIDEO] * 16), config)
    half = token_positions(ids, [Grid(4, 4, 4)], config, seconds=[regular(4, 0.5)])
    assert (half.index[0, 2::4].tolist(), half.next) == ([2, 3, 4, 5], 6)
    whole = token_positions(ids, [Grid(4, 4, 4)], config, seconds=[regular(4, 1.0)])
    assert (whole.index[0, 2::4].tolist(), whole.next) == ([2, 4, 6, 8], 9)


def test_uneven_seconds_are_kept(fields: dict[str, Any]) -> None:
    config = ModelConfig.from_json(fields)
    found = token_positions(ids_of([VIDEO] * 4, config), [Grid(4, 2, 2)], config, seconds=[(0, 0.4, 3.6, 60)])
    assert found.index[0].tolist() == [0, 0, 7, 120]


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [([], "needs as many seconds"), ([(0.0,)], "needs as many seconds"), ([(0.0, 1.0), (0.0,)], "more videos")],
)
def test_seconds_that_do_not_match_the_videos(
    seconds: Sequence[Sequence[float]], reason: str, fields: dict[str, Any]
) -> None:
    config = ModelConfig.from_json(fields)
    with pytest.raises(ValueError, match=reason):
        token_positions(ids_of([VIDEO] * 2, config), [Grid(2, 2, 2)], config, seconds=seconds)


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
