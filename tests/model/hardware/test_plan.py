"""How many layers each device takes: the released sizes, by arithmetic from their shapes."""

from collections.abc import Sequence

import pytest
import torch

from handeye.model.catalog import RELEASED
from handeye.model.errors import InvalidPlacement, OutOfMemory
from handeye.model.hardware import plan
from handeye.model.hardware.devices import Devices
from handeye.model.hardware.plan import Bytes, place, spread
from tests.model.released import config, network

CPU = torch.device("cpu")
WORKING = 2 * 10**9
SHAPES = {int(each.size.removesuffix("B")): each.shape for each in RELEASED}


def released(billions: int, dtype: torch.dtype = torch.bfloat16) -> Bytes:
    """Return the bytes of a released size, from the tensors of a network of its shapes on the meta device."""
    shape = SHAPES[billions]
    tensors = network(shape).state_dict()
    return Bytes.of({name: each.numel() * dtype.itemsize for name, each in tensors.items()}, config(shape).text, dtype)


def devices(gpus: int, cpu: bool = False, **options: object) -> Devices:
    found = [torch.device("cuda", index) for index in range(gpus)]
    return Devices((*found, *[CPU] * cpu), **options)  # type: ignore[arg-type]


def counts(size: Bytes, chosen: Devices, gigabytes: Sequence[float], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    free = dict(zip(chosen.all, gigabytes, strict=True))
    monkeypatch.setattr(plan, "free_memory", lambda device: int(free[device] * 1e9))
    placed = place("it", size, chosen, torch.bfloat16, tied=False)
    return [sum(at.device == device for at in placed.layers) for device in chosen.all]


@pytest.mark.parametrize(("billions", "weights"), [(3, 7.5), (7, 16.6), (32, 66.9), (72, 146.8)])
def test_the_bytes_of_the_released_sizes(billions: int, weights: float) -> None:
    size = released(billions)
    shape = SHAPES[billions]
    cached = 16384 * shape.layers * 2 * shape.key_heads * 128 * 2
    assert (size.total - cached) / 1e9 == pytest.approx(weights, abs=0.1)
    assert len({*size.layers}) == 1


@pytest.mark.parametrize(
    ("billions", "gigabytes", "expected"),
    [
        (72, (80, 80), [40, 40]),  # the first has the vision part and the embeddings, the last the head
        (72, (80, 48, 48), [36, 23, 21]),
        (72, (80, 40, 200), [40, 20, 20]),  # the CPU takes the rest
        (32, (48, 48), [31, 33]),
        (32, (24, 24, 24, 24), [14, 17, 17, 16]),
        (7, (12, 12), [13, 15]),
    ],
)
def test_the_released_sizes(
    billions: int, gigabytes: tuple[float, ...], expected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_cpu = gigabytes[-1] == 200
    size = released(billions)
    found = counts(size, devices(len(gigabytes) - with_cpu, with_cpu), gigabytes, monkeypatch)
    assert found == expected
    held = [count * size.layers[0] for count in found]
    held[0] += size.first
    held[-1] += size.last
    assert all(used + WORKING <= most * 1e9 for used, most in zip(held, gigabytes, strict=True))


def test_gpus_are_filled_alike_and_the_cpu_only_if_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    size = released(7)
    assert counts(size, devices(2, cpu=True), (80, 80, 200), monkeypatch) == [13, 15, 0]
    assert counts(size, devices(2, cpu=True), (80, 24, 200), monkeypatch)[2] == 0
    alone = counts(size, devices(1, cpu=True), (12, 200), monkeypatch)
    assert alone[0] > 0 and alone[1] > 0


def test_auto_spreads_only_what_one_gpu_cannot_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    size = released(32)
    assert counts(size, devices(2, if_needed=True), (80, 80), monkeypatch) == [64, 0]
    assert counts(size, devices(2, if_needed=True), (70, 80), monkeypatch) == [29, 35]


def test_too_little_memory_over_all(monkeypatch: pytest.MonkeyPatch) -> None:
    reason = (
        r"it needs 156\.\d GB with 16,384 tokens of context, and cuda:0 and cuda:1 have 96\.0 GB free: list more "
        "devices, such as cpu, or use dtype fp8 or a smaller model"
    )
    with pytest.raises(OutOfMemory, match=reason) as caught:
        counts(released(72), devices(2), (48, 48), monkeypatch)
    assert "\n" not in str(caught.value)


def test_numbers_of_layers_are_taken_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    size = Bytes(10, (5,) * 6, 3)
    assert counts(size, devices(2, layers=(0, 6)), (0, 0), monkeypatch) == [0, 6]
    for wrong in ((2, 3), (4, 3)):
        reason = f"the devices are given {sum(wrong)} layers, and it has 6: place each layer once"
        with pytest.raises(InvalidPlacement, match=reason):
            counts(size, devices(2, layers=wrong), (0, 0), monkeypatch)


def test_the_cpu_computes_in_what_is_fast_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    chosen = devices(1, cpu=True, layers=(1, 1))
    placed = place("it", Bytes(1, (1, 1), 1), chosen, torch.bfloat16, tied=False)
    assert [at.compute for at in placed.layers] == [torch.bfloat16, torch.float32]


def test_layers_of_several_sizes_are_placed_in_order() -> None:
    size = Bytes(4, (3, 9, 1, 1, 8), 2)
    assert spread(size, (16, 12), (True, True)) == [2, 3]
    assert spread(size, (8, 10, 11), (True, True, True)) == [1, 2, 2]
    assert spread(size, (8, 10, 9), (True, True, True)) is None
    assert spread(size, (3, 100), (True, True)) is None
