"""Devices and number formats."""

import platform

import pytest
import torch

from handeye.model.errors import UnknownDevice, UnsupportedDtype
from handeye.model.hardware.device import choose_device, choose_dtype, compute_dtype

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def test_defaults() -> None:
    assert choose_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert choose_dtype("auto", CPU) is torch.bfloat16
    assert choose_dtype("auto", CPU, 10**9) is torch.bfloat16
    assert choose_dtype("auto", CPU, 10**9 - 1) is torch.float32
    assert choose_dtype("auto", CUDA, 0) is torch.bfloat16
    assert choose_dtype("float32", CUDA) is torch.float32
    assert choose_dtype("bfloat16", CPU) is torch.bfloat16


@pytest.mark.parametrize("name", ["float16", "fp16", "half"])
def test_float16_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(UnsupportedDtype, match=r"exceed its range.*use bfloat16"):
        choose_dtype(name, CUDA)


def test_other_formats() -> None:
    with pytest.raises(UnsupportedDtype, match="'int4' is not a number format"):
        choose_dtype("int4", CPU)


def test_int8_is_for_cpus_that_multiply_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "AMD64")
    assert choose_dtype("int8", CPU) is torch.int8
    with pytest.raises(UnsupportedDtype, match="use fp8 on a GPU"):
        choose_dtype("int8", CUDA)
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    with pytest.raises(UnsupportedDtype, match="no fast products of int8 for this CPU: use bfloat16"):
        choose_dtype("int8", CPU)


@pytest.mark.parametrize("name", ["cuda:99", "toaster", "meta", ""])
def test_devices_that_are_not_there(name: str) -> None:
    with pytest.raises(UnknownDevice) as caught:
        choose_device(name)
    assert "\n" not in str(caught.value)


def test_the_only_cpu_has_two_names() -> None:
    assert choose_device("cpu:0") == choose_device("cpu") == CPU
    with pytest.raises(UnknownDevice, match="'cpu:1' is not a device, there is only one CPU: use cpu"):
        choose_device("cpu:1")


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "cuda:9"])
def test_a_gpu_without_cuda(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(torch.version, "cuda", None)
    with pytest.raises(UnknownDevice, match="this PyTorch was built without CUDA: use cpu, or install"):
        choose_device(name)


@pytest.mark.parametrize(
    ("count", "name", "reason"),
    [
        (0, "cuda", "PyTorch finds no GPU: use cpu, or see handeye doctor"),
        (1, "cuda:9", "does not find cuda:9 on this machine: use cuda:0"),
        (4, "cuda:4", "does not find cuda:4 on this machine: use cuda:0 to cuda:3"),
    ],
)
def test_gpus_that_are_not_there(monkeypatch: pytest.MonkeyPatch, count: int, name: str, reason: str) -> None:
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
    with pytest.raises(UnknownDevice, match=reason):
        choose_device(name)


def test_gpus_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("cuda:1") == torch.device("cuda:1")


def test_apple_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(UnknownDevice, match="PyTorch finds no Apple GPU on this machine: use cpu"):
        choose_device("mps")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("mps").type == "mps"
    with pytest.raises(UnknownDevice, match="only one Apple GPU: use mps"):
        choose_device("mps:1")


@pytest.mark.parametrize("name", ["gpu", "CUDA", "cuda:-1", "cuda:x", "cuda:99999999999", "cuda:1:2", "xpu", "vulkan"])
def test_every_name_is_answered_in_one_line(name: str) -> None:
    with pytest.raises(UnknownDevice, match="use") as caught:
        choose_device(name)
    assert "\n" not in str(caught.value)


def test_a_cpu_that_is_slow_in_bfloat16_computes_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    for fast in (True, False):
        monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda fast=fast: fast)
        assert compute_dtype(torch.bfloat16, CPU) is (torch.bfloat16 if fast else torch.float32)
        assert compute_dtype(torch.bfloat16, CUDA) is torch.bfloat16
        assert compute_dtype(torch.float32, CPU) is torch.float32
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert compute_dtype(torch.bfloat16, CPU) is torch.float32
