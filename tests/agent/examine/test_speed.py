"""The time of a reply, from numbers alone."""

import pytest

from handeye.agent.examine.speed import Pace, judge
from handeye.environments.doctor.finding import Status


@pytest.mark.parametrize(
    ("pace", "status", "detail"),
    [
        (Pace(0.5, 2.5, 41), Status.OK, "0.5 s to the first token"),
        (Pace(0.5, 2.5, 41), Status.OK, "then 20.0 tokens a second"),
        (Pace(30.0, 90.0, 31), Status.WARNING, "a step takes about 230 s"),
        (Pace(61.0, 62.0, 64), Status.WARNING, "61.0 s to the first token"),
        (Pace(1.0, 2.0, None), Status.OK, "not counted"),
        (Pace(1.0, 80.0, None), Status.WARNING, "not counted"),
        (Pace(1.0, 1.0, 1), Status.OK, "tokens (1) came all at once"),
        (Pace(9.0, 9.0, 64), Status.OK, "9.0 s to the first token"),
        (Pace(9.0, 9.001, 64), Status.OK, "tokens (64) came all at once"),
        (Pace(70.0, 70.0, 64), Status.WARNING, "came all at once"),
    ],
)
def test_paces(pace: Pace, status: Status, detail: str) -> None:
    finding = judge(pace, "be faster")
    assert finding.status is status and detail in finding.detail
    assert (finding.fix == "be faster") == (status is Status.WARNING)
