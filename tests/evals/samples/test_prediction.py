import json
from pathlib import Path

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import (
    AnyAction,
    Back,
    Click,
    Home,
    LongPress,
    Move,
    NewTab,
    RecentApps,
    Terminate,
    Type,
    Wait,
    WaitUntilStable,
)
from handeye.evals.samples.log import PREDICTIONS, PredictionLog, read_predictions
from handeye.evals.samples.prediction import Prediction

POINT = Point(3, 4)
ACTIONS = (
    Back(),
    Home(),
    RecentApps(),
    NewTab(),
    Wait(),
    WaitUntilStable(),
    Click(point=POINT),
    Move(point=POINT),
    LongPress(point=POINT),
    Type(text="x"),
    Terminate(status="success"),
)
"""Several are alike without their type, and with what is the default left out."""


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.type)
def test_an_action_comes_back_as_what_it_was(action: AnyAction, tmp_path: Path) -> None:
    prediction = Prediction(key="k", sample="s", actions=(action,))
    log = PredictionLog(tmp_path)
    log.append(prediction)
    log.close()
    assert read_predictions(tmp_path) == [prediction]
    (kept,) = json.loads((tmp_path / PREDICTIONS).read_text())["actions"]
    assert kept["type"] == action.type
