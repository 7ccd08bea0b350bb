"""Journals on disk, and a browser that shows their pages."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pydantic import JsonValue

from handeye.actions.geometry import Box, Frame, Point, Size, Transform
from handeye.actions.schema import Click, Drag, Note, Scroll, Terminate, Type, Zoom
from handeye.agent.decision import TokenCount
from handeye.agent.journal.line import MetaLine
from handeye.agent.journal.writer import Journal
from handeye.agent.limits import Limits
from handeye.agent.outcome import Outcome, StopReason
from handeye.agent.step import Step
from handeye.environments.browser.chromium import require_chromium

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
        began: float = 1_700_000_000.0,
        settings: dict[str, JsonValue] | None = None,
    ) -> Path:
        meta = MetaLine(
            time=began,
            version="0",
            task=task,
            policy="a policy",
            profile=None,
            environment="browser",
            limits=Limits(),
            screenshots=1,
            settings=settings or {},
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
    """Collects the elements and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def reader() -> type[Reader]:
    return Reader


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
