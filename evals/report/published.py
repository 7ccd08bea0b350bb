"""Published scores of Qwen2.5-VL and its descendants, each with its source, and with what is disputed about it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from handeye.evals.results.run import Results


class Published(NamedTuple):
    """One published number."""

    benchmark: str
    """As people write it."""
    model: str
    score: float
    """In per cent."""
    source: str
    setting: str = ""
    """Of a benchmark that has several, such as "high" or "15 steps"."""
    disputed: str = ""
    """Why the number should not be taken as it stands; empty if nobody doubts it."""


_README = "QwenLM README"
_CARD = "model card"
_CLAW = "ClawGUI-Eval README"
_CUA = "OpenCUA README"
_VENUS = "UI-Venus README"
_PROMPT = "its prompt was never published"
_HINTS = "the hints in its prompt were never published"
_MEAN = "neither its prompt nor which mean it is was published"
_JUDGE = "judged by the official script, whose candidate boxes include whole scroll containers"
_UNNAMED = "another judge than Qwen's, which is not named"
_TOOL = "measured by third parties with 0.1 to 29: prompt and resolution decide"
_REFINED = "31.4, 35.5 and 42.7 are published: refined or not, refusals counted or not"

PUBLISHED: Final[Sequence[Published]] = (
    Published("ScreenSpot", "Qwen2.5-VL-3B", 55.5, _README, disputed=_MEAN),
    Published("ScreenSpot", "Qwen2.5-VL-7B", 84.7, _README, disputed=_MEAN),
    Published("ScreenSpot", "Qwen2.5-VL-32B", 88.5, _CARD, disputed=_MEAN),
    Published("ScreenSpot", "Qwen2.5-VL-72B", 87.1, _README, disputed=_MEAN),
    Published("ScreenSpot-v2", "Qwen2.5-VL-3B", 80.9, "GUI-Actor, GUI-G2", disputed="64.9 by ClawGUI"),
    Published("ScreenSpot-v2", "Qwen2.5-VL-3B", 64.86, _CLAW, disputed="80.9 by GUI-Actor"),
    Published("ScreenSpot-v2", "Qwen2.5-VL-7B", 88.8, "GUI-Actor, GUI-G2, OpenCUA"),
    Published("ScreenSpot-v2", "Qwen2.5-VL-7B", 87.66, _CLAW),
    Published("ScreenSpot-v2", "Qwen2.5-VL-7B", 26.9, "a user of ScreenSuite, issue 59", disputed=_PROMPT),
    Published("ScreenSpot-v2", "Qwen2.5-VL-32B", 87.0, _CUA),
    Published("ScreenSpot-v2", "UI-Venus-Ground-7B", 94.1, _VENUS),
    Published("ScreenSpot-v2", "UI-Venus-Ground-72B", 95.3, _VENUS),
    Published("ScreenSpot-v2", "GTA1-7B", 93.4, "GTA1 README", disputed="its prose calls it ScreenSpot-Pro"),
    Published("ScreenSpot-v2", "GTA1-32B", 95.2, "GTA1 README"),
    Published("ScreenSpot-v2", "UI-Venus-1.5-8B", 95.9, _VENUS),
    Published("ScreenSpot-Pro", "Qwen2.5-VL-3B", 23.9, _README, disputed="15.6 by ClawGUI"),
    Published("ScreenSpot-Pro", "Qwen2.5-VL-3B", 25.9, "GUI-Actor, OpenCUA", disputed="15.6 by ClawGUI"),
    Published("ScreenSpot-Pro", "Qwen2.5-VL-3B", 15.62, _CLAW, disputed="25.9 by GUI-Actor"),
    Published("ScreenSpot-Pro", "Qwen2.5-VL-7B", 29.0, _README, disputed=_TOOL),
    Published("ScreenSpot-Pro", "Qwen2.5-VL-7B", 27.6, "GUI-Actor, OpenCUA"),
    Published("ScreenSpot-Pro", "Qwen2.5-VL-7B", 27.45, _CLAW),
    Published("ScreenSpot-Pro", "Qwen2.5-VL-32B", 39.4, "model card; OpenCUA"),
    Published("ScreenSpot-Pro", "Qwen2.5-VL-72B", 43.6, _README),
    Published("ScreenSpot-Pro", "UI-TARS-1.5-7B", 49.6, "its authors", disputed="42.1 by ClawGUI, 42.0 by GTA1"),
    Published("ScreenSpot-Pro", "UI-TARS-1.5-7B", 42.06, _CLAW),
    Published("ScreenSpot-Pro", "GroundNext-7B", 52.9, "GroundCUA README"),
    Published("ScreenSpot-Pro", "GTA1-7B", 55.5, "GTA1 README"),
    Published("ScreenSpot-Pro", "GTA1-32B", 63.6, "GTA1 README"),
    Published("ScreenSpot-Pro", "UI-Venus-Ground-72B", 61.9, _VENUS),
    Published("ScreenSpot-Pro", "UI-Venus-1.5-30B-A3B", 69.6, _VENUS),
    Published("ScreenSpot-Pro", "UI-Venus-1.5-30B-A3B", 74.8, _VENUS, "looking closer"),
    Published("OSWorld-G", "Qwen2.5-VL-3B", 26.08, _CLAW, "without refusals"),
    Published("OSWorld-G", "Qwen2.5-VL-7B", 31.4, _CUA, disputed=_REFINED),
    Published("OSWorld-G", "Qwen2.5-VL-7B", 35.49, _CLAW, "without refusals", disputed=_REFINED),
    Published("OSWorld-G", "Qwen2.5-VL-32B", 46.5, _CUA),
    Published("OSWorld-G", "UI-Venus-Ground-7B", 58.8, _VENUS),
    Published("OSWorld-G", "GTA1-7B", 60.1, "GTA1 README"),
    Published("OSWorld-G", "GTA1-7B", 68.8, "GTA1 README", "refined"),
    Published("OSWorld-G", "GTA1-32B", 65.2, "GTA1 README"),
    Published("OSWorld-G", "GTA1-32B", 72.2, "GTA1 README", "refined"),
    Published("UI-Vision", "Qwen2.5-VL-3B", 6.73, _CLAW),
    Published("UI-Vision", "Qwen2.5-VL-7B", 0.85, "UI-Vision README", disputed="14.4 by ClawGUI"),
    Published("UI-Vision", "Qwen2.5-VL-7B", 14.40, _CLAW, disputed="0.85 by the benchmark's authors"),
    Published("MMBench-GUI L2", "Qwen2.5-VL-3B", 52.81, _CLAW),
    Published("MMBench-GUI L2", "Qwen2.5-VL-7B", 70.26, _CLAW, disputed="33.9 by GroundCUA"),
    Published("MMBench-GUI L2", "Qwen2.5-VL-7B", 33.9, "GroundCUA README", disputed="70.3 by ClawGUI"),
    Published("UI-I2E-Bench", "Qwen2.5-VL-3B", 41.7, "UI-R1 README"),
    Published("UI-I2E-Bench", "Qwen2.5-VL-7B", 53.8, "UI-R1 README"),
    Published("UI-I2E-Bench", "Qwen2.5-VL-72B", 51.4, "UI-R1 README"),
    Published("AndroidControl", "Qwen2.5-VL-3B", 63.7, _README, "high, judge qwen", _JUDGE),
    Published("AndroidControl", "Qwen2.5-VL-3B", 90.8, _README, "low, judge qwen", _JUDGE),
    Published("AndroidControl", "Qwen2.5-VL-7B", 60.1, _README, "high, judge qwen", f"below the 3B; {_JUDGE}"),
    Published("AndroidControl", "Qwen2.5-VL-7B", 91.4, _README, "low, judge qwen", _JUDGE),
    Published("AndroidControl", "Qwen2.5-VL-7B", 57.36, "AgentCPM-GUI README", "high, judge agentcpm"),
    Published("AndroidControl", "Qwen2.5-VL-7B", 82.12, "AgentCPM-GUI README", "low, judge agentcpm"),
    Published("AndroidControl", "Qwen2.5-VL-7B", 62.9, _VENUS, "high", _UNNAMED),
    Published("AndroidControl", "Qwen2.5-VL-7B", 85.0, _VENUS, "low", _UNNAMED),
    Published("AndroidControl", "Qwen2.5-VL-7B", 64.47, _CLAW, "high, judge clawgui, os-atlas steps"),
    Published("AndroidControl", "Qwen2.5-VL-7B", 56.86, "GUI-R1 issue 16", "high, GUI-R1's code", _UNNAMED),
    Published("AndroidControl", "Qwen2.5-VL-32B", 69.6, _CARD, "high, judge qwen", _JUDGE),
    Published("AndroidControl", "Qwen2.5-VL-32B", 93.3, _CARD, "low, judge qwen", _JUDGE),
    Published(
        "AndroidControl",
        "Qwen2.5-VL-72B",
        67.36,
        _README,
        "high, judge qwen",
        "64.8 by a user with the official script",
    ),
    Published(
        "AndroidControl", "Qwen2.5-VL-72B", 93.7, _README, "low, judge qwen", "92.0 by a user with the official script"
    ),
    Published("AndroidControl", "Qwen2.5-VL-72B", 64.8, "QwenLM issue 1155", "high, judge qwen"),
    Published("AndroidControl", "Qwen2.5-VL-72B", 92.0, "QwenLM issue 1155", "low, judge qwen"),
    Published("AndroidControl", "UI-Venus-Navi-7B", 76.1, _VENUS, "high", _UNNAMED),
    Published("AndroidControl", "UI-Venus-Navi-7B", 92.4, _VENUS, "low", _UNNAMED),
    Published("AndroidControl", "UI-Venus-Navi-72B", 77.2, _VENUS, "high", _UNNAMED),
    Published("AndroidControl", "UI-Venus-Navi-72B", 92.9, _VENUS, "low", _UNNAMED),
    Published("AITZ", "Qwen2.5-VL-3B", 76.9, _README),
    Published("AITZ", "Qwen2.5-VL-7B", 81.9, _README, disputed="57.6 by AgentCPM-GUI, with another judge"),
    Published("AITZ", "Qwen2.5-VL-32B", 83.1, _CARD),
    Published("AITZ", "Qwen2.5-VL-72B", 83.2, _README),
    Published("AndroidWorld", "Qwen2.5-VL-7B", 25.5, _CARD, disputed=_HINTS),
    Published("AndroidWorld", "Qwen2.5-VL-32B", 22.0, _CARD, disputed=_HINTS),
    Published(
        "AndroidWorld",
        "Qwen2.5-VL-72B",
        35.0,
        _CARD,
        disputed="28 by a user; " + _HINTS,
    ),
    Published("AndroidWorld", "UI-Venus-Navi-7B", 49.1, _VENUS),
    Published("AndroidWorld", "UI-Venus-Navi-72B", 65.9, _VENUS),
    Published("MobileMiniWob++", "Qwen2.5-VL-7B", 91.4, _CARD, disputed="above the 72B: 92 or 62 tasks is not said"),
    Published("MobileMiniWob++", "Qwen2.5-VL-72B", 68.0, _CARD, disputed="below the 7B: 92 or 62 tasks is not said"),
    Published("OSWorld", "Qwen2.5-VL-32B", 5.92, _CARD),
    Published("OSWorld", "Qwen2.5-VL-72B", 8.83, _CARD, disputed="the number of steps is not said"),
    Published("OSWorld-Verified", "Qwen2.5-VL-32B", 3.0, _CUA, "Verified, 15 steps"),
    Published("OSWorld-Verified", "Qwen2.5-VL-32B", 3.9, _CUA, "Verified, 100 steps"),
    Published("OSWorld-Verified", "Qwen2.5-VL-72B", 4.4, _CUA, "Verified, 15 steps"),
    Published("OSWorld-Verified", "Qwen2.5-VL-72B", 5.0, _CUA, "Verified, 100 steps"),
    Published("OSWorld-Verified", "OpenCUA-72B", 45.0, _CUA, "Verified, 100 steps"),
    Published("AgentNetBench", "Qwen2.5-VL-7B", 48.0, _CUA),
    Published("AgentNetBench", "Qwen2.5-VL-32B", 64.8, _CUA),
    Published("AgentNetBench", "Qwen2.5-VL-72B", 67.0, _CUA),
)
"""In the order of the benchmarks, then of the models' sizes. What moves them: prompt, resolution, judge, subset."""


_LATER: Final = {"OSWorld": "OSWorld-Verified"}
"""What a benchmark is called since its tasks were corrected: a run may be of either."""


def published_for(results: Results) -> list[Published]:
    """Return the numbers of a run's benchmark, those of its model first."""
    names = {_plain(results.title), _plain(results.benchmark)}
    names |= {_plain(name) for benchmark, name in _LATER.items() if _plain(benchmark) in names}
    found = [each for each in PUBLISHED if _plain(each.benchmark) in names]
    return sorted(found, key=lambda each: not is_of(each, results.model))


def is_of(published: Published, model: str) -> bool:
    """Return whether a number is of this model, or of a quantised copy or a fine-tune that carries its name."""
    return _plain(published.model) in _plain(model)


def _plain(name: str) -> str:
    """Return a name without what people write in different ways: case, hyphens, and "v1" of the first version."""
    plain = "".join(letter for letter in name.lower() if letter.isalnum())
    return plain.removesuffix("v1")
