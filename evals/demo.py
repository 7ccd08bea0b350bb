"""What `make run` runs: five MiniWoB++ tasks, solved from pixels by the checkpoint in the package, live.

    python -m handeye.evals.demo          HEADED=1 shows the browser, SEED=… plays the same episodes again

The exit status is 0 when at least four are solved.
"""

import sys
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from rich.text import Text

from handeye.actions.errors import HandeyeError
from handeye.agent.live import LiveView
from handeye.agent.page.document import write_page
from handeye.agent.policies.qwen import QwenPolicy
from handeye.agent.policy import Policy
from handeye.evals.miniwob.selection import FIVE, step_limit
from handeye.evals.miniwob.task import MiniWob
from handeye.evals.record import Record
from handeye.evals.showing import Show, fresh_directory, play_shown, wanted_seed, wants_window
from handeye.model.catalog import RELEASED

MODEL = "handeye-tiny"
FIRST_FRESH_SEED = 1_000_000
"""The checkpoint was trained on seeds far below."""
ENOUGH = 4
LARGEST_GPU_GB = 141
BEFORE = (
    "Five MiniWoB++ tasks, once each. A Qwen2.5-VL network sees the screenshot and the instruction, nothing else; it "
    "moves a real mouse and keyboard in a real Chromium; the page's own reward says whether the task was solved."
)
AFTER = (
    "handeye-tiny is a functional test and a demonstration, not a general agent: it has the architecture of "
    "Qwen2.5-VL and was trained from scratch on MiniWoB++ pages. There it clicks tabs, dialogs and text boxes and "
    "types what the instruction says; long texts it reads badly, and of any other page it knows nothing.",
    "For everything else there is the real Qwen2.5-VL, on a GPU, downloaded at first use:",
    '  handeye run "Find the cheapest tent." --url https://shop.example \\\n'
    "    --model Qwen/Qwen2.5-VL-7B-Instruct --device cuda",
)


def main() -> int:
    """Play, say how it went, and return the exit status."""
    console = Console(highlight=False)
    try:
        seed = wanted_seed(FIRST_FRESH_SEED)
        directory = fresh_directory("demo")
        console.print(Text(BEFORE))
        console.print(Text(f"seed {seed}: SEED={seed} make run plays the same again", style="dim"))
        view = LiveView(console)
        with view.doing(f"loading {MODEL}"):
            policy = load_policy(view)
        records = play_five(policy, seed, directory, view, headed=wants_window())
        page = write_page(directory, title="Five MiniWoB++ tasks from pixels").resolve()
    except HandeyeError as error:
        Console(stderr=True, highlight=False).print(f"error: {error}", style="red", markup=False, soft_wrap=True)
        return 2
    except KeyboardInterrupt:
        return 130
    solved = sum(record.success for record in records)
    for paragraph in AFTER:
        console.print()
        console.print(Text(paragraph))
    console.print()
    console.print(memory_table())
    console.print()
    console.print(f"solved {solved}/{len(FIVE)}", style="bold green" if solved >= ENOUGH else "bold red")
    console.print(str(page), markup=False, soft_wrap=True)
    return 0 if solved >= ENOUGH else 1


def load_policy(view: LiveView) -> Policy:
    """Return the checkpoint in the package, on one core: so small a network loses by more when the machine is busy."""
    torch.set_num_threads(1)
    return QwenPolicy(MODEL, max_new_tokens=160, on_text=view.text)


def play_five(policy: Policy | None, seed: int, directory: Path, view: LiveView, *, headed: bool) -> list[Record]:
    """Play each task once, shown as it goes, with its journal in a folder of its name. None plays the oracles."""
    with MiniWob(headless=not headed) as suite:
        shows = [Show(name, seed, step_limit(name)) for name in FIVE]
        return play_shown(shows, suite, policy, directory, view)


def memory_table() -> Table:
    """Return the GPU memory that each released size needs."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("  model", no_wrap=True)
    table.add_column("GPU memory, bfloat16", no_wrap=True)
    for released in RELEASED:
        several = "" if released.memory_gb <= LARGEST_GPU_GB else ", on several GPUs"
        table.add_row(f"  {released.name}", f"{released.memory_gb} GB{several}")
    return table


if __name__ == "__main__":
    sys.exit(main())
