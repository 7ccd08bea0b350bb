"""What `make run` runs: five MiniWoB++ tasks, solved from pixels by the checkpoint in the package, live.

    python -m handeye.evals.demos.miniwob          HEADED=1 shows the browser, SEED=… plays the same episodes again

The exit status is 0 when at least four are solved.
"""

import sys

import torch
from rich.table import Table
from rich.text import Text

from handeye.agent.live import LiveView
from handeye.agent.policies.qwen import QwenPolicy
from handeye.agent.policy import Policy
from handeye.evals.demos.demo import Demo
from handeye.evals.miniwob.selection import FIVE, step_limit
from handeye.evals.miniwob.task import MiniWob
from handeye.model.catalog import RELEASED

MODEL = "handeye-tiny"
FIRST_FRESH_SEED = 1_000_000
"""The checkpoint was trained on seeds far below this."""
LARGEST_GPU_GB = 141
BEFORE = (
    "Five MiniWoB++ tasks, once each. A Qwen2.5-VL network sees the screenshot and the instruction, nothing else; it "
    "moves a real mouse and keyboard in a real Chromium; the page's own reward says whether the task was solved."
)
ABOUT = (
    "handeye-tiny is a functional test and a demonstration, not a general agent: it has the architecture of "
    "Qwen2.5-VL and was trained from scratch on MiniWoB++ pages. There it clicks tabs, dialogs and text boxes and "
    "types what the instruction says; it reads long texts badly, and knows nothing about any other page."
)
OTHERS = (
    "For everything else there is the real Qwen2.5-VL, on a GPU, downloaded at first use:\n\n"
    '  handeye run "Find the cheapest tent." --url https://shop.example \\\n'
    "    --model Qwen/Qwen2.5-VL-7B-Instruct --device cuda"
)


def load_policy(view: LiveView) -> Policy:
    """Return the checkpoint in the package, on one core: more slow down so small a network when the machine is busy."""
    torch.set_num_threads(1)
    with view.doing(f"loading {MODEL}"):
        return QwenPolicy(MODEL, max_new_tokens=160, on_text=view.text)


def memory_table() -> Table:
    """Return the GPU memory that each released size needs."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("  model", no_wrap=True)
    table.add_column("GPU memory, bfloat16", no_wrap=True)
    for released in RELEASED:
        several = "" if released.memory_gb <= LARGEST_GPU_GB else ", on several GPUs"
        table.add_row(f"  {released.name}", f"{released.memory_gb} GB{several}")
    return table


DEMO = Demo(
    title="Five MiniWoB++ tasks from pixels",
    command="make run",
    tasks={name: step_limit(name) for name in FIVE},
    suite=lambda headless: MiniWob(headless=headless),
    enough=4,
    first_seed=FIRST_FRESH_SEED,
    before=BEFORE,
    after=(Text(ABOUT), OTHERS, memory_table()),
    policy=load_policy,
)

if __name__ == "__main__":
    sys.exit(DEMO.run())
