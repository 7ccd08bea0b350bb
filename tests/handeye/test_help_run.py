"""The examples of `handeye run`, `resume`, `show` and `replay`: all real but the weights."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest

from handeye.actions.schema import Action, Answer, Back, OpenApp, Press, Terminate, Type
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.outcome import StopReason
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.observation import Observation

if TYPE_CHECKING:
    from conftest import Example, Played, Screen

    Play = Callable[..., Played]

pytestmark = pytest.mark.slow

DONE = Terminate(status="success")
TASK = "Log in as mail@example.org"
SECRET = "tea-for-2"
PASSWORD = {"SHOP_PASSWORD": SECRET}
SHOP = "https://shop.example"
BUTTON = """<!doctype html><title>A page with a button</title>
<button style="margin:200px; font-size:30px" onclick="this.textContent = 'Clicked'">Click me</button>"""
NEWS = """<!doctype html><title>News</title><ol style="font-size:20px">
<li><a href="/1">A brass hinge is found</a> <li><a href="/2">Rain</a></ol>"""
LOGIN = """<!doctype html><title>Log in</title><body style="font-size:20px">
<div style="position:fixed; right:10px; top:10px">CLOCK</div>
<form onsubmit="event.preventDefault(); welcome(mail.value, word.value)">
<p><input id="mail" aria-label="Mail" style="font-size:20px"><p><input id="word" type="password" aria-label="Password">
<p><button>Log in</button></form><script>
function welcome(mail, word) {
  if (mail === 'mail@example.org' && word === 'SECRET') document.body.innerHTML = '<button>Log out</button>'
}</script>""".replace("SECRET", SECRET)


@pytest.fixture
def user(tmp_path: Path) -> Path:
    """The folder that the user is in."""
    return tmp_path


MODEL = ("--model", "Qwen/Qwen2.5-VL-7B-Instruct")


@pytest.mark.example('handeye run "Click the button" --url page.html --headed --model handeye-tiny')
def test_a_button_in_a_window(example: "Example", play: "Play", user: Path, needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "xdotool", "chromium")
    (user / "page.html").write_text(BUTTON)
    windows: list[str] = []

    def script(screen: "Screen") -> Iterator[Action]:
        yield screen.click("Click me")
        screen.at("Clicked")
        find = ["xdotool", "search", "--onlyvisible", "--name", "A page with a button"]
        windows.extend(subprocess.run(find, env=environ, capture_output=True, text=True, timeout=60).stdout.split())
        yield DONE

    with IsolatedDesktop() as desktop:
        environ = dict(desktop.environ)
        names = ("DISPLAY", "XAUTHORITY")
        shown = {name: environ[name] for name in names if name in environ}
        done = play(example.words, script, folder=user, environ=shown)
    assert done.status == 0, done.output
    assert windows


@pytest.mark.example(
    'handeye run "What is the top story?" --url news.ycombinator.com --model Qwen/Qwen2.5-VL-7B-Instruct '
    "--device cuda --approve ask"
)
def test_a_question_with_approval(example: "Example", play: "Play", user: Path, site: Any) -> None:
    example = example.where("news.ycombinator.com", urlsplit(site({"/": NEWS, "/1": "<h1>It squeaks"})).netloc)

    def script(screen: "Screen") -> Iterator[Action]:
        yield screen.click("A brass hinge is found")
        yield Back()
        yield screen.click("Rain")
        yield Answer(text="A brass hinge is found")

    done = play(example.words, script, folder=user, answers="y\nyes\nn\n")
    assert done.status == 0, done.output
    (settings,) = done.settings
    assert (settings.model, settings.device) == ("Qwen/Qwen2.5-VL-7B-Instruct", "cuda")
    assert done.output.count("Execute?") == 3
    kept = read_trajectory(next((user / "runs").iterdir()))
    assert [step.outcomes[0].status for step in kept.steps] == ["executed", "executed", "denied", "executed"]
    assert kept.stop is StopReason.ANSWERED
    assert "A brass hinge is found" in done.output


def airplane(screen: "Screen") -> Iterator[Action]:
    """Turn on airplane mode on a simulated phone, and look into the phone before saying that it is done."""
    yield OpenApp(name="Settings")
    yield screen.click("Network & internet")
    yield screen.click("Airplane mode")
    assert screen.environment.phone.state()["settings"]["global"]["airplane_mode_on"] == "1"
    yield DONE


@pytest.mark.example('handeye run "Turn on airplane mode" --env android:simulated --model Qwen/Qwen2.5-VL-7B-Instruct')
def test_airplane_mode(example: "Example", play: "Play", user: Path) -> None:
    done = play(example.words, airplane, folder=user)
    assert done.status == 0, done.output


@pytest.mark.example(
    'handeye run "Turn on airplane mode" --env android:simulated --server http://localhost:8000 '
    "--grounder Hcompany/Holo1.5-7B"
)
def test_airplane_mode_by_a_planner_and_a_grounder(example: "Example", play: "Play", user: Path) -> None:
    done = play(example.words, airplane, folder=user)
    assert done.status == 0, done.output
    (settings,) = done.settings
    assert (settings.server, settings.grounder) == ("http://localhost:8000", "Hcompany/Holo1.5-7B")


@pytest.mark.example(
    'handeye run "Add 2 and 3" --env desktop:xvfb --app galculator --model Qwen/Qwen2.5-VL-7B-Instruct'
)
def test_a_sum_on_a_desktop(example: "Example", play: "Play", user: Path, needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "galculator", "xclip")

    def script(screen: "Screen") -> Iterator[Action]:
        for key in ("2", "+", "3", "="):
            yield screen.click(key)
        yield Press(keys=("ctrl", "c"))
        read = ["xclip", "-o", "-selection", "clipboard"]
        environ = dict(screen.environment.desktop.environ)
        yield Answer(text=subprocess.run(read, env=environ, capture_output=True, text=True, timeout=60).stdout)

    done = play(example.words, script, folder=user)
    assert done.status == 0, done.output
    kept = read_trajectory(next((user / "runs").iterdir()))
    assert kept.steps[-1].decision.actions == (Answer(text="5"),)


def log_in(screen: "Screen") -> Iterator[Action]:
    """Log in to the shop."""
    yield screen.click("Mail")
    yield Type(text="mail@example.org")
    yield screen.click("Password")
    yield Type(secret="password")
    yield screen.click("Log in")
    screen.at("Log out")
    yield DONE


@pytest.fixture(scope="module")
def shop(site: Callable[[Mapping[str, str]], str]) -> str:
    """The address of the shop."""
    return site({"/": LOGIN.replace("CLOCK", "12:00")})


@pytest.fixture(scope="module")
def customer(play: "Play", shop: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a customer of the shop, who has logged in."""
    folder = tmp_path_factory.mktemp("customer")
    words = ["run", TASK, "--url", shop, *MODEL, "--secret", "password=SHOP_PASSWORD", "--out", "runs/login"]
    assert play(words, log_in, folder=folder, environ=PASSWORD).status == 0
    return folder


@pytest.mark.example(
    'SHOP_PASSWORD=... handeye run "Log in as mail@example.org" --url https://shop.example '
    "--secret password=SHOP_PASSWORD --model Qwen/Qwen2.5-VL-7B-Instruct"
)
def test_a_login_with_a_secret(example: "Example", play: "Play", user: Path, shop: str) -> None:
    assert example.environ == {"SHOP_PASSWORD": "..."}
    done = play(example.where(SHOP, shop).words, log_in, folder=user, environ=PASSWORD)
    assert done.status == 0, done.output
    files = [file for file in (user / "runs").rglob("*") if file.is_file()]
    assert {"journal.jsonl", "index.html"} <= {file.name for file in files}
    assert [file for file in files if SECRET.encode() in file.read_bytes()] == []
    assert SECRET not in done.output


@pytest.mark.example("handeye show runs/login --open")
def test_the_page_of_an_episode(example: "Example", play: "Play", customer: Path) -> None:
    done = play(example.words, folder=customer)
    assert done.status == 0, done.output
    (opened,) = done.opened
    page = Path(unquote(urlsplit(opened).path))
    assert done.output == f"{page}\n"
    assert "Log in as mail@example.org" in page.read_text("utf-8")


@pytest.mark.example("handeye replay runs/login")
def test_a_login_again(example: "Example", play: "Play", customer: Path) -> None:
    done = play(example.words, folder=customer, environ=PASSWORD)
    assert done.status == 0, done.output
    assert "6 of 6 screens matched" in done.output


@pytest.mark.example("handeye replay runs/login --ignore 1100,0,1280,40 --url http://localhost:3000")
def test_a_login_at_another_address(example: "Example", play: "Play", customer: Path, site: Any) -> None:
    port = urlsplit(site({"/": LOGIN.replace("CLOCK", "17:43")})).port
    words = example.where(":3000", f":{port}").words
    done = play(words, folder=customer, environ=PASSWORD)
    assert done.status == 0, done.output
    assert "6 of 6 screens matched" in done.output
    whole = [word for word in words if word not in ("--ignore", "1100,0,1280,40")]
    done = play([*whole, "--patience", "0"], folder=customer, environ=PASSWORD)
    assert done.status == 1, "the clock differs"


@pytest.mark.example("handeye resume runs/login --max-steps 60")
def test_a_login_that_ran_into_a_limit_goes_on(example: "Example", play: "Play", user: Path, shop: str) -> None:
    begin = ["run", TASK, "--url", shop, *MODEL, "--secret", "password=SHOP_PASSWORD", "--out", "runs/login"]
    done = play([*begin, "--max-steps", "3"], log_in, folder=user, environ=PASSWORD)
    assert done.status == 3
    assert "to continue: handeye resume runs/login --max-steps ..." in done.output
    done = play(example.words, log_in, folder=user, environ=PASSWORD)
    assert done.status == 0, done.output
    kept = read_trajectory(user / "runs/login")
    assert len(kept.steps) == 3 + 6
    assert kept.stop is StopReason.SUCCESS


@pytest.mark.example(
    "handeye replay runs/phone --ignore 0,0,,72 --on-divergence policy --model Qwen/Qwen2.5-VL-7B-Instruct"
)
def test_a_model_takes_over(example: "Example", play: "Play", user: Path) -> None:
    begin = ["run", "Turn on airplane mode", *MODEL, "--env", "android:simulated", "--out", "runs/phone"]
    assert play(begin, airplane, folder=user).status == 0

    def begins_elsewhere(environment: Any) -> None:
        reset = environment.reset

        def elsewhere() -> Observation:
            reset()
            seen: Observation = environment.execute(OpenApp(name="Clock"))
            return seen

        environment.reset = elsewhere

    done = play(example.words, airplane, folder=user, arranged=begins_elsewhere)
    assert done.status == 1, "it diverged"
    (settings,) = done.settings
    assert settings.model == "Qwen/Qwen2.5-VL-7B-Instruct"
    assert "the replay diverged; Qwen/Qwen2.5-VL-7B-Instruct takes over" in done.output
    (kept,) = (read_trajectory(folder) for folder in (user / "runs").glob("*-replay-phone"))
    assert kept.stop is StopReason.SUCCESS
    assert len(list((kept.directory / "divergences").glob("*-recorded.png"))) == 1
