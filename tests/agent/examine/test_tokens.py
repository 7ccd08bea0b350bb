"""The tokens of a screenshot, as a model that counts exactly should count them."""

from typing import Any

import pytest

from handeye.actions.geometry import Size
from handeye.agent.examine.tokens import check_tokens, judge
from handeye.agent.prompts.profile import Pixels
from handeye.environments.doctor.finding import Status


@pytest.mark.parametrize(
    ("seen", "tokens", "status", "detail"),
    [
        (Size(1932, 1092), 2693, Status.OK, "seen at 1932x1092: 2,691 tokens"),
        (Size(1932, 1092), 2691, Status.MISSING, "adds 2,689"),
        (Size(1932, 1092), 0, Status.MISSING, "adds 0"),
        (Size(1316, 728), 1224, Status.WARNING, "small text is blurred"),
    ],
)
def test_counts(seen: Size, tokens: int, status: Status, detail: str) -> None:
    finding = judge(seen, tokens, "advice")
    assert finding.status is status and detail in finding.detail


def test_a_model_is_asked_with_and_without_an_image(seer: Any) -> None:
    assert check_tokens(seer(), "").status is Status.OK
    assert check_tokens(seer(pixels=Pixels(56 * 56, 1003520)), "").status is Status.WARNING
    assert check_tokens(seer(scale=0.75), "").status is Status.MISSING
    assert check_tokens(seer(sees=lambda _: None), "").status is Status.MISSING
    assert "cannot be checked" in check_tokens(seer(counts=False), "").detail
