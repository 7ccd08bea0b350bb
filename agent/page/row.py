"""One episode in the list of a run."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pydantic import JsonValue

from handeye.agent.errors import InvalidTrajectory
from handeye.agent.outcome import StopReason
from handeye.agent.page.episode import EpisodePage, badge, counted, duration, last_words
from handeye.agent.page.layout import said_text, told_text
from handeye.agent.page.thumbnail import THUMBNAIL

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Row:
    """What the list of a run shows of an episode. It holds no screenshot, so thousands fit into memory."""

    folder: str
    """The name of its folder."""
    instruction: str
    ending: str
    """How it ended, in a word or two."""
    tone: str
    note: str = ""
    """HTML: what was said at the end, if it did not end as solved."""
    solved: bool | None = None
    verdict: str = ""
    """What an eval says beside solved or not solved, such as "reward 1.00"."""
    task: str = ""
    """The name of an eval's task; empty for other episodes."""
    seed: str = ""
    steps: int = 0
    seconds: float = 0.0
    time: float = 0.0
    """When it was started, in Unix seconds."""
    policy: str = ""
    readable: bool = True
    pictured: bool = False
    """Whether there is a thumbnail."""

    def html(self) -> str:
        """Return the row as a list element that links to the episode's page."""
        picture = (
            f'<img src="{quote(self.folder)}/{THUMBNAIL}" alt="" loading="lazy" decoding="async">'
            if self.pictured
            else ""
        )
        facts = [counted(self.steps, "step"), duration(self.seconds)] if self.readable else []
        seed = [f"seed {said_text(self.seed)}"] if self.seed else []
        verdict = f"<span>{told_text(self.verdict)}</span>" if self.verdict else ""
        note = f'<span class="note said">{self.note}</span>' if self.note else ""
        inner = (
            f'<span class="thumb">{picture}</span>'
            f'<span class="what"><b class="said">{said_text(self.instruction)}</b>'
            f'<span class="label">{said_text(self.folder)}</span>{note}</span>'
            f'<span class="ends">{badge(self.ending, self.tone)}{verdict}</span>'
            f'<span class="counts">{" ".join(f"<span>{fact}</span>" for fact in [*seed, *facts])}</span>'
        )
        link = f' href="{quote(self.folder)}/index.html"' if self.readable else ""
        task = f' data-task="{said_text(self.task)}"' if self.task else ""
        return f'<li data-ending="{said_text(self.ending)}"{task}><a{link}>{inner}</a></li>'


def episode_row(folder: Path, page: EpisodePage, pictured: bool) -> Row:
    """Return the row of an episode that can be read."""
    trajectory, settings = page.trajectory, page.trajectory.settings
    return Row(
        folder=folder.name,
        instruction=trajectory.task,
        ending=page.ending,
        tone=page.tone,
        note=last_words(trajectory) if trajectory.stop is StopReason.FAILED or page.verdict is None else "",
        solved=page.solved,
        verdict="" if page.verdict is None else page.verdict.text,
        task=_text(settings.get("task")),
        seed=_text(settings.get("seed")),
        steps=len(trajectory.steps),
        seconds=trajectory.seconds,
        time=trajectory.meta.time,
        policy=trajectory.meta.policy,
        pictured=pictured,
    )


def unreadable_row(folder: Path, error: InvalidTrajectory) -> Row:
    """Return the row of an episode whose journal cannot be read, such as one that was killed before its first line."""
    reason = str(error).replace(str(folder), folder.name)
    return Row(folder.name, "", UNREADABLE, "bad", note=told_text(reason), readable=False)


def _text(value: JsonValue) -> str:
    return str(value) if isinstance(value, str | int) else ""
