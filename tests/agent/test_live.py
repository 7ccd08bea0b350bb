"""The live view, on a terminal and without one."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Press, Type
from handeye.agent.approval import Approval
from handeye.agent.caption import LONGEST, caption, printable
from handeye.agent.decision import PointConfidence, Spread, TokenCount
from handeye.agent.episode import Episode
from handeye.agent.live import LiveView
from handeye.agent.outcome import Outcome, StopReason
from handeye.agent.step import Step

MakeStep = Callable[..., Step]
ESCAPE = "\x1b]0;owned\x07 \x1b[2J [bold]x[/bold] \u202e"


class Screen:
    """A view, and what it has written."""

    def __init__(self, terminal: bool, width: int = 60) -> None:
        self._file = io.StringIO()
        # The look is that of a terminal with colours, whatever the tests run in.
        colours = "standard" if terminal else None
        environ = {"TERM": "xterm"}
        console = Console(
            file=self._file,
            force_terminal=terminal,
            width=width,
            highlight=False,
            legacy_windows=False,
            color_system=colours,
            _environ=environ,
        )
        self.view = LiveView(console)

    @property
    def lines(self) -> list[str]:
        return self._file.getvalue().splitlines()


def cursor_is_shown(screen: Screen) -> bool:
    """The moving line hides the cursor as long as it moves."""
    text = "\n".join(screen.lines)
    return text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l")


def episode(*steps: Step, stop: StopReason = StopReason.SUCCESS, message: str = "") -> Episode:
    return Episode("a task", steps, stop, message, 2.5, Path("runs/x"))


@pytest.fixture
def step(make_step: MakeStep) -> Step:
    done = Outcome("executed", seconds=0.125)
    tokens = TokenCount(prompt=900, cached=0, generated=30, seconds=0.75)
    return make_step(0, done, thought="I press it. " * 8, actions=(Click(point=Point(10, 20)),), tokens=tokens)


def test_without_a_terminal_there_are_plain_lines(step: Step) -> None:
    screen = Screen(terminal=False)
    with screen.view:
        screen.view.text("a piece of the reply")
        screen.view.step(step)
    screen.view.end(episode(step, message="done"))
    assert screen.lines == [
        "  1" + "  I press it." + " I press it." * 7,
        "     ✓ click [10, 20]",
        "     deciding 0.75 s, acting 0.12 s, 30 tokens at 40/s",
        "success  1 step, 2.5 s",
        "done",
    ]


def test_how_sure_the_model_was_is_told_beside_the_action(step: Step) -> None:
    screen = Screen(terminal=False)
    sure = ((PointConfidence(0.714, Spread(4.2, 0.31)),),)
    screen.view.step(replace(step, decision=replace(step.decision, confidence=sure)))
    assert "     ✓ click [10, 20]  71 % · ± 4 × 0.3 px" in screen.lines


def test_on_a_terminal_there_is_colour_and_a_moving_line(step: Step) -> None:
    screen = Screen(terminal=True)
    with screen.view.doing("loading a model"):
        pass
    with screen.view:
        screen.view.step(step)
    text = "\n".join(screen.lines)
    assert "\x1b[1;36mclick" in text
    assert "loading a model" in text
    assert cursor_is_shown(screen)


@pytest.mark.parametrize("terminal", [False, True])
def test_a_terminal_obeys_nothing_that_came_from_outside(make_step: MakeStep, terminal: bool) -> None:
    screen = Screen(terminal, width=200)
    tried = make_step(0, Outcome("rejected", ESCAPE), thought=ESCAPE, actions=(Type(text="\u202e"),), problem=ESCAPE)
    screen.view.text(ESCAPE)
    screen.view.step(tried)
    screen.view.end(episode(tried, stop=StopReason.FAILED, message=ESCAPE))
    text = "\n".join(screen.lines)
    assert "\x1b]0" not in text
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    assert text.count("[bold]x[/bold]") >= 3, "markup is text"


def test_what_went_wrong_is_said(make_step: MakeStep) -> None:
    screen = Screen(terminal=False)
    actions = (Press(keys=("ctrl", "c")), Type(text="x"))
    screen.view.step(make_step(0, problem="the reply contains no action"))
    screen.view.step(make_step(1, Outcome("denied", "the user said no"), actions=actions))
    assert screen.lines[0:2] == ["  1  (no thought)", "     ✗ the reply contains no action"]
    assert screen.lines[4:6] == ["     ✗ press ctrl+c  denied: the user said no", '     – type "x"  not tried']


def test_the_moving_line_is_out_of_the_way_while_somebody_is_asked(step: Step) -> None:
    screen = Screen(terminal=True)

    def approve(action: object, observation: object) -> Approval:
        assert cursor_is_shown(screen)
        return Approval(False, "no")

    with screen.view:
        assert not cursor_is_shown(screen)
        answer = screen.view.asking(approve)(step.decision.actions[0], step.observation)
        assert (
            screen.view.user(lambda prompt: f"heard {prompt!r}")("Which\x1b one?") == "heard 'Which\\\\x1b one?\\n> '"
        )
    assert answer == Approval(False, "no")


def test_a_caption_is_one_short_printable_line() -> None:
    assert caption(Type(text="a\nb\t" + "c" * 500, submit=True)) == f'"a\\nb\\t{"c" * (LONGEST - 5)}…" submit'
    assert caption(Click(point=Point(0, 0), button="right", count=2, modifiers=("ctrl",))) == "[0, 0] right ×2 ctrl"
    assert printable("grüße 😀 中") == "grüße 😀 中"
