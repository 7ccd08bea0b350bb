"""Whether a model sees images at all: what it says of squares of different colours."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from handeye.agent.examine.square import Colour
from handeye.agent.examine.text import is_garbage, quoted
from handeye.environments.doctor.finding import Finding, missing, ok, warning

WHAT = "sight"
QUESTION = "What colour is the square? Answer in one word."
_NAMES: Final = {
    **{colour.value: colour.value for colour in Colour},
    "红": "red",
    "蓝": "blue",
    "绿": "green",
    "黄": "yellow",
    **dict.fromkeys("black white grey gray orange purple pink brown cyan teal magenta violet".split(), "another"),
}
_WORD = re.compile(r"红|蓝|绿|黄|[a-z]+")


class Look(NamedTuple):
    """One square, and what was said of it."""

    shown: Colour
    text: str

    @property
    def said(self) -> str | None:
        """The colour that is named: a `Colour`, or "another"; None if it is none, or several."""
        named = {_NAMES[word] for word in _WORD.findall(self.text.lower()) if word in _NAMES}
        return named.pop() if len(named) == 1 else None


def judge(looks: Sequence[Look], points_well: bool, advice: str, broken_advice: str) -> Finding:
    """Judge what was said of the squares; one wrong answer is not enough to call a model blind.

    `points_well` says that it finds what is drawn, so that it sees, whatever it says. `advice` is what to do about a
    model that does not see, `broken_advice` about one that images break.
    """
    total = len(looks)
    right = sum(look.said == look.shown for look in looks)
    if right >= total - 1:
        return ok(WHAT, f"{right} of {total} colours named")
    said = {look.shown: look.said for look in looks}
    if said.get(Colour.RED) == Colour.BLUE and said.get(Colour.BLUE) == Colour.RED:
        return missing(WHAT, "it takes red for blue and blue for red: what prepares images swaps the channels", advice)
    examples = ", ".join(f"{quoted(look.text)} to a {look.shown} square" for look in looks[:2])
    broken = [look for look in looks if is_garbage(look.text)]
    if 2 * len(broken) > total:
        return missing(
            WHAT, f"images break it: it says {quoted(broken[0].text)} to a {broken[0].shown} square", broken_advice
        )
    if points_well:
        if not any(said.values()):
            return ok(WHAT, f"it finds what is drawn; it names no colours: {examples}")
        return warning(WHAT, f"it finds what is drawn, but names {right} of {total} colours: {examples}", advice)
    if len({look.said or look.text for look in looks}) == 1:
        return missing(WHAT, f"it does not see images: it says {quoted(looks[0].text)} to every colour", advice)
    if right <= total / 4:
        return missing(WHAT, f"it does not see images: it says {examples}", advice)
    return missing(WHAT, f"it sees badly: {right} of {total} colours named; it says {examples}", broken_advice)
