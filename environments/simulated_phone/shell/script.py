"""A parsed script of the phone's shell."""

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """Literal characters."""

    text: str
    quoted: bool
    """Whether `*` and `?` in it are literal, and nothing in it ends the word."""


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of `$NAME` or `$?`."""

    name: str
    quoted: bool
    default: str = ""
    """What stands for a variable that is not set."""


@dataclass(frozen=True, slots=True)
class Substitution:
    """The output of a script."""

    script: "Script"
    quoted: bool


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The value of `$((…))`."""

    parts: "Word"
    quoted: bool


Part: TypeAlias = Text | Variable | Substitution | Arithmetic
Word: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirection of one of the descriptors 0, 1 and 2."""

    descriptor: int
    kind: Literal["<", ">", ">>", ">&"]
    target: Word
    """A file; for `>&` the number of another descriptor."""


@dataclass(frozen=True, slots=True)
class Simple:
    """A command with its arguments."""

    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A script within a script."""

    script: "Script"
    redirects: tuple[Redirect, ...]
    subshell: bool
    """Whether its variables are discarded at its end."""


@dataclass(frozen=True, slots=True)
class If:
    """Conditions with what to do when they hold, tried in order."""

    branches: tuple[tuple["Script", "Script"], ...]
    otherwise: "Script"
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """A script that is repeated while a condition holds, or until it does."""

    condition: "Script"
    until: bool
    body: "Script"
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """A script that is run for each of some words."""

    name: str
    """The variable that has the word."""
    words: tuple[Word, ...]
    body: "Script"
    redirects: tuple[Redirect, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """The script of the first pattern that a word matches."""

    word: Word
    arms: tuple[tuple[tuple[Word, ...], "Script"], ...]
    redirects: tuple[Redirect, ...]


Compound: TypeAlias = Simple | Group | If | Loop | Each | Case
"""What stands between two `|`."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands, each reading the output of the previous one."""

    commands: tuple[Compound, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A pipeline, and when it runs: always (`;`), after success (`&&`), or after failure (`||`)."""

    connector: Literal[";", "&&", "||"]
    pipeline: Pipeline


Script: TypeAlias = tuple[Step, ...]
