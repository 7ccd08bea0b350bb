"""What is sent to a device."""

import numpy as np
import pytest
import torch

from handeye.model.hardware.transfer import send
from tests.model.sent import Sent


@pytest.mark.parametrize(("device", "waits"), [("cuda", False), ("mps", True)])
def test_only_cuda_is_not_waited_for(device: str, waits: bool) -> None:
    """It has a copy of the numbers before it goes on alone; an Apple GPU would read what is there by then."""
    with Sent() as sent:
        send(np.zeros(3), torch.device(device))
    assert sent.waited == [waits]
