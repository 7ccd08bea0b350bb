"""`handeye run`, `handeye resume` and `handeye show`: one episode from the terminal."""

import re
import shlex
import sys
import webbrowser
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from handeye.actions.errors import HandeyeError
from handeye.agent.cli.environment import EnvironmentOptions, environment_settings
from handeye.agent.cli.local import Changes, with_acting, with_other_acting
from handeye.agent.cli.notices import Notices
from handeye.agent.cli.options import (
    Approve,
    ApproveOption,
    BrowserProfileOption,
    DecidingModelOption,
    DownloadsOption,
    EnvOption,
    GrounderOption,
    GrounderProfileOption,
    GrounderServerOption,
    HeadedOption,
    LocaleOption,
    MarksOption,
    MonitorOption,
    OpenOption,
    OtherGrounderServerOption,
    OtherModelOption,
    OtherServerOption,
    ProblemsOption,
    ProfileOption,
    ScaleOption,
    SecondsOption,
    SecretOption,
    ServerOption,
    SizeOption,
    StepsOption,
    TimezoneOption,
    TokensOption,
    UrlOption,
    ViewportOption,
    VncOption,
    ZoomOption,
    as_url,
    parse_secret,
    parse_size,
)
from handeye.agent.cli.policy import PolicySettings, named_model
from handeye.agent.cli.settings import Settings
from handeye.agent.episode import Episode
from handeye.agent.errors import NothingToResume
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.writer import require_room
from handeye.agent.limits import Limits
from handeye.agent.live import LiveView, ending_text
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.page.document import write_page
from handeye.agent.perform import User
from handeye.agent.policies.acting import ActingSettings
from handeye.agent.resume import resume_episode
from handeye.agent.task import require_text

RUNS = Path("runs")
"""The default parent folder of episodes."""


@with_acting
def run(
    task: Annotated[str, typer.Argument(help="What to do, in plain words.")],
    env: EnvOption = "browser",
    url: UrlOption = None,
    model: DecidingModelOption = None,
    server: ServerOption = None,
    profile: ProfileOption = None,
    grounder: GrounderOption = None,
    grounder_server: GrounderServerOption = None,
    grounder_profile: GrounderProfileOption = None,
    zoom: ZoomOption = False,
    *,
    local: ActingSettings,
    max_steps: StepsOption = 30,
    seconds: SecondsOption = None,
    tokens: TokensOption = None,
    problems: ProblemsOption = 3,
    screenshots: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Screenshots that the model sees at once.",
            show_default="its profile's",
            rich_help_panel="Model",
        ),
    ] = None,
    approve: ApproveOption = Approve.ALL,
    marks: MarksOption = False,
    secret: SecretOption = None,
    out: Annotated[
        Path | None, typer.Option(help="The episode's folder.", show_default="runs/TIME-TASK", metavar="DIR")
    ] = None,
    open_page: OpenOption = False,
    headed: HeadedOption = False,
    viewport: ViewportOption = None,
    scale: ScaleOption = None,
    browser_profile: BrowserProfileOption = None,
    downloads: DownloadsOption = None,
    upload: Annotated[
        list[Path] | None, typer.Option(help="A file that may be uploaded; may be repeated.", rich_help_panel="Browser")
    ] = None,
    locale: LocaleOption = None,
    timezone: TimezoneOption = None,
    monitor: MonitorOption = None,
    app: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A program that may be opened by name, and that desktop:xvfb shows from the start; may be repeated.",
            rich_help_panel="Desktop",
        ),
    ] = None,
    size: SizeOption = None,
    vnc: VncOption = False,
    install_keyboard: Annotated[
        bool,
        typer.Option(
            "--install-keyboard",
            help="Allow installing an input method that types more than ASCII.",
            rich_help_panel="Android",
        ),
    ] = False,
) -> None:
    """Run a task, show it live in the terminal, and save each step in a folder.

    Exit status:

      0 it ended with success     1 the model gave up     3 a limit was reached

      4 you denied an action      5 the environment or the model was lost

      2 wrong usage, or an error  130 Ctrl-C

    After 3, 4, 5 or 130, handeye resume continues the episode.

    Name the model with --model or --server, or once for all commands with HANDEYE_MODEL or HANDEYE_SERVER; handeye
    models lists what is known. handeye-tiny, in the package, only knows a few MiniWoB++ pages.

    Examples:

      handeye run "Click the button" --url page.html --headed \\
        --model handeye-tiny

      handeye run "What is the top story?" --url news.ycombinator.com \\
        --model Qwen/Qwen2.5-VL-7B-Instruct --device cuda --approve ask

      handeye run "Turn on airplane mode" --env android:simulated \\
        --model Qwen/Qwen2.5-VL-7B-Instruct

      handeye run "Turn on airplane mode" --env android:simulated \\
        --server http://localhost:8000 --grounder Hcompany/Holo1.5-7B

      handeye run "Add 2 and 3" --env desktop:xvfb --app galculator \\
        --model Qwen/Qwen2.5-VL-7B-Instruct

      SHOP_PASSWORD=... handeye run "Log in as mail@example.org" \\
        --url https://shop.example --secret password=SHOP_PASSWORD \\
        --model Qwen/Qwen2.5-VL-7B-Instruct
    """
    require_text(task)
    options = EnvironmentOptions(
        url=None if url is None else as_url(url),
        viewport=None if viewport is None else parse_size(viewport, "viewport"),
        scale=scale,
        headed=headed,
        profile=None if browser_profile is None else browser_profile.resolve(),
        downloads=None if downloads is None else downloads.resolve(),
        uploads=tuple(path.resolve() for path in upload or ()),
        locale=locale,
        timezone=timezone,
        monitor=monitor,
        size=None if size is None else parse_size(size, "size of the desktop"),
        vnc=vnc,
        apps=tuple(app or ()),
        install_keyboard=install_keyboard,
    )
    settings = Settings(
        environment=environment_settings(env, options),
        marks=marks,
        secrets=dict(map(parse_secret, secret or ())),
        policy=PolicySettings(
            model=named_model(model, server),
            server=server,
            profile=profile,
            grounder=named_model(grounder, grounder_server),
            grounder_server=grounder_server,
            grounder_profile=grounder_profile,
            zoom=zoom,
            **local.model_dump(),
        ),
    )
    settings.policy.require()
    limits = Limits(steps=max_steps, seconds=seconds, problems=problems, tokens=tokens)
    directory = default_directory(task) if out is None else out
    require_room(directory)
    console = Console(highlight=False)
    notices = Notices(settings.policy.notice)
    if settings.policy.notice:
        Console(stderr=True, highlight=False).print(settings.policy.notice, style="dim", soft_wrap=True)
    view = LiveView(console)
    with settings.make_environment() as environment:
        with view.doing(f"loading {settings.policy.label}"):
            policy = settings.policy.make(view.text)
        notices.tell(policy)
        with view:
            episode = run_episode(
                task,
                environment,
                policy,
                limits=limits,
                approve=view.asking(approve.approver),
                journal=directory,
                on_step=view.step,
                user=person(view),
                screenshots=screenshots,
                settings=settings.to_journal(),
            )
    notices.tell(policy)
    finish(episode, directory, view, open_page)


@with_other_acting
def resume(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The episode's folder.")],
    max_steps: Annotated[
        int | None,
        typer.Option(min=0, help="Stop after this many steps, including the earlier ones.", rich_help_panel="Limits"),
    ] = None,
    seconds: SecondsOption = None,
    tokens: TokensOption = None,
    problems: ProblemsOption = None,
    model: OtherModelOption = None,
    server: OtherServerOption = None,
    profile: ProfileOption = None,
    grounder_server: OtherGrounderServerOption = None,
    *,
    local: Changes,
    approve: ApproveOption = Approve.ALL,
    open_page: OpenOption = False,
) -> None:
    """Continue an episode that was killed, interrupted or stopped by a limit.

    It uses the same environment options and, unless you give others, the same model and limits; secrets are read again
    from their environment variables. The key of a server that only the episode names is not sent there: name it with
    --server, HANDEYE_SERVER or --grounder-server, unless it is this machine. An action that may or may not have
    happened when the process died is reported to the model as unknown. The exit status is as for handeye run.

    Example:

      handeye resume runs/login --max-steps 60
    """
    trajectory = read_trajectory(directory)
    settings = Settings.from_journal(trajectory.settings, directory)
    policy = settings.policy.changed(
        local, model=model, server=server, profile=profile, grounder_server=grounder_server
    )
    settings = settings.model_copy(update={"policy": policy})
    settings.policy.require()
    settings.policy.require_servers_named(server, grounder_server)
    before = trajectory.limits
    limits = Limits(
        steps=before.steps if max_steps is None else max_steps,
        seconds=before.seconds if seconds is None else seconds,
        problems=before.problems if problems is None else problems,
        tokens=before.tokens if tokens is None else tokens,
    )
    if (reached := limits.reached(trajectory.steps, trajectory.seconds)) is not None:
        raise NothingToResume(f"the episode has reached its {ending_text(reached)}: give a higher {option(reached)}")
    view = LiveView(Console(highlight=False))
    with settings.make_environment() as environment:
        with view.doing(f"loading {settings.policy.label}"):
            decides = settings.policy.make(view.text)
        notices = Notices()
        notices.tell(decides)
        with view:
            episode = resume_episode(
                directory,
                environment,
                decides,
                limits=limits,
                approve=view.asking(approve.approver),
                on_step=view.step,
                user=person(view),
                settings=settings.to_journal(),
            )
    notices.tell(decides)
    finish(episode, directory, view, open_page)


def show(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of an episode, or of several episodes.")],
    open_page: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Write the page of an episode: each screenshot with the actions drawn on it. One file that needs no network.

    Of a folder of several episodes, such as DIR/journals of an eval, it writes a list, and a page for each episode.
    Prints the path of the page. Works while the episode is still running.

    Example:

      handeye show runs/login --open
    """
    path = write_page(directory).resolve()
    typer.echo(path)
    if open_page:
        webbrowser.open(path.as_uri())


def exit_code(stop: StopReason) -> int:
    """Return the exit status of an episode: 0 only if it ended with success."""
    match stop:
        case StopReason.SUCCESS | StopReason.ANSWERED:
            return 0
        case StopReason.FAILURE | StopReason.INFEASIBLE | StopReason.TASK_ENDED:
            return 1
        case StopReason.STEP_LIMIT | StopReason.TIME_LIMIT | StopReason.TOKEN_LIMIT | StopReason.PROBLEM_LIMIT:
            return 3
        case StopReason.DENIED:
            return 4
        case StopReason.FAILED:
            return 5
        case StopReason.INTERRUPTED:
            return 130


def option(stop: StopReason) -> str:
    """Return the option that sets the limit that was reached; empty for any other stop reason."""
    match stop:
        case StopReason.STEP_LIMIT:
            return "--max-steps"
        case StopReason.TIME_LIMIT:
            return "--seconds"
        case StopReason.TOKEN_LIMIT:
            return "--tokens"
        case StopReason.PROBLEM_LIMIT:
            return "--problems"
        case _:
            return ""


def finish(episode: Episode, directory: Path, view: LiveView, open_page: bool) -> None:
    """Show how the episode ended, write its page, and exit with its status."""
    view.end(episode)
    try:
        path = write_page(directory).resolve()
    except HandeyeError as error:
        # The episode itself is done: its exit status stands, and the page can be written later.
        view.console.print(f"no page: {error}", style="yellow", soft_wrap=True, markup=False)
    else:
        view.console.print(f"page: {path}", style="dim", soft_wrap=True, markup=False)
        if open_page:
            webbrowser.open(path.as_uri())
    if not episode.stop.final:
        higher = option(episode.stop)
        command = f"handeye resume {shlex.quote(str(directory))}{f' {higher} ...' if higher else ''}"
        view.console.print(f"to continue: {command}", style="dim", soft_wrap=True, markup=False)
    raise typer.Exit(exit_code(episode.stop))


def person(view: LiveView) -> User | None:
    """Return a function that asks the user at the terminal; None if there is no terminal."""
    return view.user(input) if sys.stdin is not None and sys.stdin.isatty() else None


def default_directory(task: str) -> Path:
    """Return a folder below `RUNS` that does not exist yet, named by the time and the task."""
    slug = "-".join(re.findall(r"[^\W_]+", task.lower()))[:40].strip("-")
    name = "-".join(filter(None, (datetime.now().strftime("%Y-%m-%d-%H%M%S"), slug)))
    number, path = 1, RUNS / name
    while path.exists():
        number += 1
        path = RUNS / f"{name}-{number}"
    return path
