"""The kernel's files: `/proc` and `/sys`, in the parts that tools read."""

import os
import re
import time
from collections.abc import Callable, Mapping
from typing import Final

_TICKS = 100
"""Per second, in which the kernel counts times."""
_PROCESS = re.compile(r"/proc/(\d+)/(?:task/\1/)?(stat|cmdline|comm)")


def _stat() -> bytes:
    spent, idle = round(time.process_time() * _TICKS), round(time.monotonic() * _TICKS)
    line = f"{spent} 0 {spent // 4} {idle} 0 0 0 0 0 0"
    return f"cpu  {line}\ncpu0 {line}\nintr 0\nctxt 0\nbtime {round(time.time() - time.monotonic())}\n".encode()


def _memory() -> bytes:
    total, free = 8_000_000, 4_000_000
    return f"MemTotal:     {total:>11} kB\nMemFree:      {free:>11} kB\nMemAvailable: {free:>11} kB\n".encode()


FILES: Final[Mapping[str, Callable[[], bytes]]] = {
    "/proc/cpuinfo": lambda: b"processor\t: 0\nmodel name\t: simulated\n\nHardware\t: simulated\n",
    "/proc/meminfo": _memory,
    "/proc/net/xt_qtaguid/stats": lambda: b"idx iface acct_tag_hex uid_tag_int cnt_set rx_bytes rx_packets\n",
    "/proc/stat": _stat,
    "/proc/uptime": lambda: f"{time.monotonic():.2f} {time.monotonic():.2f}\n".encode(),
    "/proc/version": lambda: b"Linux version 6.1.0-handeye (handeye@simulated) #1 SMP\n",
    "/sys/class/net/lo/address": lambda: b"00:00:00:00:00:00\n",
    "/sys/class/net/wlan0/address": lambda: b"02:00:00:44:55:66\n",
    "/sys/devices/system/cpu/cpu0/online": lambda: b"1\n",
    "/sys/devices/system/cpu/online": lambda: b"0\n",
}
"""The contents of the files that are always there."""


def is_file(path: str) -> bool:
    """Return whether the kernel has this file; every process has its own, and each number may be one."""
    return path in FILES or _PROCESS.fullmatch(path) is not None


def read(path: str) -> bytes:
    """Return a file's contents; empty if there is none."""
    if path in FILES:
        return FILES[path]()
    process = _PROCESS.fullmatch(path)
    if process is None:
        return b""
    number, kind = process.groups()
    if kind != "stat":
        return b"app\n"
    ticks, zeros = round(os.times().user * _TICKS), " ".join("0" * 9)
    return f"{number} (app) S 500 {zeros} {ticks} {ticks // 4} 0 0 20 0 1 0 0\n".encode()


def names(folder: str) -> tuple[str, ...]:
    """Return the names in a folder of the kernel's; empty if it is not one of them."""
    task = re.fullmatch(r"/proc/(\d+)/task", folder)
    if task is not None:
        return (task[1],)
    prefix = f"{folder.rstrip('/')}/"
    return tuple(sorted({path[len(prefix) :].partition("/")[0] for path in FILES if path.startswith(prefix)}))
