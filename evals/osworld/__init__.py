"""OSWorld: 369 tasks on a virtual machine, through the benchmark's own package in an interpreter of its own.

Public modules: `task` (`OSWorldTasks`), `environment`, `machine`, `tasks`.
"""
