"""The peers of the MiniWoB++ benchmark, each a process in a virtual environment of its own."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from miniwob_peers.side import LOOK_AGAIN, PeerFailed, Taken

from handeye.actions.geometry import Box
from handeye.actions.schema import Action, Click, Type
from handeye.evals.miniwob import pages
from handeye.evals.miniwob.oracle import PageReader
from handeye.evals.miniwob.oracles import ORACLES
from handeye.evals.task import Move

PACKAGES = {"browsergym": "browsergym-miniwob==0.14.3", "farama": "miniwob==1.1.0"}
"""What is installed in each peer's virtual environment."""

KINDS = (
    ("BrowserGym, defaults", "browsergym", "default", 1),
    ("BrowserGym, no pauses", "browsergym", "tuned", 1_000),
    ("Farama, defaults", "farama", "default", 1_000),
    ("Farama, small window", "farama", "tuned", 1_000),
    ("Farama, page reloaded", "farama", "fresh", 1_000),
)
"""The name of the row, the peer, how it is set, and the most episodes of a task."""

AREA = Box(0, 0, 160, 210)
"""The task area, in CSS px: on all sides within the picture."""


class NotInstalled(NamedTuple):
    """A peer that is left out."""

    name: str
    reason: str


class PeerProcess:
    """A peer, behind a pipe."""

    def __init__(self, name: str, command: list[str], environ: dict[str, str], most_episodes: int) -> None:
        self.name = name
        self.scale = 1.0
        self.most_episodes = most_episodes
        self._command = command
        self._environ = environ
        self._process: subprocess.Popen[str] | None = None
        self._instruction = ""

    def start(self, task: str) -> None:
        """Start the process with the first task."""
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                env=self._environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )
        self.scale = float(self._ask("start", task=task))

    def reset(self, task: str, seed: int) -> float:
        """Begin an episode."""
        seconds, self._instruction = self._ask("reset", seed=seed)
        return float(seconds)

    def moves(self, task: str) -> Iterator[Move]:
        """Return the oracle, which reads the peer's page."""

        def evaluate(js: str, argument: object) -> object:
            return self._ask("evaluate", js=js, argument=argument)

        return ORACLES[task](PageReader(evaluate, clip=AREA, scale=self.scale, utterance=self._instruction))

    def act(self, action: Action) -> Taken:
        """Translate the action."""
        match action:
            case Click(point=point):
                seconds = self._ask("click", x=point.x, y=point.y)
            case Type(text=str(text), clear=False):
                seconds = self._ask("type", text=text)
            case _:
                raise PeerFailed(f"{action.type} is not translated for the peers")
        done, reward = self._ask("verdict")
        return Taken(float(seconds), bool(done), float(reward))

    def screens(self) -> tuple[bytes, bytes] | None:
        """Have it look again."""
        answer = self._ask("screens", seconds=LOOK_AGAIN)
        if answer is None:
            return None
        seen, now = (base64.b64decode(picture) for picture in answer)
        return seen, now

    def close(self) -> None:
        """End its input; it ends its browser then."""
        process, self._process = self._process, None
        if process is not None:
            process.communicate(timeout=30)

    def _ask(self, do: str, **arguments: object) -> Any:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise PeerFailed("the process has ended") from None
        line = process.stdout.readline()
        if not line:
            raise PeerFailed("the process has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise PeerFailed(answer["error"])
        return answer["value"]


def peers(folder: Path | None, chromedriver: Path | None, browser: Path) -> Iterator[PeerProcess | NotInstalled]:
    """Yield the peers' processes, not started, and those that are left out."""
    missing: dict[str, str] = {}
    for peer in PACKAGES:
        if folder is None:
            missing[peer] = "--peers names no folder"
        elif peer == "farama" and (chromedriver is None or not chromedriver.is_file()):
            missing[peer] = "--chromedriver names no program; see --help"
        elif (problem := installed(folder, peer)) is not None:
            missing[peer] = problem
    for name, peer, kind, most in KINDS:
        if folder is None or peer in missing:
            yield NotInstalled(name, missing[peer])
            continue
        here = Path(__file__).parent
        command = [str(python(folder, peer)), str(here / f"play_{peer}.py"), kind, str(pages.folder()), str(browser)]
        if peer == "farama":
            command.append(str(chromedriver))
        environ = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(folder.absolute() / "browsers")}
        yield PeerProcess(name, command, environ, most)


def python(folder: Path, peer: str) -> Path:
    """Return the interpreter of a peer's virtual environment."""
    return folder.absolute() / peer / "bin" / "python"


def installed(folder: Path, peer: str) -> str | None:
    """Make the peer's virtual environment if it is missing; return why that fails."""
    interpreter = python(folder, peer)
    for command in (
        [sys.executable, "-m", "venv", str(folder / peer)],
        [str(interpreter), "-m", "pip", "install", "--quiet", PACKAGES[peer]],
    ):
        if (folder / peer / "installed").exists():
            return None
        print(f"$ {' '.join(command)}", flush=True)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    (folder / peer / "installed").touch()
    return None
