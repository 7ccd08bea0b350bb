"""The pages of a run: a list that stays small, and a page for each episode."""

import gc
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from handeye.agent.errors import InvalidTrajectory
from handeye.agent.journal.trajectory import Trajectory, read_trajectory
from handeye.agent.journal.verdict import Verdict
from handeye.agent.journal.writer import JOURNAL
from handeye.agent.outcome import StopReason
from handeye.agent.page import document
from handeye.agent.page.document import PageNotWritten, write_page
from handeye.agent.step import Step

Keep = Callable[..., Path]
Reader = Callable[[str], Any]


def test_several_episodes_share_a_page_with_a_summary(
    keep: Keep, steps: list[Step], tmp_path: Path, reader: Reader
) -> None:
    keep(*steps, folder="2-b", task="The second task", stop=StopReason.TASK_ENDED)
    keep(*steps[:1], folder="1-a", task="The first task", stop=StopReason.TASK_ENDED)
    keep(folder="3-c", task="The third task", stop=StopReason.FAILED)
    verdicts = {"1-a": Verdict(True, "reward 1.00"), "2-b": Verdict(False, "reward -1.00")}
    path = write_page(tmp_path, title="Three tasks", verdicts=verdicts)
    assert path == tmp_path / "index.html"
    text = reader(path.read_text("utf-8")).text
    places = [text.index(f"The {number} task") for number in ("first", "second", "third")]
    assert places == sorted(places)
    assert "1 of 3 solved" in text
    assert "not solved" in text
    assert "reward -1.00" in text
    assert write_page(tmp_path, title="Three tasks").read_text("utf-8").count("reward -1.00") == 1, "it was kept"


def test_what_nothing_says_is_not_counted(keep: Keep, steps: list[Step], tmp_path: Path, reader: Reader) -> None:
    keep(*steps, folder="1", stop=StopReason.TASK_ENDED)
    keep(*steps, folder="2", stop=StopReason.SUCCESS)
    assert "solved" not in reader(write_page(tmp_path).read_text("utf-8")).text


@pytest.fixture
def episodes(keep: Keep, steps: list[Step], tmp_path: Path) -> Path:
    """A run of two tasks: two episodes solved, one not, one lost with its browser, one killed."""
    ends: list[tuple[str, int, StopReason | None, bool | None]] = [
        ("click-tab", 3, StopReason.TASK_ENDED, True),
        ("click-tab", 4, StopReason.STEP_LIMIT, False),
        ("login-user", 3, StopReason.TASK_ENDED, True),
        ("login-user", 4, StopReason.FAILED, None),
        ("login-user", 5, None, None),
    ]
    verdicts = {}
    for number, (task, seed, stop, solved) in enumerate(ends):
        settings = {"task": task, "seed": seed, "attempt": 1}
        words = "the browser is gone" if stop is StopReason.FAILED else ""
        keep(
            *steps[: 2 + number],
            task=f"Do {task} number {seed}",
            stop=stop,
            message=words,
            folder=f"{task}-{seed}",
            began=1_700_000_000.0 + number,
            settings=settings,
        )
        if solved is not None:
            verdicts[f"{task}-{seed}"] = Verdict(solved, "reward 1.00" if solved else "reward -1.00")
    write_page(tmp_path, title="Two tasks", verdicts=verdicts)
    return tmp_path


def test_a_row_says_what_became_of_an_episode(episodes: Path, reader: Reader) -> None:
    html = (episodes / "index.html").read_text("utf-8")
    rows = [reader(row).text for row in re.findall(r"<li .*?</li>", html)]
    assert len(rows) == 5
    assert "Do click-tab number 4" in rows[1] and "click-tab-4" in rows[1] and "seed 4" in rows[1]
    assert "not solved" in rows[1] and "reward -1.00" in rows[1] and "3 steps" in rows[1]
    assert "failed" in rows[3] and "the browser is gone" in rows[3] and "solved" not in rows[3]
    assert "unfinished" in rows[4]


def test_an_episode_that_was_lost_is_not_judged(keep: Keep, steps: list[Step], tmp_path: Path, reader: Reader) -> None:
    keep(*steps, folder="1", stop=StopReason.FAILED, message="out of memory")
    text = reader(write_page(tmp_path, verdicts={"1": Verdict(False, "reward 0.00")}).read_text("utf-8")).text
    assert "failed" in text and "not solved" not in text


def test_each_episode_has_a_page_and_a_small_picture(episodes: Path) -> None:
    for folder in (path.parent for path in episodes.glob(f"*/{JOURNAL}")):
        assert (folder / "index.html").read_text("utf-8").endswith("</html>\n")
        with Image.open(folder / "thumbnail.jpg") as picture:
            assert picture.format == "JPEG"
            assert picture.width <= 288 and picture.height <= 180
    assert not list(episodes.rglob("*.part"))


@pytest.mark.slow
def test_the_list_grows_by_less_than_a_kilobyte_an_episode(keep: Keep, steps: list[Step], tmp_path: Path) -> None:
    sizes = []
    for number in range(12):
        keep(*steps, folder=f"click-checkboxes-soft-{1_000_000 + number}", settings={"task": "t", "seed": number})
        sizes.append(write_page(tmp_path, title="A run").stat().st_size)
    assert max(later - before for before, later in pairwise(sizes[1:])) < 1000


@pytest.mark.slow
def test_one_episode_at_a_time_is_in_memory(episodes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alive = []

    def read(folder: Path) -> Trajectory:
        alive.append(sum(type(thing) is Trajectory for thing in gc.get_objects()))
        return read_trajectory(folder)

    monkeypatch.setattr(document, "read_trajectory", read)
    write_page(episodes)
    assert len(alive) == 5
    assert max(alive) <= 1


def test_a_journal_that_cannot_be_read_is_a_row(episodes: Path, reader: Reader) -> None:
    (episodes / "click-tab-9").mkdir()
    (episodes / "click-tab-9" / JOURNAL).touch()
    text = reader(write_page(episodes).read_text("utf-8")).text
    assert "click-tab-9" in text and "unreadable" in text and "its process died before the first line" in text
    assert str(episodes) not in text
    with pytest.raises(InvalidTrajectory):
        write_page(episodes / "click-tab-9")


def test_a_page_of_an_episode_that_cannot_be_written_says_so(episodes: Path) -> None:
    (episodes / "click-tab-3" / "index.html").unlink()
    (episodes / "click-tab-3" / "index.html").mkdir()
    with pytest.raises(PageNotWritten, match=r"click-tab-3/index\.html: Is a directory"):
        write_page(episodes)


@pytest.mark.slow
def test_folders_of_any_name_are_linked(page: Page, keep: Keep, steps: list[Step], tmp_path: Path) -> None:
    for name in ("50% off #1?", "grüße & <b>", 'it\'s "x"'):
        keep(*steps[:1], folder=name, task=f"Task {name}")
    page.goto(write_page(tmp_path).as_uri())
    for number in range(3):
        assert page.locator(".rows img").nth(number).evaluate("image => image.decode().then(() => image.width > 0)")
        name = page.locator(".rows b").nth(number).text_content()
        page.locator(".rows a").nth(number).click()
        assert page.locator("h1").text_content() == name
        page.locator(".bar a").click()


def test_the_list_is_filtered_without_a_server(page: Page, episodes: Path) -> None:
    page.goto((episodes / "index.html").as_uri())
    shown = page.locator(".rows > li:visible")
    assert shown.count() == 5
    page.select_option("select[name=ending]", "solved")
    assert shown.count() == 2
    assert page.locator("#shown").text_content() == "2 of 5 shown"
    page.select_option("select[name=task]", "login-user")
    assert [text for text in shown.all_text_contents() if "Do login-user number 3" not in text] == []
    page.select_option("select[name=ending]", "")
    assert shown.count() == 3
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("seed 5")
    assert shown.count() == 1
    shown.locator("a").click()
    assert page.locator("h1").text_content() == "Do login-user number 5"
    page.go_back()
    page.wait_for_function("document.getElementById('shown').textContent === '1 of 5 shown'", timeout=60_000)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_list_fits_the_window(page: Page, episodes: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto((episodes / "index.html").as_uri())
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
