"""The self-test of MobileMiniWoB++: pages on which an oracle, the middle of the screen and chance score as is known."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from handeye.evals.mobile_miniwob.chromium import ChromiumPages
from handeye.evals.mobile_miniwob.pages import find_pages
from handeye.evals.mobile_miniwob.phone import PhonePages
from handeye.evals.mobile_miniwob.protocol import LABELS, STEPS, Proxy, protocol
from handeye.evals.policy_center import CenterPolicy
from handeye.evals.policy_random import RandomPolicy
from handeye.evals.selftests.check import SelfTest
from handeye.evals.selftests.episodes import Rewards, require_rewards
from handeye.evals.worker import Job

RANDOM_SEED: Final = 0
TAPS: Final = 5
"""Steps of the policies that don't look, most of whose taps meet nothing."""

CHROMIUM: Final[Rewards] = {
    ("choose-list", 0): 0.0,
    ("click-color", 2): -1.0,
    ("click-shape", 0): -1.0,
    ("click-test", 2): 1.0,
    ("click-test", 4): 1.0,
    ("count-shape", 0): -1.0,
    ("enter-text", 0): 0.0,
    ("scroll-text-2", 0): 0.0,
}
"""The raw rewards of taps at random. The middle of the screen is below each task, and gives none."""
PHONE: Final[Rewards] = {("click-test", 3): 0.0, ("count-shape", 0): -1.0, ("enter-text", 0): -1.0}
"""The same on the simulated phone, where other pixels are other places of the page."""


def run(proxy: Proxy, chance: Mapping[tuple[str, int], float], folder: Path) -> str:
    """Play the episodes. Raises `SelfTestFailed`, and `MissingDependency` without the pages, a browser or adb."""
    rules = protocol(proxy, find_pages(None).origin)
    with ChromiumPages() if proxy == "chromium" else PhonePages() as suite:
        shown = [
            require_rewards(suite, [Job(name, seed, steps) for name, seed in chance], policy, known, folder, rules)
            for policy, steps, known in (
                (None, STEPS, dict.fromkeys(chance, 1.0)),
                (CenterPolicy(), TAPS, dict.fromkeys(chance, 0.0)),
                (RandomPolicy(RANDOM_SEED), TAPS, chance),
            )
        ]
    return f"{', '.join(shown)} ({LABELS[proxy]})"


SELF_TESTS: Final = (
    SelfTest("mobile-miniwob", partial(run, "chromium", CHROMIUM)),
    SelfTest("mobile-miniwob-phone", partial(run, "phone", PHONE)),
)
