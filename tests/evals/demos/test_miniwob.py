import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from handeye.agent.live import LiveView
from handeye.evals.demos.demo import fresh_seed
from handeye.evals.demos.miniwob import DEMO, FIRST_FRESH_SEED, memory_table
from handeye.evals.errors import InvalidSeed
from handeye.evals.miniwob.selection import FIVE


@pytest.mark.slow
def test_five_tasks_are_shown_as_they_go(tmp_path: Path) -> None:
    shown = io.StringIO()
    records = DEMO.play(None, 1_000_003, tmp_path, LiveView(Console(file=shown, width=120)))
    assert [record.task for record in records] == list(FIVE)
    assert all(record.success for record in records)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FIVE)
    for number, record in enumerate(records, start=1):
        assert f"{number}/5 {record.task}  {record.instruction}" in shown.getvalue()
    assert shown.getvalue().count("solved  reward 1.00") == 5


@pytest.mark.slow
def test_the_shipped_checkpoint_solves_at_least_four(tmp_path: Path) -> None:
    environment = {**os.environ, "SEED": "1000000", "HEADED": "0"}
    command = [sys.executable, "-m", "handeye.evals.demos.miniwob"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    *_, solved, page = done.stdout.splitlines()
    assert solved in {"solved 4/5", "solved 5/5"}
    assert Path(page).read_text().startswith("<!doctype html>")
    assert "Qwen/Qwen2.5-VL-7B-Instruct" in done.stdout


def test_seeds() -> None:
    assert fresh_seed("7", FIRST_FRESH_SEED) == 7
    assert fresh_seed("", FIRST_FRESH_SEED) >= FIRST_FRESH_SEED
    with pytest.raises(InvalidSeed, match="SEED=x is not a number"):
        fresh_seed("x", FIRST_FRESH_SEED)


def test_the_memory_of_each_size_is_told() -> None:
    shown = io.StringIO()
    Console(file=shown, width=100).print(memory_table())
    assert "Qwen/Qwen2.5-VL-7B-Instruct" in shown.getvalue()
    assert "20 GB" in shown.getvalue()
