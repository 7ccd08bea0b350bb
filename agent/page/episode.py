"""One episode in a page: the task, how it ended, the strip of screens and the steps."""

from dataclasses import dataclass
from datetime import UTC, datetime

from handeye.actions.schema import Answer
from handeye.agent.journal.trajectory import Trajectory
from handeye.agent.journal.verdict import Verdict
from handeye.agent.outcome import StopReason
from handeye.agent.page.layout import said_text, told_text
from handeye.agent.page.screens import Screens
from handeye.agent.page.step import figure, step_card, step_screen
from handeye.environments.observation import Observation

ANCHOR = "e1"
"""The id of the episode's element; a step's is `e1-3`."""


@dataclass(frozen=True, slots=True)
class EpisodePage:
    """An episode and its verdict."""

    trajectory: Trajectory
    verdict: Verdict | None = None

    @property
    def solved(self) -> bool | None:
        """Whether the task was done, by the verdict, otherwise by the policy's claim; None if neither says so."""
        stop = self.trajectory.stop
        if self._judged:
            return self.verdict is not None and self.verdict.solved
        return None if stop in {None, StopReason.TASK_ENDED} else stop in {StopReason.SUCCESS, StopReason.ANSWERED}

    @property
    def ending(self) -> str:
        """How the episode ended, in a word or two: the verdict if there is one, otherwise the stop reason."""
        if self._judged:
            return "solved" if self.solved else "not solved"
        stop = self.trajectory.stop
        return "unfinished" if stop is None else stop.value.replace("_", " ")

    @property
    def tone(self) -> str:
        """The colour of `ending`: good, warn or bad."""
        if self.solved:
            return "good"
        given_up = self.trajectory.stop in {StopReason.FAILURE, StopReason.FAILED, StopReason.DENIED}
        return "bad" if self._judged or given_up else "warn"

    @property
    def began(self) -> float:
        """The time of the first screenshot, in Unix seconds."""
        steps = self.trajectory.steps
        return steps[0].observation.time if steps else self.trajectory.meta.time

    @property
    def _judged(self) -> bool:
        """Whether an eval has judged the policy. It has not if the environment, the policy or the journal was lost."""
        if self.verdict is None:
            return False
        return self.verdict.solved or self.trajectory.stop is not StopReason.FAILED

    def section(self, screens: Screens) -> str:
        """Return the whole episode."""
        steps = self.trajectory.steps
        cards = "".join(step_card(step, screens, f"{ANCHOR}-{step.index + 1}", self.began) for step in steps)
        return (
            f'<section class="episode" id="{ANCHOR}">{self._head()}'
            f'<nav class="strip" aria-label="Steps">{self._strip(screens)}</nav>'
            f"<ol>{cards}{self._end(screens)}</ol></section>"
        )

    def _head(self) -> str:
        trajectory = self.trajectory
        return (
            f'<header class="head"><h1 class="said">{said_text(trajectory.task)}</h1>'
            f'<div class="facts">{badge(self.ending, self.tone)}{self._facts()}</div>'
            f"{self._last_words()}</header>"
        )

    def _last_words(self) -> str:
        words = last_words(self.trajectory)
        return f'<p class="last-words {self.tone} said">{words}</p>' if words else ""

    def _facts(self) -> str:
        trajectory = self.trajectory
        counts = [step.decision.tokens for step in trajectory.steps if step.decision.tokens]
        facts = [
            f"<b>{counted(len(trajectory.steps), 'step')}</b>",
            f"<b>{duration(trajectory.seconds)}</b>",
        ]
        if deciding := sum(count.seconds for count in counts):
            generated = sum(count.generated for count in counts)
            facts.append(f"<b>{generated}</b> tokens at <b>{generated / deciding:.0f}</b>/s")
        if self.verdict is not None and self.verdict.text:
            facts.append(told_text(self.verdict.text))
        facts += [f"<b>{said_text(driver)}</b>" for driver in trajectory.drivers]
        facts.append(told_text(trajectory.meta.environment))
        facts.append(datetime.fromtimestamp(trajectory.meta.time, UTC).strftime("%Y-%m-%d %H:%M UTC"))
        return "".join(f"<span>{fact}</span>" for fact in facts)

    def _strip(self, screens: Screens) -> str:
        links = []
        for step in self.trajectory.steps:
            drawing = step_screen(step, screens, zoom=2.6)
            links.append(f'<a href="#{ANCHOR}-{step.index + 1}">{drawing}<i>{step.index + 1}</i></a>')
        if (last := self._after()) is not None:
            links.append(f'<a href="#{ANCHOR}-end">{screens.draw(last, label="The end")}<i>end</i></a>')
        return "".join(links)

    def _after(self) -> Observation | None:
        """Return the observation after the last step, if there is one."""
        steps, last = self.trajectory.steps, self.trajectory.last_observation
        return last if steps and last is not steps[-1].observation else None

    def _end(self, screens: Screens) -> str:
        last = self._after()
        if last is None:
            return ""
        return (
            f'<li class="step end" id="{ANCHOR}-end" tabindex="-1">'
            f"{figure(last, screens.draw(last, label='The end'))}"
            f'<div class="tell"><header><b>The end</b><time>+{last.time - self.began:.1f} s</time></header>'
            f"<p>{badge(self.ending, self.tone)}</p></div></li>"
        )


def badge(text: str, look: str) -> str:
    """Return a coloured word."""
    return f'<span class="badge {look}">{told_text(text)}</span>'


def counted(number: int, noun: str) -> str:
    """Return "1 step" or "2,000 steps"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """Return "7.5 s", "12 min 5 s" or "3 h 20 min"."""
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 120 else f"{minutes // 60:,} h {minutes % 60} min"


def last_words(trajectory: Trajectory) -> str:
    """Return what was said at the end, as HTML: the policy's answer, or why the episode ended; empty if nothing was."""
    if trajectory.stop is StopReason.ANSWERED:
        for action in reversed(trajectory.steps[-1].decision.actions):
            if isinstance(action, Answer):
                return said_text(action.text)
    return told_text(trajectory.message)
