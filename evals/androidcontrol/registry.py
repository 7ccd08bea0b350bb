"""AndroidControl with what reads it."""

from typing import Final

from handeye.evals.androidcontrol.benchmark import androidcontrol
from handeye.evals.androidcontrol.loaders.load import load_androidcontrol
from handeye.evals.catalog import Offline

ANDROIDCONTROL: Final = Offline("androidcontrol", "", androidcontrol, load_androidcontrol)
