"""One episode in a page: the task, how it ended, the strip of screens and the steps."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from handeye.actions.schema import Answer
from handeye.agent.journal.trajectory import Trajectory
from handeye.agent.journal.verdict import Verdict
from handeye.agent.outcome import StopReason
from handeye.agent.page.screens import Screens
from handeye.agent.page.step import figure, said, step_card, step_screen
from handeye.environments.observation import Observation


@dataclass(frozen=True, slots=True)
class EpisodePage:
    """An episode and its name in a page."""

    name: str
    """The name of its folder."""
    anchor: str
    """The id of its element in the page."""
    trajectory: Trajectory
    verdict: Verdict | None = None

    @property
    def solved(self) -> bool | None:
        """Whether the task was done, by the verdict, otherwise by the policy's claim; None if neither says so."""
        if self.verdict is not None:
            return self.verdict.solved
        stop = self.trajectory.stop
        return None if stop in {None, StopReason.TASK_ENDED} else stop in {StopReason.SUCCESS, StopReason.ANSWERED}

    @property
    def ending(self) -> str:
        """How the episode ended, in a word or two: the verdict if there is one, otherwise the stop reason."""
        if self.verdict is not None:
            return "solved" if self.verdict.solved else "not solved"
        stop = self.trajectory.stop
        return "unfinished" if stop is None else stop.value.replace("_", " ")

    @property
    def tone(self) -> str:
        """The colour of `ending`: good, warn or bad."""
        if self.solved:
            return "good"
        given_up = self.trajectory.stop in {StopReason.FAILURE, StopReason.FAILED, StopReason.DENIED}
        return "bad" if self.verdict is not None or given_up else "warn"

    @property
    def began(self) -> float:
        """The time of the first screenshot, in Unix seconds."""
        steps = self.trajectory.steps
        return steps[0].observation.time if steps else self.trajectory.meta.time

    def section(self, screens: Screens, heading: str) -> str:
        """Return the whole episode; `heading` is h1 or h2."""
        steps = self.trajectory.steps
        cards = "".join(step_card(step, screens, f"{self.anchor}-{step.index + 1}", self.began) for step in steps)
        return (
            f'<section class="episode" id="{self.anchor}">{self._head(heading)}'
            f'<nav class="strip" aria-label="Steps">{self._strip(screens)}</nav>'
            f"<ol>{cards}{self._end(screens)}</ol></section>"
        )

    def card(self, screens: Screens) -> str:
        """Return the episode as one card of a summary."""
        trajectory = self.trajectory
        thumb = step_screen(trajectory.steps[-1], screens, zoom=1.6) if trajectory.steps else ""
        steps = counted(len(trajectory.steps), "step")
        return (
            f'<li><a href="#{self.anchor}"><div class="thumb">{thumb}</div><div class="text">'
            f'<span class="label">{escape(self.name)}</span>'
            f'<span class="task said">{escape(trajectory.task)}</span>'
            f'<span class="row">{badge(self.ending, self.tone)}<span>{steps} · {trajectory.seconds:.1f} s</span></span>'
            "</div></a></li>"
        )

    def _head(self, heading: str) -> str:
        trajectory = self.trajectory
        return (
            f'<header class="head"><{heading} class="said">{escape(trajectory.task)}</{heading}>'
            f'<div class="facts">{badge(self.ending, self.tone)}{self._facts()}</div>'
            f"{said(f'last-words {self.tone}', last_words(trajectory))}</header>"
        )

    def _facts(self) -> str:
        trajectory = self.trajectory
        counts = [step.decision.tokens for step in trajectory.steps if step.decision.tokens]
        facts = [
            f"<b>{counted(len(trajectory.steps), 'step')}</b>",
            f"<b>{trajectory.seconds:.1f} s</b>",
        ]
        if deciding := sum(count.seconds for count in counts):
            generated = sum(count.generated for count in counts)
            facts.append(f"<b>{generated}</b> tokens at <b>{generated / deciding:.0f}</b>/s")
        if self.verdict is not None and self.verdict.text:
            facts.append(escape(self.verdict.text))
        facts += [f"<b>{escape(trajectory.meta.policy)}</b>", escape(trajectory.meta.environment)]
        facts.append(datetime.fromtimestamp(trajectory.meta.time, UTC).strftime("%Y-%m-%d %H:%M UTC"))
        return "".join(f"<span>{fact}</span>" for fact in facts)

    def _strip(self, screens: Screens) -> str:
        links = []
        for step in self.trajectory.steps:
            drawing = step_screen(step, screens, zoom=2.6)
            links.append(f'<a href="#{self.anchor}-{step.index + 1}">{drawing}<i>{step.index + 1}</i></a>')
        if (last := self._after()) is not None:
            links.append(f'<a href="#{self.anchor}-end">{screens.draw(last, label="The end")}<i>end</i></a>')
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
            f'<li class="step end" id="{self.anchor}-end" tabindex="-1">'
            f"{figure(last, screens.draw(last, label='The end'))}"
            f'<div class="tell"><header><b>The end</b><time>+{last.time - self.began:.1f} s</time></header>'
            f"<p>{badge(self.ending, self.tone)}</p></div></li>"
        )


def badge(text: str, look: str) -> str:
    """Return a coloured word."""
    return f'<span class="badge {look}">{escape(text)}</span>'


def counted(number: int, noun: str) -> str:
    """Return "1 step" or "2 steps"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def last_words(trajectory: Trajectory) -> str:
    """Return what was said at the end: the policy's answer, or why the episode ended."""
    if trajectory.stop is StopReason.ANSWERED:
        for action in reversed(trajectory.steps[-1].decision.actions):
            if isinstance(action, Answer):
                return action.text
    return trajectory.message
