"""A script of the phone's shell, as it has been read."""

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that stand for themselves."""

    text: str
    quoted: bool
    """Whether `*` and `?` in it mean themselves, and nothing in it ends the word."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What `$NAME` or `$?` stands for."""

    name: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Substitution:
    """What a script writes to its output."""

    script: "Script"
    quoted: bool


Part: TypeAlias = Text | Variable | Substitution
Word: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where one of the descriptors 0, 1 and 2 leads instead."""

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
    """Whether what it sets is forgotten at its end."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands, each reading what the one before writes."""

    commands: tuple[Simple | Group, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A pipeline, and when it runs: always (`;`), after success (`&&`), or after failure (`||`)."""

    connector: Literal[";", "&&", "||"]
    pipeline: Pipeline


Script: TypeAlias = tuple[Step, ...]
