"""What `handeye record` refuses before anything is begun."""

import signal
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from handeye.actions.schema import Press
from handeye.agent.cli.app import app
from handeye.agent.cli.record import Stop
from handeye.agent.cli.settings import MissingSecret
from handeye.agent.errors import InvalidTask, JournalError
from handeye.agent.live import LiveView
from handeye.environments.errors import InvalidOption


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ([" "], InvalidTask, "the task is empty"),
        (["T", "--env", "android"], InvalidOption, "must be browser, desktop or desktop:xvfb"),
        (["T", "--env", "desktop", "--thoughts"], InvalidOption, "would be recorded"),
        (["T", "--env", "desktop", "--url", "https://example.org"], InvalidOption, "--url does not work with"),
        (["T", "--viewport", "wide"], InvalidOption, "is not a size"),
        (["T", "--secret", "pin=HANDEYE_TEST_NOT_SET"], MissingSecret, "HANDEYE_TEST_NOT_SET is not set"),
        (["T", "--out", "taken"], JournalError, "holds an episode already"),
    ],
)
def test_it_says_what_is_wrong(
    arguments: Sequence[str],
    error: type[Exception],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "journal.jsonl").write_text("{}\n")
    done = CliRunner().invoke(app, ["record", *arguments])
    assert isinstance(done.exception, error) and says in str(done.exception)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["taken"]


def test_the_first_ctrl_c_ends_the_recording_and_the_second_one_everything() -> None:
    before = signal.getsignal(signal.SIGINT)
    stop = Stop()
    with stop.listening():
        signal.raise_signal(signal.SIGINT)
        assert stop.event.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_at_a_question_ends_the_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["because", "interrupt", "never asked"])

    def read(prompt: str) -> str:
        answer = next(answers)
        if answer == "interrupt":
            signal.raise_signal(signal.SIGINT)
        return f" {answer} "

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", read)
    stop = Stop()
    thought = stop.asking(LiveView(Console(quiet=True)))
    press = Press(keys=("tab",))
    with stop.listening():
        assert [thought(press) for _ in range(3)] == ["because", "", ""]
    assert stop.event.is_set()
    assert next(answers) == "never asked"
