"""A connected phone: its last screen, its notices, and one action at a time."""

import threading
from contextlib import suppress
from dataclasses import dataclass, field

from handeye.actions.geometry import Frame, Transform
from handeye.actions.schema import Action, Wait, WaitUntilStable
from handeye.environments.android.actions import Actor, mismatch
from handeye.environments.android.apps import QUERY, InstalledApp, find_app, parse_apps
from handeye.environments.android.elements import DUMP, elements_of, parse_tree, words_of_question
from handeye.environments.android.keyboard import UnicodeKeyboard
from handeye.environments.android.link import AdbLink, Address
from handeye.environments.android.phone import AndroidPhone
from handeye.environments.android.screenshot import Encoding
from handeye.environments.android.typing import Typist
from handeye.environments.android.view import CARET, View, Viewer
from handeye.environments.android.windows import Question
from handeye.environments.element import Element
from handeye.environments.elements import ElementsUnknown, redacted
from handeye.environments.errors import ActionPartial, ActionRejected, AdbFailed
from handeye.environments.observation import Observation
from handeye.environments.secrets import Secrets
from handeye.environments.settle import Settle

_STABLE = 0.5
"""Seconds without a change after which a screen counts as stable during a wait."""
_BLANK = "The screenshot is black although the screen is on: the app may forbid screenshots."


@dataclass(frozen=True)
class AndroidOptions:
    """The options of an environment."""

    secrets: Secrets
    settle: Settle
    install_keyboard: bool
    verify_typing: bool
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set when the environment is closed."""


class AndroidSession:
    """One connected phone."""

    def __init__(
        self, options: AndroidOptions, link: AdbLink, address: Address, encoding: Encoding | None = None
    ) -> None:
        """`encoding` is for screenshots; None to find the fastest. Raises `EnvironmentLost`."""
        self._options = options
        self.phone = AndroidPhone(link, address, options.secrets)
        self.viewer = Viewer(link, address, options.settle, options.stopped, encoding)
        install = self.phone.install if options.install_keyboard else None
        self.keyboard = UnicodeKeyboard(self.phone.shell, self.phone.quoted, install)
        typist = Typist(self.phone, self.keyboard, options.verify_typing, options.secrets)
        self._actor = Actor(
            self.phone, self.viewer, typist, options.secrets, self._find_app, self._notice, self._fall_short
        )
        self._apps: tuple[InstalledApp, ...] | None = None
        self._seen: View | None = None
        self._notices: list[str] = []
        self._shortfall: ActionPartial | None = None
        self._reversed: set[int] = set()
        self._asked_in = ""
        """The window in which the system asked something last."""
        self._words = ""
        """What it asked there."""

    def observe(self) -> Observation:
        """Return an observation without waiting."""
        return self._observation(self.viewer.look())

    def execute(self, action: Action) -> Observation:
        """Carry out the action, let the screen settle, and return an observation."""
        try:
            self._actor.perform(action, self._seen)
        except ActionPartial:
            self._seen = self.viewer.settled()  # so that the next observation shows what the part has done
            raise
        match action:
            case Wait():
                view = self.viewer.look()
            case WaitUntilStable():
                view = self.viewer.settled(quiet=_STABLE, limit=action.seconds, spot=CARET)
            case _:
                view = self.viewer.settled()
        return self._observation(view)

    def elements(self) -> tuple[Element, ...]:
        """Return the elements that can be pointed at, for the rotation of the last observation."""
        seen = self._seen if self._seen is not None else self.viewer.look()
        try:
            found = elements_of(parse_tree(self.phone.shell(DUMP)), seen.screenshot.size)
        except ElementsUnknown as error:
            raise ElementsUnknown(self.phone.quoted(str(error))) from None
        return redacted(found, self._options.secrets)

    def reverse(self, port: int) -> None:
        """Forward a port on the phone to the same local port until the session ends. Raises `AdbFailed`."""
        self.phone.reverse(port)
        self._reversed.add(port)

    def end(self) -> None:
        """Restore the phone's keyboard and ports. Raises `EnvironmentLost`."""
        self.keyboard.restore()
        while self._reversed:
            with suppress(AdbFailed):  # it was already removed
                self.phone.unreverse(self._reversed.pop())

    def apps(self) -> tuple[InstalledApp, ...]:
        """Return the apps that can be opened."""
        self._apps = parse_apps(self.phone.shell(QUERY).said)
        return self._apps

    def _find_app(self, name: str) -> InstalledApp:
        """Return an app by name; apps are queried once, and again when the name is not found."""
        if self._apps is not None:
            try:
                return find_app(name, self._apps)
            except ActionRejected:
                pass  # it may have been installed since
        return find_app(name, self.apps())

    def _notice(self, text: str) -> None:
        self._notices.append(text)

    def _fall_short(self, error: ActionPartial) -> None:
        self._shortfall = error

    def _observation(self, view: View) -> Observation:
        self._seen = view
        status, screenshot = view.status, view.screenshot
        notices = [*self._notices, *status.notices()]
        self._notices.clear()
        shortfall, self._shortfall = self._shortfall, None
        if status.question is not None:
            notices.append(self._asked(status.question))
        if status.awake and not status.secure and view.blank:
            notices.append(_BLANK)
        if status.display is not None and not view.is_mapped:
            notices.append(f"Touches are refused: {mismatch(screenshot.size, status.display.size)}.")
        here = Frame("screenshot", screenshot.size)
        redact = self._options.secrets.redact
        return Observation(
            screenshot=screenshot.png,
            size=screenshot.size,
            time=screenshot.time,
            title=None if status.activity is None else redact(status.activity),
            app=None if status.package is None else redact(status.package),
            notices=tuple(map(redact, notices)),
            shortfall=shortfall,
            transforms=(Transform(here, Frame("touch screen", screenshot.size)),),
        )

    def _asked(self, question: Question) -> str:
        """Return what a window of the system asks, with its own words; they are read once for each window."""
        if question.token != self._asked_in:
            self._asked_in = question.token
            try:
                self._words = words_of_question(parse_tree(self.phone.shell(DUMP)))
            except ElementsUnknown:
                self._words = ""
        about = question.package or "the app"
        what = {
            "permission": "The system asks for a permission" + (f" for {about}" if question.package else ""),
            "crash": f"The system says that {about} has crashed",
            "not responding": f"The system says that {about} is not responding",
        }[question.kind]
        words = self.phone.quoted(self._words)
        return f"{what}: {words!r}." if words else f"{what}."
