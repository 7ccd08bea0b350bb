"""The offline benchmarks."""

from collections.abc import Mapping
from typing import Final

from handeye.evals.androidcontrol.registry import ANDROIDCONTROL
from handeye.evals.catalog import Offline
from handeye.evals.grounding.registry import GROUNDING

OFFLINE: Final[Mapping[str, Offline]] = {each.name: each for each in (*GROUNDING, ANDROIDCONTROL)}
"""By the names of their commands."""
