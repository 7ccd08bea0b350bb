"""Selecting the tasks of an eval by name."""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from handeye.evals.errors import UnknownTask


def require_task(name: str, known: Collection[str], sets: Collection[str]) -> None:
    """Raise `UnknownTask`, with the nearest names, if `name` is not `known`; `sets` are the names of sets of tasks."""
    if name not in known:
        near = get_close_matches(name, known, n=2)
        hint = f"did you mean {' or '.join(near)}?" if near else f"give names, or {', '.join(sets)}"
        raise UnknownTask(f"there is no task {name!r}: {hint}")


def named_tasks(text: str, known: Collection[str], sets: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the tasks that `text` names: a set, or tasks separated by commas. Raises `UnknownTask`."""
    if text in sets:
        return tuple(sets[text])
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not names:
        raise UnknownTask(f"no task is named: give names separated by commas, or {', '.join(sets)}")
    for name in names:
        require_task(name, known, sets)
    return names
