"""Devices and number formats."""

import pytest
import torch

from handeye.model.device import choose_device, choose_dtype
from handeye.model.errors import UnknownDevice, UnsupportedDtype

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def test_defaults() -> None:
    assert choose_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert choose_dtype("auto", CPU) is torch.float32
    assert choose_dtype("auto", CUDA) is torch.bfloat16
    assert choose_dtype("float32", CUDA) is torch.float32
    assert choose_dtype("bfloat16", CPU) is torch.bfloat16


@pytest.mark.parametrize("name", ["float16", "fp16", "half"])
def test_float16_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(UnsupportedDtype, match=r"exceed its range.*use bfloat16"):
        choose_dtype(name, CUDA)


def test_other_formats() -> None:
    with pytest.raises(UnsupportedDtype, match="'int8' is not a number format"):
        choose_dtype("int8", CPU)


@pytest.mark.parametrize("name", ["cuda:99", "toaster", "meta", ""])
def test_devices_that_are_not_there(name: str) -> None:
    with pytest.raises(UnknownDevice) as caught:
        choose_device(name)
    assert "\n" not in str(caught.value)
