"""Whole tasks in real applications, through the agent's own loop."""

import zipfile
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import (
    AnyAction,
    Click,
    Drag,
    OpenApp,
    Press,
    Terminate,
    Type,
    WaitUntilStable,
)
from handeye.agent.decision import Decision
from handeye.agent.episode import Episode
from handeye.agent.history import History
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import as_decision
from handeye.environments.desktop.isolated.environment import IsolatedDesktopEnvironment
from handeye.environments.observation import Observation

pytestmark = pytest.mark.slow

Move = AnyAction | Callable[[], AnyAction]
TEXT = '第一行 Grüße 😀\nline two <tag> & "q"\nжизнь\tžluťoučký कि\n'


class Script:
    """A scripted policy that finds out where things are when it comes to them."""

    name = "scripted"

    def __init__(self, moves: Sequence[Move]) -> None:
        self.moves = (*moves, Terminate(status="success"))

    def decide(self, history: History) -> Decision:
        move = self.moves[len(history.steps)]
        return as_decision(move() if callable(move) else move)


def play(environment: IsolatedDesktopEnvironment, *moves: Move) -> Episode:
    """Run the moves as one episode in which every single one must be carried out."""
    episode = run_episode("a task", environment, Script(moves))
    for step in episode.steps:
        assert [outcome.status for outcome in step.outcomes] == ["executed"], (step.decision.actions, step.outcomes)
    assert episode.stop is StopReason.SUCCESS
    return episode


def on(environment: IsolatedDesktopEnvironment, text: str, role: str = "") -> Callable[[], AnyAction]:
    """Return the click on an element of the active window, by its text."""

    def click() -> AnyAction:
        elements = environment.elements()
        found = [element for element in elements if element.text == text and role in element.role]
        assert len(found) == 1, (text, elements)
        return Click(point=found[0].box.center)

    return click


def last(episode: Episode) -> Observation:
    return episode.steps[-1].observation


def test_text_is_saved_under_a_name_of_any_script(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "mousepad")
    with IsolatedDesktopEnvironment(apps=["mousepad"]) as environment:
        episode = play(
            environment,
            OpenApp(name="mousepad"),
            Type(text=TEXT),
            on(environment, "File", "menu"),
            on(environment, "Save As...", "menu item"),
            Type(text="备忘 nöte 😀.txt", clear=True),
            on(environment, "Save", "button"),
        )
        assert (environment.desktop.home / "备忘 nöte 😀.txt").read_bytes() == TEXT.encode()
        assert last(episode).app == "mousepad"
        assert "备忘 nöte 😀.txt" in (last(episode).title or "")


def icons(environment: IsolatedDesktopEnvironment) -> list[Point]:
    """Return the middles of the icons in the first row of a file manager's window, from what is drawn there."""
    box = environment.windows()[0].box
    left, top = box.left + 170, box.top + 70  # beside the list of places, below the tool bar
    drawn = environment.observe().image.crop((left, top, box.right - 20, box.bottom - 30)).convert("L")
    marks = drawn.point(lambda grey: 0 if grey > 245 else 255)
    first = marks.getbbox()
    assert first is not None
    row = marks.crop((0, first[1], marks.width, first[1] + 40))
    columns = [row.crop((x, 0, x + 1, row.height)).getbbox() is not None for x in range(row.width)]
    starts = [x for x in range(1, row.width) if columns[x] and not columns[x - 1]]
    ends = [x for x in range(1, row.width) if columns[x - 1] and not columns[x]]
    return [Point(left + (a + b) // 2, top + first[1] + 20) for a, b in zip(starts, ends, strict=True)]


def test_a_file_is_moved_by_drag_and_drop(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "pcmanfm")
    with IsolatedDesktopEnvironment(apps=["pcmanfm"]) as environment:

        def open_folder() -> AnyAction:
            (environment.desktop.home / "folder").mkdir()
            (environment.desktop.home / "letter.txt").write_text("moved")
            return OpenApp(name="pcmanfm")

        def drag() -> AnyAction:
            folder, letter = icons(environment)
            return Drag(path=(letter, folder))

        episode = play(environment, open_folder, drag, WaitUntilStable())
        assert last(episode).app == "pcmanfm"
        home = environment.desktop.home
        assert (home / "folder/letter.txt").read_text() == "moved"
        assert not (home / "letter.txt").exists()


def test_a_sheet_is_filled_and_saved(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "libreoffice")
    with IsolatedDesktopEnvironment(apps=["LibreOffice Calc"]) as environment:
        episode = play(
            environment,
            OpenApp(name="LibreOffice Calc"),
            WaitUntilStable(seconds=20.0),
            Press(keys=("esc",)),  # the tip of the day
            Type(text="Äpfel 苹果 🍎\t3\t=B1*14\n"),
            Press(keys=("ctrl", "s")),
            WaitUntilStable(seconds=10.0),
            Type(text="表.ods", clear=True),
            on(environment, "Save", "button"),
            WaitUntilStable(seconds=10.0),
        )
        assert last(episode).app == "soffice.bin"
        with zipfile.ZipFile(environment.desktop.home / "表.ods") as sheet:
            content = ElementTree.fromstring(sheet.read("content.xml"))
        cells = [cell for cell in content.iter() if cell.tag.endswith("}table-cell") and len(cell)]
        assert ["".join(cell.itertext()) for cell in cells] == ["Äpfel 苹果 🍎", "3", "42"]


def test_a_name_is_submitted_to_a_dialog_that_completes_it(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "mousepad")
    with IsolatedDesktopEnvironment(apps=["mousepad"]) as environment:
        environment.reset()
        environment.execute(OpenApp(name="mousepad"))
        for number in range(4):
            path = environment.desktop.home / f"note {number}.txt"
            environment.execute(Press(keys=("ctrl", "shift", "s")))
            environment.execute(Type(text=str(path), clear=True, submit=True))
            environment.execute(WaitUntilStable())
            assert path.exists(), number


def test_a_typed_secret_is_in_no_element(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "mousepad", "dbus-daemon", "/usr/libexec/at-spi-bus-launcher")
    with IsolatedDesktopEnvironment(apps=["mousepad"], secrets={"pin": "hunter2 grün"}) as environment:
        environment.reset()
        environment.execute(OpenApp(name="mousepad"))
        environment.execute(Type(text="x" * 95))
        environment.execute(Type(secret="pin"))
        texts = [element.text for element in environment.elements() if element.editable]
    assert texts == ["x" * 95 + "<pin>"]
