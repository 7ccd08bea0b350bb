"""Images encoded in tensors that never move: the same cells as from the network's own vision transformer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from handeye.model.architecture.layers import RMSNorm
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.windows import Grid
from handeye.model.checkpoint import open_checkpoint
from handeye.model.engine import runner
from handeye.model.engine.steps import static_vision
from handeye.model.engine.steps.graph import Recorder, Work
from handeye.model.engine.steps.static_vision import StaticVision
from handeye.model.kernels.kernels import Kernels
from handeye.model.kernels.twin import TorchKernels

SMALL, WIDE, TALL = Grid(1, 4, 6), Grid(1, 4, 10), Grid(1, 12, 10)


@pytest.fixture
def network(folder: Path) -> Qwen2_5_VL:
    return open_checkpoint(folder, device="cpu", dtype="float32").network


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[Work]:
    """Have what is recorded noted."""
    found: list[Work] = []
    record = Recorder.record
    monkeypatch.setattr(Recorder, "record", lambda *given: found.append(record(*given)) or found[-1])
    return found


@pytest.fixture(autouse=True)
def inference() -> Iterator[None]:
    with torch.inference_mode():
        yield


def pixels(*grids: Grid, seed: int = 0, frames: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(sum(grid.patches for grid in grids), 3 * frames * 14 * 14, generator=generator)


@pytest.mark.parametrize(("kernels", "tolerance"), [(None, 0.0), (TorchKernels(), 1e-5)])
def test_cells_are_those_of_the_network(
    network: Qwen2_5_VL, recorded: list[Work], kernels: Kernels | None, tolerance: float
) -> None:
    encode = StaticVision(network, kernels)
    found, expected = [], []
    for seed in range(3):
        for grids in ((SMALL,), (WIDE,), (SMALL, TALL), (TALL, SMALL)):
            given = pixels(*grids, seed=seed)
            found.append(encode(given, grids))
            expected.append(network.visual(given, grids))
    assert len(recorded) == 4
    for one, other in zip(found, expected, strict=True):  # none was written over
        assert torch.allclose(one, other, rtol=0, atol=tolerance * float(other.abs().max()))


def test_the_kernels_are_those_of_the_device(network: Qwen2_5_VL, monkeypatch: pytest.MonkeyPatch) -> None:
    kernels, calls = TorchKernels(), 0

    def rotate(*given: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return TorchKernels().rotate(*given)

    monkeypatch.setattr(kernels, "rotate", rotate)
    monkeypatch.setattr(StaticVision, "can_run", lambda network: True)
    monkeypatch.setattr(
        runner, "choose", lambda *given: kernels if given == (torch.device("cpu"), torch.float32) else None
    )
    encode = runner.choose_encoder(network)
    assert encode is not None
    for passes in range(1, 4):  # as it is, recorded, and again
        encode(pixels(SMALL), [SMALL])
        assert calls == passes * network.config.vision.depth


def test_patches_and_grids_have_to_match(network: Qwen2_5_VL) -> None:
    encode = StaticVision(network, TorchKernels())
    for _ in range(2):
        with pytest.raises(ValueError, match="24 patches were given for grids"):
            encode(pixels(SMALL), [WIDE])


def test_a_video_is_not_taken_for_an_image(network: Qwen2_5_VL, recorded: list[Work]) -> None:
    encode = StaticVision(network, None)
    for seed in range(3):
        for frames in (1, 2):
            given = pixels(SMALL, seed=seed, frames=frames)
            assert torch.equal(encode(given, [SMALL]), network.visual(given, [SMALL]))
    assert len(recorded) == 2


def test_a_size_is_recorded_when_it_comes_again(network: Qwen2_5_VL, recorded: list[Work]) -> None:
    encode = StaticVision(network, None)
    for grid, count in ((SMALL, 0), (WIDE, 0), (SMALL, 1), (SMALL, 1), (WIDE, 2)):
        encode(pixels(grid), [grid])
        assert len(recorded) == count


def test_the_sizes_that_were_not_seen_for_longest_are_let_go(
    network: Qwen2_5_VL, recorded: list[Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StaticVision, "MOST_SIZES", 2)
    encode = StaticVision(network, None)
    for grid in (SMALL, WIDE, SMALL, WIDE, SMALL, TALL, TALL):  # there is no room for WIDE
        encode(pixels(grid), [grid])
    assert len(recorded) == 3
    encode(pixels(SMALL), [SMALL])
    assert len(recorded) == 3
    encode(pixels(WIDE), [WIDE])
    assert len(recorded) == 4


def test_sizes_that_came_once_are_forgotten_in_time(
    network: Qwen2_5_VL, recorded: list[Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_vision, "_MOST_SEEN", 2)
    encode = StaticVision(network, None)
    for grid in (SMALL, WIDE, TALL, SMALL):
        encode(pixels(grid), [grid])
    assert not recorded
    encode(pixels(TALL), [TALL])
    assert len(recorded) == 1


def test_large_images_are_not_recorded(
    network: Qwen2_5_VL, recorded: list[Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StaticVision, "MOST_PATCHES", WIDE.patches)
    encode = StaticVision(network, None)
    for grid in (WIDE, TALL) * 3:
        encode(pixels(grid), [grid])
    assert len(recorded) == 1


def test_what_is_forgotten_is_recorded_again(
    network: Qwen2_5_VL, recorded: list[Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = StaticVision(network, None)
    renewed: list[Recorder] = []
    monkeypatch.setattr(Recorder, "renew", lambda recorder: renewed.append(recorder))
    for _ in range(2):
        encode(pixels(SMALL), [SMALL])
    encode.forget()
    assert len(renewed) == 1
    given = pixels(SMALL, seed=5)
    assert torch.equal(encode(given, [SMALL]), network.visual(given, [SMALL]))
    assert len(recorded) == 2


def test_a_failed_recording_leaves_nothing(network: Qwen2_5_VL, monkeypatch: pytest.MonkeyPatch) -> None:
    encode = StaticVision(network, None)
    encode(pixels(SMALL), [SMALL])
    with monkeypatch.context() as patch:
        patch.setattr(Recorder, "record", lambda *given: (_ for _ in ()).throw(torch.OutOfMemoryError("full")))
        with pytest.raises(torch.OutOfMemoryError):
            encode(pixels(SMALL), [SMALL])
    given = pixels(SMALL, seed=5)
    assert torch.equal(encode(given, [SMALL]), network.visual(given, [SMALL]))


class OwnNorm(RMSNorm):
    """A norm of somebody else."""


def test_only_what_is_known_is_recorded(network: Qwen2_5_VL, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not StaticVision.can_run(network)  # a CPU records nothing
    monkeypatch.setattr(Qwen2_5_VL, "device", torch.device("cuda", 0))
    assert StaticVision.can_run(network)
    hook = network.visual.blocks[1].register_forward_hook(lambda *given: None)
    assert not StaticVision.can_run(network)
    hook.remove()
    assert StaticVision.can_run(network)
    network.visual.blocks[0].norm1 = OwnNorm(network.config.vision.hidden_size, 1e-6)
    assert not StaticVision.can_run(network)
