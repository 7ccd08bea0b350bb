"""Episodes shown in the terminal as they go: what the demonstrations have in common."""

import os
import random
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from rich.text import Text

from handeye.actions.errors import HandeyeError
from handeye.agent.caption import printable
from handeye.agent.live import LiveView
from handeye.agent.policy import Policy
from handeye.evals.play import play
from handeye.evals.record import Record
from handeye.evals.worker import Suite


class InvalidSeed(HandeyeError):
    """The seed that was asked for is no number."""


class Show(NamedTuple):
    """One episode to show."""

    task: str
    seed: int
    max_steps: int


def play_shown(
    shows: Sequence[Show], suite: Suite, policy: Policy | None, directory: Path, view: LiveView
) -> list[Record]:
    """Play each, with its journal in a folder of its task's name. None as the policy plays the oracles."""
    records = []
    for number, show in enumerate(shows, start=1):

        def announce(instruction: str, number: int = number, show: Show = show) -> None:
            view.console.print()
            title = (f"{number}/{len(shows)} {show.task}  ", "bold cyan")
            view.console.print(Text.assemble(title, (printable(instruction), "bold")))

        with view:
            record = play(
                suite.task(show.task, show.seed),
                suite.environment(show.task),
                policy,
                max_steps=show.max_steps,
                journal=directory / show.task,
                on_step=view.step,
                on_start=announce,
            )
        view.console.print(verdict_line(record))
        records.append(record)
    return records


def verdict_line(record: Record) -> Text:
    """Return how an episode went, in a line."""
    outcome = ("solved", "bold green") if record.success else ("not solved", "bold red")
    steps = f"{record.steps} step{'' if record.steps == 1 else 's'}"
    facts = f"  reward {record.reward:.2f}, {steps}, {record.seconds:.1f} s"
    return Text.assemble(outcome, (facts, "dim"), "" if record.error is None else f"\n{printable(record.error)}")


def wanted_seed(first: int) -> int:
    """Return what SEED says, or a fresh seed from `first` up. Raises `InvalidSeed`."""
    return fresh_seed(os.environ.get("SEED", ""), first)


def fresh_seed(text: str, first: int) -> int:
    """Return the seed that was asked for, or one that nobody has seen; raise `InvalidSeed` if it is no number."""
    if not text:
        return random.SystemRandom().randrange(first, 2**31)
    if not text.isdecimal():
        raise InvalidSeed(f"SEED={text} is no number: give a whole one, from {first} up for a fresh one")
    return int(text)


def wants_window() -> bool:
    """Return whether HEADED asks for a window."""
    return os.environ.get("HEADED", "") not in {"", "0"}


def fresh_directory(name: str) -> Path:
    """Return the folder for a demonstration that begins now."""
    return Path("runs") / f"{name}-{datetime.now():%Y-%m-%d-%H%M%S}"
