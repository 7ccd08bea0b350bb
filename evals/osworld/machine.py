"""The machine: which one, how it is started, and how it is called."""

import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from filelock import FileLock, Timeout
from pydantic import JsonValue

from handeye.actions.geometry import Size
from handeye.evals.osworld.errors import InvalidMachine
from handeye.evals.osworld.spaces.catalog import DONE, FAIL, SpaceName

Provider: TypeAlias = Literal["docker", "vmware", "virtualbox", "aws", "azure", "gcp", "aliyun", "volcengine"]
GiveUp: TypeAlias = Literal["fail", "done"]
ONE_AT_A_TIME: Final = frozenset({"vmware", "virtualbox"})
"""Providers whose machine at a path is the machine itself, not an image of it."""
_SCREEN: Final = re.compile(r"([1-9]\d{2,4})x([1-9]\d{2,4})")


def parse_screen(text: str) -> Size:
    """Return a size such as 1920x1080. Raises `InvalidMachine`."""
    found = _SCREEN.fullmatch(text)
    if found is None:
        raise InvalidMachine(f"--screen must be WIDTHxHEIGHT in pixels, such as 1920x1080, not {text!r}")
    return Size(int(found[1]), int(found[2]))


def find_interpreter(text: str) -> str:
    """Return the path of an interpreter, given by its path or its name. Raises `InvalidMachine` if there is none."""
    found = shutil.which(Path(text).expanduser())
    if found is None:
        raise InvalidMachine(f"there is no interpreter {text}: give the bin/python of the environment with desktop_env")
    return str(Path(found).absolute())  # of a link the place itself: that tells which environment it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """How a machine is started and used. All times in seconds."""

    python: str
    """The path of the interpreter that has desktop_env."""
    checkout: Path
    """The checkout of OSWorld: where the package looks for its files, and keeps its images."""
    source: Path | None = None
    """A file with another `DesktopEnv`, such as the stand-in."""
    provider: Provider = "docker"
    path_to_vm: str | None = None
    """Of the image or the machine; None for upstream's own, which it downloads."""
    region: str | None = None
    snapshot: str | None = None
    client_password: str = field(default="", repr=False)
    """The password of the machine's user; empty for upstream's."""
    proxy: bool = False
    """Whether tasks that need a proxy get it."""
    screen: Size = Size(1920, 1080)
    space: SpaceName = "pyautogui"
    pause: float = 2.0
    """After each action, before the screen is looked at."""
    wait_after_reset: float = 60.0
    wait_before_score: float = 20.0
    give_up: GiveUp = "fail"
    """What is said of an episode that ends with `failure`."""

    def __post_init__(self) -> None:
        """Raises `InvalidMachine`."""
        if self.provider == "aws" and self.region is None:
            raise InvalidMachine("the provider aws needs --region, such as us-east-1")

    @property
    def give_up_word(self) -> str:
        """The special action for an episode that ends with `failure`."""
        return FAIL if self.give_up == "fail" else DONE

    def arguments(self, *, headless: bool) -> dict[str, JsonValue]:
        """Return the arguments of `DesktopEnv`. What was not asked for is left to upstream."""
        optional: dict[str, JsonValue] = {
            "path_to_vm": self.path_to_vm,
            "region": self.region,
            "snapshot_name": self.snapshot,
            "client_password": self.client_password or None,
        }
        return {
            "provider_name": self.provider,
            "action_space": self.space,
            "screen_size": list(self.screen),
            "headless": headless,
            "require_a11y_tree": False,
            "require_terminal": False,
            "os_type": "Ubuntu",
            "enable_proxy": self.proxy,
            "cache_dir": str(self.checkout / "cache"),
            **{name: value for name, value in optional.items() if value is not None},
        }

    def facts(self) -> dict[str, JsonValue]:
        """Return what a manifest says of it: no secret, and no folder of this machine."""
        return {
            "provider": self.provider,
            "path_to_vm": None if self.path_to_vm is None else Path(self.path_to_vm).name,
            "region": self.region,
            "snapshot": self.snapshot,
            "proxy": self.proxy,
            "screen": list(self.screen),
            "action_space": self.space,
            "pause": self.pause,
            "wait_after_reset": self.wait_after_reset,
            "wait_before_score": self.wait_before_score,
            "give_up": self.give_up,
        }

    def claim(self) -> FileLock | None:
        """Return the lock of a machine that only one worker can use, taken. Raises `InvalidMachine` if another has it.

        None if each worker starts its own.
        """
        if self.path_to_vm is None or self.provider not in ONE_AT_A_TIME:
            return None
        name = hashlib.sha256(str(Path(self.path_to_vm).resolve()).encode()).hexdigest()[:16]
        lock = FileLock(Path(tempfile.gettempdir()) / f"handeye-osworld-{name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise InvalidMachine(
                f"{self.path_to_vm} is used by another worker: give --workers 1, or leave --path-to-vm out, and each "
                "worker gets a machine of its own"
            ) from None
        return lock
