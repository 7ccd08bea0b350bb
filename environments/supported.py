"""Rejecting unsupported actions, with the same message everywhere."""

from collections.abc import Collection

from handeye.environments.errors import ActionRejected


def require_supported(kind: str, supported: Collection[str]) -> None:
    """Raise `ActionRejected` if the action type `kind` is not among those that the environment supports."""
    if kind not in supported:
        raise ActionRejected(f"{kind} is not possible here; possible actions: {', '.join(sorted(supported))}")
