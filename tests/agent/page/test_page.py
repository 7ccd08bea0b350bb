"""The page of an episode, as text and as a real browser shows it."""

import base64
import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from handeye.actions.geometry import Box, Frame, Point, Size, Transform
from handeye.actions.schema import Action, Answer, Click, Drag, Move, Note, Scroll, Terminate, Type, Zoom
from handeye.agent.decision import TokenCount
from handeye.agent.errors import InvalidTrajectory
from handeye.agent.journal.line import MetaLine
from handeye.agent.journal.verdict import VERDICT, Verdict
from handeye.agent.journal.writer import Journal
from handeye.agent.limits import Limits
from handeye.agent.outcome import Outcome, StopReason
from handeye.agent.page.document import PageNotWritten, write_page
from handeye.agent.page.marks import marks
from handeye.agent.step import Step
from handeye.environments.browser.chromium import require_chromium

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'<b>&amp;"
Keep = Callable[..., Path]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Journals steps as an episode in a folder, and returns the folder."""

    def make(
        *steps: Step,
        task: str = "Press the button",
        stop: StopReason | None = StopReason.SUCCESS,
        message: str = "",
        folder: str = "episode",
    ) -> Path:
        meta = MetaLine(
            time=1_700_000_000.0,
            version="0",
            task=task,
            policy="a policy",
            prompt_format=None,
            environment="browser",
            limits=Limits(),
            screenshots=1,
            settings={},
        )
        with Journal.create(tmp_path / folder, meta) as journal:
            for step in steps:
                journal.decided(step.index, step.observation, step.decision)
                for number, outcome in enumerate(step.outcomes):
                    journal.happened(step.index, number, outcome)
            if stop is not None:
                journal.stopped(stop, message)
        return tmp_path / folder

    return make


@pytest.fixture
def steps(make_step: Callable[..., Step], observe: Callable[..., object]) -> list[Step]:
    """Steps of every kind."""
    done = Outcome("executed", observation=observe(40), seconds=0.25)  # type: ignore[arg-type]
    tokens = TokenCount(prompt=900, cached=300, generated=30, seconds=0.75)
    first = make_step(0, done, thought="I press it", actions=(Click(point=Point(10, 20), count=2),), tokens=tokens)
    model = Transform(Frame("model image", Size(112, 56)), first.observation.frame)
    return [
        replace(first, decision=replace(first.decision, transforms=(model,), notes=("clamped [99, 1] to [95, 1]",))),
        make_step(1, done, actions=(Drag(path=(Point(1, 1), Point(50, 30), Point(90, 60))),)),
        make_step(2, Outcome("rejected", "zoom cannot be done here"), actions=(Zoom(box=Box(5, 5, 30, 20)),)),
        make_step(3, Outcome("denied", "the user said no"), actions=(Scroll(point=Point(30, 30), dy=100),)),
        make_step(4, Outcome("problem", "no action"), problem="the reply contains no action"),
        make_step(5, done, actions=(Type(text="grüße 😀"), Note(text="never tried"))),
        make_step(6, Outcome("executed", stop=StopReason.SUCCESS), actions=(Terminate(status="success"),)),
    ]


class Reader(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_everything_that_happened_is_on_the_page(keep: Keep, steps: list[Step]) -> None:
    text = Reader(write_page(keep(*steps, message="all done")).read_text("utf-8")).text
    expected = ["Press the button", "success", "all done", "I press it", "clamped [99, 1] to [95, 1]", "[10, 20] ×2"]
    expected += ["zoom cannot be done here", "denied: the user said no", "the reply contains no action", '"grüße 😀"']
    expected += ["not tried", "model image 112x56 → screenshot 96x64", '{"type": "terminate", "status": "success"}']
    expected += ["0.75 s", "0.25 s", "900 in the prompt, 300 of them cached", "reply 0"]
    assert [phrase for phrase in expected if phrase not in text] == []


def test_the_page_needs_nothing_else(keep: Keep, steps: list[Step]) -> None:
    for tag, attributes in Reader(write_page(keep(*steps)).read_text("utf-8")).elements:
        assert not attributes.keys() & {"style", "onclick", "onerror", "onload", "srcset", "action"}
        for name in ("src", "href"):
            assert attributes.get(name, "#").startswith(("#", "data:image/png;base64,")), (tag, attributes)


def test_the_policy_of_the_page_allows_its_own_style_and_script_only(keep: Keep, steps: list[Step]) -> None:
    html = write_page(keep(*steps)).read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() in policy[1]


def test_each_screenshot_is_embedded_once(keep: Keep, make_step: Callable[..., Step]) -> None:
    step = make_step(0, Outcome("executed"))
    path = write_page(keep(*(replace(step, index=index) for index in range(5))))
    elements = Reader(path.read_text("utf-8")).elements
    assert sum(tag == "image" for tag, _ in elements) == 1
    assert sum(tag == "use" for tag, _ in elements) == 10


def test_half_a_surrogate_pair_does_not_keep_the_page_from_being_written(
    keep: Keep, make_step: Callable[..., Step]
) -> None:
    path = write_page(keep(make_step(0, Outcome("executed"), thought="\ud83d"), message="\udc00"))
    assert path.read_text("utf-8").endswith("</html>\n")


@pytest.mark.parametrize("stop", [None, *StopReason])
def test_every_end_has_a_page(keep: Keep, steps: list[Step], stop: StopReason | None) -> None:
    text = write_page(keep(*steps, stop=stop)).read_text("utf-8")
    assert (stop.value.replace("_", " ") if stop else "unfinished") in text


def test_an_answer_is_said(keep: Keep, make_step: Callable[..., Step]) -> None:
    outcome = Outcome("executed", stop=StopReason.ANSWERED)
    directory = keep(make_step(0, outcome, actions=(Answer(text="42 tents"),)), stop=StopReason.ANSWERED)
    assert '<p class="last-words good said">42 tents</p>' in write_page(directory).read_text("utf-8")


def test_several_episodes_share_a_page_with_a_summary(keep: Keep, steps: list[Step], tmp_path: Path) -> None:
    keep(*steps, folder="2-b", task="The second task", stop=StopReason.TASK_ENDED)
    keep(*steps[:1], folder="1-a", task="The first task", stop=StopReason.TASK_ENDED)
    keep(folder="3-c", task="The third task", stop=StopReason.FAILED)
    verdicts = {"1-a": Verdict(True, "reward 1.00"), "2-b": Verdict(False, "reward -1.00")}
    path = write_page(tmp_path, title="Three tasks", verdicts=verdicts)
    assert path == tmp_path / "index.html"
    text = Reader(path.read_text("utf-8")).text
    places = [text.index(f"The {number} task") for number in ("first", "second", "third")]
    assert places == sorted(places)
    assert "1 of 3 solved" in text
    assert "not solved" in text
    assert "reward -1.00" in text
    assert write_page(tmp_path, title="Three tasks").read_text("utf-8").count("reward -1.00") == 1, "it was kept"


def test_what_nothing_says_is_not_counted(keep: Keep, steps: list[Step], tmp_path: Path) -> None:
    keep(*steps, folder="1", stop=StopReason.TASK_ENDED)
    keep(*steps, folder="2", stop=StopReason.SUCCESS)
    assert "solved" not in Reader(write_page(tmp_path).read_text("utf-8")).text


def test_a_broken_verdict_is_named(keep: Keep, steps: list[Step]) -> None:
    directory = keep(*steps)
    (directory / VERDICT).write_text("{}")
    with pytest.raises(InvalidTrajectory, match=r"verdict\.json does not hold a verdict"):
        write_page(directory)


def test_a_folder_without_a_journal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidTrajectory, match="holds no journal"):
        write_page(tmp_path)


def test_a_page_that_cannot_be_written_says_so(keep: Keep, steps: list[Step]) -> None:
    directory = keep(*steps)
    (directory / "index.html").mkdir()
    with pytest.raises(PageNotWritten, match=r"cannot write .*index\.html: Is a directory"):
        write_page(directory)


@pytest.mark.parametrize(
    "action", [Click(point=Point(3, 4)), Move(point=Point(3, 4)), Scroll(point=Point(3, 4), dx=-5)]
)
def test_a_mark_sits_on_the_centre_of_its_pixel(action: Action) -> None:
    assert '<circle class="dot" cx="3.5" cy="4.5"' in marks(action, 2)


def test_an_action_without_a_place_has_no_mark() -> None:
    assert marks(Type(text="x"), 2) == ""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=require_chromium())
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser page that fails the test on an error, a dialog, or a request for anything but the file itself."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on(
        "request", lambda request: None if request.url.startswith(("file:", "data:")) else wrong.append(request.url)
    )
    yield page
    page.close()
    assert wrong == []


def test_the_browser_runs_nothing_but_the_pages_own_script(
    page: Page, keep: Keep, make_step: Callable[..., Step], observe: Callable[..., object]
) -> None:
    seen = observe(10, url=f"https://x/{EVIL}", notices=(EVIL,))
    step = make_step(
        0, Outcome("rejected", EVIL), thought=EVIL, conclusion=EVIL, actions=(Type(text=EVIL), Answer(text=EVIL))
    )
    step = replace(step, observation=seen, decision=replace(step.decision, text=EVIL, notes=(EVIL,)))
    page.goto(write_page(keep(step, task=EVIL, message=EVIL)).as_uri())
    assert page.locator("h1").text_content() == EVIL
    assert page.locator(".thought").text_content() == EVIL
    assert page.locator("img").count() == 0


def test_marks_are_where_the_point_is(page: Page, keep: Keep, steps: list[Step]) -> None:
    page.goto(write_page(keep(*steps)).as_uri())
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        screen = page.locator("#e1-1 .shot use").bounding_box()
        dot = page.locator("#e1-1 .shot .dot").bounding_box()
        assert screen is not None
        assert dot is not None
        scale = screen["width"] / 96
        assert dot["x"] + dot["width"] / 2 - screen["x"] == pytest.approx(10.5 * scale, abs=0.5)
        assert dot["y"] + dot["height"] / 2 - screen["y"] == pytest.approx(20.5 * scale, abs=0.5)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_keys_go_from_step_to_step(page: Page, keep: Keep, steps: list[Step]) -> None:
    page.goto(write_page(keep(*steps)).as_uri())
    page.keyboard.press("Home")
    assert page.locator(".step.here").get_attribute("id") == "e1-1"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("j")
    assert page.locator(".step.here").get_attribute("id") == "e1-3"
    assert page.locator(".strip a.here").get_attribute("href") == "#e1-3"
    page.keyboard.press("d")
    assert page.locator("#e1-3 details").get_attribute("open") is not None
    page.keyboard.press("k")
    assert page.locator(".step.here").get_attribute("id") == "e1-2"


def test_a_screenshot_can_be_enlarged_and_the_theme_changed(page: Page, keep: Keep, steps: list[Step]) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(write_page(keep(*steps)).as_uri())
    page.locator("#e1-1 .shot button").click()
    assert page.locator("dialog[open] svg .dot").count() == 1
    page.locator("dialog").click()
    assert page.locator("dialog[open]").count() == 0
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_page_of_a_copied_folder_is_the_same(keep: Keep, steps: list[Step], tmp_path: Path) -> None:
    directory = keep(*steps)
    copy = shutil.copytree(directory, tmp_path / "copy")
    assert write_page(directory).read_bytes() == write_page(copy).read_bytes()
