"""`android_control_test.json` of InfiGUI-R1 (Reallm-Labs/android_control_test), read as its eval/android_control does.

A list of episodes: `width`, `height`, `episode` with `episode_id`, `goal`, `step_instructions` and `screenshot_paths`,
and `step_check_pams`, what Qwen's protocol compares with, in pixels of the screenshot.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from handeye.actions.geometry import Size
from handeye.evals.androidcontrol.loaders.steps import Step
from handeye.evals.androidcontrol.records.forest import Bounds
from handeye.evals.androidcontrol.screen import Screen
from handeye.evals.androidcontrol.subsets import Key
from handeye.evals.androidcontrol.truth import Opened, Pressed, Scrolled, Tap, Truth, Typed, Waited, direction_of
from handeye.evals.grounding.files import Fields, Images, field, numbers, words
from handeye.evals.samples.dataset import InvalidDataset
from handeye.evals.samples.region import Spot

BOXES = "candidate boxes of the file: agentcpm judges clicks by distance alone, uground judges nothing"


def infigui_steps(rows: list[Fields], images: Images, path: Path) -> Iterator[Step]:
    """Yield the steps of each episode. Raises `InvalidDataset`."""
    for place, row in enumerate(rows, start=1):
        where = f"episode {place} of {path}"
        episode = field(row, ["episode"], where)
        checks = field(row, ["step_check_pams"], where)
        if not isinstance(episode, dict) or not isinstance(checks, list):
            raise InvalidDataset(f"{where} has no object as episode, or no list as step_check_pams")
        instructions, screenshots = _texts(episode, "step_instructions"), _texts(episode, "screenshot_paths")
        if len(instructions) != len(checks) or len(screenshots) != len(checks) + 1:
            raise InvalidDataset(f"{where} has not as many instructions as steps, or not one screenshot more")
        width, height = numbers({"size": [row.get("width"), row.get("height")]}, ["size"], where, 2)
        truths = [_truth(check, f"{where}, step {index}") for index, check in enumerate(checks)]
        for index, (truth, check) in enumerate(zip(truths, checks, strict=True)):
            yield Step(
                key=Key(_number(episode.get("episode_id"), where), index),
                goal=words(episode, ["goal"], where),
                instruction=instructions[index],
                truth=truth,
                history=tuple(truths[:index]),
                image=images.path(screenshots[index], where),
                size=Size(int(width), int(height)),
                screen=Screen(candidates=tuple(_boxes(check, f"{where}, step {index}"))),
            )


def _truth(check: Any, where: str) -> Truth:
    if not isinstance(check, dict):
        raise InvalidDataset(f"{where} is not an object")
    match check.get("action"):
        case "click" | "long_press" as kind:
            return Tap(Spot(*numbers(check, ["coordinate"], where, 2)), kind == "long_press")
        case "swipe":
            return Scrolled(direction_of(check.get("direction"), where))
        case "type":
            return Typed(_text(check, where))
        case "open":
            return Opened(_text(check, where))
        case "system_button":
            match str(check.get("button")).strip().lower():
                case "back":
                    return Pressed("back")
                case "home":
                    return Pressed("home")
                case button:
                    raise InvalidDataset(f"{where} presses {button!r}, which AndroidControl does not have")
        case "wait":
            return Waited()
        case kind:
            raise InvalidDataset(f"{where} has the action {kind!r}, which AndroidControl does not have")


def _boxes(check: Mapping[str, Any], where: str) -> Iterator[Bounds]:
    for box in check.get("candidate_bbox") or ():
        yield Bounds(*numbers({"candidate_bbox": box}, ["candidate_bbox"], where, 4))


def _text(check: Mapping[str, Any], where: str) -> str:
    value = check.get("text")
    if not isinstance(value, str):
        raise InvalidDataset(f"{where} has {value!r} as text")
    return value


def _number(value: Any, where: str) -> int:
    """Return the number of an episode, which may be written as text."""
    if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
        return int(value)
    raise InvalidDataset(f"{where} has {value!r} as episode_id, not a number")


def _texts(episode: Mapping[str, Any], name: str) -> list[str]:
    """Return a list of texts; empty if it is something else."""
    value = episode.get(name)
    return value if isinstance(value, list) and all(isinstance(each, str) for each in value) else []
