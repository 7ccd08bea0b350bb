"""A network that is spread over several devices: the numbers of one, with every part in its place."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import torch

from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.placement import Place
from handeye.model.conversation.messages import Message
from handeye.model.engine.engine import Engine
from handeye.model.engine.steps.decode import TokenDecoder
from handeye.model.errors import InvalidPlacement, OutOfMemory
from handeye.model.hardware.plan import Bytes
from handeye.model.runtime import Generation, Model, load_model
from tests.model.adapters.folders import write_adapter
from tests.model.gguf.random_pair import write_pair
from tests.model.quantised.packed_checkpoint import FORMS, write_packed
from tests.model.random_checkpoint import write_checkpoint
from tests.model.simulated_gpus import Mixed, OnGpu, simulated_gpus

MakeImage = Callable[..., PIL.Image.Image]
SPREAD = "cuda:0=1,cuda:1=1,cpu=1"


def in_place(network: Qwen2_5_VL, engine: Engine) -> dict[str, str]:
    """Check that no memory is on two devices, and return the devices of the weights and the cache by name."""
    found = {name: str(tensor.device) for name, tensor in network.state_dict().items()}
    homes: dict[int, set[str]] = {}
    for name, tensor in network.state_dict().items():
        homes.setdefault(tensor.untyped_storage().data_ptr(), set()).add(found[name])
    assert all(len(devices) == 1 for devices in homes.values())
    pages = engine._runner.pages
    for kind, tensors in (("keys", pages._keys), ("values", pages._values)):
        found |= {f"cache.{index}.{kind}": str(tensor.device) for index, tensor in enumerate(tensors)}
    return found


def spread(folder: Path, device: str = SPREAD, **options: Any) -> Model:
    return load_model(folder, device=device, **{"dtype": "float32", **options})


def answers(model: Model, noise: MakeImage) -> list[Generation]:
    """Read a prompt with images, go on from it, and read one that shares only its beginning."""
    first = [Message("user", ("step one", noise(140, 112), "and", noise(84, 84, 1)))]
    again = [*first, Message("assistant", ("click",)), Message("user", (noise(112, 84, 2), "and now?"))]
    other = [Message("user", ("step one", noise(140, 112), "or not"))]
    return [model.generate(each, max_new_tokens=32) for each in (first, again, other)]


def same(found: Sequence[Generation], expected: Sequence[Generation]) -> None:
    assert [each.token_ids for each in found] == [each.token_ids for each in expected]
    assert [each.cached_tokens for each in found] == [each.cached_tokens for each in expected]
    assert found[1].cached_tokens > 0 and found[2].cached_tokens > 0


def logits(model: Model) -> torch.Tensor:
    network = model._checkpoint.network
    with torch.inference_mode():
        embeddings = network.embed(torch.arange(5, 25, device=network.device)[None])
        positions = torch.arange(20, device=network.device).expand(3, 1, -1)
        return network.logits(network.model(embeddings, positions)).cpu()


def test_simulated_gpus_are_as_strict_as_real_ones() -> None:
    with simulated_gpus(2):
        one, two = (torch.ones(2, 2, device=f"cuda:{index}") for index in range(2))
        assert isinstance(one, OnGpu) and str(one.device) == "cuda:0"
        with pytest.raises(Mixed, match="cuda:0 and cuda:1"):
            one @ two
        with pytest.raises(Mixed, match="cpu and cuda:1"):
            torch.cat([two, torch.ones(2, 2)])
        moved = one.to("cuda:1")
        assert torch.equal((moved + two).cpu(), torch.full((2, 2), 2.0))
        moved += 1
        assert torch.equal(one.cpu(), torch.ones(2, 2))


@pytest.mark.parametrize("tied", [False, True])
def test_every_part_is_in_its_place(tmp_path: Path, noise: MakeImage, tied: bool) -> None:
    folder = write_checkpoint(tmp_path / "a", tied=tied)
    with simulated_gpus(2):
        model = spread(folder)
        answers(model, noise)
        network = model._checkpoint.network
        found = in_place(network, model._engine)
        assert model.placement == SPREAD
        assert model.device == torch.device("cuda:0")
        assert not TokenDecoder.can_run(network)
    layers = {"0": "cuda:0", "1": "cuda:1", "2": "cpu"}
    for name, device in found.items():
        match name.split("."):
            case ["model", "layers", index, *_] | ["cache", index, *_]:
                assert device == layers[index], name
            case ["model", "norm", *_] | ["lm_head", *_]:
                assert device == ("cuda:0" if tied else "cpu"), name
            case _:
                assert device == "cuda:0", name
    assert sum(name.startswith("cache.") for name in found) == 6
    assert ("lm_head.weight" in found) is not tied


@pytest.mark.slow
@pytest.mark.parametrize("device", [SPREAD, "cuda:0=0,cuda:1=3", "cpu=2,cuda:1=1"])
@pytest.mark.parametrize("tied", [False, True])
def test_the_numbers_are_those_of_one_device(tmp_path: Path, noise: MakeImage, device: str, tied: bool) -> None:
    folder = write_checkpoint(tmp_path / "a", tied=tied)
    alone = spread(folder, "cpu")
    with simulated_gpus(2):
        model = spread(folder, device)
        assert torch.equal(logits(model), logits(alone))
        same(answers(model, noise), answers(alone, noise))


@pytest.mark.parametrize("kept", ["x", "cos", "sin"])
def test_a_move_that_is_left_out_is_noticed(
    folder: Path, noise: MakeImage, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    bring = Place.bring

    def partly(self: Place, *given: Any) -> tuple[Any, ...]:
        moved = zip(("x", "cos", "sin"), bring(self, *given), given, strict=True)
        return tuple(before if name == kept else after for name, after, before in moved)

    monkeypatch.setattr(Place, "bring", partly)
    with simulated_gpus(2), pytest.raises(Mixed):
        answers(spread(folder), noise)


@pytest.mark.slow
def test_adapters_that_are_merged_and_beside(folder: Path, tmp_path: Path, noise: MakeImage) -> None:
    write_adapter(tmp_path / "lora")
    for merge in (True, False):
        options = {"adapters": [tmp_path / "lora"], "merge_adapters": merge}
        alone = spread(folder, "cpu", **options)
        with simulated_gpus(2):
            model = spread(folder, **options)
            assert (logits(model) - logits(alone)).abs().max() <= 1e-5
            same(answers(model, noise), answers(alone, noise))


@pytest.mark.parametrize("form", ["w4a16-asymmetric", "awq", "gptq-act-order", "nf4-double", "int8", "fp8"])
@pytest.mark.slow
def test_packed_weights(form: str, tmp_path: Path, noise: MakeImage) -> None:
    folder, dense = write_packed(tmp_path, FORMS[form], max_position_embeddings=1024)
    same_numbers(folder, noise)
    if form == "fp8":
        same_numbers(dense, noise, dtype="fp8")


@pytest.mark.slow
def test_gguf_files(tmp_path: Path, noise: MakeImage) -> None:
    same_numbers(write_pair(tmp_path).language, noise)


def same_numbers(folder: Path, noise: MakeImage, **options: Any) -> None:
    alone = spread(folder, "cpu", **options)
    with simulated_gpus(2):
        model = spread(folder, **options)
        assert (logits(model) - logits(alone)).abs().max() <= 1e-5
        same(answers(model, noise), answers(alone, noise))
        assert {*in_place(model._checkpoint.network, model._engine).values()} == {"cuda:0", "cuda:1", "cpu"}


def test_a_cpu_that_is_slow_in_bfloat16(folder: Path, noise: MakeImage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The layers of the GPUs compute in bfloat16, those of the CPU in float32 with weights in bfloat16."""
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    with simulated_gpus(2):
        model = spread(folder, dtype="auto")
        answers(model, noise)
        state = model._checkpoint.network.state_dict()
        cache = model._engine._runner.pages._keys
    assert {state[f"model.layers.{index}.mlp.up_proj.weight"].dtype for index in range(3)} == {torch.bfloat16}
    formats = [torch.bfloat16, torch.bfloat16, torch.float32]
    assert [state[f"model.layers.{index}.input_layernorm.weight"].dtype for index in range(3)] == formats
    assert [each.dtype for each in cache] == formats


@pytest.mark.slow
def test_the_free_memory_decides(folder: Path, noise: MakeImage) -> None:
    alone = spread(folder, "cpu")
    size = _size(alone)
    working = 2 * 10**9
    layer = size.layers[0]
    free = {"cuda:0": working + size.first + layer, "cuda:1": working + layer, "cpu": 10**10}
    with simulated_gpus(2, free):
        model = spread(folder, "cuda:0,cuda:1,cpu")
        assert model.placement == SPREAD
        same(answers(model, noise), answers(alone, noise))
        with pytest.raises(OutOfMemory, match=r"cuda:0 and cuda:1 have .* GB free: list more devices, such as cpu"):
            spread(folder, "cuda:0,cuda:1")
    for each, expected in ((2 * size.total, "cuda:0"), (size.total // 2 + layer, "cuda:0=1,cuda:1=2")):
        with simulated_gpus(2, dict.fromkeys(("cuda:0", "cuda:1"), working + each)):
            assert spread(folder, "auto").placement == expected


def _size(model: Model) -> Bytes:
    tensors: Mapping[str, torch.Tensor] = model._checkpoint.network.state_dict()
    return Bytes.of({name: each.nbytes for name, each in tensors.items()}, model.config.text, torch.float32)


def test_numbers_of_layers_that_do_not_add_up(folder: Path) -> None:
    gpus: AbstractContextManager[None] = simulated_gpus(2)
    with gpus, pytest.raises(InvalidPlacement, match=r"given 4 layers, and .* has 3: place each layer once"):
        spread(folder, "cuda:0=2,cuda:1=2")


def test_one_device_needs_no_moves(folder: Path) -> None:
    model = load_model(folder, device="cpu")
    assert model.placement == "cpu"
    assert model._checkpoint.network.model.moves == {}
    assert TokenDecoder.can_run(model._checkpoint.network)
