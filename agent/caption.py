"""An action in a few words, for people: `[842, 611] right ×2`, `"hello" submit`, `ctrl+c`."""

from collections.abc import Sequence

from handeye.actions.schema import Action, dump
from handeye.agent.decision import PointConfidence

LONGEST = 200


def caption(action: Action) -> str:
    """Return all fields of `action` except its type, on one line. Fields at their default are left out."""
    fields = dump(action)
    del fields["type"]
    return " ".join(word(name, value) for name, value in fields.items())


def confidence_text(points: Sequence[PointConfidence | None]) -> str:
    """Return how sure a model was of points, as in `71 % · ± 4 × 6 px`; empty if nothing is known of them."""
    if not any(points):
        return ""
    return ", ".join("unknown" if point is None else _point_text(point) for point in points)


def _point_text(point: PointConfidence) -> str:
    share = "< 1" if point.probability < 0.005 else f"{point.probability:.0%}".removesuffix("%")
    across, down = (f"{length:.1f}" if length < 0.95 else f"{length:.0f}" for length in point.spread)
    return f"{share} % · ± {across} × {down} px"


def word(name: str, value: object) -> str:
    """Return one field of an action in short, readable form."""
    match name, value:
        case (("point" | "box"), list()):
            return brackets(value)
        case "path", list():
            return " → ".join(brackets(point) for point in value)
        case (("keys" | "modifiers"), list()):
            return "+".join(str(key) for key in value)
        case (("text" | "message" | "url" | "name"), str()):
            return quoted(value)
        case "count", int():
            return f"×{value}"
        case "seconds", float() | int():
            return f"{value:g} s"
        case (("button" | "status"), str()):
            return value
        case _, True:
            return name
        case _:
            return f"{name} {value}"


def brackets(numbers: list[object]) -> str:
    """Return a point or a box as it is written in JSON."""
    return f"[{', '.join(str(number) for number in numbers)}]"


def quoted(text: str) -> str:
    """Return `text` in quotes on one line, shortened."""
    shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return f'"{printable(shown)}"'


def printable(text: str) -> str:
    """Return `text` with characters that a terminal interprets (escapes, line breaks, text direction) made visible."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
