"""Rejecting unsupported actions, with the same message everywhere."""

from collections.abc import Collection

from handeye.actions.schema import Click, Drag, LongPress, Scroll
from handeye.environments.errors import ActionRejected


def require_supported(kind: str, supported: Collection[str]) -> None:
    """Raise `ActionRejected` if the action type `kind` is not among those that the environment supports.

    Types stand in backticks, in every message that names one: a prompt replaces them by what a model calls them.
    """
    if kind not in supported:
        possible = ", ".join(f"`{name}`" for name in sorted(supported))
        raise ActionRejected(f"`{kind}` is not possible here; possible actions: {possible}")


def require_finger(action: Click | LongPress | Drag | Scroll) -> None:
    """Raise `ActionRejected` for what only a mouse can do."""
    if isinstance(action, Click | Drag) and action.button != "left":
        raise ActionRejected(f"a phone has no {action.button} button: use a left `click` or `long_press`")
    if not isinstance(action, LongPress) and action.modifiers:
        raise ActionRejected("no key can be held during a touch")
