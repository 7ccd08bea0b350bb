"""The page of one or more episodes: an HTML file that shows each screenshot with the actions drawn on it.

The file needs no network and no other file. All text from outside (the task, the model's words, addresses, titles) is
escaped, and the page's content security policy allows only its own script and style, by their hashes.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from handeye.actions.errors import HandeyeError
from handeye.agent.errors import InvalidTrajectory
from handeye.agent.journal.durable import write_whole
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.verdict import Verdict, read_verdict, write_verdict
from handeye.agent.journal.writer import JOURNAL
from handeye.agent.page.episode import EpisodePage, counted
from handeye.agent.page.screens import Screens

PAGE = "index.html"
LOGO = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9" fill="none" stroke="#ff2d6f" '
    'stroke-width="2.6"/><circle cx="12" cy="12" r="3.4" fill="#ff2d6f"/></svg>'
)


class PageNotWritten(HandeyeError):
    """The page cannot be written."""


def write_page(directory: Path, *, title: str = "", verdicts: Mapping[str, Verdict] | None = None) -> Path:
    """Write the page of the episodes in `directory` to its `index.html`, and return that path.

    `directory` holds one journal, or folders with one journal each: then the page starts with a summary under
    `title`, followed by the episodes in the order in which they were started.
    `verdicts` holds the verdict of an eval on an episode, by the name of its folder; it is saved there for later pages.

    Raises `InvalidTrajectory` if there is no journal, or one that cannot be read, and `PageNotWritten`.
    """
    folders = episode_folders(directory)
    for folder in folders:
        if verdicts is not None and folder.name in verdicts:
            write_verdict(folder, verdicts[folder.name])
    trajectories = sorted(map(read_trajectory, folders), key=lambda trajectory: trajectory.meta.time)
    episodes = [
        EpisodePage(trajectory.directory.name, f"e{number}", trajectory, read_verdict(trajectory.directory))
        for number, trajectory in enumerate(trajectories, start=1)
    ]
    path = directory / PAGE
    # A journal can contain lone surrogates, which cannot be encoded.
    content = html(episodes, title).encode("utf-8", errors="replace")
    try:
        write_whole(path, content)
    except OSError as error:
        raise PageNotWritten(f"cannot write {path}: {error.strerror or error}") from error
    return path


def episode_folders(directory: Path) -> list[Path]:
    """Return the folders with a journal: `directory` itself, otherwise its subfolders, sorted by name."""
    if (directory / JOURNAL).is_file():
        return [directory]
    found = sorted(path.parent for path in directory.glob(f"*/{JOURNAL}"))
    if not found:
        raise InvalidTrajectory(f"{directory} holds no journal, nor do its subfolders: give the folder of an episode")
    return found


def html(episodes: Sequence[EpisodePage], title: str = "") -> str:
    """Return the whole page."""
    screens = Screens()
    if len(episodes) == 1 and not title:
        name = episodes[0].trajectory.task
        body = episodes[0].section(screens, "h1")
    else:
        name = title or f"{len(episodes)} episodes"
        sections = "".join(episode.section(screens, "h2") for episode in episodes)
        body = summary(episodes, name, screens) + sections
    style, script = resource("style.css"), resource("script.js")
    policy = (
        f"default-src 'none'; img-src data:; style-src {digest(style)}; script-src {digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="generator" content="handeye"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(name)} · handeye</title><style>{style}</style></head><body>"
        f'<div class="bar"><span class="name">{LOGO}handeye</span><button id="theme">light / dark</button></div>'
        f"<main>{body}</main>"
        '<footer class="foot"><span class="keys"><kbd>←</kbd> <kbd>→</kbd> steps · <kbd>d</kbd> details · '
        "<kbd>t</kbd> theme</span><span>Points are in pixels of the screenshot they are drawn on.</span></footer>"
        f"{screens.definitions()}<dialog></dialog><script>{script}</script></body></html>\n"
    )


def summary(episodes: Sequence[EpisodePage], title: str, screens: Screens) -> str:
    """Return the heading and one card for each episode."""
    solved = [episode.solved for episode in episodes]
    steps = sum(len(episode.trajectory.steps) for episode in episodes)
    seconds = sum(episode.trajectory.seconds for episode in episodes)
    policies = sorted({episode.trajectory.meta.policy for episode in episodes})
    facts = [f"<b>{counted(steps, 'step')}</b>", f"<b>{seconds:.1f} s</b>"]
    if None not in solved:
        facts.insert(0, f"<b>{sum(map(bool, solved))}</b> of <b>{len(episodes)}</b> solved")
    facts += [f"<b>{escape(policy)}</b>" for policy in policies]
    return (
        f'<header class="head"><h1 class="said">{escape(title)}</h1>'
        f'<div class="facts">{"".join(f"<span>{fact}</span>" for fact in facts)}</div></header>'
        f'<ol class="summary">{"".join(episode.card(screens) for episode in episodes)}</ol>'
    )


def resource(name: str) -> str:
    """Return a text file of this package."""
    return files("handeye.agent.page").joinpath(name).read_text("utf-8")


def digest(content: str) -> str:
    """Return the source expression that allows only `content` in a content security policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
