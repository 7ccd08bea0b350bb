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


@dataclass(frozen=True, slots=True)
class Substitution:
    """The output of a script."""

    script: "Script"
    quoted: bool


Part: TypeAlias = Text | Variable | Substitution
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
class Pipeline:
    """Commands, each reading the output of the previous one."""

    commands: tuple[Simple | Group, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A pipeline, and when it runs: always (`;`), after success (`&&`), or after failure (`||`)."""

    connector: Literal[";", "&&", "||"]
    pipeline: Pipeline


Script: TypeAlias = tuple[Step, ...]
