"""The command line: its help, its options, its errors, and what needs no model."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from handeye.__main__ import main
from handeye.actions.geometry import Box, Point, Size
from handeye.agent.cli import run as cli_run
from handeye.agent.cli.app import app
from handeye.agent.cli.environment import BrowserSettings
from handeye.agent.cli.images.marked import RED, draw
from handeye.agent.cli.options import Approve, as_url, parse_secret, parse_size
from handeye.agent.cli.policy import PolicySettings
from handeye.agent.cli.run import default_directory, exit_code
from handeye.agent.cli.settings import MissingSecret, NoSettings, Settings
from handeye.agent.outcome import StopReason
from handeye.environments.errors import InvalidOption

COMMANDS = (
    *("run", "resume", "show", "replay", "record", "doctor", "phone"),
    *("ground", "detect", "ask", "parse", "extract", "models", "actions"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_suffices(command: str) -> None:
    done = CliRunner().invoke(app, [command, "--help"], terminal_width=100)
    assert done.exit_code == 0
    assert "handeye " + command in done.output, "has an example"


def test_the_list_of_actions_loses_no_word_in_a_narrow_terminal() -> None:
    done = CliRunner().invoke(app, ["actions", "--env", "desktop:xvfb"], env={"COLUMNS": "44"})
    assert done.exit_code == 0
    assert "…" not in done.output
    words = "".join(line[28:].strip() for line in done.output.splitlines())
    assert '"left_click_drag"' in words.replace(" ", "")


def test_the_version_is_said() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.output) == (0, f"{version('handeye')}\n")


def test_the_exit_status_is_0_only_for_success() -> None:
    codes = {stop: exit_code(stop) for stop in StopReason}
    assert {stop for stop, code in codes.items() if code == 0} == {StopReason.SUCCESS, StopReason.ANSWERED}
    assert 2 not in codes.values(), "that is the status of errors"


def test_a_size_is_written_with_an_x() -> None:
    assert parse_size("1280x720", "viewport") == Size(1280, 720)
    for text in ("", "1280", "0x5", "-1x5", "1.5x2", "12x34x56", "999999x1"):
        with pytest.raises(InvalidOption, match="write it like 1280x720"):
            parse_size(text, "viewport")


def test_a_secret_is_a_name_and_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse_secret("password=SHOP_PASSWORD") == ("password", "SHOP_PASSWORD")
    for text in ("password", "=X", "password="):
        with pytest.raises(InvalidOption, match="NAME=VARIABLE"):
            parse_secret(text)
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    with pytest.raises(MissingSecret, match="SHOP_PASSWORD is not set"):
        Settings(secrets={"password": "SHOP_PASSWORD"}).make_environment()


def test_an_address_may_be_a_file_or_lack_its_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.html").write_text("hello")
    assert as_url("page.html") == (tmp_path / "page.html").as_uri()
    assert as_url("example.org/a?b=c") == "https://example.org/a?b=c"
    for address in ("http://localhost:80/", "about:blank", "data:text/html,x", "file:///x"):
        assert as_url(address) == address
    assert as_url("localhost:8000/x") == "http://localhost:8000/x"
    assert as_url("example.org/index.html") == "https://example.org/index.html"
    for nothing in ("missing.html", "./missing", "/no/such/folder/page.htm", "~/page", ""):
        with pytest.raises(InvalidOption, match="there is no file"):
            as_url(nothing)


def test_episodes_get_folders_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = default_directory("Buy a /../ TENT, für mich! " + "x" * 200)
    assert first.parent == cli_run.RUNS
    assert first.name.endswith("-buy-a-tent-für-mich-" + "x" * 20)
    first.mkdir(parents=True)
    assert default_directory("Buy a /../ TENT, für mich! " + "x" * 200) != first
    assert default_directory("...").name[-1].isdigit()


def test_settings_come_back_from_the_journal() -> None:
    browser = BrowserSettings(url="https://x", viewport=Size(5, 6), uploads=(Path("/a"),))
    settings = Settings(environment=browser, secrets={"p": "V"}, marks=True, policy=PolicySettings(model="m"))
    assert Settings.from_journal(settings.to_journal(), Path("d")) == settings
    with pytest.raises(NoSettings, match="was not started by handeye run"):
        Settings.from_journal({"task": "miniwob"}, Path("d"))
    with pytest.raises(NoSettings, match="was not started by handeye run"):
        Settings.from_journal({}, Path("d"))  # of an episode that was played from Python


def test_places_are_drawn() -> None:
    image = Image.new("RGB", (100, 80), "white")
    marked = draw(image, [Box(10, 10, 40, 30), Point(70, 50)])
    assert image.getpixel((10, 10)) == (255, 255, 255), "the image itself is as it was"
    assert [marked.getpixel(place) for place in ((10, 10), (39, 29), (70, 50))] == [RED] * 3
    assert marked.getpixel((40, 30)) == (255, 255, 255), "a box is half-open"


def test_approvers_have_names() -> None:
    assert {approve.value for approve in Approve} == {"ask", "all", "none"}
    assert len({approve.approver for approve in Approve}) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", " \t"], "the task is empty: say in plain words what to do"),
        (["run", "x", "--model", "nobody/nothing"], "nobody/nothing is not a folder"),
        (["run", "x", "--model", "./nowhere"], "./nowhere is not a folder or a known model"),
        (["run", "x", "--secret", "a=HANDEYE_NOT_SET"], "HANDEYE_NOT_SET is not set"),
        (["run", "x", "--viewport", "9000x9000", "--scale", "3"], "the viewport's sides must be from 1 to"),
        (["run", "x", "--viewport", "12"], "the viewport '12' is not a size: write it like 1280x720"),
        (["run", "x", "--env", "phone"], "there is no environment 'phone': it must be one of browser, desktop"),
        (["run", "x", "--env", "android:simulated", "--vnc"], "--vnc does not work with --env android:simulated"),
        (["run", "x", "--secret", "a"], "the secret 'a' must be NAME=VARIABLE"),
        (["run", "x", "--url", "missing.html"], "there is no file 'missing.html'"),
        (["run", "x", "--out", "notes.txt"], "cannot make the folder notes.txt: Not a directory"),
        (["run", "x", "--out", "notes.txt/deep/er"], "/notes.txt is a file"),
        (["run", "x", "--profile", "none"], "there is no profile 'none': choose one of "),
        (
            ["run", "x", "--model", "a/GUI-Actor-7B"],
            "a/GUI-Actor-7B is not supported: GUI-Actor answers with an attention",
        ),
        (["run", "x", "--grounder", "a/b", "--profile", "planner"], "--profile does not work with --grounder"),
        (["run", "x", "--grounder", "handeye-tiny"], "handeye-tiny is not asked where something is"),
        (["run", "x", "--grounder-profile", "planner"], "--grounder-profile works only with --grounder"),
        (["run", "x", "--zoom"], "handeye-tiny is not asked where something is"),
        (["run", "x", "--server", "http://127.0.0.1:9"], "127.0.0.1:9"),
        (["resume", "nowhere"], "nowhere holds no journal"),
        (["show", "nowhere"], "nowhere holds no journal"),
        (["ground", "nowhere.png", "x"], "nowhere.png cannot be opened: No such file or directory"),
        (["ground", "dot.png", " "], "what to find is empty"),
        (["ask", "dot.png", ""], "the question is empty"),
        (["ground", "dot.png", "x", "--save", "found.xyz"], "cannot write an image to found.xyz"),
        (["ground", "dot.png", "x", "--save", "found"], "give it a name that ends in .png"),
        (["ask", "notes.txt", "x"], "notes.txt is not an image in a known format"),
        (["ask", "dot.png", "x", "--model", "nobody/nothing"], "nobody/nothing is not a folder"),
        (["ask", "dot.png", "x", "--model", "handeye-tiny", "--dtype", "float16"], "float16 is not supported"),
        (["ask", "dot.png", "x", "--model", "handeye-tiny", "--device", "toaster"], "'toaster' is not a device"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HANDEYE_MODEL", "handeye-tiny")
    Path("notes.txt").write_text("no image")
    Image.new("RGB", (1, 1)).save("dot.png")
    monkeypatch.setattr(sys, "argv", ["handeye", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    (error,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert message in error
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", "dot.png"}, "nothing is left behind"


def test_a_run_without_a_model_names_the_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HANDEYE_MODEL", "HANDEYE_SERVER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["handeye", "run", "x"])
    with pytest.raises(SystemExit) as ended:
        main()
    (error,) = capsys.readouterr().err.splitlines()
    assert (ended.value.code, list(tmp_path.iterdir())) == (2, [])
    assert error.startswith("error: name the model that decides: --model Qwen/Qwen2.5-VL-7B-Instruct (a GPU of 20 GB)")
    assert "--server" in error and "handeye-tiny" in error


def test_a_mistake_is_not_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "handeye", "show", "nowhere"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: nowhere holds no journal")


@pytest.mark.parametrize(
    "arguments", [["run"], ["run", "x", "--max-steps", "-1"], ["run", "x", "--approve", "maybe"], ["walk"]]
)
def test_wrong_usage_has_status_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2
