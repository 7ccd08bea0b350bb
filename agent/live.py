"""Live view of an episode in the terminal: the thought, the action, its outcome and the speed.

A terminal gets colours and a status line, anything else plain lines. Text from outside is made printable first,
because a terminal interprets control characters.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Self

from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from handeye.actions.schema import Action
from handeye.agent.approval import Approval, Approver
from handeye.agent.caption import caption, confidence_text, printable
from handeye.agent.decision import PointConfidence
from handeye.agent.episode import Episode
from handeye.agent.outcome import Outcome, StopReason
from handeye.agent.perform import User
from handeye.agent.step import Step
from handeye.environments.observation import Observation

MARKS = {"executed": ("✓", "green"), "partial": ("½", "yellow"), "denied": ("✗", "yellow"), "unknown": ("?", "yellow")}
"""How outcomes are marked and coloured; all others as `REFUSED`."""
REFUSED = ("✗", "red")
INDENT = 5


class LiveView:
    """Shows the steps of an episode. A context manager: on a terminal it shows a status line while it is open."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._status: Status | None = None
        if console.is_terminal:
            self._status = console.status("", spinner="dots", spinner_style="magenta")
        self._doing = "looking"
        self._reply = ""

    def __enter__(self) -> Self:
        self._resume()
        return self

    def __exit__(self, *exception: object) -> None:
        self._pause()

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Show `what` in the status line until the block ends."""
        self._tell(what)
        self._resume()
        try:
            yield
        finally:
            self._pause()
            self._tell("looking")

    def text(self, piece: str) -> None:
        """Show a piece of the reply as it is generated. This is the policy's `on_text`."""
        self._reply += piece
        self._tell(self._doing)

    def step(self, step: Step) -> None:
        """Show a finished step. This is the loop's `on_step`."""
        self._reply = ""
        decision = step.decision
        number = Text(f"{step.index + 1:>{INDENT - 2}}  ", style="bold magenta")
        thought = printable(" ".join(decision.thought.split()))
        self._line(Text(thought) if thought else Text("(no thought)", style="dim"), number)
        if decision.problem is not None:
            self._line(Text(f"✗ {printable(decision.problem.reason)}", style="red"))
        for place, (action, outcome) in enumerate(zip_longest(decision.actions, step.outcomes)):
            if action is not None:
                self._line(action_text(action, outcome, decision.confidence_of(place)))
        for note in decision.notes:
            self._line(Text(printable(note), style="yellow"))
        self._line(Text(speed(step), style="dim"))
        self._tell(f"step {step.index + 2}")

    def end(self, episode: Episode) -> None:
        """Show how the episode ended."""
        self._pause()
        look = "bold green" if episode.stop.succeeded else "bold yellow" if episode.stop.final else "bold red"
        words = printable(last_words(episode))
        steps = f"{len(episode.steps)} step{'' if len(episode.steps) == 1 else 's'}"
        self._line(
            Text.assemble((ending_text(episode.stop), look), (f"  {steps}, {episode.seconds:.1f} s", "dim")), Text()
        )
        if words:
            self._line(Text(words), Text())

    def asking(self, approve: Approver) -> Approver:
        """Return `approve` with the status line hidden while it asks."""

        def asked(action: Action, observation: Observation) -> Approval:
            self._pause()
            try:
                return approve(action, observation)
            finally:
                self._resume()

        return asked

    def user(self, read: Callable[[str], str]) -> User:
        """Return a function that asks the user at the terminal; `read` prompts for a line and returns it."""

        def answer(question: str) -> str:
            self._pause()
            try:
                return read(f"{printable(question)}\n> ")
            finally:
                self._resume()

        return answer

    def _line(self, text: Text, lead: Text | None = None) -> None:
        """Print `text` after `lead`, or after the same amount of space."""
        lead = Text(" " * INDENT) if lead is None else lead
        if self.console.is_terminal and lead:
            grid = Table.grid()
            grid.add_column(width=lead.cell_len, no_wrap=True)
            grid.add_column()
            grid.add_row(lead, text)
            self.console.print(grid)
        else:
            # Without a terminal there is no width to wrap to: a line stays one line.
            self.console.print(lead + text, soft_wrap=not self.console.is_terminal)

    def _tell(self, what: str) -> None:
        self._doing = what
        if self._status is not None:
            room = max(20, self.console.width - len(what) - 8)
            tail = printable(self._reply[-room:])[-room:]
            self._status.update(Text(f"{what}  {tail}" if tail else what, style="dim", no_wrap=True))

    def _pause(self) -> None:
        if self._status is not None:
            self._status.stop()

    def _resume(self) -> None:
        if self._status is not None:
            self._status.start()


def action_text(action: Action, outcome: Outcome | None, points: Sequence[PointConfidence | None] = ()) -> Text:
    """Return an action, how sure the policy was of its points, and its outcome."""
    mark, colour = ("–", "dim") if outcome is None else MARKS.get(outcome.status, REFUSED)
    text = Text.assemble((mark, colour), " ", (action.type, "bold cyan"), " ", caption(action))
    if sure := confidence_text(points):
        text.append(f"  {sure}", "dim")
    if outcome is None:
        text.append("  not tried", "dim")
    elif outcome.status != "executed" or outcome.message:
        status = "" if outcome.status == "executed" else outcome.status
        text.append("  " + ": ".join(filter(None, (status, printable(outcome.message)))), colour)
    return text


def speed(step: Step) -> str:
    """Return how long the step took and how fast tokens were generated."""
    acting = f"acting {sum(outcome.seconds for outcome in step.outcomes):.2f} s"
    if (tokens := step.decision.tokens) is None:
        return acting
    return f"deciding {tokens.seconds:.2f} s, {acting}, {tokens.generated} tokens at {tokens.rate:.0f}/s"


def ending_text(stop: StopReason) -> str:
    """Return why an episode ended, in words."""
    return stop.value.replace("_", " ")


def last_words(episode: Episode) -> str:
    """Return what was said at the end: the policy's answer, or why the episode ended."""
    return episode.answer or episode.message
