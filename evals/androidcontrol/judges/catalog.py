"""The judges of AndroidControl, the one of Qwen's own numbers first. They judge side by side."""

from collections.abc import Sequence
from typing import Final

from handeye.evals.androidcontrol.judges.agentcpm import AgentCpm
from handeye.evals.androidcontrol.judges.clawgui import ClawGui
from handeye.evals.androidcontrol.judges.judge import StepJudge
from handeye.evals.androidcontrol.judges.osatlas import OsAtlas
from handeye.evals.androidcontrol.judges.qwen import Qwen
from handeye.evals.androidcontrol.judges.strict import Strict
from handeye.evals.androidcontrol.judges.uground import UGround
from handeye.evals.androidcontrol.judges.ui_r1 import UiR1

JUDGES: Final[Sequence[StepJudge]] = (Qwen(), Strict(), OsAtlas(), AgentCpm(), ClawGui(), UGround(), UiR1())
