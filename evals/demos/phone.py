"""What `make run-phone` runs: three tasks on the simulated phone, played over adb by their oracles, live.

    python -m handeye.evals.demos.phone          HEADED=1 shows the phone, SEED=… plays the same episodes again

The exit status is 0 when all three are solved.
"""

import sys

from handeye.evals.demos.demo import Demo
from handeye.evals.simulated_phone.catalog import STEPS, THREE
from handeye.evals.simulated_phone.task import SimulatedPhoneTasks

BEFORE = (
    "Three tasks on a simulated phone. Chromium draws its screen; everything else is real: screenshots, touches and "
    "text go through the adb server that drives every Android phone. A script per task decides, not a model. The "
    "phone's final state says whether the task was solved."
)
AFTER = (
    "The same phone for a model:\n"
    '  handeye run "Turn on airplane mode." --env android:simulated --model Qwen/Qwen2.5-VL-7B-Instruct --device cuda\n'
    "  handeye eval simulated-phone --model Qwen/Qwen2.5-VL-7B-Instruct"
)
DEMO = Demo(
    title="Three tasks on a simulated phone",
    command="make run-phone",
    tasks=dict.fromkeys(THREE, STEPS),
    suite=lambda headless: SimulatedPhoneTasks(headless=headless),
    enough=len(THREE),
    first_seed=0,
    before=BEFORE,
    after=(AFTER,),
)

if __name__ == "__main__":
    sys.exit(DEMO.run())
