"""MiniWoB++ episodes a minute: handeye against BrowserGym and Farama's Selenium environments, in one run.

    python benchmarks/miniwob_throughput.py --peers /tmp/peers --chromedriver /usr/bin/chromedriver
    python benchmarks/miniwob_throughput.py --episodes 2 --tasks click-test,click-collapsible

One worker, the same browser binary, the same tasks and seeds, and the moves of handeye's oracles on all sides; nothing
is written to disk. All sides take turns at each task, so that a busy machine is busy for all of them. Each plays one
episode first that is not timed: after each observation it waits 0.8 s and looks again. If the two screens differ, apart
from a caret that blinks, the observation was stale: it showed what was already about to change.

`--peers` is the folder with the peers' virtual environments, made there if they are missing (it takes a minute and a
network); without it, or where one cannot be made, only the others are measured. `--chromedriver` is for Farama's:
of the same version as the browser. On Debian it comes without being installed by
`apt-get download chromium-driver && dpkg -x chromium-driver_*.deb FOLDER`, in FOLDER/usr/bin.
"""

import argparse
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psutil
from miniwob_peers.cpu import cpu_seconds
from miniwob_peers.ours import Ours
from miniwob_peers.process import NotInstalled, PeerProcess, peers
from miniwob_peers.side import PeerFailed, Side, clock, same_screen

from handeye.environments.browser.chromium import require_chromium
from handeye.evals.miniwob.selection import select

TASKS = (
    *("click-test", "click-button", "click-link", "click-tab", "click-dialog-2", "click-checkboxes"),
    *("click-collapsible", "enter-text", "focus-text-2", "login-user"),
)
"""Clicks, typing and several steps, of which no side lacks an action; click-collapsible moves for half a second."""

SEED = 1_000_000


@dataclass
class Result:
    """What one side has done."""

    seconds: float = 0.0
    """Of all timed episodes, from the beginning of a reset to the verdict after the last step."""
    cpu: float = 0.0
    """Seconds that all processes of this run have computed meanwhile: those of the other sides do nothing then."""
    resets: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    solved: int = 0
    screens: int = 0
    stale: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def row(self) -> str:
        """The side's line of the table."""
        episodes = len(self.resets)
        if not episodes:
            return "none played"
        stale = f"{self.stale}/{self.screens}"
        return (
            f"{60 * episodes / self.seconds:>12.0f}{1000 * _median(self.resets):>8.0f} ms"
            f"{1000 * _median(self.steps):>8.0f} ms{1000 * self.cpu / episodes:>9.0f} ms"
            f"{f'{self.solved}/{episodes}':>10}{stale:>10}"
        )


HEAD = f"{'':26}{'episodes/min':>12}{'reset':>11}{'step':>11}{'CPU/episode':>12}{'solved':>10}{'stale':>10}"


def _median(seconds: Sequence[float]) -> float:
    return statistics.median(seconds) if seconds else float("nan")


def judge(side: Side, task: str, seed: int, result: Result) -> None:
    """Play one episode, and count the screens that were stale. Not timed."""
    side.reset(task, seed)
    moves = side.moves(task)
    while (screens := side.screens()) is not None:
        result.screens += 1
        result.stale += not same_screen(*screens, side.scale)
        move = next(moves, None)
        if move is None or side.act(move.action).done:
            break


def episode(side: Side, task: str, seed: int, result: Result) -> None:
    """Play one episode, and time it."""
    computed, began = cpu_seconds(psutil.Process()), clock()
    result.resets.append(side.reset(task, seed))
    for move in side.moves(task):
        taken = side.act(move.action)
        result.steps.append(taken.seconds)
        if taken.done:
            result.solved += taken.reward >= 1
            break
    result.seconds += clock() - began
    result.cpu += cpu_seconds(psutil.Process()) - computed


def measure(side: Side, task: str, episodes: int, result: Result) -> None:
    """Let one side play a task."""
    try:
        side.start(task)
        judge(side, task, SEED, result)
        for number in range(1, episodes + 1):
            episode(side, task, SEED + number, result)
    except PeerFailed as error:
        result.failures.append(f"{task}: {error}")


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--episodes", type=int, default=5, help="of each task; BrowserGym at its defaults plays one")
    parser.add_argument("--tasks", default=",".join(TASKS), help="names, separated by commas")
    parser.add_argument("--peers", type=Path, help="folder of the peers' virtual environments")
    parser.add_argument("--chromedriver", type=Path, help="chromedriver of the browser's version")
    parser.add_argument("--browser", type=Path, help="the browser; by default the one that handeye finds")
    parser.add_argument("--only", default="", metavar="TEXT", help="of the peers, only those whose names contain it")
    options = parser.parse_args()
    browser = require_chromium(options.browser)
    tasks = select(options.tasks, oracle=True)
    load = psutil.getloadavg()[0]
    print(f"{date.today()}, {platform.system()}, {psutil.cpu_count()} cores, load {load:.1f}, {browser}")
    sides: list[Side] = [Ours(browser)]
    try:
        for peer in peers(options.peers, options.chromedriver, browser):
            if options.only not in peer.name:
                continue
            match peer:
                case NotInstalled(name=name, reason=reason):
                    print(f"left out: {name}: {reason}", flush=True)
                case PeerProcess():
                    sides.append(peer)
        results = {side.name: Result() for side in sides}
        for number, task in enumerate(tasks):
            turn = number % len(sides)
            for side in (*sides[turn:], *sides[:turn]):
                began = clock()
                measure(side, task, min(options.episodes, side.most_episodes), results[side.name])
                print(f"{task}: {side.name}, {clock() - began:.0f} s", flush=True)
    finally:
        for side in sides:
            side.close()
    print(f"\n{HEAD}")
    for name, result in results.items():
        print(f"{name:26}{result.row}")
    for name, result in results.items():
        for failure in result.failures:
            print(f"{name}: {failure}")


if __name__ == "__main__":
    main()
