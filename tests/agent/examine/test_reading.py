"""What is read of a sheet of numbers: one wrong answer is no fault."""

import pytest

from handeye.agent.examine.reading import Row, judge
from handeye.environments.doctor.finding import Status

NUMBERS = [123, 456, 789, 321, 654, 987]
ALL = ", ".join(map(str, NUMBERS))


@pytest.mark.parametrize(
    ("texts", "points_well", "status", "detail"),
    [
        ([ALL] * 4, False, Status.OK, "24 of 24 numbers read"),
        ([ALL, ALL, ALL, "!!!!"], False, Status.OK, "18 of 24"),
        ([ALL, ALL, ALL.replace("456", "458"), "no"], False, Status.OK, "17 of 24"),
        ([ALL, ALL, "123 456\n789", "no"], False, Status.WARNING, "15 of 24 numbers read, one row as 'no': it misses"),
        (["123, 456"] * 4, True, Status.MISSING, "8 of 24"),
        (["123456789321654"] * 4, False, Status.MISSING, "0 of 24"),
        (["(12, 40)"] * 4, True, Status.OK, "as '(12, 40)'; it was trained to act"),
        (["I see no picture."] * 4, False, Status.MISSING, "as 'I see no picture.'"),
    ],
)
def test_answers(texts: list[str], points_well: bool, status: Status, detail: str) -> None:
    finding = judge([Row(NUMBERS, text) for text in texts], points_well, "advice")
    assert finding.status is status and detail in finding.detail, finding
