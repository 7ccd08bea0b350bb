"""The page of an episode, and the pages of a run: HTML files that show each screenshot with the actions drawn on it.

The page of an episode needs no network and no other file. All text from outside (the task, the model's words,
addresses, titles) is escaped, and the page's content security policy allows only its own script and style, by their
hashes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from handeye.actions.errors import HandeyeError
from handeye.agent.errors import InvalidTrajectory
from handeye.agent.journal.durable import write_whole
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.verdict import Verdict, read_verdict, write_verdict
from handeye.agent.journal.writer import JOURNAL, PAGE
from handeye.agent.page.episode import EpisodePage, counted
from handeye.agent.page.layout import page_html
from handeye.agent.page.row import Row, episode_row, unreadable_row
from handeye.agent.page.run import run_body
from handeye.agent.page.screens import Screens
from handeye.agent.page.thumbnail import THUMBNAIL, thumbnail

_EPISODE_FOOT = (
    '<span class="keys"><kbd>←</kbd> <kbd>→</kbd> steps · <kbd>d</kbd> details · <kbd>t</kbd> theme</span>'
    "<span>Points are in pixels of the screenshot they are drawn on.</span>"
)
_RUN_FOOT = '<span class="keys"><kbd>/</kbd> search · <kbd>t</kbd> theme</span>'


class PageNotWritten(HandeyeError):
    """The page cannot be written."""


def write_page(directory: Path, *, title: str = "", verdicts: Mapping[str, Verdict] | None = None) -> Path:
    """Write the page of the episodes in `directory` to its `index.html`, and return that path.

    `directory` holds one journal, or folders with one journal each. Then its page is a list of the episodes under
    `title`, in the order in which they were started, and each folder gets the page of its episode and a small picture
    of its last screen. A folder whose journal cannot be read is listed with the reason.
    `verdicts` holds the verdict of an eval on an episode, by the name of its folder; it is saved there for later pages.

    At any time one episode at most is in memory, and a page that existed before is complete until it is replaced.

    Raises `InvalidTrajectory` if there is no journal, or only one and that cannot be read, and `PageNotWritten`.
    """
    folders = episode_folders(directory)
    for folder in folders:
        if verdicts is not None and folder.name in verdicts:
            write_verdict(folder, verdicts[folder.name])
    path = directory / PAGE
    if folders == [directory]:
        _write_episode(_read(directory), path)
        return path
    rows = sorted(map(_write_row, folders), key=lambda row: row.time)
    _write(path, _run_html(rows, title))
    return path


def episode_folders(directory: Path) -> list[Path]:
    """Return the folders with a journal: `directory` itself, otherwise its subfolders, sorted by name."""
    if (directory / JOURNAL).is_file():
        return [directory]
    found = sorted(path.parent for path in directory.glob(f"*/{JOURNAL}"))
    if not found:
        raise InvalidTrajectory(f"{directory} holds no journal, nor do its subfolders: give the folder of an episode")
    return found


def _read(folder: Path) -> EpisodePage:
    return EpisodePage(read_trajectory(folder), read_verdict(folder))


def _write_row(folder: Path) -> Row:
    """Write the page and the thumbnail of one episode of a run, and return its row."""
    try:
        page = _read(folder)
    except InvalidTrajectory as error:
        return unreadable_row(folder, error)
    _write_episode(page, folder / PAGE, link='<a href="../index.html">all episodes</a>')
    picture = thumbnail(page.trajectory.last_observation)
    if picture is not None:
        _write(folder / THUMBNAIL, picture)
    return episode_row(folder, page, pictured=picture is not None)


def _write_episode(page: EpisodePage, path: Path, link: str = "") -> None:
    screens = Screens()
    body = page.section(screens) + screens.definitions() + "<dialog></dialog>"
    name = page.trajectory.task
    _write(path, page_html(name, body, script="episode.js", images="data:", link=link, foot=_EPISODE_FOOT))


def _run_html(rows: Sequence[Row], title: str) -> str:
    name = title or counted(len(rows), "episode")
    return page_html(name, run_body(rows, name), script="run.js", images="'self'", foot=_RUN_FOOT)


def _write(path: Path, content: str | bytes) -> None:
    # A journal can contain lone surrogates, which cannot be encoded.
    data = content if isinstance(content, bytes) else content.encode("utf-8", errors="replace")
    try:
        write_whole(path, data)
    except OSError as error:
        raise PageNotWritten(f"cannot write {path}: {error.strerror or error}") from error
