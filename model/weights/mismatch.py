"""How the tensors of a checkpoint differ from those that its config.json requires."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """How the tensors of a checkpoint differ from those that its config.json requires."""

    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    misshaped: tuple[str, ...]

    @classmethod
    def between(cls, wanted: Mapping[str, Shape], found: Mapping[str, Shape]) -> "Mismatch":
        """Compare names and shapes."""
        return cls(
            missing=tuple(name for name in wanted if name not in found),
            unexpected=tuple(name for name in found if name not in wanted),
            misshaped=tuple(
                f"{name} is {list(found[name])} and should be {list(shape)}"
                for name, shape in wanted.items()
                if name in found and found[name] != shape
            ),
        )

    def __bool__(self) -> bool:
        return bool(self.missing or self.unexpected or self.misshaped)

    def __str__(self) -> str:
        """Name every tensor in one line; layers with the same mismatch are written as a range."""
        kinds = {"missing": self.missing, "unexpected": self.unexpected, "wrong shape": self.misshaped}
        return "; ".join(f"{kind}: {', '.join(_ranges(names))}" for kind, names in kinds.items() if names)


def _ranges(names: Sequence[str]) -> list[str]:
    """Merge names that differ only in their first number: a.0.b, a.1.b, a.3.b become a.{0-1,3}.b."""
    numbers: dict[tuple[str, str], list[int]] = {}
    for name in names:
        before, number, after = [*re.split(r"\.(\d+)\.", name, maxsplit=1), "", ""][:3]
        numbers.setdefault((before, after), []).append(int(number) if number else -1)
    merged = []
    for (before, after), found in numbers.items():
        if found == [-1]:
            merged.append(before)
            continue
        spans: list[list[int]] = []
        for number in sorted(found):
            if spans and number == spans[-1][-1] + 1:
                spans[-1][1:] = [number]
            else:
                spans.append([number])
        inner = ",".join("-".join(map(str, span)) for span in spans)
        merged.append(f"{before}.{inner if len(found) == 1 else '{' + inner + '}'}.{after}")
    return merged
