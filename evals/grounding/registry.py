"""The grounding benchmarks with what reads them."""

from collections.abc import Sequence
from typing import Final

from handeye.evals.catalog import Offline
from handeye.evals.grounding import benchmarks
from handeye.evals.grounding.hub import HUB
from handeye.evals.grounding.mmbench_gui import load_mmbench_gui
from handeye.evals.grounding.osworld_g import load_osworld_g
from handeye.evals.grounding.own_file import load_own_file
from handeye.evals.grounding.screenspot import load_pro, load_v1, load_v2
from handeye.evals.grounding.ui_vision import load_ui_vision

GROUNDING: Final[Sequence[Offline]] = (
    Offline("screenspot", HUB["screenspot"], benchmarks.screenspot, load_v1),
    Offline("screenspot-v2", HUB["screenspot-v2"], benchmarks.screenspot_v2, load_v2),
    Offline("screenspot-pro", HUB["screenspot-pro"], benchmarks.screenspot_pro, load_pro),
    Offline("osworld-g", HUB["osworld-g"], benchmarks.osworld_g, load_osworld_g),
    Offline("ui-vision", HUB["ui-vision"], benchmarks.ui_vision, load_ui_vision),
    Offline("mmbench-gui", HUB["mmbench-gui"], benchmarks.mmbench_gui, load_mmbench_gui),
    Offline("grounding", HUB["grounding"], benchmarks.own_file, load_own_file),
)
