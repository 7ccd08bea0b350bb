"""How long a model takes for a screenshot."""

from typing import NamedTuple

from handeye.environments.doctor.finding import Finding, ok, warning

WHAT = "speed"
_REPLY = 100
"""Tokens of a reply to one step, with its thought."""
_FASTEST = 20_000.0
"""Tokens a second that no model reaches: a reply that comes faster was held back and sent at once."""
_PATIENCE = 60.0
"""Seconds; a step that takes longer is slow."""


class Pace(NamedTuple):
    """What one reply to a screenshot of 1920x1080 pixels took."""

    first: float
    """Seconds to its first token."""
    total: float
    """Seconds to its last token."""
    tokens: int | None
    """How many tokens it has; None if they were not counted."""

    @property
    def rate(self) -> float | None:
        """Tokens a second after the first; None if they were not counted, are too few to tell, or came all at once."""
        if self.tokens is None or self.tokens < 2 or self.tokens - 1 >= _FASTEST * (self.total - self.first):
            return None
        return (self.tokens - 1) / (self.total - self.first)


def judge(pace: Pace, advice: str) -> Finding:
    """Judge the time of a reply; `advice` is what to do about a slow one."""
    said = f"{pace.first:.1f} s to the first token of a reply to a screenshot of 1920x1080 pixels"
    if pace.rate is None:
        why = "were not counted" if pace.tokens is None else f"({pace.tokens}) came all at once"
        said += f"; its tokens {why}"
        return ok(WHAT, said) if pace.total <= _PATIENCE else warning(WHAT, said, advice)
    step = pace.first + _REPLY / pace.rate
    said += f", then {pace.rate:.1f} tokens a second"
    if step > _PATIENCE:
        return warning(WHAT, f"{said}: a step takes about {step:.0f} s", advice)
    return ok(WHAT, said)
