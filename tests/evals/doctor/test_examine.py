from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Type
from handeye.agent.decision import SeenImage
from handeye.evals.doctor.boxes import as_corner_and_size, as_corners, box_finding
from handeye.evals.doctor.examine import examine
from handeye.evals.doctor.finding import Finding
from handeye.evals.doctor.frames import pointing
from handeye.evals.doctor.scrolls import scroll_finding
from handeye.evals.results.find import open_results
from handeye.evals.samples.judge import Verdict
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.region import Region, Spot
from handeye.evals.samples.sample import Sample
from handeye.evals.samples.scoring import Judged
from tests.evals.results.folders import (
    know_squares,
    off,
    pointed,
    right,
    unread,
    write_episodes,
    write_samples,
)
from tests.evals.samples.squares import HEIGHT, WIDTH

Look = Callable[..., dict[str, Finding]]


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Look:
    """Writes a run, examines it, and returns the findings by name."""
    know_squares(monkeypatch)

    def findings(answer: Callable[[Sample, int], Any], **facts: object) -> dict[str, Finding]:
        folder = write_samples(tmp_path / "run", answer, **facts)  # type: ignore[arg-type]
        return {finding.what: finding for finding in examine(open_results(folder))}

    return findings


def suspects(found: dict[str, Finding]) -> set[str]:
    return {name for name, finding in found.items() if finding.suspicious}


def index_of(sample: Sample) -> int:
    return int(sample.id.split("-")[1])


def seen_large(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "image": SeenImage(Size(WIDTH, HEIGHT), 32)}


def test_nothing_looks_wrong_with_a_good_run(look: Look) -> None:
    def answer(sample: Sample, repeat: int) -> dict[str, Any]:
        place = Point(int(sample.target.bounds[0]) + 1 + index_of(sample), 12)  # type: ignore[union-attr]
        return seen_large(pointed(place, f"square {index_of(sample)}: ({place.x}, {place.y})"))

    assert suspects(look(answer)) == set()


def test_replies_in_another_frame(look: Look) -> None:
    """The model says thousandths, which were read as pixels of an image of 100x50: mostly outside of it."""

    def answer(sample: Sample, repeat: int) -> dict[str, Any]:
        assert sample.target is not None
        x, y = sample.target.inside()
        numbers = f"({x * 1000 // WIDTH}, {y * 1000 // HEIGHT})"
        return {"text": numbers, "problem": f"the point {numbers} lies outside the model image"}

    finding = look(answer)["frame of the points"]
    assert "thousandths" in finding.advice
    assert finding.evidence.startswith("0.0% as judged; ")
    assert "100.0% in thousandths" in finding.evidence


def test_other_actions_are_not_taken_for_points(look: Look) -> None:
    found = look(lambda s, r: {"text": "type (3, 4)", "actions": (Type(text="(3, 4)"),)})
    assert found["frame of the points"].evidence.startswith("only 0 replies")


def test_an_answer_is_moved_with_its_exact_place() -> None:
    fields = pointed(Point(10, 20))
    moved = pointing(Prediction(key="k", sample="s", spot=Spot(10.7, 20.1), **fields), Spot(3.5, -1.0))
    assert (moved.place, moved.point) == (Spot(3.5, -1.0), Point(3, -1))


def test_misses_are_no_other_frame(look: Look) -> None:
    found = look(lambda sample, repeat: off(sample) if index_of(sample) % 2 else right(sample))
    assert found["frame of the points"].evidence.startswith("50.0% as judged")
    assert not found["frame of the points"].suspicious


def test_few_replies_say_nothing(look: Look) -> None:
    found = look(right, count=4)
    assert "too few" in found["frame of the points"].evidence
    assert "too few" in found["boxes of the targets"].evidence


def judged(boxes: list[Region], points: list[Point], size: Size) -> list[Judged]:
    found = []
    for number, (box, point) in enumerate(zip(boxes, points, strict=True)):
        sample = Sample(id=str(number), image=Path("x.png"), instruction="", cluster="x", target=box)
        fields = pointed(point)
        prediction = Prediction(key=str(number), sample=str(number), size=size, **fields)
        found.append(Judged(sample, prediction, Verdict(box.contains(*point))))
    return found


TRUE = [(30 * n + 20, 20 * n + 10, 25, 12) for n in range(1, 25)]
"""Targets as left, top, width, height, on a screen of 900 x 600."""
POINTS = [Point(x + w // 2, y + h // 2) for x, y, w, h in TRUE]


def test_sizes_taken_for_corners() -> None:
    read = [Region.box(*box) for box in TRUE]
    finding = box_finding(judged(read, POINTS, Size(900, 600)))
    assert finding.suspicious
    assert "points hit 0.0% of them, 100.0% if they are left, top, width, height" in finding.evidence


def test_corners_taken_for_sizes() -> None:
    read = [Region.box(x, y, x + x + w, y + y + h) for x, y, w, h in TRUE]
    wrong = [Point(point.x + 26, point.y) for point in POINTS[:6]] + POINTS[6:]
    assert box_finding(judged(read, wrong, Size(900, 600))).suspicious


def test_good_boxes_are_left_alone() -> None:
    read = [Region.box(x, y, x + w, y + h) for x, y, w, h in TRUE]
    for points in (POINTS, [Point(point.x + 40, point.y) for point in POINTS]):
        assert not box_finding(judged(read, points, Size(900, 600))).suspicious
    assert as_corners(read[-1]) is None, "no right edge lies left of the left one"


def test_a_misread_box_is_restored() -> None:
    box = Region.box(100, 80, 130, 95)
    assert as_corner_and_size(Region.box(100, 80, 30, 15)) == box
    assert as_corners(Region.box(10, 8, 10 + 40, 8 + 30)) == Region.box(10, 8, 40, 30)


def test_directions_that_are_swapped() -> None:
    swapped = {"scroll up": {"scroll down": 9, "scroll up": 2}, "scroll down": {"scroll up": 8}, "click": {"click": 99}}
    finding = scroll_finding(swapped)
    assert finding.suspicious
    assert "of 19 directions, 2 as meant, 17 the opposite" in finding.evidence
    assert not scroll_finding({"up": {"up": 6, "down": 5}}).suspicious
    assert "too few" in scroll_finding({"up": {"down": 3}}).evidence


def test_unreadable_replies_are_shown(look: Look) -> None:
    found = look(lambda sample, repeat: unread() if index_of(sample) < 3 else right(sample))
    finding = found["format of the replies"]
    assert finding.suspicious and "3 of 24" in finding.evidence
    assert finding.examples == ("3x the answer contains no point: I see a <b>square</b>",)


def test_lost_and_missing_answers(look: Look) -> None:
    found = look(
        lambda s, r: {"error": "the server is gone"} if index_of(s) == 3 else right(s) if index_of(s) else None
    )
    assert found["failures of the machine"].examples == ("1x the server is gone",)
    assert "23 of 24 samples were asked" in found["completeness"].evidence
    assert {"failures of the machine", "completeness"} <= suspects(found)


def test_one_answer_to_everything(look: Look) -> None:
    found = look(lambda sample, repeat: pointed(Point(100, 50)))
    assert {"variety of the replies", "variety of the places"} <= suspects(found)
    assert "24 are 50 % from the left, 50 % from the top" in found["variety of the places"].evidence


def test_images_that_could_have_been_larger(look: Look) -> None:
    finding = look(right, profile="gta1", pixels={"min": 3136, "max": 5000})["size of the images"]
    assert finding.suspicious
    assert "seen at 50% of their width" in finding.evidence
    assert "the run allowed 5,000 pixels" in finding.evidence
    asked = look(right, asked_with={"max_pixels": 5000})["size of the images"]
    assert "--max-pixels 5000 has limited 24 of them" in asked.evidence and asked.suspicious
    assert not look(lambda s, r: seen_large(right(s)))["size of the images"].suspicious


def test_episodes(tmp_path: Path) -> None:
    folder = write_episodes(tmp_path / "run", lambda task, seed: task == "click-tab")
    found = {finding.what: finding for finding in examine(open_results(folder))}
    assert found["endings"].evidence == "unsolved: 10 step limit"
    assert found["tasks never solved"].evidence == "1 of 2: login-user"
    assert suspects(found) == set()
    hasty = write_episodes(tmp_path / "hasty", lambda task, seed: False, steps=1)
    assert suspects({finding.what: finding for finding in examine(open_results(hasty))}) == {"endings"}
