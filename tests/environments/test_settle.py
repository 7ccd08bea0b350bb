import math

import pytest

from handeye.environments.errors import InvalidOption
from handeye.environments.settle import Settle


def test_nothing_may_be_waited_for() -> None:
    assert Settle(grace=0, quiet=0, limit=0).limit == 0


@pytest.mark.parametrize("seconds", [-0.1, math.inf, math.nan])
def test_times_that_make_no_sense_are_refused(seconds: float) -> None:
    with pytest.raises(InvalidOption, match="quiet must be seconds"):
        Settle(quiet=seconds)
