"""The time that processes have computed."""

import psutil


def cpu_seconds(process: psutil.Process) -> float:
    """Return what a process and all below it have computed, with those that have ended and were waited for."""
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        try:
            total += sum(each.cpu_times()[:4])  # user, system, and those of ended children
        except psutil.NoSuchProcess:
            continue
    return total
