"""A small stand-in for the package `android_world`, for machines without an emulator.

Its modules have the names and signatures of google-research/android_world at commit d9c569f, as far as our harness and
our agent use them: `registry.py` and `suite_utils.py` of its folder `android_world`, and below it
`agents/base_agent.py`, `env/{env_launcher,interface,json_action}.py`, `task_evals/task_eval.py` and
`task_evals/miniwob/miniwob_base.py`. Its tasks are few and of its own; they are prepared, shown and judged over adb, on
a phone that adb lists as an emulator.

Public modules: `checkout` makes it importable as `android_world`, `emulator` is such a phone.
"""
