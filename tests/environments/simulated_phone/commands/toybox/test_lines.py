"""Commands on lines, files and processes, in a shell without a screen."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("script", "out"),
    [
        ("echo 'a b c' | cut -d ' ' -f 3", "c\n"),
        ("echo a:b:c:d | cut -d: -f2-3", "b:c\n"),
        ("echo a:b:c:d | cut -d: -f -2,4", "a:b:d\n"),
        ("echo plain | cut -d: -f2; echo plain | cut -s -d: -f2", "plain\n"),
        ("printf 'abcdef\\nxy\\n' | cut -c 2-4", "bcd\ny\n"),
        ("echo kept | tee /data/local/tmp/a /data/local/tmp/b; cat /data/local/tmp/a", "kept\nkept\n"),
        (
            "echo one | tee /data/local/tmp/c >/dev/null; echo two | tee -a /data/local/tmp/c; cat /data/local/tmp/c",
            "two\none\ntwo\n",
        ),
        ("seq 3; seq 2 4; seq 3 -1 2", "1\n2\n3\n2\n3\n4\n3\n2\n"),
        ("basename /a/b.txt; basename /a/b.txt .txt; dirname /a/b.txt; dirname b", "b.txt\nb\n/a\n.\n"),
        ("echo 1 2 3 | xargs echo numbers; seq 3 | xargs -n 2 echo", "numbers 1 2 3\n1 2\n3\n"),
        (
            "touch /data/local/tmp/f; chmod 644 /data/local/tmp/f && chown -R shell /data/local/tmp && echo done",
            "done\n",
        ),
        (
            "mkdir -p /data/local/tmp/d/e; touch /data/local/tmp/d/x.txt; find /data/local/tmp/d",
            "/data/local/tmp/d\n/data/local/tmp/d/e\n/data/local/tmp/d/x.txt\n",
        ),
        (
            "cd /data/local/tmp; mkdir g; touch g/1.txt; find g -type f -name '*.txt' -delete; ls g",
            "",
        ),
        ("timeout 5 echo in time; timeout 0.05 sleep 60; echo $?", "in time\n124\n"),
        ("cat /proc/stat | head -n 1 | cut -d ' ' -f 1; ls /sys/devices/system/cpu", "cpu\ncpu0\nonline\n"),
        ("cat /proc/77/stat | cut -d ' ' -f 1-3; ls /proc/77/task", "77 (app) S\n77\n"),
        ("nproc; service check input; service check nothing", "1\nService input: found\nService nothing: not found\n"),
    ],
)
def test_programs_of_every_unix(local_sh: Run, script: str, out: str) -> None:
    assert local_sh(script) == (out.encode(), b"", 0)


@pytest.mark.parametrize(
    ("script", "err", "status"),
    [
        ("echo a | cut -d:", "cut: Need -cCbfF", 1),
        ("echo a | cut -f x", "cut: bad offset in 'x'", 1),
        ("echo a | tee /system/x >/dev/null", "tee: /system/x: Read-only file system", 1),
        ("chmod 777 /data/local/tmp/none", "chmod: '/data/local/tmp/none': No such file or directory", 1),
        ("find /none", "find: /none: No such file or directory", 1),
        ("find /data -size +3", "find: bad arg '-size'", 1),
        ("timeout 3 nosuch", "timeout: exec nosuch: No such file or directory", 127),
        ("seq 1 0 5", "seq: this phone prints at most 100000 numbers", 1),
        ("service call nothing 1", "service: Service nothing does not exist", 10),
        ("ping -c 1 example.org", "ping: unknown host example.org", 2),
        ("cmd -w", "cmd: No service specified; use -l to list all running services", 20),
    ],
)
def test_what_they_refuse(local_sh: Run, script: str, err: str, status: int) -> None:
    assert local_sh(script) == (b"", f"{err}\n".encode(), status)
