"""A checkout of OSWorld for tests: as many tasks of each domain as there are, with the stand-in as its package."""

import json
import shutil
from pathlib import Path

from handeye.evals.osworld.stand_in_tasks import SOURCE
from handeye.evals.osworld.tasks import COUNTS, GOOGLE_DRIVE, INFEASIBLE


def make_checkout(folder: Path) -> Path:
    """Write it, and return its folder. The tasks are solved by a press of a button that covers the screen."""
    examples = folder / "evaluation_examples"
    index: dict[str, list[str]] = {}
    number = 0
    for domain, count in COUNTS.items():
        (examples / "examples" / domain).mkdir(parents=True)
        index[domain] = []
        for _ in range(count):
            own = f"{number:08d}-0000-0000"
            infeasible = number < INFEASIBLE
            drive = INFEASIBLE <= number < INFEASIBLE + GOOGLE_DRIVE
            button = {"type": "googledrive" if drive else "button", "button": [0, 0, 1920, 1080]}
            task = {
                "id": own,
                "instruction": f"Press the button ({number}).",
                "config": [button],
                "evaluator": {"func": "infeasible"} if infeasible else {"func": "there", "expected": {"pressed": True}},
            }
            (examples / "examples" / domain / f"{own}.json").write_text(json.dumps(task), encoding="utf-8")
            index[domain].append(own)
            number += 1
    (examples / "test_all.json").write_text(json.dumps(index), encoding="utf-8")
    (folder / "desktop_env").mkdir()
    (folder / "desktop_env" / "__init__.py").write_text("", encoding="utf-8")
    shutil.copy(SOURCE, folder / "desktop_env" / "desktop_env.py")
    return folder
