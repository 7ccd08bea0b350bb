"""Whole episodes in a real browser."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Answer, Click, Press, SwitchTab, Type
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.resume import resume_episode
from handeye.environments.browser.environment import BrowserEnvironment

VIEW = Size(320, 240)
FIRST = """<!doctype html><title>First</title><style>* { margin: 0 }</style>
<input style="position: absolute; left: 20px; top: 20px; width: 200px; height: 30px">
<a href="second.html" style="position: absolute; left: 20px; top: 100px; width: 80px; height: 30px">on</a>"""
SECOND = """<!doctype html><title>Second</title>
<button style="position: absolute; left: 20px; top: 20px; width: 200px; height: 40px"
  onclick="document.title = 'Pressed'">Press</button>"""
FIELD, LINK, BUTTON = Click(point=Point(100, 35)), Click(point=Point(30, 110)), Click(point=Point(100, 40))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Two pages, served."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "first.html").write_text(FIRST)
    (folder / "second.html").write_text(SECOND)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Watching(ScriptedPolicy):
    """A scripted policy that keeps the histories it was shown."""

    histories: list[History]

    def decide(self, history: History) -> Decision:
        self.histories = [*getattr(self, "histories", []), history]
        return super().decide(history)


@pytest.mark.slow
def test_an_episode_is_interrupted_and_goes_on_in_another_browser(site: str, tmp_path: Path) -> None:
    batch = Decision("", "", (FIELD, Type(text="grüße"), LINK, BUTTON))
    directory = tmp_path / "run"
    policy = Watching([SwitchTab(index=7), batch])  # and then the script is at its end
    with BrowserEnvironment(f"{site}/first.html", viewport=VIEW) as environment:
        episode = run_episode("Press the button.", environment, policy, journal=directory)
        assert environment.evaluate("document.title") == "Second"
    assert episode.stop is StopReason.FAILED
    refused, typed = episode.steps
    assert refused.remark.startswith("rejected: ")
    # The link leads to another page, so the click that was meant for the first one is not made there.
    assert [outcome.status for outcome in typed.outcomes] == ["executed"] * 3
    assert typed.outcomes[1].observation != typed.outcomes[0].observation
    assert policy.histories[-1].observation.url == f"{site}/second.html"

    trajectory = read_trajectory(directory)
    assert trajectory.steps == episode.steps
    (transform,) = trajectory.steps[0].observation.transforms[-1:]
    assert transform.source.size == VIEW

    policy = Watching([SwitchTab(index=7), batch, BUTTON, Answer(text="pressed")])
    with BrowserEnvironment(f"{site}/first.html", viewport=VIEW) as environment:
        episode = resume_episode(directory, environment, policy)
        assert environment.evaluate("document.title") == "Pressed"
    assert (episode.stop, episode.answer, len(episode.steps)) == (StopReason.ANSWERED, "pressed", 4)
    assert policy.histories[0].observation.url == f"{site}/second.html"
    assert read_trajectory(directory).steps == episode.steps


@pytest.mark.slow
def test_a_secret_is_in_no_file_of_the_journal(site: str, tmp_path: Path) -> None:
    secret = "correct horse battery"
    with BrowserEnvironment(f"{site}/first.html", viewport=VIEW, secrets={"password": secret}) as environment:
        policy = ScriptedPolicy([FIELD, Type(secret="password"), Press(keys=("enter",)), Answer(text="typed")])
        episode = run_episode("Log in.", environment, policy, journal=tmp_path / "run")
        assert environment.evaluate("document.querySelector('input').value") == secret
    assert episode.stop is StopReason.ANSWERED
    for path in (tmp_path / "run").rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes()
