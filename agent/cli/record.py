"""`handeye record`: a trajectory from a person's own clicks and keys."""

import shlex
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from handeye.actions.errors import HandeyeError
from handeye.actions.schema import Action, Type
from handeye.agent.caption import caption
from handeye.agent.cli.environment import (
    BrowserSettings,
    DesktopSettings,
    EnvironmentOptions,
    IsolatedDesktopSettings,
    environment_settings,
)
from handeye.agent.cli.options import (
    DownloadsOption,
    LocaleOption,
    MonitorOption,
    OpenOption,
    ProfileOption,
    ScaleOption,
    SecretOption,
    SizeOption,
    TimezoneOption,
    UrlOption,
    ViewportOption,
    VncOption,
    as_url,
    parse_secret,
    parse_size,
)
from handeye.agent.cli.run import DEFAULT_MODEL, default_directory, exit_code
from handeye.agent.cli.settings import Settings
from handeye.agent.cli.settings import secret as secret_value
from handeye.agent.episode import Episode
from handeye.agent.journal.writer import require_room
from handeye.agent.live import LiveView
from handeye.agent.page.document import write_page
from handeye.agent.recording.record import record as record_person
from handeye.agent.task import require_text
from handeye.environments.browser.chromium import find_chromium
from handeye.environments.errors import InvalidOption
from handeye.environments.recording.recorder import Recorder


def record(
    task: Annotated[str, typer.Argument(help="What you are going to do, in plain words: the task of the trajectory.")],
    env: Annotated[
        str, typer.Option("--env", metavar="NAME", help="Where: browser, desktop, desktop:xvfb.")
    ] = "browser",
    url: UrlOption = None,
    viewport: ViewportOption = None,
    scale: ScaleOption = None,
    profile: ProfileOption = None,
    downloads: DownloadsOption = None,
    locale: LocaleOption = None,
    timezone: TimezoneOption = None,
    monitor: MonitorOption = None,
    app: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A program that is opened at the beginning; may be repeated.",
            rich_help_panel="Desktop",
        ),
    ] = None,
    size: SizeOption = None,
    vnc: VncOption = False,
    secret: SecretOption = None,
    thoughts: Annotated[
        bool, typer.Option("--thoughts", help="Ask in the terminal, for each action, why you did it.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="The trajectory's folder.", show_default="runs/TIME-TASK", metavar="DIR")
    ] = None,
    open_page: OpenOption = False,
) -> None:
    """Write down what you do with mouse and keyboard, each action with the screenshot from right before it.

    Ctrl-C in this terminal ends the recording, and so does closing the browser's window, or the pause key on a
    desktop. The folder is one as of handeye run: show it, replay it, learn from it. What is typed into a password field
    is not kept; on a desktop nobody can know which fields those are, so name what must not be kept by --secret.

    Exit status: 0 it was recorded, 2 wrong usage or an error, 5 the screen or the journal was lost.

    Examples:

      handeye record "Log in" --url https://shop.example

      SHOP_PASSWORD=... handeye record "Pay" --url https://shop.example --secret password=SHOP_PASSWORD

      handeye record "Add 2 and 3" --env desktop:xvfb --vnc --app galculator
    """
    require_text(task)
    options = EnvironmentOptions(
        url=None if url is None else as_url(url),
        viewport=None if viewport is None else parse_size(viewport, "viewport"),
        scale=scale,
        profile=None if profile is None else profile.resolve(),
        downloads=None if downloads is None else downloads.resolve(),
        locale=locale,
        timezone=timezone,
        monitor=monitor,
        size=None if size is None else parse_size(size, "size of the desktop"),
        vnc=vnc,
        apps=tuple(app or ()),
    )
    settings = Settings(
        environment=environment_settings(env, options),
        secrets=dict(map(parse_secret, secret or ())),
        model=DEFAULT_MODEL,
    )
    if thoughts and isinstance(settings.environment, DesktopSettings):
        raise InvalidOption(
            "--thoughts is not for --env desktop, where what you answer would be recorded: leave it out"
        )
    directory = default_directory(task) if out is None else out
    require_room(directory)
    values = {name: secret_value(variable) for name, variable in settings.secrets.items()}
    view = LiveView(Console(highlight=False))
    recorder, tell = make_recorder(settings, view.console)
    stop = Stop()
    with recorder, stop.listening():
        episode = record_person(
            task,
            recorder,
            stop=stop.event,
            secrets=values,
            thought=stop.asking(view) if thoughts else None,
            journal=directory,
            on_start=tell,
            on_step=view.step,
            settings=settings.to_journal(),
        )
    report(episode, settings, view.console, directory)
    if open_page:
        webbrowser.open((directory / "index.html").resolve().as_uri())
    raise typer.Exit(exit_code(episode.stop))


class Stop:
    """Ctrl-C: the first ends the recording in order, a second one at once."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self._asked = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take Ctrl-C until the block ends. For the main thread."""

        def interrupted(number: int, frame: object) -> None:
            again = self.event.is_set()
            self.event.set()
            if again or self._asked:
                raise KeyboardInterrupt

        before = signal.signal(signal.SIGINT, interrupted)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def asking(self, view: LiveView) -> Callable[[Action], str]:
        """Return a way to ask the person why they did something. Once the recording is over, nobody is asked."""
        if sys.stdin is None or not sys.stdin.isatty():
            raise InvalidOption("--thoughts needs a terminal to ask in")
        ask = view.user(input)

        def thought(action: Action) -> str:
            if self.event.is_set():
                return ""
            self._asked = True
            try:
                return ask(f"{action.type} {caption(action)}: why?").strip()
            except (EOFError, KeyboardInterrupt):
                return ""
            finally:
                self._asked = False

        return thought


def make_recorder(settings: Settings, console: Console) -> tuple[Recorder, Callable[[], None]]:
    """Return what records in the environment of the settings, and what tells the person that they can begin.

    Raises what its options may raise, and `InvalidOption` for an environment that cannot be recorded.
    """

    def say(*lines: str) -> None:
        for line in lines:
            console.print(line, style="dim", soft_wrap=True, markup=False)

    match settings.environment:
        case BrowserSettings() as browser:
            from handeye.environments.recording.browser import BrowserRecorder

            recorder: Recorder = BrowserRecorder(
                browser.url,
                viewport=browser.viewport,
                device_scale_factor=browser.scale,
                downloads=browser.downloads,
                profile=browser.profile,
                locale=browser.locale,
                timezone=browser.timezone,
            )
            return recorder, lambda: say("recording: work in the window; close it, or press Ctrl-C here, to end")
        case DesktopSettings(apps=apps):
            from handeye.environments.recording.desktop import DesktopRecorder

            recorder = DesktopRecorder(settings.make_environment(), lambda: None, apps)
            return recorder, lambda: say("recording: press the pause key, or Ctrl-C here, to end")
        case IsolatedDesktopSettings(apps=apps, size=size, scale=scale, vnc=vnc):
            from handeye.environments.desktop.isolated.environment import IsolatedDesktopEnvironment
            from handeye.environments.recording.desktop import DesktopRecorder

            isolated = IsolatedDesktopEnvironment(size=size, scale=scale, vnc=vnc, apps=apps)
            desktop = isolated.desktop

            def tell() -> None:
                if vnc:
                    say(f"VNC: {desktop.vnc_address}, password {desktop.vnc_password}")
                say(f"recording {desktop.display}: press the pause key there, or Ctrl-C here, to end")

            return DesktopRecorder(isolated, lambda: desktop.display, apps), tell
        case other:
            raise InvalidOption(f"{other.kind} cannot be recorded: it must be browser, desktop or desktop:xvfb")


def report(episode: Episode, settings: Settings, console: Console, directory: Path) -> None:
    """Say what was recorded, where it is, and what a replay needs."""

    def say(text: str, style: str) -> None:
        console.print(text, style=style, soft_wrap=True, markup=False)

    count = len(episode.steps) - bool(episode.stop.succeeded)
    say(f"recorded {count} action{'' if count == 1 else 's'}", "bold green" if episode.stop.succeeded else "bold red")
    if episode.message and not episode.stop.succeeded:
        say(episode.message, "red")
    actions = [action for step in episode.steps for action in step.decision.actions]
    typed = {action.secret for action in actions if isinstance(action, Type) and action.secret is not None}
    unknown = sorted(typed - settings.secrets.keys())
    for name in unknown:
        say(f"what was typed as {name!r} is not kept: it is a secret, which a replay must be given", "yellow")
    given = "".join(f" --secret {name}=VARIABLE" for name in unknown)
    try:
        say(f"page: {write_page(directory).resolve()}", "dim")
    except HandeyeError as error:
        # What was recorded is recorded, and the page can be written later.
        say(f"no page: {error}", "yellow")
    say(f"to replay: {same_browser(settings)}handeye replay {shlex.quote(str(directory))}{given}", "dim")


def same_browser(settings: Settings) -> str:
    """Return what makes a replay use the Chromium of the recording, where another one would be taken without a window.

    The Chromium that has no window draws text and buttons a little differently.
    """
    if not isinstance(settings.environment, BrowserSettings):
        return ""
    shown, unseen = (find_chromium(headless=headless) for headless in (False, True))
    return "" if shown is None or shown == unseen else f"HANDEYE_CHROMIUM={shlex.quote(str(shown))} "
