"""How far off a model's points are, and why."""

from collections.abc import Mapping
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from handeye.actions.geometry import Box, Size
from handeye.agent.examine.fit import Fit, Kind, Pair, Position, explain
from handeye.agent.examine.text import is_garbage, quoted
from handeye.environments.doctor.finding import Finding, missing, ok, warning

WHAT = "points"
_WELL = 0.8
"""The share of the targets that a model hits if all is well."""
_FAR = 0.03
"""A median error above this part of the screenshot's longer side is a fault, and not a small target missed."""
_SAME = 0.03
"""How far two factors may differ and still be called the same."""


class Cause(StrEnum):
    """Who is to blame."""

    SIGHT = "sight"
    """The images do not reach the model."""
    RESCALED = "rescaled"
    """Whatever serves the model rescales, pads or crops images."""
    UNIT = "unit"
    """The profile reads another unit, or another order, than the model writes."""
    FORM = "form"
    """The profile reads another form than the model writes."""
    BROKEN = "broken"
    """The model is damaged."""


class Shot(NamedTuple):
    """What a model answered when it was asked for a target."""

    box: Box
    """The target, in pixels of the screenshot."""
    said: Position | None
    """In pixels of the image as the model sees it; None if the answer names no place."""
    text: str


class Aim(NamedTuple):
    """All answers for one screenshot."""

    screenshot: Size
    seen: Size
    """The size in pixels at which the model sees the screenshot."""
    shots: tuple[Shot, ...]

    @property
    def hits(self) -> int:
        """How many targets were hit."""
        return sum(_inside(shot.box, self._at(shot.said)) for shot in self.shots)

    @property
    def errors(self) -> list[float]:
        """How far each point is from the centre of its target on the worse axis, in pixels of the screenshot."""
        found = []
        for shot in self.shots:
            at, centre = self._at(shot.said), _centre(shot.box)
            if at is not None:
                found.append(max(abs(at.x - centre.x), abs(at.y - centre.y)))
        return found

    @property
    def fit(self) -> Fit | None:
        """What explains the answers; None if nothing does."""
        across, down = self.seen.width / self.screenshot.width, self.seen.height / self.screenshot.height
        pairs = []
        for shot in self.shots:
            centre = _centre(shot.box)
            if shot.said is not None:
                pairs.append(Pair(Position(centre.x * across, centre.y * down), shot.said))
        return explain(pairs, self.seen)

    @property
    def sees(self) -> bool:
        """Whether the points follow the targets, in whatever unit, so that the model sees them."""
        named = sum(shot.said is not None for shot in self.shots)
        fit = self.fit if 2 * named > len(self.shots) else None
        return fit is not None and fit.kind is not Kind.CONSTANT

    def _at(self, said: Position | None) -> Position | None:
        """Return where a point is on the screenshot; points of an image are the middles of its pixels."""
        if said is None:
            return None
        across, down = self.screenshot.width / self.seen.width, self.screenshot.height / self.seen.height
        return Position((said.x + 0.5) * across, (said.y + 0.5) * down)


def judge(aim: Aim, profile: str, advice: Mapping[Cause, str], *, intact: bool) -> Finding:
    """Judge the answers; `advice` says for each cause what to do about it.

    `intact` says that images are known to arrive at the size at which they are sent, so that nothing rescales them.
    """
    total = len(aim.shots)
    unnamed = [shot for shot in aim.shots if shot.said is None]
    if 2 * len(unnamed) >= total:
        said = quoted(unnamed[0].text)
        broken = 2 * sum(is_garbage(shot.text) for shot in unnamed) > len(unnamed)
        return missing(
            WHAT,
            f"{len(unnamed)} of {total} answers name no place that {profile} can read, such as {said}",
            advice[Cause.BROKEN if broken else Cause.FORM],
        )
    errors = aim.errors
    far = f"{median(errors):.0f} px off in the median and {max(errors):.0f} px at worst"
    measured = f"{aim.hits} of {total} targets hit, {far}"
    if unnamed:
        measured += f", {len(unnamed)} not named"
    if aim.hits >= _WELL * total:
        return ok(WHAT, measured)
    if (fit := aim.fit) is not None and (reason := _reason(fit, aim, profile, intact)) is not None:
        return missing(WHAT, f"{reason.text}; {measured}", advice[reason.cause])
    if median(errors) <= _FAR * max(aim.screenshot):
        return warning(WHAT, f"{measured}: small targets are missed", advice[Cause.BROKEN])
    return missing(WHAT, f"{measured}, by no common scale or shift", advice[Cause.BROKEN])


class _Reason(NamedTuple):
    cause: Cause
    text: str


def _reason(fit: Fit, aim: Aim, profile: str, intact: bool) -> _Reason | None:
    """Return what explains the answers in words; None if they are right."""
    match fit.kind:
        case Kind.RIGHT if not fit.swapped:
            return None
        case Kind.RIGHT:
            return _Reason(Cause.UNIT, f"points are y before x, and {profile} reads x before y")
        case Kind.CONSTANT:
            return _Reason(Cause.SIGHT, "the points are the same for every target")
        case Kind.THOUSANDTHS | Kind.HUNDREDTHS | Kind.PARTS:
            unit = "parts from 0 to 1" if fit.kind is Kind.PARTS else str(fit.kind)
            order = ", y before x" if fit.swapped else ""
            return _Reason(Cause.UNIT, f"points are {unit} of the image{order}, and {profile} reads pixels, x before y")
    across, down = fit.x.factor, fit.y.factor
    size = Size(round(across * aim.seen.width), round(down * aim.seen.height))
    if fit.kind in (Kind.SCALED, Kind.STRETCHED) and _is_screenshot(size, aim):
        return _Reason(
            Cause.UNIT, f"points are pixels of the screenshot, {aim.screenshot}, and not of the image, {aim.seen}"
        )
    if fit.kind is Kind.SCALED:
        wrong = (
            f"points are {1 / across:.2f} times too small" if across < 1 else f"points are {across:.2f} times too large"
        )
        done = f"rescaled to {across:.2f} of their sides"
    elif fit.kind is Kind.SHIFTED:
        wrong, done = f"points are shifted by {_offset(fit)} pixels", "padded or cropped"
    elif fit.kind is Kind.MAPPED:
        wrong = f"points are scaled by {across:.2f} and {down:.2f} and shifted by {_offset(fit)} pixels"
        done = "rescaled, and padded or cropped"
    else:
        wrong, done = f"points are those of an image of {size} pixels", "squeezed to that size"
    if intact:
        return _Reason(Cause.UNIT, f"{wrong}, though images arrive as they are sent: {profile} reads another unit")
    return _Reason(Cause.RESCALED, f"{wrong}: images are {done} before the model sees them")


def _is_screenshot(size: Size, aim: Aim) -> bool:
    sides = zip(size, aim.screenshot, strict=True)
    return aim.seen != aim.screenshot and all(abs(one / other - 1) <= _SAME for one, other in sides)


def _offset(fit: Fit) -> str:
    return f"({fit.x.offset:+.0f}, {fit.y.offset:+.0f})"


def _centre(box: Box) -> Position:
    return Position((box.left + box.right) / 2, (box.top + box.bottom) / 2)


def _inside(box: Box, at: Position | None) -> bool:
    return at is not None and box.left <= at.x < box.right and box.top <= at.y < box.bottom
