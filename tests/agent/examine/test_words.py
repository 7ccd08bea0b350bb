"""Plain questions: one wrong answer is no fault, and a model that only acts is not broken."""

import pytest

from handeye.agent.examine.words import judge
from handeye.environments.doctor.finding import Status

ADVICE = "take another"


@pytest.mark.parametrize(
    ("answers", "points_well", "status", "detail"),
    [
        (["5", "Paris", "A dog."], False, Status.OK, "3 of 3"),
        (["The answer is 5.", "巴黎", "fish"], False, Status.OK, "2 of 3"),
        (["5", "!!!!!!!!", "Dog"], False, Status.OK, "2 of 3"),
        (["!!!!!!!!", "!!!!!!!!", "5"], True, Status.MISSING, "it writes no language but '!!!!!!!!'"),
        (["", "", ""], False, Status.MISSING, "it writes no language but ''"),
        (["(12,40)", "(0,0)", "click(3,4)"], True, Status.OK, "trained to act"),
        (["(12,40)", "(0,0)", "click(3,4)"], False, Status.MISSING, "others with '(12,40)'"),
        (["5", "apple of", "the under"], False, Status.WARNING, "1 of 3"),
    ],
)
def test_answers(answers: list[str], points_well: bool, status: Status, detail: str) -> None:
    finding = judge(answers, points_well, ADVICE)
    assert (finding.status, finding.fix) == (status, "" if status is Status.OK else ADVICE)
    assert detail in finding.detail
