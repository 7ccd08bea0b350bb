"""The JSON files that others have made of AndroidControl."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handeye.actions.geometry import Size
from handeye.evals.androidcontrol.loaders.load import load_androidcontrol
from handeye.evals.androidcontrol.records.forest import Bounds
from handeye.evals.androidcontrol.sample import StepSample
from handeye.evals.androidcontrol.truth import Finished, Opened, Pressed, Scrolled, Tap, Typed, Waited
from handeye.evals.samples.dataset import Dataset, InvalidDataset
from handeye.evals.samples.region import Spot

CHECKS: list[dict[str, Any]] = [
    {"action": "open", "text": "Clock", "candidate_bbox": [[1, 2, 3, 4]]},
    {"action": "click", "coordinate": [948, 472], "candidate_bbox": [[813, 410, 1084, 536], [0, 410, 1084, 2308]]},
    {"action": "swipe", "direction": "down"},
    {"action": "type", "text": ""},
    {"action": "system_button", "button": "Back"},
    {"action": "system_button", "button": "home"},
    {"action": "long_press", "coordinate": [10.5, 20], "candidate_bbox": []},
    {"action": "wait", "time": 2},
]


def infigui(checks: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    checks = CHECKS if checks is None else checks
    return {
        "width": 1084,
        "height": 2412,
        "step_check_pams": checks,
        "step_pams": [{}] * len(checks),
        "episode": {
            "episode_id": 16426,
            "goal": "set an alarm",
            "step_instructions": [f"step {place}" for place in range(len(checks))],
            "screenshot_paths": [f"images/{place}.png" for place in range(len(checks) + 1)],
        },
    }


def draw(folder: Path, *names: str, size: tuple[int, int] = (1080, 2400)) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", size).save(folder / name)


def write(path: Path, rows: list[Any]) -> Path:
    lines = path.suffix == ".jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) if lines else json.dumps(rows))
    return path


def load(data: Path, **options: Any) -> Dataset[StepSample]:
    return load_androidcontrol(str(data), **{"part": True, **options})


def test_the_file_of_infigui_r1(tmp_path: Path) -> None:
    write(tmp_path / "android_control_test.json", [infigui()])
    draw(tmp_path, *(f"images/{place}.png" for place in range(8)))
    dataset = load(tmp_path)
    assert [each.truth for each in dataset.samples] == [
        Opened("Clock"),
        Tap(Spot(948, 472)),
        Scrolled("down"),
        Typed(""),
        Pressed("back"),
        Pressed("home"),
        Tap(Spot(10.5, 20), long=True),
        Waited(),
    ]
    second = dataset.samples[1]
    assert second.screen.candidates == (Bounds(813, 410, 1084, 536), Bounds(0, 410, 1084, 2308))
    assert second.screen.nearest is None and second.screen.elements is None
    assert (second.size, second.id, second.history) == (Size(1084, 2412), "16426_1", (Opened("Clock"),))
    assert "agentcpm judges clicks by distance alone" in str(dataset.facts["boxes"])
    assert "history" not in dataset.facts and "missing images" not in dataset.facts
    with pytest.raises(InvalidDataset, match="steps: 8 instead of 8444"):
        load(tmp_path, part=False)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (infigui([{"action": "dance"}]), "step 0 has the action 'dance'"),
        (infigui([{"action": "click", "coordinate": [1]}]), "not 2 numbers"),
        (infigui([{"action": "swipe", "direction": "in"}]), "'in', which is no direction"),
        (infigui([{"action": "system_button", "button": "Menu"}]), "presses 'menu'"),
        (infigui([{"action": "type"}]), "None as text"),
        ({**infigui(), "width": None}, "as size, not 2 numbers"),
        ({**infigui(), "step_check_pams": []}, "not as many instructions as steps"),
        ({**infigui(), "episode": []}, "no object as episode"),
    ],
)
def test_a_bad_episode_of_infigui_r1(tmp_path: Path, row: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidDataset, match=problem):
        load(write(tmp_path / "own.json", [row]), annotations_only=True)


def test_the_file_of_ui_r1(tmp_path: Path) -> None:
    rows = [
        {"image": "episode_7-screenshot_0.png", "gt": {"action_type": "open_app", "app_name": "Clock"}, "task": "open"},
        {"image": "episode_7-screenshot_2.png", "gt": {"action_type": "click", "x": 9, "y": 8}, "task": ""},
    ]
    path = write(tmp_path / "ac_test.json", rows)
    draw(tmp_path / "images", "episode_7-screenshot_0.png")
    with pytest.raises(InvalidDataset, match=r"leave out the goals of the episodes.*--level low"):
        load(tmp_path)
    for data in (path, tmp_path):
        dataset = load(data, level="low")
        first, second = dataset.samples
        assert (first.instruction, first.goal, first.size) == ("open", "", Size(1080, 2400))
        assert second.history == (Opened("Clock"),) and second.size is None
        assert dataset.facts["missing images"] == 1
        assert dataset.facts["history"] == "not whole: these files leave out steps before 1 of the 2"
    (tmp_path / "images" / "episode_7-screenshot_0.png").unlink()
    with pytest.raises(InvalidDataset, match="none of the 2 images is in"):
        load(path, level="low")


def row(image: str, task: str, answer: str) -> dict[str, Any]:
    question = f"You are …\nScreenshot: <image>\nTask: {task}\nHistory: \nNone\n"
    return {"image": f"/home/other/{image}", "conversations": [{"value": question}, {"value": answer}]}


def test_the_file_of_os_atlas(tmp_path: Path) -> None:
    said = [
        "OPEN_APP [PocketBook]",
        "LONG_PRESS <point>[[108,272]]</point>",
        "CLICK <point>[[950,87]]</point>",
        "SCROLL [DOWN]",
        "TYPE [[a] b]",
        "PRESS_BACK",
        "PRESS_HOME",
        "WAIT",
        "COMPLETE",
    ]
    rows = [
        row(
            f"episode_140_screenshot_{place}.png",
            f"Share it. You need to: do {place}",
            f"thoughts:\nI\nactions:\n{each}",
        )
        for place, each in enumerate(said)
    ]
    write(tmp_path / "ac_low_test.jsonl", rows)
    draw(tmp_path / "screenshots", *(f"episode_140_screenshot_{place}.png" for place in range(9)), size=(1000, 2000))
    dataset = load(tmp_path, level="low")
    assert [each.truth for each in dataset.samples] == [
        Opened("PocketBook"),
        Tap(Spot(108.5, 545.0), long=True),
        Tap(Spot(950.5, 175.0)),
        Scrolled("down"),
        Typed("[a] b"),
        Pressed("back"),
        Pressed("home"),
        Waited(),
        Finished(),
    ]
    assert (dataset.samples[2].goal, dataset.samples[2].instruction) == ("Share it.", "do 2")
    assert len(dataset.samples[2].history) == 2 and "history" not in dataset.facts
    with pytest.raises(InvalidDataset, match=r"the steps of OS-Atlas|all steps of the test split"):
        load(tmp_path, level="low", part=False)


def test_the_high_level_of_os_atlas_has_the_step_as_its_thought(tmp_path: Path) -> None:
    answer = "thoughts:\nopen the app.\nactions:\nWAIT"
    path = write(tmp_path / "own.jsonl", [row("episode_1_screenshot_0.png", "Share it", answer)])
    (sample,) = load(path, annotations_only=True).samples
    assert (sample.goal, sample.step) == ("Share it", "open the app.")


@pytest.mark.parametrize(
    ("image", "task", "answer", "problem"),
    [
        ("first.png", "x", "actions:\nWAIT", "names no screenshot of a step"),
        ("episode_1_screenshot_0.png", "x", "WAIT", "no action in its answer"),
        ("episode_1_screenshot_0.png", "x", "actions:\nDANCE", "has the action DANCE"),
        ("episode_1_screenshot_0.png", "x", "actions:\nCLICK here", "no point in its action"),
        ("episode_1_screenshot_0.png", "x", "actions:\nSCROLL [IN]", "no direction"),
    ],
)
def test_a_bad_row_of_os_atlas(tmp_path: Path, image: str, task: str, answer: str, problem: str) -> None:
    with pytest.raises(InvalidDataset, match=problem):
        load(write(tmp_path / "own.jsonl", [row(image, task, answer)]), annotations_only=True)


def test_questions_that_are_none(tmp_path: Path) -> None:
    bad = row("episode_1_screenshot_0.png", "x", "actions:\nWAIT")
    for conversations, problem in (([], "no question and answer"), ([{"value": "x"}, {"value": "y"}], "no task")):
        path = write(tmp_path / "own.jsonl", [{**bad, "conversations": conversations}])
        with pytest.raises(InvalidDataset, match=problem):
            load(path, annotations_only=True)


def test_files_that_are_not_known(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataset, match=r"has neither records .android_control-.. nor android_control_test"):
        load(tmp_path)
    with pytest.raises(InvalidDataset, match="is no file of AndroidControl that is known: its rows have a, b"):
        load(write(tmp_path / "own.json", [{"a": 1, "b": 2}]))
    with pytest.raises(InvalidDataset, match="there is no folder nowhere"):
        load(Path("nowhere"))
    write(
        tmp_path / "ac_test.json", [{"image": "episode_7-screenshot_0.png", "gt": {"action_type": "wait"}, "task": ""}]
    )
    with pytest.raises(InvalidDataset, match="agentcpm needs the published records"):
        load(tmp_path, subset="agentcpm", level="low", annotations_only=True)


def test_an_image_outside_of_the_folder(tmp_path: Path) -> None:
    bad = infigui()
    bad["episode"]["screenshot_paths"][0] = "../../secret.png"
    with pytest.raises(InvalidDataset, match="outside of the dataset's folder"):
        load(write(tmp_path / "own.json", [bad]))
