"""The examples of the help texts, and what plays them: the commands themselves, with a script for the large weights."""

import io
import os
import re
import shlex
import sys
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from inspect import cleandoc
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import pytest
import typer

from handeye.actions.carry import carried
from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.geometry import Frame, Point, Size, Transform
from handeye.actions.schema import Action, Click, dump
from handeye.agent.cli.app import app
from handeye.agent.cli.calibrate import model_size
from handeye.agent.cli.policy import PolicySettings
from handeye.agent.cli.settings import Settings
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.policies.qwen import QwenPolicy
from handeye.environments.environment import Environment
from handeye.evals.cli.app import app as evals
from handeye.model.conversation.messages import Message
from handeye.model.runtime import Generation, Timings

SECONDS = 60.0
"""How long to wait for an element."""


class Example(NamedTuple):
    """An example of a help text, as a person types it."""

    text: str
    """On one line."""

    @property
    def environ(self) -> dict[str, str]:
        """The variables in front of the command."""
        words = shlex.split(self.text)
        return dict(word.split("=", 1) for word in words[: words.index("handeye")])

    @property
    def words(self) -> list[str]:
        """What follows `handeye`."""
        words = shlex.split(self.text)
        return words[words.index("handeye") + 1 :]

    def where(self, written: str, place: str) -> "Example":
        """Return the example with another address, such as that of a server on this machine."""
        assert written in self.text
        return Example(self.text.replace(written, place))


def helps() -> Iterator[tuple[str, str]]:
    """Yield each command, such as "eval miniwob", with its help text."""
    groups = [("", typer.main.get_command(app)), ("eval", typer.main.get_command(evals))]
    while groups:
        name, found = groups.pop()
        yield name, cleandoc(found.help or "")
        commands = dict(getattr(found, "commands", {}))
        if not name:
            commands.pop("eval", None)  # there if a test has called `main`; it is walked by itself
        groups += [(f"{name} {inner}".strip(), commands[inner]) for inner in commands]


def examples() -> list[Example]:
    """Return the examples of all help texts."""
    found = []
    for _, text in helps():
        _, _, after = text.partition("Example:" if "Example:" in text else "Examples:")
        found += [paragraph.strip() for paragraph in after.replace("\\\n", "").split("\n\n") if paragraph.strip()]
    return [Example(re.sub(r"\s+", " ", each)) for each in found]


@pytest.fixture(scope="session")
def help_texts() -> dict[str, str]:
    """The help texts by their commands."""
    return dict(helps())


@pytest.fixture(scope="session")
def help_examples() -> list[Example]:
    """The examples of all help texts."""
    return examples()


@pytest.fixture
def example(request: pytest.FixtureRequest) -> Example:
    """The example that the test plays, as its mark says."""
    mark = request.node.get_closest_marker("example")
    assert mark is not None
    (text,) = mark.args
    found = Example(text)
    assert found in examples(), "no help text has this example"
    return found


class Screen:
    """What a script looks at to find out where to click."""

    def __init__(self, environment: Any) -> None:
        self.environment = environment

    def at(self, text: str, role: str = "") -> Point:
        """Wait for an element that says `text`, and return its middle."""
        deadline = time.monotonic() + SECONDS
        while True:
            elements = self.environment.elements()
            for element in elements:
                if element.text == text and role in element.role:
                    box = element.box
                    return Point((box.left + box.right) // 2, (box.top + box.bottom) // 2)
            assert time.monotonic() < deadline, (text, elements)
            time.sleep(0.1)

    def click(self, text: str, role: str = "") -> Click:
        """Return the click on that element."""
        return Click(point=self.at(text, role))


Script = Callable[[Screen], Iterator[Action]]


class Network:
    """Says what it is told to in place of a large network; it sees what the released weights see."""

    origins = ()

    def __init__(self, name: str) -> None:
        self.name = name
        self.reply = ""

    def image_size(self, size: Size) -> Size:
        return model_size(size)

    def generate(
        self, messages: list[Message], *, on_text: Callable[[str], None] | None = None, **options: object
    ) -> Generation:
        """Say the reply. Its calls must be among those that the system prompt describes."""
        described = "".join(part for part in messages[0].content if isinstance(part, str))
        for call in re.findall(r'"action": "(\w+)"', self.reply):
            assert f"* `{call}`: " in described
        if on_text is not None:
            on_text(self.reply)
        return Generation(self.reply, (1, 2, 3), 100, 40, "stop", Timings(0.0, 0.0, 0.0, 0.0))


class Actor:
    """Decides by a script, in the words of the released weights: each action is written, said and read like theirs."""

    def __init__(self, name: str, moves: Iterator[Action], on_text: Callable[[str], None] | None = None) -> None:
        self.name = name
        self._network = Network(name)
        self._policy = QwenPolicy(self._network, profile="qwen2.5-vl", on_text=on_text)  # type: ignore[arg-type]
        self._moves = moves

    def decide(self, history: History) -> Decision:
        """Return the next action of the script. It must be possible here, and what is read must be what was written."""
        action = next(self._moves)
        assert action.type in history.abilities.types
        seen = Frame("model image", self._network.image_size(history.observation.size))
        written = carried(action, Transform(history.observation.frame, seen))
        self._network.reply = AGENTS["qwen"].on(history.abilities).write(written, seen)
        decision = self._policy.decide(history)
        assert decision.problem is None and not decision.notes
        (read,) = decision.actions
        assert _apart_from_places(read) == _apart_from_places(action)
        return decision


def _apart_from_places(action: Action) -> dict[str, object]:
    """Return an action without its points and distances, which the model's grid of pixels rounds."""
    return {name: value for name, value in dump(action).items() if name not in {"point", "path", "dx", "dy"}}


@contextmanager
def terminal(answers: str) -> Iterator[TextIO]:
    """A terminal at which the user has already typed the answers."""
    import pty  # not on Windows

    typist, inside = pty.openpty()
    os.write(typist, answers.encode())
    try:
        with os.fdopen(inside) as stdin:
            yield stdin
    finally:
        os.close(typist)


class Played(NamedTuple):
    """What came of a command."""

    status: int
    output: str
    opened: list[str]
    """The addresses of the pages that it opened in the user's browser."""
    settings: list[Settings]
    """What the models were loaded with."""


def perform(
    words: list[str],
    script: Script | None = None,
    *,
    folder: Path,
    environ: Mapping[str, str] | None = None,
    answers: str | None = None,
    arranged: Callable[[Any], None] = lambda environment: None,
) -> Played:
    """Run a command of handeye in this process, with a script for the model if one is given.

    folder: where the user is.
    answers: what the user types at a terminal; there is none without it.
    arranged: called with the environment before it is started.
    """
    output, opened, loaded, made = io.StringIO(), [], [], []
    make_environment = Settings.make_environment

    def environment(settings: Settings) -> Environment:
        made.append(make_environment(settings))
        arranged(made[-1])
        return made[-1]

    def policy(settings: PolicySettings, on_text: Callable[[str], None] | None = None) -> Actor:
        assert script is not None
        settings.require()
        loaded.append(settings)
        return Actor(str(settings.model), script(Screen(made[-1])), on_text)

    with pytest.MonkeyPatch.context() as patch, redirect_stdout(output), redirect_stderr(output):
        patch.chdir(folder)
        patch.delenv("HANDEYE_MODEL", raising=False)
        patch.setenv("COLUMNS", "120")
        for name, value in (environ or {}).items():
            patch.setenv(name, value)
        patch.setattr(webbrowser, "open", opened.append)
        if script is not None:
            patch.setattr(Settings, "make_environment", environment)
            patch.setattr(PolicySettings, "make", policy)
        with Path(os.devnull).open() if answers is None else terminal(answers) as stdin:
            patch.setattr(sys, "stdin", stdin)
            group, rest = (evals, words[1:]) if words[0] == "eval" else (app, words)
            with pytest.raises(SystemExit) as ended:
                group(rest, prog_name="handeye")
    return Played(int(ended.value.code or 0), output.getvalue(), opened, loaded)


@pytest.fixture(scope="session")
def play() -> Callable[..., Played]:
    """Plays a command, as `perform` says."""
    return perform


@pytest.fixture(scope="session")
def actor() -> type[Actor]:
    """The policy that says a script in the words of the released weights."""
    return Actor
