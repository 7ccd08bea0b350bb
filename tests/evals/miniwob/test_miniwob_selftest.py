import json
from pathlib import Path

import pytest

from handeye.evals.miniwob import selftest
from handeye.evals.selftests.check import SelfTestFailed


@pytest.mark.slow
def test_the_scores_are_the_known_ones(tmp_path: Path) -> None:
    (test,) = selftest.SELF_TESTS
    assert test.benchmark == "miniwob"
    shown = test.run(tmp_path)
    assert shown == "oracle solves 10 of 10, center solves 1 of 10, random 0 solves 2 of 10"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["center", "oracle", "random-0"]
    assert json.loads((tmp_path / "oracle" / "summary.json").read_text())["mean_rate"] == 1.0


@pytest.mark.slow
def test_another_score_fails_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "KNOWN", {("hot-cold", 1_000_000): (1.0, -1.0)})
    with pytest.raises(SelfTestFailed, match=r"hot-cold 1000000, played by center: the reward is 0\.25 instead of 1"):
        selftest.run(tmp_path)
