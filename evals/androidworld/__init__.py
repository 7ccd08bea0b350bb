"""AndroidWorld: its own tasks on its own emulator, seen and touched by our agent.

Public modules: `agent` (`HandeyeAgent`, for AndroidWorld's own `run.py`), `catalog`, and `task` (`AndroidWorld`).
"""
