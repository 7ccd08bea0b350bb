import io
from pathlib import Path

import pytest
from rich.console import Console

from handeye.agent.live import LiveView
from handeye.agent.page.document import write_page
from handeye.evals.demos.phone import DEMO
from handeye.evals.simulated_phone.catalog import THREE


@pytest.mark.slow
def test_three_tasks_are_shown_as_they_go(tmp_path: Path) -> None:
    shown = io.StringIO()
    records = DEMO.play(None, 3, tmp_path, LiveView(Console(file=shown, width=200)))
    assert [record.task for record in records] == list(THREE)
    assert [record.error for record in records] == [None, None, None]
    for number, record in enumerate(records, start=1):
        assert f"{number}/3 {record.task}  {record.instruction}" in shown.getvalue()
    assert shown.getvalue().count("solved  reward 1.00") == 3
    assert write_page(tmp_path, title="Three tasks").is_file()
