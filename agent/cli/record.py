"""`handeye record`: records a trajectory from a person's mouse and keyboard input."""

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
    BrowserProfileOption,
    DownloadsOption,
    LocaleOption,
    MonitorOption,
    OpenOption,
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
from handeye.agent.cli.run import default_directory, exit_code
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
    browser_profile: BrowserProfileOption = None,
    downloads: DownloadsOption = None,
    locale: LocaleOption = None,
    timezone: TimezoneOption = None,
    monitor: MonitorOption = None,
    app: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A program to open at the start; may be repeated.",
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
    """Record what you do with mouse and keyboard, each action with the screenshot from just before it.

    Ctrl-C in this terminal ends the recording; so does closing the browser window, or pressing the pause key on a
    desktop. The folder has the same format as one from handeye run: show it, replay it, or train on it. Text typed into
    a password field is not saved. On a desktop, password fields cannot be detected: name what must not be saved with
    --secret.

    Exit status: 0 recorded, 2 wrong usage or an error, 5 the screen or the journal was lost.

    Examples:

      handeye record "Log in" --url https://shop.example

      SHOP_PASSWORD=... handeye record "Pay" --url https://shop.example \\
        --secret password=SHOP_PASSWORD

      handeye record "Add 2 and 3" --env desktop:xvfb --vnc --app galculator
    """
    require_text(task)
    options = EnvironmentOptions(
        url=None if url is None else as_url(url),
        viewport=None if viewport is None else parse_size(viewport, "viewport"),
        scale=scale,
        profile=None if browser_profile is None else browser_profile.resolve(),
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
    )
    if thoughts and isinstance(settings.environment, DesktopSettings):
        raise InvalidOption(
            "--thoughts does not work with --env desktop, where your answers would be recorded: leave it out"
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
    """Ctrl-C: the first one ends the recording cleanly, a second one immediately."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self._asked = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Handle Ctrl-C until the block ends. Main thread only."""

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
        """Return a function that asks the person why they did something. After the recording it no longer asks."""
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
    """Return the recorder for the environment of the settings, and a function that tells the person to begin.

    Raises what the recorder raises for its options, and `InvalidOption` for an environment that cannot be recorded.
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
            return recorder, lambda: say("recording: work in the window; to stop, close it or press Ctrl-C here")
        case DesktopSettings(apps=apps):
            from handeye.environments.recording.desktop import DesktopRecorder

            recorder = DesktopRecorder(settings.make_environment(), lambda: None, apps)
            return recorder, lambda: say("recording: to stop, press the pause key, or Ctrl-C here")
        case IsolatedDesktopSettings(apps=apps, open_apps=shown, size=size, scale=scale, vnc=vnc):
            from handeye.environments.desktop.isolated.environment import IsolatedDesktopEnvironment
            from handeye.environments.recording.desktop import DesktopRecorder

            isolated = IsolatedDesktopEnvironment(size=size, scale=scale, vnc=vnc, apps=apps, open_apps=shown)
            desktop = isolated.desktop

            def tell() -> None:
                if vnc:
                    say(f"VNC: {desktop.vnc_address}, password {desktop.vnc_password}")
                say(f"recording {desktop.display}: to stop, press the pause key there, or Ctrl-C here")

            return DesktopRecorder(isolated, lambda: desktop.display), tell
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
        say(f"the text typed as {name!r} is secret and was not saved: a replay needs it", "yellow")
    given = "".join(f" --secret {name}=VARIABLE" for name in unknown)
    try:
        say(f"page: {write_page(directory).resolve()}", "dim")
    except HandeyeError as error:
        # The recording is saved, and the page can be written later.
        say(f"no page: {error}", "yellow")
    say(f"to replay: {same_browser(settings)}handeye replay {shlex.quote(str(directory))}{given}", "dim")


def same_browser(settings: Settings) -> str:
    """Return the command prefix that makes a replay use the Chromium of the recording; empty if it does so anyway.

    Without a window, a replay uses the headless Chromium, which draws text and buttons slightly differently.
    """
    if not isinstance(settings.environment, BrowserSettings):
        return ""
    shown, unseen = (find_chromium(headless=headless) for headless in (False, True))
    return "" if shown is None or shown == unseen else f"HANDEYE_CHROMIUM={shlex.quote(str(shown))} "
