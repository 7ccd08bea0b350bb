"""flash-attn where it is installed, as a module that stands for it, on a simulated GPU."""

import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from handeye.model.architecture import flash as flash_module
from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.context import attention
from handeye.model.architecture.flash import MODULES, flash
from handeye.model.architecture.vision import VisionTransformer
from handeye.model.architecture.windows import Grid
from tests.model.architecture.test_context import expected
from tests.model.simulated_gpus import simulated_gpus

GPU = torch.device("cuda", 0)
Function = Callable[..., Any]


class Installed:
    """The modules of flash-attn that are installed, and what was called."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.calls: list[tuple[str, tuple[int, ...], bool]] = []
        for name in MODULES:
            patch.setitem(sys.modules, name, None)

    def add(self, name: str, function: Function) -> None:
        """Install a module."""
        module = ModuleType(name)

        def called(q: Tensor, k: Tensor, v: Tensor, *, causal: bool = False) -> Any:
            self.calls.append((name, tuple(q.shape), causal))
            return function(q, k, v, causal)

        module.flash_attn_func = called  # type: ignore[attr-defined]
        self._patch.setitem(sys.modules, name, module)

    @property
    def used(self) -> list[str]:
        """The modules that were called after the comparison, whose queries have 70 rows."""
        return [name for name, shape, _ in self.calls if shape[1] != 70]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    flash_module._usable.cache_clear()
    with simulated_gpus(1), torch.inference_mode():
        yield Installed(monkeypatch)
    flash_module._usable.cache_clear()


def sound(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    """What flash-attn says that it does: (B, L, H, E) in and out, grouped heads, the mask at the lower right."""
    q, k, v = (each.transpose(1, 2) for each in (q, k, v))
    mask = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=q.device).tril(k.shape[2] - q.shape[2])
    mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask if causal else None, enable_gqa=True)
    return mixed.transpose(1, 2)


def upper_left(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    """The same with the mask of flash-attn before 2.1."""
    q, k, v = (each.transpose(1, 2) for each in (q, k, v))
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=causal, enable_gqa=True)
    return mixed.transpose(1, 2)


def failing(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    raise RuntimeError("FlashAttention only supports Ampere GPUs or newer.\nsome\nlines")


def given(length: int, seen: int, dtype: torch.dtype = torch.bfloat16) -> list[Tensor]:
    generator = torch.Generator().manual_seed(length)
    shapes = ((1, 4, length, 16), (1, 2, seen, 16), (1, 2, seen, 16))
    return [torch.randn(shape, generator=generator).to(GPU, dtype) for shape in shapes]


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize(("length", "seen"), [(2, 9), (40, 40), (30, 300)])
def test_prompts_are_read_by_it(installed: Installed, name: str, length: int, seen: int) -> None:
    installed.add(name, sound)
    q, k, v = given(length, seen)
    with warnings.catch_warnings(action="error"):
        found = attention(q, k, v)
    assert installed.used == [name]
    assert torch.allclose(found.cpu().double(), expected(q.cpu(), k.cpu(), v.cpu()), atol=0.02)


def test_single_tokens_and_other_formats_are_not(installed: Installed) -> None:
    installed.add("flash_attn", sound)
    attention(*given(1, 30))
    attention(*given(7, 30, torch.float32))
    attention(*(each.cpu() for each in given(7, 30)))
    with torch.inference_mode(mode=False), torch.enable_grad():
        attention(*given(7, 30))
    assert not installed.used


def test_the_newest_that_works_is_taken(installed: Installed) -> None:
    installed.add("flash_attn", sound)
    installed.add("fa3_fwd_interface", lambda *args: (sound(*args), None))
    installed.add("flash_attn_interface", failing)
    with pytest.warns(RuntimeWarning) as caught:
        for _ in range(2):
            attention(*given(7, 30))
    assert installed.used == ["fa3_fwd_interface"] * 2
    [warning] = caught
    assert str(warning.message) == (
        "PyTorch's attention is used on cuda:0 and not that of flash_attn_interface (RuntimeError: FlashAttention only "
        "supports Ampere GPUs or newer.): install a build of flash-attn for this GPU and this PyTorch, or remove it"
    )


@pytest.mark.parametrize(
    "function", [upper_left, lambda *args: sound(*args) * torch.nan, lambda *args: sound(*args) + 0.05]
)
def test_what_differs_is_not_used(installed: Installed, function: Function) -> None:
    installed.add("flash_attn", function)
    with pytest.warns(RuntimeWarning, match=r"not that of flash_attn \(a result differs by"):
        assert flash(given(7, 30)[0]) is None


def test_a_build_that_cannot_be_imported_is_not_used(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    installed.add("flash_attn", sound)
    monkeypatch.delattr(sys.modules["flash_attn"], "flash_attn_func")
    with pytest.warns(RuntimeWarning, match=r"not that of flash_attn \(AttributeError: "):
        assert flash(given(7, 30)[0]) is None


def test_a_build_that_lacks_a_part_is_not_used(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "flash_attn.py").write_text("import flash_attn_2_cuda_of_another_build\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "flash_attn")
    with pytest.warns(RuntimeWarning, match=r"not that of flash_attn \(ModuleNotFoundError: .*of_another_build"):
        assert flash(given(7, 30)[0]) is None


def test_too_little_memory_for_the_comparison_may_pass(installed: Installed) -> None:
    full = [True]

    def short(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
        if full[0]:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return sound(q, k, v, causal)

    installed.add("flash_attn", short)
    with warnings.catch_warnings(action="error"):
        with pytest.raises(torch.OutOfMemoryError):
            attention(*given(7, 30))
        full[0] = False
        attention(*given(7, 30))
    assert installed.used == ["flash_attn"]


def test_frames_are_seen_by_it_and_windows_are_not(
    installed: Installed, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handeye.model.architecture.vision._LONG", 65)
    installed.add("flash_attn", sound)
    torch.manual_seed(0)
    network = VisionTransformer(ModelConfig.from_json(fields).vision).bfloat16()
    pixels, grids = torch.randn(160 + 48, 3 * 14 * 14).bfloat16(), [Grid(1, 10, 16), Grid(1, 6, 8)]
    plain = network(pixels, grids)
    network.load_state_dict({name: each.to(GPU) for name, each in network.state_dict().items()}, assign=True)
    found = network(pixels.to(GPU), grids)
    assert torch.allclose(found.cpu().float(), plain.float(), atol=0.05)
    full = len(network.config.fullatt_block_indexes)
    assert [shape[1] for _, shape, causal in installed.calls if shape[1] != 70 and not causal] == [160] * full
