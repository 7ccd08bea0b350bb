"""Lists of devices, as users write them."""

import pytest
import torch

from handeye.model.errors import InvalidPlacement, UnknownDevice
from handeye.model.hardware.devices import Devices, choose_devices
from tests.model.simulated_gpus import simulated_gpus

CPU, FIRST, SECOND = torch.device("cpu"), torch.device("cuda:0"), torch.device("cuda:1")


def test_one_device() -> None:
    assert choose_devices("cpu") == Devices((CPU,))
    with simulated_gpus(2):
        assert choose_devices("cuda:1") == Devices((SECOND,))


def test_auto_takes_all_gpus_only_if_needed() -> None:
    with simulated_gpus(2):
        assert choose_devices("auto") == Devices((FIRST, SECOND), if_needed=True)
    with simulated_gpus(1):
        assert choose_devices("auto") == Devices((torch.device("cuda"),))
    with simulated_gpus(0):
        assert choose_devices("auto") == Devices((CPU,))


def test_a_list() -> None:
    with simulated_gpus(2):
        assert choose_devices("cuda:1, cuda, cpu") == Devices((SECOND, FIRST, CPU))
        assert choose_devices("cuda:0=30,cuda:1=34") == Devices((FIRST, SECOND), (30, 34))
        assert choose_devices("cpu=2,cuda:0=34") == Devices((CPU, FIRST), (2, 34))
        assert choose_devices("cpu=3") == Devices((CPU,), (3,))


def test_the_main_device_is_a_gpu() -> None:
    with simulated_gpus(2):
        devices = choose_devices("cpu=2,cuda:1=34")
    assert (devices.first, devices.main) == (CPU, SECOND)
    assert choose_devices("cpu").main == CPU


def test_names_in_messages() -> None:
    assert Devices((CPU,)).have == "cpu has"
    assert Devices((FIRST, SECOND)).have == "cuda:0 and cuda:1 have"
    assert Devices((FIRST, SECOND, CPU)).have == "cuda:0, cuda:1 and cpu have"


@pytest.mark.parametrize(
    ("name", "error", "reason"),
    [
        ("cuda:0,cuda:2", UnknownDevice, "does not find cuda:2 on this machine: use cuda:0 to cuda:1"),
        ("cuda:0,toaster", UnknownDevice, "'toaster' is not a device"),
        ("cuda:0,", UnknownDevice, "'' is not a device"),
        ("cuda:0,cuda:0", InvalidPlacement, "lists cuda:0 twice: list each device once"),
        ("cuda,cuda:0,cpu", InvalidPlacement, "twice: list each device once"),
        ("cuda:0=3,cuda:0=4", InvalidPlacement, "lists cuda:0 twice"),
        ("cpu,cuda:0", InvalidPlacement, "does not list cpu last: it takes what the others have no room for"),
        ("auto,cpu", InvalidPlacement, "lists auto with other devices: leave out auto, or the others"),
        ("cuda:0=3,cpu", InvalidPlacement, "give each a number, such as cuda:0=30,cuda:1=34, or none"),
        ("cuda:0=x,cpu=3", InvalidPlacement, "give each a number"),
        ("cuda:0=-1,cpu=3", InvalidPlacement, "give each a number"),
        ("cuda:0=", InvalidPlacement, "give each a number"),
    ],
)
def test_lists_that_cannot_be_used(name: str, error: type[Exception], reason: str) -> None:
    with simulated_gpus(2), pytest.raises(error, match=reason) as caught:
        choose_devices(name)
    assert "\n" not in str(caught.value)
