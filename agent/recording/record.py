"""Recording: what a person does becomes a trajectory, with the same loop and the same journal as for a policy.

The person is the policy. Their action has already happened when the policy decides on it, so the environment only
waits for their next action: only then is it known which screen they acted on.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import JsonValue

from handeye.actions.closeable import Closeable
from handeye.actions.errors import HandeyeError
from handeye.actions.schema import Action, Navigate, NewTab, Terminate, Type
from handeye.agent.decision import Decision
from handeye.agent.episode import Episode
from handeye.agent.history import History
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.recording.looks import Looks
from handeye.agent.step import Step
from handeye.environments.observation import Observation
from handeye.environments.recording.events import Composer, Deed
from handeye.environments.recording.recorder import RECORDED, Recorder
from handeye.environments.secrets import Secrets

_WAIT = 0.1
"""Seconds per wait for the person's input."""


class NothingRecorded(HandeyeError):
    """The person did nothing that could be recorded."""


class RecordedScreen(Closeable):
    """The environment of a recording: executing an action means waiting until the person has done the next one."""

    supported = RECORDED

    def __init__(
        self,
        recorder: Recorder,
        secrets: Mapping[str, str],
        stop: threading.Event,
        on_start: Callable[[], None] | None = None,
    ) -> None:
        self.name = recorder.name
        self.deed: Deed | None = None
        """What the person did on the newest observation; None after the end of the recording."""
        self.notes: tuple[str, ...] = ()
        """Notes about the deed."""
        self._recorder = recorder
        self._secrets = Secrets(secrets)
        self._names = {value: name for name, value in secrets.items()}
        self._stop = stop
        self._on_start = on_start
        self._composer = Composer()
        self._deeds: deque[Deed] = deque()
        self._looks = Looks(recorder)
        self._closed = False

    def reset(self) -> Observation:
        """Show the screen to the person, and return what was on it before their first deed."""
        self._looks.add(self._recorder.start())
        if self._on_start is not None:
            self._on_start()
        observation = self._next()
        if self.deed is None:
            raise NothingRecorded("nothing was done, so nothing was recorded")
        return observation

    def observe(self) -> Observation:
        """Observe the screen now."""
        return self._told(self._recorder.observe())

    def execute(self, action: Action) -> Observation:
        """Wait for the person's next deed, and return what was on the screen just before it."""
        return self._next()

    def close(self) -> None:
        """Close the recorder."""
        self._recorder.close()

    def _next(self) -> Observation:
        """Wait for the next deed, and return the observation that it was done on."""
        while not self._deeds and not self._over:
            events = self._recorder.take(_WAIT)
            for event in events:
                self._looks.remember(event.time)
                self._deeds += self._composer.feed(event)
            self._deeds += self._composer.flush(time.time() - _WAIT)
            if not events:
                self._looks.look()
        if not self._deeds and not self._closed:
            self._closed = True
            self._deeds += self._composer.finish()
        if not self._deeds:
            self.deed, self.notes = None, ()
            return self._told(self._looks.last())
        deed = self._deeds.popleft()
        self.deed, self.notes = self._veiled(deed)
        observation, seen_anew = self._looks.before(deed)
        if not seen_anew:
            self.notes = (
                *self.notes,
                "done before the next look at the screen: the screenshot is that of the previous step",
            )
        return self._told(observation)

    @property
    def _over(self) -> bool:
        return self._closed or self._stop.is_set() or self._recorder.ended

    def _told(self, observation: Observation) -> Observation:
        """Return the observation with secrets replaced by their names; the screenshot is not changed."""
        redact = self._secrets.redact
        return replace(
            observation,
            url=None if observation.url is None else redact(observation.url),
            title=None if observation.title is None else redact(observation.title),
            app=None if observation.app is None else redact(observation.app),
            tabs=tuple(tab._replace(title=redact(tab.title), url=redact(tab.url)) for tab in observation.tabs),
            notices=tuple(map(redact, observation.notices)),
        )

    def _veiled(self, deed: Deed) -> tuple[Deed, tuple[str, ...]]:
        """Return the deed with secrets replaced by their names, and notes about the replacement."""
        match deed.action:
            case Type(text=str(text)) if text in self._names:
                return replace(
                    deed, action=deed.action.model_copy(update={"text": None, "secret": self._names[text]})
                ), ()
            case Type(text=str(text)):
                action: Action = deed.action.model_copy(update={"text": self._secrets.redact(text)})
                note = "the text contained a secret, which was replaced by its name: a replay types the name"
            case Navigate(url=str(url)) | NewTab(url=str(url)):
                veiled = self._secrets.redact(url)
                # An address cannot contain angle brackets.
                veiled = veiled if veiled == url else veiled.replace("<", "%3C").replace(">", "%3E")
                action = deed.action.model_copy(update={"url": veiled})
                note = "the address contained a secret, which was replaced by its name: a replay refuses to open it"
            case _:
                return deed, ()
        return (deed, ()) if action == deed.action else (replace(deed, action=action), (note,))


class PersonPolicy:
    """Decides what the person did."""

    name = "person"

    def __init__(self, screen: RecordedScreen, thought: Callable[[Action], str] | None = None) -> None:
        """`thought` asks the person why they did an action."""
        self._screen = screen
        self._thought = thought

    def decide(self, history: History) -> Decision:
        """Return what was done on the newest observation; after the last deed, that the task is done."""
        deed = self._screen.deed
        if deed is None:
            return Decision("", "", (Terminate(status="success", message="the person ended the recording"),))
        thought = "" if self._thought is None else self._thought(deed.action)
        return Decision("", thought, (deed.action,), notes=self._screen.notes)


def record(
    task: str,
    recorder: Recorder,
    *,
    stop: threading.Event,
    secrets: Mapping[str, str] | None = None,
    thought: Callable[[Action], str] | None = None,
    journal: Path | None = None,
    on_start: Callable[[], None] | None = None,
    on_step: Callable[[Step], None] | None = None,
    settings: Mapping[str, JsonValue] | None = None,
) -> Episode:
    """Record what a person does on the screen that `recorder` shows, until they close it or `stop` is set.

    Typed values of `secrets` are replaced by their names. `thought` is called for each action and returns why it was
    done. `on_start` is called when the person can begin. The other arguments are those of `run_episode`.

    Raises `NothingRecorded`, in which case there is no journal, and what the start of the recorder raises.
    """
    screen = RecordedScreen(recorder, secrets or {}, stop, on_start)
    return run_episode(
        task,
        screen,
        PersonPolicy(screen, thought),
        limits=Limits(steps=None, problems=None),
        journal=journal,
        on_step=on_step,
        settings=settings,
    )
