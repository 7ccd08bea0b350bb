"""Approval of an action before it is executed."""

import sys
from dataclasses import dataclass
from typing import Protocol

from handeye.actions.schema import Action, dump
from handeye.environments.observation import Observation


@dataclass(frozen=True, slots=True)
class Approval:
    """The answer to one action."""

    allowed: bool
    reason: str = ""
    """Given to the policy when the action is denied."""
    stop: bool = False
    """End the episode instead of letting the policy try something else."""


ALLOWED = Approval(allowed=True)
"""What needs no approval, and what was approved without a reason."""


class Approver(Protocol):
    """Decides whether an action may be executed."""

    def __call__(self, action: Action, observation: Observation) -> Approval:
        """Judge `action`, which answers `observation`. It is executed after this returns, or not at all."""


def allow_all(action: Action, observation: Observation) -> Approval:
    """Allow every action."""
    return ALLOWED


def deny_all(action: Action, observation: Observation) -> Approval:
    """Deny every action: the policy can still answer, and end the episode."""
    return Approval(False, "every action is denied")


def ask(action: Action, observation: Observation) -> Approval:
    """Ask in the terminal. Without a terminal, the action is denied and the episode ends."""
    if sys.stdin is None or not sys.stdin.isatty():
        return Approval(False, "cannot ask for approval: standard input is not a terminal", stop=True)
    # repr, because the text comes from a model and a terminal interprets control characters.
    sys.stderr.write(f"{dump(action)!r}\nExecute? [y]es, [n]o, [q]uit: ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    match line.strip().lower():
        case "y" | "yes":
            return ALLOWED
        case "q" | "quit":
            return Approval(False, "the user ended the episode", stop=True)
        case "" if not line:
            return Approval(False, "cannot ask for approval: standard input has ended", stop=True)
        case "" | "n" | "no":
            return Approval(False, "the user said no")
        case _:
            return Approval(False, f"the user said: {line.strip()}")
