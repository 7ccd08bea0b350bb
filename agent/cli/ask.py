"""`handeye ask`: a question about images, videos and episodes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from handeye.agent.caption import printable
from handeye.agent.cli.local import with_local
from handeye.agent.cli.model import DEFAULT
from handeye.agent.cli.options import ModelOption
from handeye.agent.journal.screens import account, episode_video
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.writer import JOURNAL
from handeye.agent.policies.engine import Engine
from handeye.agent.policies.local import LocalSettings
from handeye.agent.task import require_text
from handeye.environments.errors import InvalidOption
from handeye.model.conversation.messages import Message
from handeye.model.errors import UnreadableAnswer
from handeye.model.video.source import Choice, Video

if TYPE_CHECKING:
    from PIL.Image import Image

    from handeye.model.runtime import Model

TIMES = "Name times in seconds of the video."
"""What a model is told with a question about a video."""
_DEFAULT = Choice()

Watching = Callable[[str], Callable[[int, int], None]]
"""Returns what is told how many frames of a video have been read."""


@with_local
def ask(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="IMAGE|EPISODE",
            help="Image files, or folders of episodes.",
            default_factory=list,
            show_default=False,
        ),
    ],
    question: Annotated[str, typer.Argument(help="What to ask about them.")],
    video: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH", help="A video file, or a folder of frames; may be repeated.", rich_help_panel="Video"
        ),
    ] = None,
    fps: Annotated[
        float, typer.Option(help="Frames a second that the model sees.", rich_help_panel="Video")
    ] = _DEFAULT.fps,
    max_frames: Annotated[
        int, typer.Option(help="It sees at most so many, however long the video is.", rich_help_panel="Video")
    ] = _DEFAULT.max_frames,
    start: Annotated[
        str, typer.Option("--from", metavar="TIME", help="It sees what begins here.", rich_help_panel="Video")
    ] = "0",
    end: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="TIME",
            help="And ends here: 90, 1:30 or 0:01:30.",
            rich_help_panel="Video",
            show_default="the end",
        ),
    ] = None,
    model: ModelOption = DEFAULT,
    *,
    local: LocalSettings,
) -> None:
    """Ask a question about images, videos or episodes. Prints the answer.

    If the answer about a video or an episode names times, each is printed below it in seconds. An episode is a folder
    that handeye run or handeye record has written: the model sees its screenshots, and what was done when.

    Video files need PyAV: pip install "handeye\\[video]".

    Exit status: 0 the model answered, 2 an error.

    Examples:

      handeye ask before.png after.png "What has changed?"

      handeye ask --video run.mp4 "when does the dialog appear?"

      handeye ask --video run.mp4 --from 1:30 --to 2:00 --fps 4 "what is typed?"

      handeye ask runs/tent "where did it go wrong?"
    """
    from handeye.model.images.image import open_image
    from handeye.model.runtime import Model

    require_text(question, "the question")
    local.require_local(adapted=True, here=True)
    choice = chosen(fps, max_frames, start, end)
    with reading() as watching:
        shown: list[Image | Video] = []
        told: list[str] = []
        for source in sources:
            if source.is_dir():
                episode, said = episode_in(source, choice, watching)
                shown.append(episode)
                told.append(said)
            else:
                shown.append(open_image(source))
        shown += [opened(path, choice, watching) for path in video or ()]
        if not shown:
            raise InvalidOption("nothing to ask about: give an image, the folder of an episode, or --video PATH")
        videos = [each for each in shown if isinstance(each, Video)]
        text = "\n".join([*told, question, *([TIMES] if videos else [])])
        if videos and local.backend is not Engine.HANDEYE:
            raise InvalidOption("--backend shows images alone: leave it out for videos and episodes")
        network = local.load(model)
        answer = network.generate([Message("user", (*shown, text))]).text.strip()
    lines = answer.splitlines()
    if len(videos) == 1 and isinstance(network, Model):
        lines += times_in(network, videos[0], answer)
    typer.echo("\n".join(map(printable, lines)))


def chosen(fps: float, max_frames: int, start: str, end: str | None) -> Choice:
    """Return the choice of the options; raise `InvalidOption` for one that makes no sense."""
    from handeye.model.video.spans import seconds

    try:
        return Choice(fps, max_frames, seconds(start), None if end is None else seconds(end))
    except ValueError as error:
        raise InvalidOption(str(error)) from None


def episode_in(folder: Path, choice: Choice, watching: Watching) -> tuple[Video, str]:
    """Return the video of the episode in a folder, and what is told about it. Raises `InvalidTrajectory`."""
    if not (folder / JOURNAL).is_file():
        raise InvalidOption(f"{folder} holds no episode: give --video for a folder of frames")
    trajectory = read_trajectory(folder)
    return episode_video(trajectory, choice, watching(str(folder))), account(trajectory)


def opened(path: Path, choice: Choice, watching: Watching) -> Video:
    """Open a video. Raises `InvalidVideo`, and `MissingDependency` without PyAV."""
    from handeye.model.video.open import open_video

    return open_video(
        path,
        fps=choice.fps,
        max_frames=choice.max_frames,
        start=choice.start,
        end=choice.end,
        on_progress=watching(str(path)),
    )


@contextmanager
def reading() -> Iterator[Watching]:
    """Show on standard error how much of the videos has been read, if that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("reading {task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:

        def watching(name: str) -> Callable[[int, int], None]:
            task = progress.add_task(printable(name), total=None, visible=False)
            return lambda done, total: progress.update(task, completed=done, total=total, visible=done < total)

        yield watching


def times_in(network: "Model", video: Video, answer: str) -> Sequence[str]:
    """Return the times that an answer names, in seconds of the video; none if it names none."""
    try:
        return [str(span) for span in network.spans(video, answer)]
    except UnreadableAnswer:
        return []
