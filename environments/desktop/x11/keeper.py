"""Keeps offering copied contents after the program that offered them has ended.

Run as a separate program, it reads from standard input what to offer and which window to replace. It leaves a
background process, as `xclip` does, which ends when others have taken over the selections or the X server ends.
Anything copied meanwhile is left alone.
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

from handeye.actions.errors import HandeyeError
from handeye.environments.desktop.x11.selection import Contents, Form, Offer

_START_SECONDS = 2.0
"""Seconds for the process to take over. A slower one takes over only selections without an owner."""


def keep(display_name: str, offered: Mapping[str, Contents], owner: int) -> None:
    """Hand selections over to a process that keeps offering them; `owner` is the window that offers them now."""
    told = {name: {target: _packed(form) for target, form in contents.items()} for name, contents in offered.items()}
    with suppress(subprocess.TimeoutExpired, OSError):
        subprocess.run(
            [sys.executable, "-P", "-m", __name__, display_name, str(owner)],
            input=json.dumps(told).encode(),
            stdout=subprocess.PIPE,  # which the process closes when it has taken over
            stderr=subprocess.DEVNULL,
            timeout=_START_SECONDS,
            start_new_session=True,
            check=False,
        )


def _packed(form: Form) -> list[object]:
    items = base64.b64encode(form.items).decode() if form.bits == 8 else list(form.items)
    return [form.kind, form.bits, items]


def _unpacked(kind: str, bits: int, items: str | list[int]) -> Form:
    return Form(kind, bits, base64.b64decode(items) if isinstance(items, str) else items)


def _main(display_name: str, owner: int) -> int:
    told = json.load(sys.stdin)
    if os.fork():
        return 0  # so that nobody has to wait for the remaining process
    offered = {name: {target: _unpacked(*form) for target, form in forms.items()} for name, forms in told.items()}
    try:
        offer = Offer(display_name, offered, heir_of=owner)
    except HandeyeError:
        return 1  # the X server has gone
    os.chdir("/")  # a process's working directory cannot be unmounted
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    offer.wait()
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], int(sys.argv[2])))
