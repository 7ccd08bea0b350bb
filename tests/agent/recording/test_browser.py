"""A person is recorded in a real browser, and what they did is replayed in another one."""

import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from handeye.actions.geometry import Size
from handeye.actions.schema import Press, Terminate, Type
from handeye.agent.cli.app import app
from handeye.agent.cli.environment import BrowserSettings
from handeye.agent.cli.settings import MissingSecret, Settings
from handeye.agent.journal.trajectory import Trajectory, read_trajectory
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.recording.record import record
from handeye.agent.replay.compare import Region
from handeye.agent.replay.policy import Judge, OnDivergence
from handeye.agent.replay.run import replay
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.errors import InvalidOption
from handeye.environments.observation import Observation
from handeye.environments.recording.browser import BrowserRecorder

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.slow

Hand = Callable[["Page"], Awaitable[Any]]
VIEW = Size(400, 300)
FORM = """<!doctype html><title>Form</title><style>* {{ margin: 0; font: 16px sans-serif }} body {{ height: 900px }}
  [id] {{ position: absolute; left: 20px; width: 200px }}</style>
<div id=clock style='left: 300px; top: 5px; width: 90px'>{clock}</div>
<input id=name style='top: 20px'><input id=word type=password style='top: 60px'>
<iframe id=frame src='/frame' style='top: 100px; height: 60px'></iframe>
<button id=go style='top: 180px'
  onclick="location.href = '/end?' + [document.getElementById('name').value,
    document.getElementById('word').value, frame.contentDocument.body.dataset.chosen].join('-')">{label}</button>"""
FRAME = """<body style='margin:0'><button style='width:100px;height:30px'
  onclick="document.body.dataset.chosen = 'yes'; this.textContent = 'chosen'">choose</button>"""
END = "<!doctype html><title>End</title><h1>Thank you</h1>"
SECRET = "hunter2"


@pytest.fixture(scope="module")
def pages(site: Callable[[Mapping[str, str]], str]) -> tuple[dict[str, str], str]:
    """The pages, which a test may change, and the address of the first one."""
    pages: dict[str, str] = {}
    return pages, site(pages) + "/"


def serve(pages: dict[str, str], label: str = "Send", clock: str = "12:00") -> None:
    pages |= {"/": FORM.format(label=label, clock=clock), "/frame": FRAME, f"/end?Grüße-{SECRET}-yes": END}
    pages[f"/end?Gr%C3%BC%C3%9Fe-{SECRET}-yes"] = END


class Watched(BrowserRecorder):
    """Counts the looks at the page."""

    looks = 0

    def observe(self) -> Observation:
        seen = super().observe()
        self.looks += 1
        return seen

    def wait_for_looks(self) -> None:
        """Wait until it has looked twice: the first look may have begun before."""
        enough, deadline = self.looks + 2, time.monotonic() + 60
        while self.looks < enough:
            assert time.monotonic() < deadline
            time.sleep(0.02)


class Person(threading.Thread):
    """Does one thing after the other, each once the recorder has looked at what the one before led to."""

    def __init__(self, recorder: Watched, hands: Sequence[Hand], stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.begin = threading.Event()
        self._recorder, self._hands, self._end = recorder, hands, stop

    def run(self) -> None:
        self.begin.wait()
        for hand in self._hands:
            self._recorder.drive(hand)
            time.sleep(0.5)
            self._recorder.wait_for_looks()
        self._end.set()


@pytest.fixture(scope="module")
def trajectory(pages: tuple[dict[str, str], str], tmp_path_factory: pytest.TempPathFactory) -> Trajectory:
    """What was recorded of a person who filled in the form."""
    serve(pages[0])
    directory = tmp_path_factory.mktemp("recorded") / "form"
    hands: list[Hand] = [
        lambda page: page.mouse.click(100, 30),
        lambda page: page.keyboard.type("Grüße"),
        lambda page: page.keyboard.press("Tab"),
        lambda page: page.keyboard.type(SECRET),
        lambda page: page.frames[1].click("button"),
        lambda page: page.click("#go"),
    ]
    stop = threading.Event()
    settings = Settings(environment=BrowserSettings(url=pages[1], viewport=VIEW))
    with Watched(pages[1], viewport=VIEW, headless=True) as recorder:
        person = Person(recorder, hands, stop)
        person.start()
        record(
            "Send the form.",
            recorder,
            stop=stop,
            journal=directory,
            on_start=person.begin.set,
            settings=settings.to_journal(),
        )
        person.join(60)
    return read_trajectory(directory)


@pytest.fixture(scope="module")
def shared_browser(pages: tuple[dict[str, str], str]) -> Iterator[BrowserEnvironment]:
    with BrowserEnvironment(pages[1], viewport=VIEW, secrets={"password": SECRET}) as environment:
        yield environment


@pytest.fixture
def browser(shared_browser: BrowserEnvironment, pages: tuple[dict[str, str], str]) -> BrowserEnvironment:
    serve(pages[0])
    return shared_browser


def test_what_was_recorded_leads_to_the_same_end(trajectory: Trajectory, browser: BrowserEnvironment) -> None:
    assert trajectory.stop is StopReason.SUCCESS
    actions = [action for step in trajectory.steps for action in step.decision.actions]
    assert [action.type for action in actions] == ["click", "type", "press", "type", "click", "click", "terminate"]
    assert actions[1:4] == [Type(text="Grüße"), Press(keys=("tab",)), Type(secret="password")]
    assert trajectory.steps[-1].observation.title == "End"
    assert not any(SECRET in repr(step.decision) for step in trajectory.steps)
    done = replay(trajectory, browser)
    assert done.reproduced and done.screens == len(actions), [divergence.reason for divergence in done.divergences]
    assert browser.evaluate("document.title") == "End"


def test_a_changed_button_is_a_divergence(
    trajectory: Trajectory, browser: BrowserEnvironment, pages: tuple[dict[str, str], str], tmp_path: Path
) -> None:
    serve(pages[0], label="Seal")
    done = replay(trajectory, browser, patience=0.2, journal=tmp_path / "again")
    (divergence,) = done.divergences
    assert divergence.cue.step == 0 and done.matched == 0
    box = divergence.difference.box
    assert box is not None and box.left > 20 and box.top >= 180 and box.bottom < 220
    assert all(path.is_file() for path in done.pictures) and len(done.pictures) == 3
    going = replay(trajectory, browser, patience=0, on_divergence=OnDivergence.CONTINUE)
    assert browser.evaluate("document.title") == "End"
    assert going.matched == going.screens - 6


def test_a_clock_is_ignored_where_it_is_said_to_be(
    trajectory: Trajectory, browser: BrowserEnvironment, pages: tuple[dict[str, str], str]
) -> None:
    serve(pages[0], clock="18:37")
    assert not replay(trajectory, browser, patience=0).reproduced
    assert replay(trajectory, browser, judge=Judge((Region(290, 0, None, 40),))).reproduced


def test_a_policy_takes_over_where_the_page_has_changed(
    trajectory: Trajectory, browser: BrowserEnvironment, pages: tuple[dict[str, str], str]
) -> None:
    serve(pages[0], label="Seal")
    end = Terminate(status="infeasible", message="it is another form")
    done = replay(
        trajectory,
        browser,
        patience=0.2,
        on_divergence=OnDivergence.POLICY,
        take_over=lambda: ScriptedPolicy([end]),
    )
    assert (done.took_over, done.episode.stop, done.episode.answer) == (True, StopReason.INFEASIBLE, end.message)


def test_the_command_line(
    trajectory: Trajectory,
    pages: tuple[dict[str, str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    serve(pages[0])
    monkeypatch.setenv("FORM_PASSWORD", SECRET)
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    command = ["replay", str(trajectory.directory), "--patience", "30"]
    missing = run.invoke(app, command)
    assert isinstance(missing.exception, MissingSecret)
    command += ["--secret", "password=FORM_PASSWORD"]
    done = run.invoke(app, [*command, "--out", "again"])
    assert done.exit_code == 0, done.output
    assert "7 of 7 screens matched" in done.output
    assert (tmp_path / "again" / "index.html").is_file()
    serve(pages[0], label="Seal", clock="18:37")
    changed = run.invoke(app, [*command, "--ignore", "290,0,,40", "--patience", "0.2", "--out", "changed"])
    assert changed.exit_code == 1, changed.output
    assert "0 of 7 screens matched" in changed.output
    pictures = sorted((tmp_path / "changed" / "divergences").iterdir())
    assert [path.name for path in pictures] == [f"1-step-1-{name}.png" for name in ("difference", "now", "recorded")]
    assert all(str(path) in changed.output for path in pictures)
    for wrong in (["--ignore", "1,2,3"], ["--ignore", "9,9,9,10"]):
        assert isinstance(run.invoke(app, [*command, *wrong]).exception, InvalidOption)
