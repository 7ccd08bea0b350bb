"""Drawn episodes with known answers, written as AndroidControl's records: what the self-test asks about."""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw

from handeye.evals.androidcontrol.records.forest import Bounds, Node
from handeye.evals.androidcontrol.sample import USUAL_SCREEN
from handeye.evals.androidcontrol.written import episode, forest, write_shard

_WINDOW: Final = (0, 0, *USUAL_SCREEN)
_LIST: Final = Node(Bounds(0, 300, 1080, 2300), is_visible=True, is_scrollable=True, is_leaf=False)
_BUTTON: Final = Node(Bounds(440, 1150, 640, 1250), "Save", is_visible=True)
"""In the middle of the screen."""
_ROW: Final = Node(Bounds(40, 700, 440, 800), "Alarm", is_visible=True)
_CORNER: Final = Node(Bounds(960, 60, 1060, 160), "", "Settings", is_visible=True)
_ICON: Final = Node(Bounds(100, 1900, 300, 2100), "Clock", is_visible=True)
NODES: Final = (_LIST, _BUTTON, _ROW, _CORNER, _ICON)

_CLICKS: Final = ({"x": 540, "y": 1200}, {"x": 240, "y": 750}, {"x": 1010, "y": 110})
EPISODES: Final[Mapping[int, Sequence[Mapping[str, Any]]]] = {
    7: (
        {"action_type": "open_app", "app_name": "Clock"},
        {"action_type": "click", **_CLICKS[0]},
        {"action_type": "scroll", "direction": "down"},
        {"action_type": "input_text", "text": "7:30 in the morning"},
        {"action_type": "click", **_CLICKS[1]},
        {"action_type": "wait"},
    ),
    8: (
        {"action_type": "click", **_CLICKS[1]},
        {"action_type": "scroll", "direction": "left"},
        {"action_type": "click", **_CLICKS[2]},
        {"action_type": "navigate_back"},
        {"action_type": "scroll", "direction": "up"},
        {"action_type": "navigate_home"},
    ),
    9: ({"action_type": "click", **_CLICKS[0]}, {"action_type": "wait"}),
}
"""By number; the last one is in the train split. No long press: AgentCPM-GUI calls none of them right."""
TEST: Final = (7, 8)
STEPS: Final = sum(len(EPISODES[number]) for number in TEST)


def write_records(folder: Path) -> None:
    """Write two shards, the splits, and the parts of the test split."""
    folder.mkdir(parents=True, exist_ok=True)
    for place, numbers in enumerate(((7, 9), (8,))):
        write_shard(folder / f"android_control-{place:05}-of-00002", [_record(number) for number in numbers])
    splits = {"train": [9], "validation": [], "test": list(TEST)}
    (folder / "splits.json").write_text(json.dumps(splits), encoding="utf-8")
    parts = {"IDD": [7], "app_unseen": [8], "task_unseen": [8]}
    (folder / "test_subsplits.json").write_text(json.dumps(parts), encoding="utf-8")


def _record(number: int) -> bytes:
    actions = EPISODES[number]
    tree = forest([(_WINDOW, NODES)])
    screens = [(_png(number, place), USUAL_SCREEN, tree) for place in range(len(actions) + 1)]
    instructions = [f"take step {place + 1} of {len(actions)}" for place in range(len(actions))]
    return episode(number, f"Do what episode {number} is about", actions, instructions, screens)


def _png(number: int, place: int) -> bytes:
    picture = Image.new("L", USUAL_SCREEN, 255)
    pen = ImageDraw.Draw(picture)
    for node in NODES:
        pen.rectangle(tuple(node.bounds), outline=0, width=4)
    pen.rectangle((0, 0, 40 * number, 20 + 20 * place), fill=0)  # no two screens are the same
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
