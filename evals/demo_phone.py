"""What `make run-phone` runs: three tasks on the simulated phone, played over adb by their oracles, live.

    python -m handeye.evals.demo_phone          HEADED=1 shows the phone, SEED=… plays the same episodes again

The exit status is 0 when all three are solved.
"""

import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from handeye.actions.errors import HandeyeError
from handeye.agent.live import LiveView
from handeye.agent.page.document import write_page
from handeye.evals.record import Record
from handeye.evals.showing import Show, fresh_directory, play_shown, wanted_seed, wants_window
from handeye.evals.simulated_phone.catalog import STEPS, THREE
from handeye.evals.simulated_phone.task import SimulatedPhoneTasks

BEFORE = (
    "Three tasks on a simulated phone. Chromium draws its screen; everything else is real: screenshots, touches and "
    "text go through the adb server that drives every Android phone. A script per task decides, no model; what the "
    "phone holds at the end says whether the task was solved."
)
AFTER = (
    "The same phone for a model:",
    '  handeye run "Turn on airplane mode." --env android:simulated --model Qwen/Qwen2.5-VL-7B-Instruct --device cuda',
    "  handeye eval simulated-phone --model Qwen/Qwen2.5-VL-7B-Instruct",
)


def main() -> int:
    """Play, say how it went, and return the exit status."""
    console = Console(highlight=False)
    try:
        seed = wanted_seed(0)
        directory = fresh_directory("phone")
        console.print(Text(BEFORE))
        console.print(Text(f"seed {seed}: SEED={seed} make run-phone plays the same again", style="dim"))
        records = play_three(seed, directory, LiveView(console), headed=wants_window())
        page = write_page(directory, title="Three tasks on a simulated phone").resolve()
    except HandeyeError as error:
        Console(stderr=True, highlight=False).print(f"error: {error}", style="red", markup=False, soft_wrap=True)
        return 2
    except KeyboardInterrupt:
        return 130
    console.print()
    for line in AFTER:
        console.print(Text(line), soft_wrap=True)
    solved = sum(record.success for record in records)
    console.print()
    console.print(f"solved {solved}/{len(THREE)}", style="bold green" if solved == len(THREE) else "bold red")
    console.print(str(page), markup=False, soft_wrap=True)
    return 0 if solved == len(THREE) else 1


def play_three(seed: int, directory: Path, view: LiveView, *, headed: bool) -> list[Record]:
    """Play each task once by its oracle, shown as it goes, with its journal in a folder of its name."""
    with SimulatedPhoneTasks(headless=not headed) as suite:
        return play_shown([Show(name, seed, STEPS) for name in THREE], suite, None, directory, view)


if __name__ == "__main__":
    sys.exit(main())
